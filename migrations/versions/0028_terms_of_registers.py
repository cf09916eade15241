"""The term of each register, and its pauses and extensions of single entries."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0028_terms_of_registers"
down_revision = "0027_drafting"
branch_labels = None
depends_on = None

TERMS = {"complaints": "complaint", "requests": "request"}


def upgrade() -> None:
    with op.batch_alter_table("registers") as batch:
        batch.add_column(sa.Column("term", sa.String(length=40), nullable=False, server_default=""))
    for kind, term in TERMS.items():
        op.execute(sa.text("UPDATE registers SET term = :term WHERE kind = :kind").bindparams(term=term, kind=kind))
    with op.batch_alter_table("registers") as batch:
        batch.alter_column("term", server_default=None)
    op.create_table(
        "term_pauses",
        sa.Column("entry_id", sa.Uuid(), nullable=False),
        sa.Column("start_on", sa.Date(), nullable=False),
        sa.Column("end_on", sa.Date(), nullable=True),
        sa.Column("reason", sa.String(length=300), nullable=False),
        sa.Column("paused_by_name", sa.String(length=200), nullable=False),
        sa.Column("resumed_by_name", sa.String(length=200), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["entry_id"], ["register_entries.id"], name=op.f("fk_term_pauses_entry_id_register_entries")
        ),
        sa.PrimaryKeyConstraint("entry_id", name=op.f("pk_term_pauses")),
    )
    op.create_table(
        "term_extensions",
        sa.Column("entry_id", sa.Uuid(), nullable=False),
        sa.Column("days", sa.Integer(), nullable=False),
        sa.Column("reason", sa.String(length=300), nullable=False),
        sa.Column("extended_by_name", sa.String(length=200), nullable=False),
        sa.Column("extended_on", sa.Date(), nullable=False),
        sa.ForeignKeyConstraint(
            ["entry_id"], ["register_entries.id"], name=op.f("fk_term_extensions_entry_id_register_entries")
        ),
        sa.PrimaryKeyConstraint("entry_id", name=op.f("pk_term_extensions")),
    )


def downgrade() -> None:
    op.drop_table("term_extensions")
    op.drop_table("term_pauses")
    with op.batch_alter_table("registers") as batch:
        batch.drop_column("term")
