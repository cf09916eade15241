"""What the index of the public site shows, and the words of its files."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0045_public_search"
down_revision = "0044_publications"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("public_posts", sa.Column("indexed_version", sa.Integer(), nullable=True))
    op.add_column("public_files", sa.Column("text", sa.Text(), nullable=True))


def downgrade() -> None:
    op.drop_column("public_files", "text")
    op.drop_column("public_posts", "indexed_version")
