"""When an archive time-stamp must be renewed."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0014_archive_time_stamps"
down_revision = "0013_stamping"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("sealed_revisions", sa.Column("renew_before", sa.DateTime(timezone=True), nullable=True))


def downgrade() -> None:
    op.drop_column("sealed_revisions", "renew_before")
