"""How far a matter is, for whoever holds its receipt: stages and days, no name of the staff, no word of the letter."""

from __future__ import annotations

import hmac
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from docflow.deadlines.rules import Deadline
from docflow.documents.models import Document
from docflow.registry.models import Register
from docflow.registry.queries import entry_with_label
from docflow.registry.rules import TRACKING_SECRET_LENGTH, EntryState
from docflow.registry.terms import answer_due

NO_SECRET = "-" * TRACKING_SECRET_LENGTH
"""Compared where there is no entry, so that an unknown number takes as long as a wrong secret."""


@dataclass(frozen=True, slots=True)
class FollowedMatter:
    """A matter as its citizen sees it; ``term`` is by when it is answered, where the law says so.

    ``entry_id`` and ``document_id`` are for this house, and are shown to nobody.
    """

    entry_id: UUID
    document_id: UUID
    number: str
    register_name_ar: str
    register_name_fr: str
    arrived_at: datetime
    registered_at: datetime | None
    is_closed: bool
    term: Deadline | None


def followed_matter(session: Session, number: str, secret: str) -> FollowedMatter | None:
    """Return how far a matter is to whoever knows the secret of its number; none for a wrong number or secret alike."""
    entry = entry_with_label(session, number.strip().upper())
    kept = NO_SECRET if entry is None else entry.tracking_secret
    is_right = hmac.compare_digest(kept.encode(), "".join(secret.upper().split()).encode("utf-8", "replace"))
    if entry is None or not is_right or entry.state != EntryState.REGISTERED or entry.arrived_at is None:
        return None
    register = session.get_one(Register, entry.register_id)
    document = session.get_one(Document, entry.document_id)
    return FollowedMatter(
        entry_id=entry.id,
        document_id=document.id,
        number=entry.label,
        register_name_ar=register.name_ar,
        register_name_fr=register.name_fr,
        arrived_at=entry.arrived_at,
        registered_at=entry.registered_at,
        is_closed=not document.is_open,
        term=answer_due(session, register, entry.arrived_at, entry_id=entry.id),
    )
