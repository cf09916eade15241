"""Circuits with their versions, runs, asks with the people who are asked, decisions, wrong PINs."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

import docflow.core.db

revision = "0025_approvals"
down_revision = "0024_powers"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "circuits",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("code", sa.String(length=40), nullable=False),
        sa.Column("name_ar", sa.String(length=200), nullable=False),
        sa.Column("name_fr", sa.String(length=200), nullable=False),
        sa.Column("register_code", sa.String(length=40), nullable=False),
        sa.Column("is_active", sa.Boolean(), nullable=False),
        sa.Column("newest", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_circuits")),
        sa.UniqueConstraint("code", name=op.f("uq_circuits_code")),
    )
    op.create_table(
        "circuit_versions",
        sa.Column("circuit_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("steps", sa.JSON(), nullable=False),
        sa.Column("created_at", docflow.core.db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("author_id", sa.Uuid(), nullable=True),
        sa.Column("author_name", sa.String(length=200), nullable=False),
        sa.ForeignKeyConstraint(["circuit_id"], ["circuits.id"], name=op.f("fk_circuit_versions_circuit_id_circuits")),
        sa.PrimaryKeyConstraint("circuit_id", "number", name=op.f("pk_circuit_versions")),
    )
    op.create_table(
        "signature_pins",
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("locked_until", docflow.core.db.UtcDateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["person_id"], ["people.id"], name=op.f("fk_signature_pins_person_id_people"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("person_id", name=op.f("pk_signature_pins")),
    )
    op.create_table(
        "approval_runs",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("document_id", sa.Uuid(), nullable=False),
        sa.Column("is_act", sa.Boolean(), nullable=False),
        sa.Column("circuit_id", sa.Uuid(), nullable=True),
        sa.Column("circuit_number", sa.Integer(), nullable=False),
        sa.Column("steps", sa.JSON(), nullable=False),
        sa.Column("register_code", sa.String(length=40), nullable=False),
        sa.Column("shelf", sa.String(length=20), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("unit_id", sa.Uuid(), nullable=True),
        sa.Column("amount_dh", sa.Integer(), nullable=True),
        sa.Column("answers", sa.Uuid(), nullable=True),
        sa.Column("is_urgent", sa.Boolean(), nullable=False),
        sa.Column("note", sa.String(length=1000), nullable=False),
        sa.Column("started_by", sa.Uuid(), nullable=True),
        sa.Column("started_by_name", sa.String(length=200), nullable=False),
        sa.Column("started_at", docflow.core.db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("version_at", docflow.core.db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("round_number", sa.Integer(), nullable=False),
        sa.Column("step_index", sa.Integer(), nullable=False),
        sa.Column("first_step", sa.Integer(), nullable=False),
        sa.Column("entry_id", sa.Uuid(), nullable=True),
        sa.Column("error_code", sa.String(length=60), nullable=True),
        sa.Column("error_params", sa.JSON(), nullable=False),
        sa.Column("ended_at", docflow.core.db.UtcDateTime(timezone=True), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["answers"], ["documents.id"], name=op.f("fk_approval_runs_answers_documents")),
        sa.ForeignKeyConstraint(["circuit_id"], ["circuits.id"], name=op.f("fk_approval_runs_circuit_id_circuits")),
        sa.ForeignKeyConstraint(["document_id"], ["documents.id"], name=op.f("fk_approval_runs_document_id_documents")),
        sa.ForeignKeyConstraint(
            ["entry_id"], ["register_entries.id"], name=op.f("fk_approval_runs_entry_id_register_entries")
        ),
        sa.ForeignKeyConstraint(["unit_id"], ["org_units.id"], name=op.f("fk_approval_runs_unit_id_org_units")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_approval_runs")),
    )
    op.create_index(op.f("ix_approval_runs_document_id"), "approval_runs", ["document_id"], unique=False)
    op.create_index(
        "uq_approval_runs_live_act",
        "approval_runs",
        ["document_id"],
        unique=True,
        sqlite_where=sa.text("is_act = 1 AND state NOT IN ('approved', 'departed', 'rejected', 'withdrawn')"),
        postgresql_where=sa.text("is_act AND state NOT IN ('approved', 'departed', 'rejected', 'withdrawn')"),
    )
    op.create_table(
        "approval_asks",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("run_id", sa.Uuid(), nullable=False),
        sa.Column("round_number", sa.Integer(), nullable=False),
        sa.Column("step_index", sa.Integer(), nullable=False),
        sa.Column("seat_index", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("addressee", sa.String(length=80), nullable=False),
        sa.Column("title_ar", sa.String(length=300), nullable=False),
        sa.Column("title_fr", sa.String(length=300), nullable=False),
        sa.Column("is_substitute", sa.Boolean(), nullable=False),
        sa.Column("field_name", sa.String(length=40), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("asked_at", docflow.core.db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["run_id"], ["approval_runs.id"], name=op.f("fk_approval_asks_run_id_approval_runs")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_approval_asks")),
        sa.UniqueConstraint("run_id", "round_number", "step_index", "seat_index", name=op.f("uq_approval_asks_run_id")),
    )
    op.create_index(
        "ix_approval_asks_open",
        "approval_asks",
        ["run_id"],
        unique=False,
        sqlite_where=sa.text("state IN ('open', 'held')"),
        postgresql_where=sa.text("state IN ('open', 'held')"),
    )
    op.create_table(
        "approval_ask_people",
        sa.Column("ask_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["ask_id"],
            ["approval_asks.id"],
            name=op.f("fk_approval_ask_people_ask_id_approval_asks"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("ask_id", "person_id", name=op.f("pk_approval_ask_people")),
    )
    op.create_index("ix_approval_ask_people_person", "approval_ask_people", ["person_id", "ask_id"], unique=False)
    op.create_table(
        "approval_decisions",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("run_id", sa.Uuid(), nullable=False),
        sa.Column("ask_id", sa.Uuid(), nullable=False),
        sa.Column("choice", sa.String(length=10), nullable=False),
        sa.Column("comment", sa.String(length=1000), nullable=False),
        sa.Column("back_to", sa.Integer(), nullable=True),
        sa.Column("person_id", sa.Uuid(), nullable=True),
        sa.Column("person_name", sa.String(length=200), nullable=False),
        sa.Column("name_ar", sa.String(length=200), nullable=False),
        sa.Column("name_fr", sa.String(length=200), nullable=False),
        sa.Column("power", sa.String(length=20), nullable=False),
        sa.Column("formula_ar", sa.String(length=400), nullable=False),
        sa.Column("formula_fr", sa.String(length=400), nullable=False),
        sa.Column("decided_at", docflow.core.db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("undo_until", docflow.core.db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("settled_at", docflow.core.db.UtcDateTime(timezone=True), nullable=True),
        sa.Column("is_kept", sa.Boolean(), nullable=False),
        sa.Column("fell_because", sa.String(length=60), nullable=False),
        sa.Column("signed", sa.JSON(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["ask_id"], ["approval_asks.id"], name=op.f("fk_approval_decisions_ask_id_approval_asks")
        ),
        sa.ForeignKeyConstraint(
            ["run_id"], ["approval_runs.id"], name=op.f("fk_approval_decisions_run_id_approval_runs")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_approval_decisions")),
    )
    op.create_index(op.f("ix_approval_decisions_ask_id"), "approval_decisions", ["ask_id"], unique=False)
    op.create_index(
        "ix_approval_decisions_due",
        "approval_decisions",
        ["undo_until"],
        unique=False,
        sqlite_where=sa.text("settled_at IS NULL"),
        postgresql_where=sa.text("settled_at IS NULL"),
    )
    op.create_index(op.f("ix_approval_decisions_run_id"), "approval_decisions", ["run_id"], unique=False)
    op.create_index(
        "uq_approval_decisions_held",
        "approval_decisions",
        ["run_id"],
        unique=True,
        sqlite_where=sa.text("settled_at IS NULL"),
        postgresql_where=sa.text("settled_at IS NULL"),
    )
    op.add_column("assignments", sa.Column("run_id", sa.Uuid(), nullable=True))
    op.create_index(op.f("ix_assignments_run_id"), "assignments", ["run_id"])


def downgrade() -> None:
    op.drop_index(op.f("ix_assignments_run_id"), table_name="assignments")
    op.drop_column("assignments", "run_id")
    for name in (
        "approval_decisions",
        "approval_ask_people",
        "approval_asks",
        "approval_runs",
        "signature_pins",
        "circuit_versions",
        "circuits",
    ):
        op.drop_table(name)
