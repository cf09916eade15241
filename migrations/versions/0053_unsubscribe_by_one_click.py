"""Where a subscriber ends a mail by one click."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0053_unsubscribe_by_one_click"
down_revision = "0052_letters_to_draw"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("outgoing_mails") as table:
        table.add_column(sa.Column("unsubscribe_url", sa.String(length=500), nullable=False, server_default=""))
    with op.batch_alter_table("outgoing_mails") as table:
        table.alter_column("unsubscribe_url", server_default=None)


def downgrade() -> None:
    with op.batch_alter_table("outgoing_mails") as table:
        table.drop_column("unsubscribe_url")
