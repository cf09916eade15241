"""Complaints, their categories and photographs, and the drafts of those who deposit one."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

import docflow.core.db

revision = "0042_complaints"
down_revision = "0041_text_bands"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "complaint_setups",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("is_open", sa.Boolean(), nullable=False),
        sa.Column("allows_anonymous", sa.Boolean(), nullable=False),
        sa.Column("triage_unit_id", sa.Uuid(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["triage_unit_id"], ["org_units.id"], name=op.f("fk_complaint_setups_triage_unit_id_org_units")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_complaint_setups")),
    )
    op.create_table(
        "complaint_categories",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("name_ar", sa.String(length=120), nullable=False),
        sa.Column("name_fr", sa.String(length=120), nullable=False),
        sa.Column("examples_ar", sa.String(length=300), nullable=False),
        sa.Column("examples_fr", sa.String(length=300), nullable=False),
        sa.Column("unit_id", sa.Uuid(), nullable=True),
        sa.Column("elsewhere_ar", sa.String(length=500), nullable=False),
        sa.Column("elsewhere_fr", sa.String(length=500), nullable=False),
        sa.Column("is_active", sa.Boolean(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["unit_id"], ["org_units.id"], name=op.f("fk_complaint_categories_unit_id_org_units")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_complaint_categories")),
    )
    op.create_table(
        "complaints",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("entry_id", sa.Uuid(), nullable=False),
        sa.Column("document_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("origin", sa.String(length=10), nullable=False),
        sa.Column("category_id", sa.Uuid(), nullable=True),
        sa.Column("place", sa.String(length=300), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("language", sa.String(length=5), nullable=False),
        sa.Column("is_anonymous", sa.Boolean(), nullable=False),
        sa.Column("phone", sa.String(length=20), nullable=False),
        sa.Column("email", sa.String(length=254), nullable=False),
        sa.Column("deposited_at", docflow.core.db.UtcDateTime(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["entry_id"], ["register_entries.id"], name=op.f("fk_complaints_entry_id_register_entries")
        ),
        sa.ForeignKeyConstraint(["document_id"], ["documents.id"], name=op.f("fk_complaints_document_id_documents")),
        sa.ForeignKeyConstraint(
            ["category_id"], ["complaint_categories.id"], name=op.f("fk_complaints_category_id_complaint_categories")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_complaints")),
        sa.UniqueConstraint("entry_id", name=op.f("uq_complaints_entry_id")),
    )
    op.create_index(op.f("ix_complaints_document_id"), "complaints", ["document_id"])
    op.create_index(op.f("ix_complaints_deposited_at"), "complaints", ["deposited_at"])
    op.create_index("ix_complaints_category_id", "complaints", ["category_id", "deposited_at"])
    op.create_table(
        "complaint_drafts",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("key_hash", sa.String(length=64), nullable=False),
        sa.Column("values", sa.JSON(), nullable=False),
        sa.Column("kept_at", docflow.core.db.UtcDateTime(), nullable=False),
        sa.Column("complaint_id", sa.Uuid(), nullable=True),
        sa.ForeignKeyConstraint(
            ["complaint_id"], ["complaints.id"], name=op.f("fk_complaint_drafts_complaint_id_complaints")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_complaint_drafts")),
        sa.UniqueConstraint("key_hash", name=op.f("uq_complaint_drafts_key_hash")),
    )
    op.create_index(op.f("ix_complaint_drafts_kept_at"), "complaint_drafts", ["kept_at"])
    op.create_table(
        "complaint_photos",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("draft_id", sa.Uuid(), nullable=True),
        sa.Column("complaint_id", sa.Uuid(), nullable=True),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("media_type", sa.String(length=100), nullable=False),
        sa.Column("given_at", docflow.core.db.UtcDateTime(), nullable=False),
        sa.Column("original_sha256", sa.String(length=64), nullable=False),
        sa.Column("original_size_bytes", sa.BigInteger(), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("reduced_sha256", sa.String(length=64), nullable=True),
        sa.Column("reduced_size_bytes", sa.BigInteger(), nullable=False),
        sa.Column("width", sa.Integer(), nullable=False),
        sa.Column("height", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["draft_id"], ["complaint_drafts.id"], name=op.f("fk_complaint_photos_draft_id_complaint_drafts")
        ),
        sa.ForeignKeyConstraint(
            ["complaint_id"], ["complaints.id"], name=op.f("fk_complaint_photos_complaint_id_complaints")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_complaint_photos")),
    )
    for column in ("draft_id", "complaint_id", "original_sha256", "reduced_sha256"):
        op.create_index(op.f(f"ix_complaint_photos_{column}"), "complaint_photos", [column])


def downgrade() -> None:
    op.drop_table("complaint_photos")
    op.drop_table("complaint_drafts")
    op.drop_table("complaints")
    op.drop_table("complaint_categories")
    op.drop_table("complaint_setups")
