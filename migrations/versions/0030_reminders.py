"""Reminders of terms, what people are told in the interface, and digests by mail."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

import docflow.core.db

revision = "0030_reminders"
down_revision = "0029_addresses_of_people"
branch_labels = None
depends_on = None

LIVE = sa.text("superseded_at IS NULL")
UNREAD = sa.text("read_at IS NULL")


def upgrade() -> None:
    op.create_index(
        "ix_documents_open",
        "documents",
        ["register_code"],
        sqlite_where=sa.text("is_open = 1"),
        postgresql_where=sa.text("is_open"),
    )
    with op.batch_alter_table("outgoing_mails") as batch:
        batch.alter_column("document_id", existing_type=sa.Uuid(), nullable=True)
        batch.add_column(sa.Column("person_id", sa.Uuid(), nullable=True))
    op.create_table(
        "notices",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(length=60), nullable=False),
        sa.Column("key", sa.String(length=120), nullable=False),
        sa.Column("document_id", sa.Uuid(), nullable=True),
        sa.Column("values", sa.JSON(), nullable=False),
        sa.Column("made_at", docflow.core.db.UtcDateTime(), nullable=False),
        sa.Column("read_at", docflow.core.db.UtcDateTime(), nullable=True),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_notices_person_id_people")),
        sa.ForeignKeyConstraint(["document_id"], ["documents.id"], name=op.f("fk_notices_document_id_documents")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_notices")),
        sa.UniqueConstraint("person_id", "key", name="uq_notices_key"),
    )
    op.create_index(op.f("ix_notices_document_id"), "notices", ["document_id"])
    op.create_index("ix_notices_made_at", "notices", ["person_id", "made_at"])
    op.create_index("ix_notices_unread", "notices", ["person_id"], sqlite_where=UNREAD, postgresql_where=UNREAD)
    op.create_table(
        "morning_digests",
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("made_at", docflow.core.db.UtcDateTime(), nullable=False),
        sa.Column("mail_id", sa.Uuid(), nullable=True),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_morning_digests_person_id_people")),
        sa.PrimaryKeyConstraint("person_id", "day", name=op.f("pk_morning_digests")),
    )
    op.create_index(op.f("ix_morning_digests_day"), "morning_digests", ["day"])
    op.create_table(
        "reminders",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("document_id", sa.Uuid(), nullable=False),
        sa.Column("assignment_id", sa.Uuid(), nullable=True),
        sa.Column("entry_id", sa.Uuid(), nullable=True),
        sa.Column("share", sa.Integer(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("told_at", docflow.core.db.UtcDateTime(), nullable=False),
        sa.Column("holders", sa.JSON(), nullable=False),
        sa.Column("heads", sa.JSON(), nullable=False),
        sa.Column("vacant_units", sa.JSON(), nullable=False),
        sa.Column("is_narrowed", sa.Boolean(), nullable=False),
        sa.Column("superseded_at", docflow.core.db.UtcDateTime(), nullable=True),
        sa.CheckConstraint("(assignment_id IS NULL) <> (entry_id IS NULL)", name=op.f("ck_reminders_one_term")),
        sa.ForeignKeyConstraint(["document_id"], ["documents.id"], name=op.f("fk_reminders_document_id_documents")),
        sa.ForeignKeyConstraint(
            ["assignment_id"], ["assignments.id"], name=op.f("fk_reminders_assignment_id_assignments")
        ),
        sa.ForeignKeyConstraint(
            ["entry_id"], ["register_entries.id"], name=op.f("fk_reminders_entry_id_register_entries")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reminders")),
    )
    op.create_index(op.f("ix_reminders_document_id"), "reminders", ["document_id"])
    for name, column in (("assignment", "assignment_id"), ("entry", "entry_id")):
        op.create_index(
            f"uq_reminders_of_{name}",
            "reminders",
            [column, "share"],
            unique=True,
            sqlite_where=LIVE,
            postgresql_where=LIVE,
        )


def downgrade() -> None:
    op.drop_table("reminders")
    op.drop_table("morning_digests")
    op.drop_table("notices")
    op.execute(sa.text("DELETE FROM outgoing_mails WHERE document_id IS NULL"))
    with op.batch_alter_table("outgoing_mails") as batch:
        batch.drop_column("person_id")
        batch.alter_column("document_id", existing_type=sa.Uuid(), nullable=False)
    op.drop_index("ix_documents_open", table_name="documents")
