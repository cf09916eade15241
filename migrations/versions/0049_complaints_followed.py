"""What becomes of complaints, what is said about them, and text messages."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

import docflow.core.db

revision = "0049_complaints_followed"
down_revision = "0048_content_asked"
branch_labels = None
depends_on = None

LINK = "fk_complaints_main_id_complaints"


def upgrade() -> None:
    with op.batch_alter_table("complaints") as table:
        table.add_column(sa.Column("main_id", sa.Uuid(), nullable=True))
        table.add_column(sa.Column("join_kind", sa.String(length=10), nullable=True))
        table.add_column(sa.Column("answered_at", docflow.core.db.UtcDateTime(), nullable=True))
        table.add_column(sa.Column("reopened_at", docflow.core.db.UtcDateTime(), nullable=True))
        table.add_column(sa.Column("reopened_count", sa.Integer(), nullable=False, server_default="0"))
        table.create_foreign_key(op.f(LINK), "complaints", ["main_id"], ["id"])
        table.create_index(op.f("ix_complaints_main_id"), ["main_id"])
    with op.batch_alter_table("complaints") as table:
        table.alter_column("reopened_count", server_default=None)
    op.create_table(
        "complaint_outcomes",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("complaint_id", sa.Uuid(), nullable=False),
        sa.Column("outcome", sa.String(length=30), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("elsewhere", sa.String(length=300), nullable=False),
        sa.Column("proposed_at", docflow.core.db.UtcDateTime(), nullable=False),
        sa.Column("proposed_by_name", sa.String(length=200), nullable=False),
        sa.Column("answered_at", docflow.core.db.UtcDateTime(), nullable=True),
        sa.Column("is_solved", sa.Boolean(), nullable=True),
        sa.Column("rating", sa.Integer(), nullable=True),
        sa.Column("rating_comment", sa.String(length=1000), nullable=False),
        sa.Column("rated_at", docflow.core.db.UtcDateTime(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["complaint_id"], ["complaints.id"], name=op.f("fk_complaint_outcomes_complaint_id_complaints")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_complaint_outcomes")),
    )
    op.create_index(op.f("ix_complaint_outcomes_complaint_id"), "complaint_outcomes", ["complaint_id"])
    op.create_table(
        "complaint_messages",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("complaint_id", sa.Uuid(), nullable=False),
        sa.Column("is_from_citizen", sa.Boolean(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("said_at", docflow.core.db.UtcDateTime(), nullable=False),
        sa.Column("author_name", sa.String(length=200), nullable=False),
        sa.ForeignKeyConstraint(
            ["complaint_id"], ["complaints.id"], name=op.f("fk_complaint_messages_complaint_id_complaints")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_complaint_messages")),
    )
    op.create_index(op.f("ix_complaint_messages_complaint_id"), "complaint_messages", ["complaint_id"])
    op.create_table(
        "outgoing_texts",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("document_id", sa.Uuid(), nullable=False),
        sa.Column("recipient", sa.String(length=20), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("asked_by_name", sa.String(length=200), nullable=False),
        sa.Column("asked_at", docflow.core.db.UtcDateTime(), nullable=False),
        sa.Column("ended_at", docflow.core.db.UtcDateTime(), nullable=True),
        sa.ForeignKeyConstraint(
            ["document_id"], ["documents.id"], name=op.f("fk_outgoing_texts_document_id_documents")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outgoing_texts")),
    )
    op.create_index(op.f("ix_outgoing_texts_document_id"), "outgoing_texts", ["document_id"])
    op.create_index(op.f("ix_outgoing_texts_ended_at"), "outgoing_texts", ["ended_at"])


def downgrade() -> None:
    op.drop_table("outgoing_texts")
    op.drop_table("complaint_messages")
    op.drop_table("complaint_outcomes")
    with op.batch_alter_table("complaints") as table:
        table.drop_index(op.f("ix_complaints_main_id"))
        table.drop_constraint(op.f(LINK), type_="foreignkey")
        for name in ("reopened_count", "reopened_at", "answered_at", "join_kind", "main_id"):
            table.drop_column(name)
