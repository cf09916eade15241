"""Text messages about an appointment, which has no document; whether it was reminded of; telephones in one form."""

from __future__ import annotations

import re

import sqlalchemy as sa
from alembic import op

import docflow.core.db

revision = "0068_texts_about_appointments"
down_revision = "0067_sender_starts"
branch_labels = None
depends_on = None

APPOINTMENTS = sa.table("appointments", sa.column("id", sa.Uuid), sa.column("phone", sa.String))
TEXTS = sa.table("outgoing_texts", sa.column("document_id", sa.Uuid))
MOROCCAN = re.compile(r"(?:\+212|00212|0)([5-8][0-9]{8})")
FOREIGN = re.compile(r"(?:\+|00)([1-9][0-9]{7,14})")


def upgrade() -> None:
    with op.batch_alter_table("outgoing_texts") as table:
        table.alter_column("document_id", existing_type=sa.Uuid(), nullable=True)
    with op.batch_alter_table("appointments") as table:
        table.add_column(sa.Column("reminded_at", docflow.core.db.UtcDateTime(), nullable=True))
    kept = op.get_bind().execute(sa.select(APPOINTMENTS).where(APPOINTMENTS.c.phone != "")).all()
    for one in kept:
        if (phone := _in_one_form(one.phone)) != one.phone:
            op.execute(APPOINTMENTS.update().where(APPOINTMENTS.c.id == one.id).values(phone=phone))


def downgrade() -> None:
    with op.batch_alter_table("appointments") as table:
        table.drop_column("reminded_at")
    # The schema before has no place for them.
    op.execute(TEXTS.delete().where(TEXTS.c.document_id.is_(None)))
    with op.batch_alter_table("outgoing_texts") as table:
        table.alter_column("document_id", existing_type=sa.Uuid(), nullable=False)


def _in_one_form(typed: str) -> str:
    """Return a telephone in the international form; what is none stays as it was typed."""
    western = "".join(str(int(sign)) if sign.isdecimal() else sign for sign in typed)
    said = re.sub(r"[\s().\-/\u200e\u200f\u202a-\u202e\u2066-\u2069]", "", western)
    if match := MOROCCAN.fullmatch(said):
        return f"+212{match[1]}"
    if match := FOREIGN.fullmatch(said):
        return f"+{match[1]}"
    return typed
