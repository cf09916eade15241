"""Reads of mail."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from docflow.notifications.models import OutgoingMail


def mails_about(session: Session, document_id: UUID) -> Sequence[OutgoingMail]:
    """Return the mails about a document, the newest first; the caller checked the right."""
    return session.scalars(
        select(OutgoingMail)
        .where(OutgoingMail.document_id == document_id)
        .order_by(OutgoingMail.asked_at.desc(), OutgoingMail.id)
    ).all()
