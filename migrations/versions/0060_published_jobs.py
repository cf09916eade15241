"""When the id of a job was handed to the broker."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

import docflow.core.db

revision = "0060_published_jobs"
down_revision = "0059_directory"
branch_labels = None
depends_on = None

UNPUBLISHED = sa.text("state = 'ready' AND published_at IS NULL")
PUBLISHED = sa.text("state = 'ready' AND published_at IS NOT NULL")


def upgrade() -> None:
    # Without a copy of the table, as before.
    op.add_column("jobs", sa.Column("published_at", docflow.core.db.UtcDateTime(), nullable=True))
    op.create_index(
        "ix_jobs_unpublished", "jobs", ["run_after"], sqlite_where=UNPUBLISHED, postgresql_where=UNPUBLISHED
    )
    op.create_index("ix_jobs_published", "jobs", ["published_at"], sqlite_where=PUBLISHED, postgresql_where=PUBLISHED)


def downgrade() -> None:
    op.drop_index("ix_jobs_published", table_name="jobs")
    op.drop_index("ix_jobs_unpublished", table_name="jobs")
    op.drop_column("jobs", "published_at")
