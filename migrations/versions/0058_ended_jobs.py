"""Ended jobs are found by when they ended, and dead ones at all, without reading the table."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0058_ended_jobs"
down_revision = "0057_job_origins"
branch_labels = None
depends_on = None

DONE, DEAD = sa.text("state = 'done'"), sa.text("state = 'dead'")


def upgrade() -> None:
    op.create_index("ix_jobs_done", "jobs", ["finished_at", "name"], sqlite_where=DONE, postgresql_where=DONE)
    op.create_index("ix_jobs_dead", "jobs", ["name"], sqlite_where=DEAD, postgresql_where=DEAD)


def downgrade() -> None:
    op.drop_index("ix_jobs_dead", table_name="jobs")
    op.drop_index("ix_jobs_done", table_name="jobs")
