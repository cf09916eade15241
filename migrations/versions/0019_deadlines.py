"""Feasts moved by a day, and closures of the district."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0019_deadlines"
down_revision = "0018_sealed_papers"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "feast_shifts",
        sa.Column("year", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("feast", sa.String(length=80), nullable=False),
        sa.Column("days", sa.Integer(), nullable=False),
        sa.CheckConstraint("days IN (-1, 1)", name=op.f("ck_feast_shifts_by_one_day")),
        sa.PrimaryKeyConstraint("year", "feast", name=op.f("pk_feast_shifts")),
    )
    op.create_table(
        "local_closures",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("name_ar", sa.String(length=120), nullable=False),
        sa.Column("name_fr", sa.String(length=120), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_local_closures")),
        sa.UniqueConstraint("day", name=op.f("uq_local_closures_day")),
    )


def downgrade() -> None:
    op.drop_table("local_closures")
    op.drop_table("feast_shifts")
