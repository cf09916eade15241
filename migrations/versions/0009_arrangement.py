"""Acts on the pages of batches."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

import docflow.core.db

revision = "0009_arrangement"
down_revision = "0008_corrections"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("batches", sa.Column("arrangement_version", sa.Integer(), server_default="0", nullable=False))
    op.add_column("batches", sa.Column("arranged_by_name", sa.String(length=200), server_default="", nullable=False))
    op.create_table(
        "arrangement_acts",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("batch_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("verb", sa.String(length=20), nullable=False),
        sa.Column("actor_key", sa.String(length=60), nullable=False),
        sa.Column("actor_name", sa.String(length=200), nullable=False),
        sa.Column("at", docflow.core.db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("changes", sa.JSON(), nullable=False),
        sa.Column("is_undone", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["batch_id"], ["batches.id"], name=op.f("fk_arrangement_acts_batch_id_batches"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_arrangement_acts")),
        sa.UniqueConstraint("batch_id", "number", name=op.f("uq_arrangement_acts_batch_id")),
    )


def downgrade() -> None:
    op.drop_table("arrangement_acts")
    op.drop_column("batches", "arranged_by_name")
    op.drop_column("batches", "arrangement_version")
