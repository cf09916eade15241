"""Units that were abolished."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

import docflow.core.db

revision = "0032_abolished_units"
down_revision = "0031_first_routes"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("org_units", sa.Column("abolished_at", docflow.core.db.UtcDateTime(), nullable=True))


def downgrade() -> None:
    with op.batch_alter_table("org_units") as batch:
        batch.drop_column("abolished_at")
