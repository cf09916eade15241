"""Units that are asked for content."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

import docflow.core.db

revision = "0048_content_asked"
down_revision = "0047_subscriptions"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "content_plans",
        sa.Column("unit_id", sa.Uuid(), nullable=False),
        sa.Column("every_days", sa.Integer(), nullable=False),
        sa.Column("days_to_give", sa.Integer(), nullable=False),
        sa.Column("next_on", sa.Date(), nullable=False),
        sa.CheckConstraint("every_days > 0 AND days_to_give > 0", name=op.f("ck_content_plans_days_positive")),
        sa.ForeignKeyConstraint(["unit_id"], ["org_units.id"], name=op.f("fk_content_plans_unit_id_org_units")),
        sa.PrimaryKeyConstraint("unit_id", name=op.f("pk_content_plans")),
    )
    op.create_index(op.f("ix_content_plans_next_on"), "content_plans", ["next_on"])
    op.create_table(
        "content_asks",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("unit_id", sa.Uuid(), nullable=False),
        sa.Column("asked_on", sa.Date(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("given_at", docflow.core.db.UtcDateTime(), nullable=True),
        sa.Column("given_by_name", sa.String(length=200), nullable=False),
        sa.Column("post_id", sa.Uuid(), nullable=True),
        sa.ForeignKeyConstraint(["unit_id"], ["org_units.id"], name=op.f("fk_content_asks_unit_id_org_units")),
        sa.ForeignKeyConstraint(["post_id"], ["public_posts.id"], name=op.f("fk_content_asks_post_id_public_posts")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_content_asks")),
        sa.UniqueConstraint("unit_id", "asked_on", name="uq_content_asks_day"),
    )
    op.create_index(op.f("ix_content_asks_due_on"), "content_asks", ["due_on"])


def downgrade() -> None:
    op.drop_table("content_asks")
    op.drop_table("content_plans")
