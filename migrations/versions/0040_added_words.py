"""Words that a district adds to the search."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

import docflow.core.db

revision = "0040_added_words"
down_revision = "0039_search_exports"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "added_words",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("forms", sa.JSON(), nullable=False),
        sa.Column("key", sa.String(length=1000), nullable=False),
        sa.Column("added_at", docflow.core.db.UtcDateTime(), nullable=False),
        sa.Column("added_by_name", sa.String(length=200), nullable=False),
        sa.CheckConstraint("kind IN ('plural', 'whole', 'equivalent')", name=op.f("ck_added_words_kind_known")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_added_words")),
        sa.UniqueConstraint("key", name=op.f("uq_added_words_key")),
    )


def downgrade() -> None:
    op.drop_table("added_words")
