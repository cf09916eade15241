"""What the searchable copy conforms to, and what the signatures of an original claim."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0010_copies_and_signatures"
down_revision = "0009_arrangement"
branch_labels = None
depends_on = None


def upgrade() -> None:
    conformance = sa.Column("searchable_conformance", sa.String(length=20), nullable=False, server_default="")
    op.add_column("documents", conformance)
    op.add_column("documents", sa.Column("searchable_obstacles", sa.JSON(), nullable=False, server_default="[]"))
    op.add_column("documents", sa.Column("signatures", sa.JSON(), nullable=False, server_default="[]"))


def downgrade() -> None:
    for name in ("signatures", "searchable_obstacles", "searchable_conformance"):
        op.drop_column("documents", name)
