"""Tables of the room of backups, and of reading stored objects again."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

import docflow.core.db

revision = "0055_backups"
down_revision = "0054_points_and_contacts"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "sweep_holds",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("held_until", docflow.core.db.UtcDateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sweep_holds")),
    )
    op.create_table(
        "scrub_rounds",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("begun_at", docflow.core.db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("objects", sa.Integer(), nullable=False),
        sa.Column("size_bytes", sa.BigInteger(), nullable=False),
        sa.Column("finished_at", docflow.core.db.UtcDateTime(timezone=True), nullable=True),
        sa.Column("is_over", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_scrub_rounds")),
    )
    op.create_table(
        "blob_faults",
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("fault", sa.String(length=10), nullable=False),
        sa.Column("found_at", docflow.core.db.UtcDateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("kind", "sha256", name=op.f("pk_blob_faults")),
    )
    op.create_table(
        "backups",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(length=40), nullable=False),
        sa.Column("target", sa.String(length=500), nullable=False),
        sa.Column("made_at", docflow.core.db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("finished_at", docflow.core.db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("row_count", sa.BigInteger(), nullable=False),
        sa.Column("object_count", sa.BigInteger(), nullable=False),
        sa.Column("size_bytes", sa.BigInteger(), nullable=False),
        sa.Column("copied_bytes", sa.BigInteger(), nullable=False),
        sa.Column("lacking", sa.Integer(), nullable=False),
        sa.Column("verified_at", docflow.core.db.UtcDateTime(timezone=True), nullable=True),
        sa.Column("is_sound", sa.Boolean(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_backups")),
    )
    op.create_index(op.f("ix_backups_made_at"), "backups", ["made_at"])
    op.create_index(op.f("ix_backups_name"), "backups", ["name"])


def downgrade() -> None:
    op.drop_index(op.f("ix_backups_name"), table_name="backups")
    op.drop_index(op.f("ix_backups_made_at"), table_name="backups")
    op.drop_table("backups")
    op.drop_table("blob_faults")
    op.drop_table("scrub_rounds")
    op.drop_table("sweep_holds")
