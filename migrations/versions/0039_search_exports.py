"""Archives of the files of results."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

import docflow.core.db

revision = "0039_search_exports"
down_revision = "0038_saved_searches"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "search_exports",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("asked_by", sa.Uuid(), nullable=False),
        sa.Column("asked_at", docflow.core.db.UtcDateTime(), nullable=False),
        sa.Column("texts", sa.JSON(), nullable=False),
        sa.Column("text", sa.String(length=1000), nullable=False),
        sa.Column("document_ids", sa.JSON(), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("done_count", sa.Integer(), nullable=False),
        sa.Column("listed_ids", sa.JSON(), nullable=False),
        sa.Column("held_ids", sa.JSON(), nullable=False),
        sa.Column("error_code", sa.String(length=60), nullable=True),
        sa.Column("error_params", sa.JSON(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=True),
        sa.Column("size_bytes", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_search_exports")),
    )
    for column in ("asked_by", "asked_at", "sha256"):
        op.create_index(op.f(f"ix_search_exports_{column}"), "search_exports", [column])


def downgrade() -> None:
    op.drop_table("search_exports")
