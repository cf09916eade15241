"""The head of the journal tells the instant of the last line, so that whoever locks it asks nothing else."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0070_journal_head_at"
down_revision = "0069_legal_basis_in_both"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("journal_head", sa.Column("at", sa.DateTime(timezone=True), nullable=True))
    op.execute("UPDATE journal_head SET at = (SELECT e.at FROM journal_entries e WHERE e.number = journal_head.number)")


def downgrade() -> None:
    with op.batch_alter_table("journal_head") as batch:
        batch.drop_column("at")
