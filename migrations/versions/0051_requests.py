"""Procedures, requests and their files; terms of single entries; the register of requests for information."""

from __future__ import annotations

import uuid

import sqlalchemy as sa
from alembic import op

import docflow.core.db

revision = "0051_requests"
down_revision = "0050_complaint_quarters"
branch_labels = None
depends_on = None

REGISTER = uuid.uuid5(uuid.NAMESPACE_URL, "docflow:register:information")


def upgrade() -> None:
    op.create_table(
        "procedures",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("slug", sa.String(length=60), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("unit_id", sa.Uuid(), nullable=False),
        sa.Column("office_id", sa.Uuid(), nullable=True),
        sa.Column("title_ar", sa.String(length=160), nullable=False),
        sa.Column("title_fr", sa.String(length=160), nullable=False),
        sa.Column("summary_ar", sa.Text(), nullable=False),
        sa.Column("summary_fr", sa.Text(), nullable=False),
        sa.Column("fee_ar", sa.String(length=300), nullable=False),
        sa.Column("fee_fr", sa.String(length=300), nullable=False),
        sa.Column("days", sa.Integer(), nullable=True),
        sa.Column("day_kind", sa.String(length=20), nullable=False),
        sa.Column("is_silence_consent", sa.Boolean(), nullable=False),
        sa.Column("legal_basis", sa.String(length=300), nullable=False),
        sa.Column("papers", sa.JSON(), nullable=False),
        sa.Column("questions", sa.JSON(), nullable=False),
        sa.Column("is_online", sa.Boolean(), nullable=False),
        sa.Column("is_active", sa.Boolean(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["office_id"], ["offices.id"], name=op.f("fk_procedures_office_id_offices")),
        sa.ForeignKeyConstraint(["unit_id"], ["org_units.id"], name=op.f("fk_procedures_unit_id_org_units")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_procedures")),
        sa.UniqueConstraint("slug", name=op.f("uq_procedures_slug")),
    )
    op.create_table(
        "service_requests",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("entry_id", sa.Uuid(), nullable=False),
        sa.Column("document_id", sa.Uuid(), nullable=False),
        sa.Column("procedure_id", sa.Uuid(), nullable=False),
        sa.Column("origin", sa.String(length=10), nullable=False),
        sa.Column("deposit_key", sa.Uuid(), nullable=False),
        sa.Column("language", sa.String(length=5), nullable=False),
        sa.Column("name", sa.String(length=300), nullable=False),
        sa.Column("cin", sa.String(length=20), nullable=False),
        sa.Column("phone", sa.String(length=30), nullable=False),
        sa.Column("email", sa.String(length=254), nullable=False),
        sa.Column("is_urgent", sa.Boolean(), nullable=False),
        sa.Column("answers", sa.JSON(), nullable=False),
        sa.Column("papers", sa.JSON(), nullable=False),
        sa.Column("deposited_at", docflow.core.db.UtcDateTime(), nullable=False),
        sa.Column("outcome", sa.String(length=20), nullable=True),
        sa.Column("ground", sa.String(length=20), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("decided_at", docflow.core.db.UtcDateTime(), nullable=True),
        sa.Column("decided_by_name", sa.String(length=200), nullable=False),
        sa.Column("published_at", docflow.core.db.UtcDateTime(), nullable=True),
        sa.Column("public_subject", sa.String(length=300), nullable=False),
        sa.Column("public_answer", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["document_id"], ["documents.id"], name=op.f("fk_service_requests_document_id_documents")
        ),
        sa.ForeignKeyConstraint(
            ["entry_id"], ["register_entries.id"], name=op.f("fk_service_requests_entry_id_register_entries")
        ),
        sa.ForeignKeyConstraint(
            ["procedure_id"], ["procedures.id"], name=op.f("fk_service_requests_procedure_id_procedures")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_service_requests")),
        sa.UniqueConstraint("deposit_key", name=op.f("uq_service_requests_deposit_key")),
        sa.UniqueConstraint("entry_id", name=op.f("uq_service_requests_entry_id")),
    )
    op.create_index("ix_service_requests_procedure_id", "service_requests", ["procedure_id", "deposited_at"])
    op.create_index(op.f("ix_service_requests_document_id"), "service_requests", ["document_id"])
    op.create_index(op.f("ix_service_requests_deposited_at"), "service_requests", ["deposited_at"])
    op.create_table(
        "request_files",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("request_id", sa.Uuid(), nullable=False),
        sa.Column("paper_index", sa.Integer(), nullable=True),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("media_type", sa.String(length=100), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("size_bytes", sa.BigInteger(), nullable=False),
        sa.Column("given_at", docflow.core.db.UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["request_id"], ["service_requests.id"], name=op.f("fk_request_files_request_id_service_requests")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_request_files")),
    )
    op.create_index(op.f("ix_request_files_request_id"), "request_files", ["request_id"])
    op.create_index(op.f("ix_request_files_sha256"), "request_files", ["sha256"])
    op.create_table(
        "entry_terms",
        sa.Column("entry_id", sa.Uuid(), nullable=False),
        sa.Column("code", sa.String(length=40), nullable=False),
        sa.Column("days", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.ForeignKeyConstraint(
            ["entry_id"], ["register_entries.id"], name=op.f("fk_entry_terms_entry_id_register_entries")
        ),
        sa.PrimaryKeyConstraint("entry_id", name=op.f("pk_entry_terms")),
    )
    _open_register()


def _open_register() -> None:
    """Open the register of requests for information, unless a house has one of this code already."""
    connection = op.get_bind()
    registers = sa.table(
        "registers",
        *(sa.column(name) for name in ("code", "kind", "name_ar", "name_fr", "number_format", "term")),
        sa.column("id", sa.Uuid()),
        sa.column("is_active", sa.Boolean()),
        sa.column("version", sa.Integer()),
    )
    desks = sa.table("desks", sa.column("register_code"), sa.column("unit_id", sa.Uuid()))
    if connection.execute(sa.select(registers.c.id).where(registers.c.code == "information")).first() is not None:
        return
    row = {
        "id": REGISTER,
        "code": "information",
        "kind": "requests",
        "name_ar": "سجل طلبات الحصول على المعلومات",
        "name_fr": "Registre des demandes d'accès à l'information",
        "number_format": "N-{year}-{number:06}",
        "term": "information",
        "is_active": True,
        "version": 1,
    }
    op.bulk_insert(registers, [row])
    op.bulk_insert(desks, [{"register_code": "information", "unit_id": None}])


def downgrade() -> None:
    for name in ("entry_terms", "request_files", "service_requests", "procedures"):
        op.drop_table(name)
    used = sa.text("SELECT 1 FROM register_entries WHERE register_id = :id").bindparams(
        sa.bindparam("id", REGISTER, sa.Uuid())
    )
    if op.get_bind().execute(used).first() is None:
        op.execute(sa.text("DELETE FROM desks WHERE register_code = 'information'"))
        op.execute(sa.text("DELETE FROM registers WHERE code = 'information'"))
