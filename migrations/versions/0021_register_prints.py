"""Prints of registers, made by a job."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

import docflow.core.db

revision = "0021_register_prints"
down_revision = "0020_routing"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "register_prints",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("register_id", sa.Uuid(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("locale", sa.String(length=5), nullable=False),
        sa.Column("asked_by", sa.Uuid(), nullable=False),
        sa.Column("asked_at", docflow.core.db.UtcDateTime(), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("error_code", sa.String(length=60), nullable=True),
        sa.Column("error_params", sa.JSON(), nullable=False),
        sa.Column("line_count", sa.Integer(), nullable=False),
        sa.Column("page_count", sa.Integer(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=True),
        sa.Column("size_bytes", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["register_id"], ["registers.id"], name=op.f("fk_register_prints_register_id_registers")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_register_prints")),
    )
    op.create_index(op.f("ix_register_prints_asked_by"), "register_prints", ["asked_by"])
    op.create_index(op.f("ix_register_prints_asked_at"), "register_prints", ["asked_at"])


def downgrade() -> None:
    op.drop_table("register_prints")
