"""Copies of documents in which something is covered before everybody reads them."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

import docflow.core.db

revision = "0046_redactions"
down_revision = "0045_public_search"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "redactions",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("document_id", sa.Uuid(), nullable=False),
        sa.Column("boxes", sa.JSON(), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("error_code", sa.String(length=60), nullable=True),
        sa.Column("sha256", sa.String(length=64), nullable=True),
        sa.Column("size_bytes", sa.BigInteger(), nullable=False),
        sa.Column("page_count", sa.Integer(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("post_id", sa.Uuid(), nullable=True),
        sa.Column("begun_at", docflow.core.db.UtcDateTime(), nullable=False),
        sa.Column("begun_by_name", sa.String(length=200), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["post_id"], ["public_posts.id"], name=op.f("fk_redactions_post_id_public_posts")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_redactions")),
    )
    for column in ("document_id", "sha256", "post_id"):
        op.create_index(op.f(f"ix_redactions_{column}"), "redactions", [column])


def downgrade() -> None:
    op.drop_table("redactions")
