"""Letter templates, drafts with their versions and comments, and how acts went out."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

import docflow.core.db

revision = "0027_drafting"
down_revision = "0026_outgoing_mails"
branch_labels = None
depends_on = None


def _instant(name: str, *, nullable: bool = False) -> sa.Column:  # type: ignore[type-arg]
    return sa.Column(name, docflow.core.db.UtcDateTime(timezone=True), nullable=nullable)


def upgrade() -> None:
    op.create_table(
        "letter_templates",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("name_ar", sa.String(length=200), nullable=False),
        sa.Column("name_fr", sa.String(length=200), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("content", sa.JSON(), nullable=False),
        sa.Column("is_active", sa.Boolean(), nullable=False),
        _instant("changed_at"),
        sa.Column("changed_by_name", sa.String(length=200), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_letter_templates")),
    )
    op.create_table(
        "drafts",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("document_id", sa.Uuid(), nullable=True),
        sa.Column("answers_id", sa.Uuid(), nullable=True),
        sa.Column("unit_id", sa.Uuid(), nullable=False),
        sa.Column("author_id", sa.Uuid(), nullable=True),
        sa.Column("author_name", sa.String(length=200), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("content", sa.JSON(), nullable=False),
        sa.Column("newest", sa.Integer(), nullable=False),
        _instant("begun_at"),
        _instant("kept_at"),
        sa.Column("kept_by_name", sa.String(length=200), nullable=False),
        _instant("dropped_at", nullable=True),
        _instant("sent_at", nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["document_id"], ["documents.id"], name=op.f("fk_drafts_document_id_documents")),
        sa.ForeignKeyConstraint(["answers_id"], ["documents.id"], name=op.f("fk_drafts_answers_id_documents")),
        sa.ForeignKeyConstraint(["unit_id"], ["org_units.id"], name=op.f("fk_drafts_unit_id_org_units")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_drafts")),
        sa.UniqueConstraint("document_id", name=op.f("uq_drafts_document_id")),
    )
    op.create_index(op.f("ix_drafts_answers_id"), "drafts", ["answers_id"])
    op.create_index(op.f("ix_drafts_author_id"), "drafts", ["author_id"])
    op.create_index("ix_drafts_unit_id", "drafts", ["unit_id", "kept_at"])
    op.create_table(
        "draft_versions",
        sa.Column("draft_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("content", sa.JSON(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=True),
        sa.Column("size_bytes", sa.BigInteger(), nullable=True),
        sa.Column("page_count", sa.Integer(), nullable=False),
        _instant("made_at"),
        sa.Column("author_id", sa.Uuid(), nullable=True),
        sa.Column("author_name", sa.String(length=200), nullable=False),
        sa.ForeignKeyConstraint(["draft_id"], ["drafts.id"], name=op.f("fk_draft_versions_draft_id_drafts")),
        sa.PrimaryKeyConstraint("draft_id", "number", name=op.f("pk_draft_versions")),
    )
    op.create_table(
        "draft_comments",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("draft_id", sa.Uuid(), nullable=False),
        sa.Column("version_number", sa.Integer(), nullable=False),
        sa.Column("text", sa.String(length=2000), nullable=False),
        _instant("said_at"),
        sa.Column("author_name", sa.String(length=200), nullable=False),
        sa.ForeignKeyConstraint(["draft_id"], ["drafts.id"], name=op.f("fk_draft_comments_draft_id_drafts")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_draft_comments")),
    )
    op.create_index(op.f("ix_draft_comments_draft_id"), "draft_comments", ["draft_id"])
    op.create_table(
        "act_sendings",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("draft_id", sa.Uuid(), nullable=False),
        sa.Column("channel", sa.String(length=20), nullable=False),
        sa.Column("recipient", sa.String(length=300), nullable=False),
        sa.Column("reference", sa.String(length=120), nullable=False),
        sa.Column("proof_sha256", sa.String(length=64), nullable=True),
        sa.Column("proof_size_bytes", sa.BigInteger(), nullable=True),
        sa.Column("proof_name", sa.String(length=200), nullable=False),
        sa.Column("proof_media_type", sa.String(length=100), nullable=False),
        sa.Column("mail_id", sa.Uuid(), nullable=True),
        _instant("sent_at"),
        sa.Column("sent_by_name", sa.String(length=200), nullable=False),
        sa.ForeignKeyConstraint(["draft_id"], ["drafts.id"], name=op.f("fk_act_sendings_draft_id_drafts")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_act_sendings")),
    )
    op.create_index(op.f("ix_act_sendings_draft_id"), "act_sendings", ["draft_id"])


def downgrade() -> None:
    for table in ("act_sendings", "draft_comments", "draft_versions", "drafts", "letter_templates"):
        op.drop_table(table)
