"""What anybody with a stamped paper may learn: that it was registered, not what is written in it."""

from __future__ import annotations

import hmac
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from docflow.registry.models import Register
from docflow.registry.queries import entry_with_label
from docflow.registry.rules import VERIFICATION_CODE_LENGTH, EntryState
from docflow.stamping.queries import SealedRevisionView, sealed_revision_of

NO_CODE = "-" * VERIFICATION_CODE_LENGTH
"""Compared where there is no entry, so that an unknown number takes as long as a wrong code."""


@dataclass(frozen=True, slots=True)
class RegisteredFact:
    """The fact of a registration, without its content: the register, the number, when, and the sealed file."""

    register_name_ar: str
    register_name_fr: str
    number: str
    arrived_at: datetime | None
    registered_at: datetime | None
    cancelled_at: datetime | None
    sealed: SealedRevisionView | None


def registered_fact(session: Session, number: str, code: str) -> RegisteredFact | None:
    """Return what was registered under a number to whoever knows its code; none for a wrong number or code alike."""
    entry = entry_with_label(session, number)
    kept = NO_CODE if entry is None else entry.verification_code
    is_right = hmac.compare_digest(kept.encode(), code.encode())
    if entry is None or not is_right or entry.state == EntryState.RESERVED:
        return None
    register = session.get_one(Register, entry.register_id)
    sealed = None
    if entry.document_id is not None:
        sealed = sealed_revision_of(session, entry.document_id, register_number=entry.label)
    return RegisteredFact(
        register_name_ar=register.name_ar,
        register_name_fr=register.name_fr,
        number=entry.label,
        arrived_at=entry.arrived_at,
        registered_at=entry.registered_at,
        cancelled_at=entry.cancelled_at,
        sealed=sealed,
    )
