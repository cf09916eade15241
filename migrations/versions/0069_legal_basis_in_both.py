"""The texts that a procedure rests on are said in Arabic and in French."""

from __future__ import annotations

import re

import sqlalchemy as sa
from alembic import op

revision = "0069_legal_basis_in_both"
down_revision = "0068_texts_about_appointments"
branch_labels = None
depends_on = None

PROCEDURES = sa.table(
    "procedures",
    sa.column("id", sa.Uuid),
    sa.column("legal_basis_ar", sa.String),
    sa.column("legal_basis_fr", sa.String),
)


def upgrade() -> None:
    with op.batch_alter_table("procedures") as table:
        table.alter_column("legal_basis", existing_type=sa.String(300), new_column_name="legal_basis_fr")
        table.add_column(sa.Column("legal_basis_ar", sa.String(300), nullable=False, server_default=""))
    with op.batch_alter_table("procedures") as table:
        table.alter_column("legal_basis_ar", server_default=None)
    for one in op.get_bind().execute(sa.select(PROCEDURES)).all():
        op.execute(
            PROCEDURES.update().where(PROCEDURES.c.id == one.id).values(legal_basis_ar=_in_arabic(one.legal_basis_fr))
        )


def downgrade() -> None:
    with op.batch_alter_table("procedures") as table:
        table.drop_column("legal_basis_ar")
        table.alter_column("legal_basis_fr", existing_type=sa.String(300), new_column_name="legal_basis")


def _in_arabic(typed: str) -> str:
    """Return a list of laws in Arabic; anything else stays as it was typed."""
    laws = re.findall(r"loi ([0-9]+-[0-9]+)", typed)
    return "، ".join(f"القانون {law}" for law in laws) if typed == ", ".join(f"loi {law}" for law in laws) else typed
