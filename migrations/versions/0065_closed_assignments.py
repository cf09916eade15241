"""What was treated in a time is found by when, without reading every assignment there ever was."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0065_closed_assignments"
down_revision = "0064_privacy_reasons"
branch_labels = None
depends_on = None

DONE = sa.text("state = 'done'")


def upgrade() -> None:
    op.create_index("ix_assignments_done", "assignments", ["closed_at"], sqlite_where=DONE, postgresql_where=DONE)


def downgrade() -> None:
    op.drop_index("ix_assignments_done", table_name="assignments")
