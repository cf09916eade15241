"""Tables of the room documents."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

import docflow.core.db

revision = "0005_documents"
down_revision = "0004_storage"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "documents",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("batch_id", sa.Uuid(), nullable=True),
        sa.Column("deposit_key", sa.String(length=80), nullable=True),
        sa.Column("register_code", sa.String(length=40), nullable=False),
        sa.Column("file_name", sa.String(length=200), nullable=False),
        sa.Column("source_kind", sa.String(length=10), nullable=True),
        sa.Column("media_type", sa.String(length=100), nullable=False),
        sa.Column("size_bytes", sa.BigInteger(), nullable=False),
        sa.Column("original_sha256", sa.String(length=64), nullable=False),
        sa.Column("searchable_sha256", sa.String(length=64), nullable=True),
        sa.Column("searchable_size_bytes", sa.BigInteger(), nullable=True),
        sa.Column("is_signed", sa.Boolean(), nullable=False),
        sa.Column("page_count", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("error_code", sa.String(length=60), nullable=True),
        sa.Column("error_params", sa.JSON(), nullable=False),
        sa.Column("deposited_by", sa.Uuid(), nullable=True),
        sa.Column("deposited_by_name", sa.String(length=200), nullable=False),
        sa.Column("deposited_at", docflow.core.db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("ready_at", docflow.core.db.UtcDateTime(timezone=True), nullable=True),
        sa.Column("subject", sa.String(length=500), nullable=False),
        sa.Column("sender", sa.String(length=300), nullable=False),
        sa.Column("addressee", sa.String(length=300), nullable=False),
        sa.Column("reference", sa.String(length=120), nullable=False),
        sa.Column("document_date", sa.Date(), nullable=True),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("languages", sa.String(length=20), nullable=False),
        sa.Column("proposals", sa.JSON(), nullable=False),
        sa.Column("unit_id", sa.Uuid(), nullable=True),
        sa.Column("confidentiality", sa.String(length=20), nullable=False),
        sa.Column("named_people", sa.JSON(), nullable=False),
        sa.Column("is_open", sa.Boolean(), nullable=False),
        sa.Column("is_registered", sa.Boolean(), nullable=False),
        sa.Column("content_version", sa.Integer(), nullable=False),
        sa.Column("indexed_version", sa.Integer(), nullable=False),
        sa.Column("scope_version", sa.Integer(), nullable=False),
        sa.Column("indexed_scope_version", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["unit_id"], ["org_units.id"], name=op.f("fk_documents_unit_id_org_units")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_documents")),
        sa.UniqueConstraint("deposit_key", name=op.f("uq_documents_deposit_key")),
    )
    op.create_index(op.f("ix_documents_batch_id"), "documents", ["batch_id"], unique=False)
    op.create_index("ix_documents_deposited_at", "documents", ["deposited_at"], unique=False)
    op.create_index("ix_documents_original_sha256", "documents", ["original_sha256"], unique=False)
    op.create_index(
        "ix_documents_to_index",
        "documents",
        ["id"],
        unique=False,
        sqlite_where=sa.text("indexed_version < content_version"),
        postgresql_where=sa.text("indexed_version < content_version"),
    )
    op.create_index(op.f("ix_documents_unit_id"), "documents", ["unit_id"], unique=False)
    op.create_table(
        "document_scopes",
        sa.Column("document_id", sa.Uuid(), nullable=False),
        sa.Column("is_content", sa.Boolean(), nullable=False),
        sa.Column("token", sa.String(length=80), nullable=False),
        sa.ForeignKeyConstraint(
            ["document_id"], ["documents.id"], name=op.f("fk_document_scopes_document_id_documents"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("document_id", "is_content", "token", name=op.f("pk_document_scopes")),
    )
    op.create_index("ix_document_scopes_token", "document_scopes", ["token", "is_content", "document_id"], unique=False)
    op.create_table(
        "pages",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("document_id", sa.Uuid(), nullable=False),
        sa.Column("page_index", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("error_code", sa.String(length=60), nullable=True),
        sa.Column("error_params", sa.JSON(), nullable=False),
        sa.Column("width", sa.Integer(), nullable=False),
        sa.Column("height", sa.Integer(), nullable=False),
        sa.Column("dpi", sa.Integer(), nullable=False),
        sa.Column("rotation_deg", sa.Integer(), nullable=False),
        sa.Column("skew_deg", sa.Double(), nullable=False),
        sa.Column("languages", sa.String(length=20), nullable=False),
        sa.Column("confidence", sa.Double(), nullable=False),
        sa.Column("needs_review", sa.Boolean(), nullable=False),
        sa.Column("image_sha256", sa.String(length=64), nullable=True),
        sa.Column("thumbnail_sha256", sa.String(length=64), nullable=True),
        sa.ForeignKeyConstraint(
            ["document_id"], ["documents.id"], name=op.f("fk_pages_document_id_documents"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_pages")),
        sa.UniqueConstraint("document_id", "page_index", name=op.f("uq_pages_document_id")),
    )
    op.create_table(
        "page_texts",
        sa.Column("page_id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("source", sa.String(length=20), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("words", sa.JSON(), nullable=False),
        sa.Column("created_at", docflow.core.db.UtcDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["page_id"], ["pages.id"], name="fk_page_texts_page_id_pages", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("page_id", "version", name=op.f("pk_page_texts")),
    )


def downgrade() -> None:
    op.drop_table("page_texts")
    op.drop_table("pages")
    op.drop_index("ix_document_scopes_token", table_name="document_scopes")
    op.drop_table("document_scopes")
    op.drop_index(op.f("ix_documents_unit_id"), table_name="documents")
    op.drop_index(
        "ix_documents_to_index",
        table_name="documents",
        sqlite_where=sa.text("indexed_version < content_version"),
        postgresql_where=sa.text("indexed_version < content_version"),
    )
    op.drop_index("ix_documents_original_sha256", table_name="documents")
    op.drop_index("ix_documents_deposited_at", table_name="documents")
    op.drop_index(op.f("ix_documents_batch_id"), table_name="documents")
    op.drop_table("documents")
