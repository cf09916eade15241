"""Answers on the public site."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

import docflow.core.db

revision = "0035_published_answers"
down_revision = "0034_case_file_prints"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "act_publications",
        sa.Column("sending_id", sa.Uuid(), nullable=False),
        sa.Column("letter_id", sa.Uuid(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("size_bytes", sa.BigInteger(), nullable=False),
        sa.Column("first_taken_at", docflow.core.db.UtcDateTime(), nullable=True),
        sa.Column("withdrawn_at", docflow.core.db.UtcDateTime(), nullable=True),
        sa.Column("withdrawn_by_name", sa.String(length=200), nullable=False),
        sa.Column("reason", sa.String(length=300), nullable=False),
        sa.ForeignKeyConstraint(
            ["sending_id"], ["act_sendings.id"], name=op.f("fk_act_publications_sending_id_act_sendings")
        ),
        sa.ForeignKeyConstraint(["letter_id"], ["documents.id"], name=op.f("fk_act_publications_letter_id_documents")),
        sa.PrimaryKeyConstraint("sending_id", name=op.f("pk_act_publications")),
    )
    op.create_index(op.f("ix_act_publications_letter_id"), "act_publications", ["letter_id"])


def downgrade() -> None:
    op.drop_table("act_publications")
