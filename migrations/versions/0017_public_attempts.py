"""What one address asked of the public site."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

import docflow.core.db

revision = "0017_public_attempts"
down_revision = "0016_seal_certificates"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "public_attempts",
        sa.Column("address", sa.String(length=64), nullable=False),
        sa.Column("purpose", sa.String(length=20), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("window_start", docflow.core.db.UtcDateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("address", "purpose", name=op.f("pk_public_attempts")),
    )
    op.create_index(op.f("ix_public_attempts_window_start"), "public_attempts", ["window_start"])


def downgrade() -> None:
    op.drop_table("public_attempts")
