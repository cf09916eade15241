"""Registers, their desks, counters, entries and links; the register number of a document."""

from __future__ import annotations

import uuid

import sqlalchemy as sa
from alembic import op

import docflow.core.db

revision = "0015_registry"
down_revision = "0014_archive_time_stamps"
branch_labels = None
depends_on = None

REGISTERS = (
    ("incoming", "A", "سجل المراسلات الواردة", "Registre du courrier arrivée"),
    ("outgoing", "D", "سجل المراسلات الصادرة", "Registre du courrier départ"),
    ("internal", "I", "سجل المراسلات الداخلية", "Registre du courrier interne"),
    ("complaints", "R", "سجل الشكايات", "Registre des réclamations"),
    ("requests", "T", "سجل الطلبات", "Registre des demandes"),
)
"""The registers that documents could name before registers could be changed: code and kind, prefix, names."""


def upgrade() -> None:
    desks = op.create_table(
        "desks",
        sa.Column("register_code", sa.String(length=40), nullable=False),
        sa.Column("unit_id", sa.Uuid(), nullable=True),
        sa.ForeignKeyConstraint(["unit_id"], ["org_units.id"], name=op.f("fk_desks_unit_id_org_units")),
        sa.PrimaryKeyConstraint("register_code", name=op.f("pk_desks")),
    )
    registers = op.create_table(
        "registers",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("code", sa.String(length=40), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("name_ar", sa.String(length=200), nullable=False),
        sa.Column("name_fr", sa.String(length=200), nullable=False),
        sa.Column("number_format", sa.String(length=60), nullable=False),
        sa.Column("is_active", sa.Boolean(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_registers")),
        sa.UniqueConstraint("code", name=op.f("uq_registers_code")),
    )
    op.create_table(
        "register_counters",
        sa.Column("register_id", sa.Uuid(), nullable=False),
        sa.Column("year", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("last_number", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["register_id"], ["registers.id"], name=op.f("fk_register_counters_register_id_registers")
        ),
        sa.PrimaryKeyConstraint("register_id", "year", name=op.f("pk_register_counters")),
    )
    _create_entries()
    op.create_table(
        "register_entry_links",
        sa.Column("entry_id", sa.Uuid(), nullable=False),
        sa.Column("earlier_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("linked_by_name", sa.String(length=200), nullable=False),
        sa.Column("linked_at", docflow.core.db.UtcDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["entry_id"], ["register_entries.id"], name=op.f("fk_register_entry_links_entry_id_register_entries")
        ),
        sa.ForeignKeyConstraint(
            ["earlier_id"], ["register_entries.id"], name=op.f("fk_register_entry_links_earlier_id_register_entries")
        ),
        sa.PrimaryKeyConstraint("entry_id", "earlier_id", name=op.f("pk_register_entry_links")),
    )
    op.create_index(op.f("ix_register_entry_links_earlier_id"), "register_entry_links", ["earlier_id"])
    op.create_table(
        "registration_drafts",
        sa.Column("document_id", sa.Uuid(), nullable=False),
        sa.Column("values", sa.JSON(), nullable=False),
        sa.Column("kept_at", docflow.core.db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("kept_by_name", sa.String(length=200), nullable=False),
        sa.ForeignKeyConstraint(
            ["document_id"],
            ["documents.id"],
            name=op.f("fk_registration_drafts_document_id_documents"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("document_id", name=op.f("pk_registration_drafts")),
    )
    op.add_column("documents", sa.Column("register_number", sa.String(length=40), server_default="", nullable=False))
    op.create_index(
        "ix_documents_unregistered",
        "documents",
        ["register_code", "deposited_at"],
        sqlite_where=sa.text("is_registered = 0"),
        postgresql_where=sa.text("NOT is_registered"),
    )
    for code, prefix, name_ar, name_fr in REGISTERS:
        row = {
            "id": uuid.uuid5(uuid.NAMESPACE_URL, f"docflow:register:{code}"),
            "code": code,
            "kind": code,
            "name_ar": name_ar,
            "name_fr": name_fr,
            "number_format": f"{prefix}-{{year}}-{{number:06}}",
            "is_active": True,
            "version": 1,
        }
        op.bulk_insert(registers, [row])
        op.bulk_insert(desks, [{"register_code": code, "unit_id": None}])


def _create_entries() -> None:
    op.create_table(
        "register_entries",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("register_id", sa.Uuid(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("label", sa.String(length=40), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("document_id", sa.Uuid(), nullable=True),
        sa.Column("numbered_at", docflow.core.db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("registered_at", docflow.core.db.UtcDateTime(timezone=True), nullable=True),
        sa.Column("registered_by", sa.Uuid(), nullable=True),
        sa.Column("registered_by_name", sa.String(length=200), nullable=False),
        sa.Column("arrived_at", docflow.core.db.UtcDateTime(timezone=True), nullable=True),
        sa.Column("sender_key", sa.String(length=300), nullable=False),
        sa.Column("sender_cin", sa.String(length=20), nullable=False),
        sa.Column("sender_phone", sa.String(length=30), nullable=False),
        sa.Column("enclosure_count", sa.Integer(), nullable=False),
        sa.Column("enclosures", sa.String(length=500), nullable=False),
        sa.Column("is_unopened", sa.Boolean(), nullable=False),
        sa.Column("paper_place", sa.String(length=20), nullable=False),
        sa.Column("paper_note", sa.String(length=200), nullable=False),
        sa.Column("verification_code", sa.String(length=20), nullable=False),
        sa.Column("tracking_secret", sa.String(length=20), nullable=False),
        sa.Column("seal_state", sa.String(length=20), nullable=False),
        sa.Column("seal_error_code", sa.String(length=60), nullable=True),
        sa.Column("seal_error_params", sa.JSON(), nullable=False),
        sa.Column("cancelled_at", docflow.core.db.UtcDateTime(timezone=True), nullable=True),
        sa.Column("cancelled_by_name", sa.String(length=200), nullable=False),
        sa.Column("cancel_reason", sa.String(length=300), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "state <> 'registered' OR document_id IS NOT NULL",
            name=op.f("ck_register_entries_registered_has_document"),
        ),
        sa.ForeignKeyConstraint(
            ["register_id"], ["registers.id"], name=op.f("fk_register_entries_register_id_registers")
        ),
        sa.ForeignKeyConstraint(
            ["document_id"], ["documents.id"], name=op.f("fk_register_entries_document_id_documents")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_register_entries")),
        sa.UniqueConstraint("register_id", "year", "number", name=op.f("uq_register_entries_register_id")),
        sa.UniqueConstraint("label", name=op.f("uq_register_entries_label")),
    )
    op.create_index(op.f("ix_register_entries_document_id"), "register_entries", ["document_id"])
    op.create_index("ix_register_entries_sender_key", "register_entries", ["sender_key"])
    op.create_index(
        "uq_register_entries_document",
        "register_entries",
        ["document_id"],
        unique=True,
        sqlite_where=sa.text("state = 'registered'"),
        postgresql_where=sa.text("state = 'registered'"),
    )


def downgrade() -> None:
    op.drop_index("ix_documents_unregistered", table_name="documents")
    op.drop_column("documents", "register_number")
    op.drop_table("registration_drafts")
    op.drop_table("register_entry_links")
    op.drop_table("register_entries")
    op.drop_table("register_counters")
    op.drop_table("registers")
    op.drop_table("desks")
