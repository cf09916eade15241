"""By which request and which job a job was asked for."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0057_job_origins"
down_revision = "0056_second_factors"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # Without a copy of the table: a column that may be empty is added in place, on both engines.
    op.add_column("jobs", sa.Column("request_id", sa.String(length=64), nullable=True))
    op.add_column("jobs", sa.Column("parent_id", sa.Uuid(), nullable=True))


def downgrade() -> None:
    op.drop_column("jobs", "parent_id")
    op.drop_column("jobs", "request_id")
