"""Signatures of texts, by which a letter that was scanned twice is found."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0041_text_bands"
down_revision = "0040_added_words"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "text_signatures",
        sa.Column("document_id", sa.Uuid(), nullable=False),
        sa.Column("content_version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["document_id"], ["documents.id"], name=op.f("fk_text_signatures_document_id_documents"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("document_id", name=op.f("pk_text_signatures")),
    )
    op.create_table(
        "text_bands",
        sa.Column("band", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("document_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["document_id"], ["documents.id"], name=op.f("fk_text_bands_document_id_documents"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("band", "document_id", name=op.f("pk_text_bands")),
    )
    op.create_index(op.f("ix_text_bands_document_id"), "text_bands", ["document_id"])


def downgrade() -> None:
    op.drop_table("text_bands")
    op.drop_table("text_signatures")
