"""Openings of a person by time, for the documents that they opened last."""

from __future__ import annotations

from alembic import op

revision = "0037_openings_by_person"
down_revision = "0036_post_slips"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index("ix_openings_person_id_at", "openings", ["person_id", "at"])
    op.drop_index("ix_openings_person_id", table_name="openings")


def downgrade() -> None:
    op.create_index("ix_openings_person_id", "openings", ["person_id"])
    op.drop_index("ix_openings_person_id_at", table_name="openings")
