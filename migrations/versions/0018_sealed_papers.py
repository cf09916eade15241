"""Papers of the product's own making that were sealed."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

import docflow.core.db

revision = "0018_sealed_papers"
down_revision = "0017_public_attempts"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "sealed_papers",
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("size_bytes", sa.BigInteger(), nullable=False),
        sa.Column("number", sa.String(length=60), nullable=False),
        sa.Column("level", sa.String(length=10), nullable=False),
        sa.Column("time_source", sa.String(length=20), nullable=False),
        sa.Column("signer", sa.String(length=200), nullable=False),
        sa.Column("certificate_sha256", sa.String(length=64), nullable=False),
        sa.Column("sealed_at", docflow.core.db.UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("sha256", name=op.f("pk_sealed_papers")),
    )
    op.create_index("ix_sealed_papers_certificate_sha256", "sealed_papers", ["certificate_sha256"])


def downgrade() -> None:
    op.drop_table("sealed_papers")
