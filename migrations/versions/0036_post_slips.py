"""Slips with which acts are handed to the post."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

import docflow.core.db

revision = "0036_post_slips"
down_revision = "0035_published_answers"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "post_slips",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("label", sa.String(length=40), nullable=False),
        sa.Column("carrier", sa.String(length=200), nullable=False),
        sa.Column("made_at", docflow.core.db.UtcDateTime(), nullable=False),
        sa.Column("made_by_name", sa.String(length=200), nullable=False),
        sa.Column("received_at", docflow.core.db.UtcDateTime(), nullable=True),
        sa.Column("received_by", sa.String(length=200), nullable=False),
        sa.Column("counted", sa.Integer(), nullable=False),
        sa.Column("return_note", sa.String(length=300), nullable=False),
        sa.Column("proof_sha256", sa.String(length=64), nullable=True),
        sa.Column("proof_size_bytes", sa.BigInteger(), nullable=True),
        sa.Column("proof_name", sa.String(length=200), nullable=False),
        sa.Column("proof_media_type", sa.String(length=100), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_post_slips")),
        sa.UniqueConstraint("label", name=op.f("uq_post_slips_label")),
        sa.UniqueConstraint("year", "number", name=op.f("uq_post_slips_year")),
    )
    op.create_index("ix_post_slips_made_at", "post_slips", ["made_at"])
    with op.batch_alter_table("act_sendings") as table:
        table.add_column(sa.Column("slip_id", sa.Uuid(), nullable=True))
        table.create_foreign_key(op.f("fk_act_sendings_slip_id_post_slips"), "post_slips", ["slip_id"], ["id"])
        table.create_index(op.f("ix_act_sendings_slip_id"), ["slip_id"])


def downgrade() -> None:
    with op.batch_alter_table("act_sendings") as table:
        table.drop_index(op.f("ix_act_sendings_slip_id"))
        table.drop_constraint(op.f("fk_act_sendings_slip_id_post_slips"), type_="foreignkey")
        table.drop_column("slip_id")
    op.drop_table("post_slips")
