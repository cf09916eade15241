"""Sealed revisions and the designs of stamps."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0013_stamping"
down_revision = "0012_journal_anchors"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "sealed_revisions",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("document_id", sa.Uuid(), nullable=False),
        sa.Column("register_number", sa.String(length=60), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("size_bytes", sa.BigInteger(), nullable=False),
        sa.Column("source", sa.String(length=20), nullable=False),
        sa.Column("placement", sa.String(length=20), nullable=False),
        sa.Column("level", sa.String(length=10), nullable=False),
        sa.Column("time_source", sa.String(length=20), nullable=False),
        sa.Column("signer", sa.String(length=200), nullable=False),
        sa.Column("certificate_sha256", sa.String(length=64), nullable=False),
        sa.Column("sealed_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["document_id"], ["documents.id"], name=op.f("fk_sealed_revisions_document_id_documents")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sealed_revisions")),
        sa.UniqueConstraint("document_id", "register_number", "revision", name=op.f("uq_sealed_revisions_document_id")),
    )
    op.create_index("ix_sealed_revisions_sha256", "sealed_revisions", ["sha256"])
    op.create_table(
        "stamp_designs",
        sa.Column("version", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("design", sa.JSON(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("author_id", sa.Uuid(), nullable=True),
        sa.Column("author_name", sa.String(length=200), nullable=False),
        sa.PrimaryKeyConstraint("version", name=op.f("pk_stamp_designs")),
    )


def downgrade() -> None:
    op.drop_table("stamp_designs")
    op.drop_index("ix_sealed_revisions_sha256", table_name="sealed_revisions")
    op.drop_table("sealed_revisions")
