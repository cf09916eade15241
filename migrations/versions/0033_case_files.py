"""Case files: their numbers, who may know of them, the letters that they gather."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

import docflow.core.db

revision = "0033_case_files"
down_revision = "0032_abolished_units"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "case_file_counters",
        sa.Column("year", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("last_number", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("year", name=op.f("pk_case_file_counters")),
    )
    op.create_table(
        "case_files",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("label", sa.String(length=40), nullable=False),
        sa.Column("title", sa.String(length=300), nullable=False),
        sa.Column("title_key", sa.String(length=300), nullable=False),
        sa.Column("unit_id", sa.Uuid(), nullable=False),
        sa.Column("confidentiality", sa.String(length=20), nullable=False),
        sa.Column("named_people", sa.JSON(), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("opened_at", docflow.core.db.UtcDateTime(), nullable=False),
        sa.Column("opened_by", sa.Uuid(), nullable=True),
        sa.Column("opened_by_name", sa.String(length=200), nullable=False),
        sa.Column("stated_at", docflow.core.db.UtcDateTime(), nullable=True),
        sa.Column("stated_by_name", sa.String(length=200), nullable=False),
        sa.Column("reason", sa.String(length=300), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["unit_id"], ["org_units.id"], name=op.f("fk_case_files_unit_id_org_units")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_case_files")),
        sa.UniqueConstraint("label", name=op.f("uq_case_files_label")),
        sa.UniqueConstraint("year", "number", name=op.f("uq_case_files_year")),
    )
    op.create_index("ix_case_files_unit_id", "case_files", ["unit_id", "opened_at"])
    op.create_index(op.f("ix_case_files_opened_at"), "case_files", ["opened_at"])
    op.create_table(
        "case_file_scopes",
        sa.Column("case_file_id", sa.Uuid(), nullable=False),
        sa.Column("token", sa.String(length=80), nullable=False),
        sa.ForeignKeyConstraint(
            ["case_file_id"],
            ["case_files.id"],
            name=op.f("fk_case_file_scopes_case_file_id_case_files"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("case_file_id", "token", name=op.f("pk_case_file_scopes")),
    )
    op.create_index("ix_case_file_scopes_token", "case_file_scopes", ["token", "case_file_id"])
    op.create_table(
        "case_file_entries",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("case_file_id", sa.Uuid(), nullable=False),
        sa.Column("document_id", sa.Uuid(), nullable=False),
        sa.Column("filed_at", docflow.core.db.UtcDateTime(), nullable=False),
        sa.Column("filed_by_name", sa.String(length=200), nullable=False),
        sa.Column("removed_at", docflow.core.db.UtcDateTime(), nullable=True),
        sa.Column("removed_by_name", sa.String(length=200), nullable=False),
        sa.Column("reason", sa.String(length=300), nullable=False),
        sa.ForeignKeyConstraint(
            ["case_file_id"], ["case_files.id"], name=op.f("fk_case_file_entries_case_file_id_case_files")
        ),
        sa.ForeignKeyConstraint(
            ["document_id"], ["documents.id"], name=op.f("fk_case_file_entries_document_id_documents")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_case_file_entries")),
    )
    op.create_index("ix_case_file_entries_document_id", "case_file_entries", ["document_id"])
    op.create_index(
        "uq_case_file_entries_kept",
        "case_file_entries",
        ["case_file_id", "document_id"],
        unique=True,
        sqlite_where=sa.text("removed_at IS NULL"),
        postgresql_where=sa.text("removed_at IS NULL"),
    )


def downgrade() -> None:
    op.drop_table("case_file_entries")
    op.drop_table("case_file_scopes")
    op.drop_table("case_files")
    op.drop_table("case_file_counters")
