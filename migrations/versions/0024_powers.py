"""Delegations and interims; who is asked to decide on a document, and which documents are written here."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

import docflow.core.db

revision = "0024_powers"
down_revision = "0023_terms_of_tasks"
branch_labels = None
depends_on = None


def upgrade() -> None:
    names = [
        sa.Column(f"{who}_{what}_{language}", sa.String(length=length), nullable=False)
        for who in ("principal", "holder")
        for what, length in (("name", 200), ("title", 300))
        for language in ("ar", "fr")
    ]
    op.create_table(
        "powers",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("principal_id", sa.Uuid(), nullable=False),
        sa.Column("holder_id", sa.Uuid(), nullable=False),
        *names,
        sa.Column("starts_at", docflow.core.db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("ends_at", docflow.core.db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("planned_until", docflow.core.db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("act_kinds", sa.JSON(), nullable=False),
        sa.Column("unit_ids", sa.JSON(), nullable=False),
        sa.Column("decision_reference", sa.String(length=120), nullable=False),
        sa.Column("given_by_name", sa.String(length=200), nullable=False),
        sa.Column("given_at", docflow.core.db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("ended_by_name", sa.String(length=200), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_powers")),
    )
    op.create_index("ix_powers_holder_id", "powers", ["holder_id", "ends_at"])
    op.create_index("ix_powers_principal_id", "powers", ["principal_id", "ends_at"])
    for name in ("asked_people", "circuit_people"):
        op.add_column("documents", sa.Column(name, sa.JSON(), server_default="[]", nullable=False))
    op.add_column("documents", sa.Column("is_drafted", sa.Boolean(), server_default=sa.false(), nullable=False))


def downgrade() -> None:
    for name in ("is_drafted", "circuit_people", "asked_people"):
        op.drop_column("documents", name)
    op.drop_table("powers")
