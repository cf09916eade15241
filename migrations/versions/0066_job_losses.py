"""A job counts apart what is no attempt of its own; letters whose seal failed are found without reading all of them."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0066_job_losses"
down_revision = "0065_closed_assignments"
branch_labels = None
depends_on = None

FAILED = sa.text("seal_state = 'failed'")


def upgrade() -> None:
    with op.batch_alter_table("jobs") as table:
        table.add_column(sa.Column("outages", sa.Integer(), nullable=False, server_default="0"))
        table.add_column(sa.Column("losses", sa.Integer(), nullable=False, server_default="0"))
    op.create_index(
        "ix_register_entries_not_sealed",
        "register_entries",
        ["seal_error_code"],
        sqlite_where=FAILED,
        postgresql_where=FAILED,
    )


def downgrade() -> None:
    op.drop_index("ix_register_entries_not_sealed", table_name="register_entries")
    with op.batch_alter_table("jobs") as table:
        table.drop_column("losses")
        table.drop_column("outages")
