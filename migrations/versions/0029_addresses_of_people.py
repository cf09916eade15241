"""Where mail reaches people, and how often they are told of what waits for them."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0029_addresses_of_people"
down_revision = "0028_terms_of_registers"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("people", sa.Column("email", sa.String(length=254), nullable=False, server_default=""))
    op.add_column("people", sa.Column("digest", sa.String(length=10), nullable=False, server_default="daily"))
    with op.batch_alter_table("people") as batch:
        batch.alter_column("email", server_default=None)
        batch.alter_column("digest", server_default=None)


def downgrade() -> None:
    with op.batch_alter_table("people") as batch:
        batch.drop_column("digest")
        batch.drop_column("email")
