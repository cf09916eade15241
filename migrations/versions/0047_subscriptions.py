"""Addresses that are told of what comes out."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

import docflow.core.db

revision = "0047_subscriptions"
down_revision = "0046_redactions"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("public_posts", sa.Column("told_at", docflow.core.db.UtcDateTime(), nullable=True))
    op.create_table(
        "public_subscriptions",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("email", sa.String(length=254), nullable=False),
        sa.Column("language", sa.String(length=5), nullable=False),
        sa.Column("category_ids", sa.JSON(), nullable=False),
        sa.Column("token", sa.String(length=40), nullable=False),
        sa.Column("asked_at", docflow.core.db.UtcDateTime(), nullable=False),
        sa.Column("confirmed_at", docflow.core.db.UtcDateTime(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_public_subscriptions")),
        sa.UniqueConstraint("email", name=op.f("uq_public_subscriptions_email")),
        sa.UniqueConstraint("token", name=op.f("uq_public_subscriptions_token")),
    )
    op.create_index(op.f("ix_public_subscriptions_asked_at"), "public_subscriptions", ["asked_at"])


def downgrade() -> None:
    op.drop_table("public_subscriptions")
    op.drop_column("public_posts", "told_at")
