"""Anchors of the journal, and the indexes by which an auditor filters it."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

import docflow.core.db

APPEND_ONLY = ("UPDATE", "DELETE")
INDEXES = {
    "ix_journal_entries_at": ["at"],
    "ix_journal_entries_person_id": ["person_id", "number"],
    "ix_journal_entries_verb": ["verb", "number"],
}

revision = "0012_journal_anchors"
down_revision = "0011_unit_lessons"
branch_labels = None
depends_on = None


def upgrade() -> None:
    number = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
    op.create_table(
        "journal_anchors",
        sa.Column("last_number", number, autoincrement=False, nullable=False),
        sa.Column("first_number", number, nullable=False),
        sa.Column("root", sa.String(length=64), nullable=False),
        sa.Column("head_hash", sa.String(length=64), nullable=False),
        sa.Column("previous", sa.String(length=64), nullable=False),
        sa.Column("made_at", docflow.core.db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("time_source", sa.String(length=20), nullable=False),
        sa.Column("token", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("last_number", name=op.f("pk_journal_anchors")),
        sa.UniqueConstraint("first_number", name=op.f("uq_journal_anchors_first_number")),
    )
    for name, columns in INDEXES.items():
        op.create_index(name, "journal_entries", columns, unique=False)
    if op.get_bind().dialect.name == "sqlite":
        for action in APPEND_ONLY:
            op.execute(
                f"CREATE TRIGGER journal_anchors_no_{action.lower()} BEFORE {action} ON journal_anchors "
                "BEGIN SELECT RAISE(ABORT, 'the journal is append-only'); END"
            )
    else:
        op.execute(
            "CREATE TRIGGER journal_anchors_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON journal_anchors "
            "FOR EACH STATEMENT EXECUTE FUNCTION refuse_journal_change()"
        )


def downgrade() -> None:
    if op.get_bind().dialect.name == "sqlite":
        for action in APPEND_ONLY:
            op.execute(f"DROP TRIGGER journal_anchors_no_{action.lower()}")
    else:
        op.execute("DROP TRIGGER journal_anchors_append_only ON journal_anchors")
    for name in INDEXES:
        op.drop_index(name, table_name="journal_entries")
    op.drop_table("journal_anchors")
