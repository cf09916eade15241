"""The lines of a register as they are printed and exported."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy.orm import Session

from docflow.accounts.units import all_units
from docflow.core.actor import Actor
from docflow.core.words import Words
from docflow.registry.models import Register
from docflow.registry.queries import RegisterFilter, register_rows
from docflow.registry.rules import EntryState


@dataclass(frozen=True, slots=True)
class RegisterLine:
    """A number and what the reader may know of its letter; ``reason``: why it was cancelled or reserved."""

    number: str
    arrived_at: datetime | None
    sender: str
    reference: str
    document_date: date | None
    subject: str
    is_unopened: bool
    unit: Words | None
    state: EntryState
    reason: str


def register_lines(
    session: Session, actor: Actor, register: Register, wanted: RegisterFilter
) -> Sequence[RegisterLine]:
    """Return the lines of a register that an actor may know of, the first number first."""
    units = {unit.id: Words(unit.name_ar, unit.name_fr) for unit in all_units(session)}
    lines = []
    for row in reversed(register_rows(session, actor, register, wanted, limit=None)):
        entry, document = row.entry, row.document
        lines.append(
            RegisterLine(
                number=entry.label,
                arrived_at=entry.arrived_at,
                sender="" if document is None else document.sender,
                reference="" if document is None else document.reference,
                document_date=None if document is None else document.document_date,
                subject="" if document is None else document.subject,
                is_unopened=entry.is_unopened,
                unit=None if document is None or document.unit_id is None else units.get(document.unit_id),
                state=EntryState(entry.state),
                reason=entry.cancel_reason,
            )
        )
    return lines
