"""Prints of case files, as people asked for them."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

import docflow.core.db

revision = "0034_case_file_prints"
down_revision = "0033_case_files"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "case_file_prints",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("case_file_id", sa.Uuid(), nullable=False),
        sa.Column("locale", sa.String(length=5), nullable=False),
        sa.Column("asked_by", sa.Uuid(), nullable=False),
        sa.Column("asked_at", docflow.core.db.UtcDateTime(), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("done_count", sa.Integer(), nullable=False),
        sa.Column("entry_count", sa.Integer(), nullable=False),
        sa.Column("document_ids", sa.JSON(), nullable=False),
        sa.Column("read_ids", sa.JSON(), nullable=False),
        sa.Column("error_code", sa.String(length=60), nullable=True),
        sa.Column("error_params", sa.JSON(), nullable=False),
        sa.Column("page_count", sa.Integer(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=True),
        sa.Column("size_bytes", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["case_file_id"], ["case_files.id"], name=op.f("fk_case_file_prints_case_file_id_case_files")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_case_file_prints")),
    )
    op.create_index(op.f("ix_case_file_prints_case_file_id"), "case_file_prints", ["case_file_id"])
    op.create_index(op.f("ix_case_file_prints_asked_by"), "case_file_prints", ["asked_by"])
    op.create_index(op.f("ix_case_file_prints_asked_at"), "case_file_prints", ["asked_at"])


def downgrade() -> None:
    op.drop_table("case_file_prints")
