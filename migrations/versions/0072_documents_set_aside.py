"""A document that is not to be registered is set aside with a reason, and put back when it was."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0072_documents_set_aside"
down_revision = "0071_figures_of_units"
branch_labels = None
depends_on = None

WAITING = {
    "sqlite_where": sa.text("is_registered = 0 AND is_set_aside = 0"),
    "postgresql_where": sa.text("NOT is_registered AND NOT is_set_aside"),
}
UNREGISTERED = {"sqlite_where": sa.text("is_registered = 0"), "postgresql_where": sa.text("NOT is_registered")}


def upgrade() -> None:
    op.add_column("documents", sa.Column("is_set_aside", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.drop_index("ix_documents_unregistered", table_name="documents")
    op.create_index("ix_documents_unregistered", "documents", ["register_code", "deposited_at"], **WAITING)
    op.create_table(
        "set_aside_documents",
        sa.Column("document_id", sa.Uuid(), nullable=False),
        sa.Column("act_id", sa.Uuid(), nullable=False),
        sa.Column("reason", sa.String(20), nullable=False),
        sa.Column("note", sa.String(300), nullable=False),
        sa.Column("duplicate_of", sa.Uuid(), nullable=True),
        sa.Column("set_aside_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("set_aside_by_name", sa.String(200), nullable=False),
        sa.PrimaryKeyConstraint("document_id", name="pk_set_aside_documents"),
        sa.ForeignKeyConstraint(
            ["document_id"],
            ["documents.id"],
            name="fk_set_aside_documents_document_id_documents",
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["duplicate_of"],
            ["documents.id"],
            name="fk_set_aside_documents_duplicate_of_documents",
            ondelete="SET NULL",
        ),
    )
    op.create_index("ix_set_aside_documents_act_id", "set_aside_documents", ["act_id"])
    op.create_index("ix_set_aside_documents_duplicate_of", "set_aside_documents", ["duplicate_of"])
    op.create_index("ix_set_aside_documents_set_aside_at", "set_aside_documents", ["set_aside_at", "document_id"])


def downgrade() -> None:
    op.drop_table("set_aside_documents")
    op.drop_index("ix_documents_unregistered", table_name="documents")
    op.drop_column("documents", "is_set_aside")
    op.create_index("ix_documents_unregistered", "documents", ["register_code", "deposited_at"], **UNREGISTERED)
