"""Rules of first routing, by register, kind and sender."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0031_first_routes"
down_revision = "0030_reminders"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "first_routes",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("register_code", sa.String(length=40), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("sender", sa.String(length=200), nullable=False),
        sa.Column("unit_id", sa.Uuid(), nullable=False),
        sa.Column("is_active", sa.Boolean(), nullable=False),
        sa.Column("is_automatic", sa.Boolean(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["unit_id"], ["org_units.id"], name=op.f("fk_first_routes_unit_id_org_units")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_first_routes")),
    )


def downgrade() -> None:
    op.drop_table("first_routes")
