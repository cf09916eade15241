"""Which deadlines of tasks are terms of the law; indexes of the registration screen."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0023_terms_of_tasks"
down_revision = "0022_transmittals"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("assignments", sa.Column("is_by_law", sa.Boolean(), server_default=sa.false(), nullable=False))
    op.create_index("ix_register_entries_sender_cin", "register_entries", ["sender_cin"])
    op.create_index(
        "ix_register_entries_reserved",
        "register_entries",
        ["register_id", "year", "number"],
        sqlite_where=sa.text("state = 'reserved'"),
        postgresql_where=sa.text("state = 'reserved'"),
    )
    op.create_index("ix_documents_reference", "documents", ["reference"])


def downgrade() -> None:
    op.drop_index("ix_documents_reference", table_name="documents")
    op.drop_index("ix_register_entries_reserved", table_name="register_entries")
    op.drop_index("ix_register_entries_sender_cin", table_name="register_entries")
    op.drop_column("assignments", "is_by_law")
