"""A complaint that came on paper becomes the same case as one deposited online, once the desk has registered it."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import select

from docflow.complaints.models import Complaint
from docflow.complaints.rules import ComplaintKind, Origin
from docflow.core.actor import SYSTEM
from docflow.core.uow import Transactions, UnitOfWork
from docflow.documents.models import Document
from docflow.registry.models import Entry, Register
from docflow.registry.rules import EntryState, RegisterKind

ADOPTED_AT_ONCE = 500


def adopt(uow: UnitOfWork, entry_id: UUID) -> Complaint | None:
    """Make a case of a registered letter of the register of complaints, unless it is one already."""
    entry = uow.session.get(Entry, entry_id, with_for_update=True)
    if entry is None or entry.state != EntryState.REGISTERED or entry.arrived_at is None:
        return None
    kept = uow.session.scalar(select(Complaint).where(Complaint.entry_id == entry_id))
    if kept is not None:
        return kept
    document = uow.session.get_one(Document, entry.document_id)
    complaint = Complaint(
        entry_id=entry.id,
        document_id=document.id,
        kind=ComplaintKind.COMPLAINT,
        origin=Origin.PAPER,
        language="fr" if document.languages == "fr" else "ar",
        is_anonymous=not document.sender,
        phone=entry.sender_phone[:20],
        deposited_at=entry.arrived_at,
    )
    uow.session.add(complaint)
    uow.session.flush()
    uow.record(
        "complaints.adopted", subject_kind="document", subject_id=document.id, number=entry.label, kind=complaint.kind
    )
    return complaint


def adopt_all(transactions: Transactions) -> int:
    """Make cases of those that were registered before this room was there; return how many."""
    with transactions.reading() as session:
        missing = session.scalars(
            select(Entry.id)
            .join(Register, Register.id == Entry.register_id)
            .where(
                Register.kind == RegisterKind.COMPLAINTS,
                Entry.state == EntryState.REGISTERED,
                Entry.id.not_in(select(Complaint.entry_id)),
            )
            .order_by(Entry.id)
            .limit(ADOPTED_AT_ONCE)
        ).all()
    for entry_id in missing:
        with transactions.writing(SYSTEM) as uow:
            adopt(uow, entry_id)
    return len(missing)
