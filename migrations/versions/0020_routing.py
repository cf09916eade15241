"""Assignments, and who is on the route of a document."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

import docflow.core.db

revision = "0020_routing"
down_revision = "0019_deadlines"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "assignments",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("document_id", sa.Uuid(), nullable=False),
        sa.Column("parent_id", sa.Uuid(), nullable=True),
        sa.Column("unit_id", sa.Uuid(), nullable=True),
        sa.Column("person_id", sa.Uuid(), nullable=True),
        sa.Column("claimed_by", sa.Uuid(), nullable=True),
        sa.Column("instruction", sa.String(length=20), nullable=False),
        sa.Column("note", sa.String(length=1000), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("sent_by", sa.Uuid(), nullable=True),
        sa.Column("sent_by_name", sa.String(length=200), nullable=False),
        sa.Column("sent_at", docflow.core.db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("read_at", docflow.core.db.UtcDateTime(timezone=True), nullable=True),
        sa.Column("closed_at", docflow.core.db.UtcDateTime(timezone=True), nullable=True),
        sa.Column("closed_by_name", sa.String(length=200), nullable=False),
        sa.Column("answer", sa.String(length=1000), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("(unit_id IS NULL) <> (person_id IS NULL)", name=op.f("ck_assignments_one_addressee")),
        sa.ForeignKeyConstraint(["document_id"], ["documents.id"], name=op.f("fk_assignments_document_id_documents")),
        sa.ForeignKeyConstraint(["parent_id"], ["assignments.id"], name=op.f("fk_assignments_parent_id_assignments")),
        sa.ForeignKeyConstraint(["unit_id"], ["org_units.id"], name=op.f("fk_assignments_unit_id_org_units")),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_assignments_person_id_people")),
        sa.ForeignKeyConstraint(["claimed_by"], ["people.id"], name=op.f("fk_assignments_claimed_by_people")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_assignments")),
    )
    op.create_index(op.f("ix_assignments_document_id"), "assignments", ["document_id"])
    open_only = sa.text("state = 'open'")
    for name, column in (("ix_assignments_of_unit", "unit_id"), ("ix_assignments_of_person", "person_id")):
        op.create_index(name, "assignments", [column, "due_on"], sqlite_where=open_only, postgresql_where=open_only)
    responsible = sa.text("state = 'open' AND instruction = 'attribution'")
    op.create_index(
        "uq_assignments_responsible",
        "assignments",
        ["document_id"],
        unique=True,
        sqlite_where=responsible,
        postgresql_where=responsible,
    )
    for name in ("routed_units", "routed_people"):
        op.add_column("documents", sa.Column(name, sa.JSON(), server_default="[]", nullable=False))


def downgrade() -> None:
    op.drop_column("documents", "routed_people")
    op.drop_column("documents", "routed_units")
    op.drop_table("assignments")
