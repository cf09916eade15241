"""The log of looks at what is held about somebody."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

import docflow.core.db

revision = "0062_privacy_looks"
down_revision = "0061_installation_marks"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "privacy_looks",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("at", docflow.core.db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("actor_name", sa.String(length=200), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=True),
        sa.Column("about", sa.JSON(), nullable=False),
        sa.Column("found", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_privacy_looks")),
    )
    op.create_index(op.f("ix_privacy_looks_at"), "privacy_looks", ["at"])


def downgrade() -> None:
    op.drop_index(op.f("ix_privacy_looks_at"), table_name="privacy_looks")
    op.drop_table("privacy_looks")
