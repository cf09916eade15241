"""Forgetting how citizens are reached, some time after their complaint was closed (law 09-08, article 3).

The registered paper is kept as the rules of archives say; this is what the product holds beside it to reach people.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from sqlalchemy import func, or_, select
from sqlalchemy.orm import aliased

from docflow.complaints.deps import Deps
from docflow.complaints.models import Complaint
from docflow.core.actor import SYSTEM
from docflow.documents.models import Document
from docflow.registry.forgetting import forget_senders
from docflow.registry.models import Entry

FORGOTTEN_AT_ONCE: Final = 500


def forget_contacts(deps: Deps) -> int:
    """Forget telephones, addresses and card numbers of complaints that were closed long enough ago; return how many.

    A joined complaint is closed with the one with which it is answered.
    """
    main = aliased(Complaint)
    has_contact = or_(Complaint.phone != "", Complaint.email != "", Entry.sender_phone != "", Entry.sender_cin != "")
    closed_at = func.coalesce(main.answered_at, Complaint.answered_at, Complaint.deposited_at)
    with deps.transactions.writing(SYSTEM) as uow:
        over = uow.session.scalars(
            select(Complaint)
            .join(Document, Document.id == Complaint.document_id)
            .join(Entry, Entry.id == Complaint.entry_id)
            .outerjoin(main, main.id == Complaint.main_id)
            .where(
                ~Document.is_open,
                has_contact,
                or_(Complaint.main_id.is_(None), main.answered_at.is_not(None)),
                closed_at <= uow.now - timedelta(days=deps.settings.contact_kept_days),
            )
            .order_by(Complaint.id)
            .limit(FORGOTTEN_AT_ONCE)
            .with_for_update(of=Complaint)
        ).all()
        for one in over:
            one.phone, one.email, one.contact_forgotten_at = "", "", uow.now
            uow.record("complaints.contact_forgotten", subject_kind="document", subject_id=one.document_id)
        forget_senders(uow, [one.entry_id for one in over])
        return len(over)
