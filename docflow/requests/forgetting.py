"""Forgetting how applicants are reached, some time after their request was decided (law 09-08, article 3).

The registered paper is kept as the rules of archives say; this is what the product holds beside it to reach people.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from sqlalchemy import func, or_, select

from docflow.core.actor import SYSTEM
from docflow.documents.models import Document
from docflow.registry.forgetting import forget_senders
from docflow.requests.deps import Deps
from docflow.requests.models import ServiceRequest

FORGOTTEN_AT_ONCE: Final = 500


def forget_contacts(deps: Deps) -> int:
    """Forget telephones, addresses and card numbers of requests that were closed long enough ago; return how many."""
    with deps.transactions.writing(SYSTEM) as uow:
        over = uow.session.scalars(
            select(ServiceRequest)
            .join(Document, Document.id == ServiceRequest.document_id)
            .where(
                ~Document.is_open,
                or_(ServiceRequest.phone != "", ServiceRequest.email != "", ServiceRequest.cin != ""),
                func.coalesce(ServiceRequest.decided_at, ServiceRequest.deposited_at)
                <= uow.now - timedelta(days=deps.settings.contact_kept_days),
            )
            .order_by(ServiceRequest.id)
            .limit(FORGOTTEN_AT_ONCE)
            .with_for_update(of=ServiceRequest)
        ).all()
        for one in over:
            one.cin, one.phone, one.email, one.contact_forgotten_at = "", "", "", uow.now
            uow.record("requests.contact_forgotten", subject_kind="document", subject_id=one.document_id)
        forget_senders(uow, [one.entry_id for one in over])
        return len(over)
