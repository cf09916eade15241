"""Why somebody looked at what is held about a person."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0064_privacy_reasons"
down_revision = "0063_security_keys"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("privacy_looks") as table:
        table.add_column(sa.Column("reason", sa.String(length=300), nullable=False, server_default=""))


def downgrade() -> None:
    with op.batch_alter_table("privacy_looks") as table:
        table.drop_column("reason")
