"""Mail that is asked for and sent by a job."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

import docflow.core.db

revision = "0026_outgoing_mails"
down_revision = "0025_approvals"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "outgoing_mails",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("document_id", sa.Uuid(), nullable=False),
        sa.Column("recipient", sa.String(length=254), nullable=False),
        sa.Column("subject", sa.String(length=300), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("attachment_name", sa.String(length=100), nullable=False),
        sa.Column("attachment_kind", sa.String(length=20), nullable=True),
        sa.Column("attachment_sha256", sa.String(length=64), nullable=True),
        sa.Column("attachment_size_bytes", sa.BigInteger(), nullable=False),
        sa.Column("owns_attachment", sa.Boolean(), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("asked_by_name", sa.String(length=200), nullable=False),
        sa.Column("asked_at", docflow.core.db.UtcDateTime(), nullable=False),
        sa.Column("ended_at", docflow.core.db.UtcDateTime(), nullable=True),
        sa.Column("error_code", sa.String(length=60), nullable=True),
        sa.Column("error_params", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(
            ["document_id"], ["documents.id"], name=op.f("fk_outgoing_mails_document_id_documents")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outgoing_mails")),
    )
    op.create_index(op.f("ix_outgoing_mails_document_id"), "outgoing_mails", ["document_id"])
    op.create_index(op.f("ix_outgoing_mails_attachment_sha256"), "outgoing_mails", ["attachment_sha256"])
    op.create_index(op.f("ix_outgoing_mails_asked_at"), "outgoing_mails", ["asked_at"])


def downgrade() -> None:
    op.drop_table("outgoing_mails")
