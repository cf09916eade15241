"""Transmittal slips, numbered without gaps, and the papers on them."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

import docflow.core.db

revision = "0022_transmittals"
down_revision = "0021_register_prints"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "transmittal_counters",
        sa.Column("year", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("last_number", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("year", name=op.f("pk_transmittal_counters")),
    )
    op.create_table(
        "transmittals",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("label", sa.String(length=40), nullable=False),
        sa.Column("unit_id", sa.Uuid(), nullable=False),
        sa.Column("note", sa.String(length=300), nullable=False),
        sa.Column("made_at", docflow.core.db.UtcDateTime(), nullable=False),
        sa.Column("made_by_name", sa.String(length=200), nullable=False),
        sa.Column("received_at", docflow.core.db.UtcDateTime(), nullable=True),
        sa.Column("received_by", sa.String(length=200), nullable=False),
        sa.Column("counted", sa.Integer(), nullable=False),
        sa.Column("return_note", sa.String(length=300), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["unit_id"], ["org_units.id"], name=op.f("fk_transmittals_unit_id_org_units")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_transmittals")),
        sa.UniqueConstraint("label", name=op.f("uq_transmittals_label")),
        sa.UniqueConstraint("year", "number", name=op.f("uq_transmittals_year")),
    )
    op.create_index("ix_transmittals_made_at", "transmittals", ["made_at"])
    op.create_table(
        "transmittal_lines",
        sa.Column("transmittal_id", sa.Uuid(), nullable=False),
        sa.Column("entry_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("enclosure_count", sa.Integer(), nullable=False),
        sa.Column("is_out", sa.Boolean(), nullable=False),
        sa.Column("is_missing", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["transmittal_id"], ["transmittals.id"], name=op.f("fk_transmittal_lines_transmittal_id_transmittals")
        ),
        sa.ForeignKeyConstraint(
            ["entry_id"], ["register_entries.id"], name=op.f("fk_transmittal_lines_entry_id_register_entries")
        ),
        sa.PrimaryKeyConstraint("transmittal_id", "entry_id", name=op.f("pk_transmittal_lines")),
    )
    op.create_index(op.f("ix_transmittal_lines_entry_id"), "transmittal_lines", ["entry_id"])
    op.create_index(
        "uq_transmittal_lines_out",
        "transmittal_lines",
        ["entry_id"],
        unique=True,
        sqlite_where=sa.text("is_out = 1"),
        postgresql_where=sa.text("is_out"),
    )


def downgrade() -> None:
    op.drop_table("transmittal_lines")
    op.drop_table("transmittals")
    op.drop_table("transmittal_counters")
