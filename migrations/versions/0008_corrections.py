"""Who corrected a page's text, and what was said of pages in doubt."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

import docflow.core.db

revision = "0008_corrections"
down_revision = "0007_page_sources"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("pages", sa.Column("review_outcome", sa.String(length=20), nullable=True))
    op.add_column("pages", sa.Column("reviewed_by_name", sa.String(length=200), nullable=False, server_default=""))
    op.add_column("pages", sa.Column("reviewed_at", docflow.core.db.UtcDateTime(timezone=True), nullable=True))
    op.create_index(
        "ix_pages_in_doubt",
        "pages",
        ["document_id"],
        unique=False,
        sqlite_where=sa.text("needs_review = 1"),
        postgresql_where=sa.text("needs_review"),
    )
    op.add_column("page_texts", sa.Column("author_id", sa.Uuid(), nullable=True))
    op.add_column("page_texts", sa.Column("author_name", sa.String(length=200), nullable=False, server_default=""))
    op.add_column("page_texts", sa.Column("restored_from", sa.Integer(), nullable=True))


def downgrade() -> None:
    for name in ("restored_from", "author_name", "author_id"):
        op.drop_column("page_texts", name)
    op.drop_index("ix_pages_in_doubt", table_name="pages")
    for name in ("reviewed_at", "reviewed_by_name", "review_outcome"):
        op.drop_column("pages", name)
