"""Quarters of the district, in which complaints are."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0050_complaint_quarters"
down_revision = "0049_complaints_followed"
branch_labels = None
depends_on = None

QUARTER = "fk_complaints_quarter_id_complaint_quarters"
SIMILAR = "fk_complaints_similar_id_complaints"


def upgrade() -> None:
    op.create_table(
        "complaint_quarters",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("name_ar", sa.String(length=120), nullable=False),
        sa.Column("name_fr", sa.String(length=120), nullable=False),
        sa.Column("rings", sa.JSON(), nullable=False),
        sa.Column("map_height", sa.Integer(), nullable=False),
        sa.Column("is_active", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_complaint_quarters")),
        sa.UniqueConstraint("name_fr", name=op.f("uq_complaint_quarters_name_fr")),
    )
    with op.batch_alter_table("complaints") as table:
        table.add_column(sa.Column("quarter_id", sa.Uuid(), nullable=True))
        table.add_column(sa.Column("similar_id", sa.Uuid(), nullable=True))
        table.create_foreign_key(op.f(QUARTER), "complaint_quarters", ["quarter_id"], ["id"])
        table.create_foreign_key(op.f(SIMILAR), "complaints", ["similar_id"], ["id"])
        table.create_index("ix_complaints_quarter_id", ["quarter_id", "category_id"])


def downgrade() -> None:
    with op.batch_alter_table("complaints") as table:
        table.drop_index("ix_complaints_quarter_id")
        table.drop_constraint(op.f(SIMILAR), type_="foreignkey")
        table.drop_constraint(op.f(QUARTER), type_="foreignkey")
        table.drop_column("similar_id")
        table.drop_column("quarter_id")
    op.drop_table("complaint_quarters")
