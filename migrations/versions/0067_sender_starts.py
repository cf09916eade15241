"""Senders are found by the beginning of any word of their names, and their letters in the order of registration."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0067_sender_starts"
down_revision = "0066_job_losses"
branch_labels = None
depends_on = None

ENTRIES = sa.table("register_entries", sa.column("sender_key", sa.String))
LENGTH = 60
PART = 1000


def upgrade() -> None:
    start = sa.String(LENGTH).with_variant(sa.String(LENGTH, collation="C"), "postgresql")
    starts = op.create_table(
        "sender_starts",
        sa.Column("start", start, nullable=False),
        sa.Column("sender_key", sa.String(300), nullable=False),
        sa.PrimaryKeyConstraint("start", "sender_key", name="pk_sender_starts"),
    )
    keys = op.get_bind().scalars(sa.select(ENTRIES.c.sender_key).distinct().where(ENTRIES.c.sender_key != "")).all()
    for first in range(0, len(keys), PART):
        part = keys[first : first + PART]
        op.bulk_insert(starts, [{"start": start, "sender_key": key} for key in part for start in _starts(key)])
    op.drop_index("ix_register_entries_sender_key", table_name="register_entries")
    op.create_index("ix_register_entries_sender_key", "register_entries", ["sender_key", "registered_at"])
    op.create_index("ix_register_entries_registered_at", "register_entries", ["registered_at"])


def downgrade() -> None:
    op.drop_index("ix_register_entries_registered_at", table_name="register_entries")
    op.drop_index("ix_register_entries_sender_key", table_name="register_entries")
    op.create_index("ix_register_entries_sender_key", "register_entries", ["sender_key"])
    op.drop_table("sender_starts")


def _starts(key: str) -> set[str]:
    words = key.split()
    return {" ".join(words[at:])[:LENGTH] for at in range(len(words))}
