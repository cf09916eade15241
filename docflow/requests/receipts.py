"""The receipt of a request, for its citizen and for whoever takes it at the counter."""

from __future__ import annotations

from sqlalchemy.orm import Session

from docflow.core.words import Words
from docflow.district.queries import letterhead_of
from docflow.registry.models import Entry
from docflow.registry.receipts import tracking_address
from docflow.registry.terms import answer_due_of
from docflow.requests.deps import Deps
from docflow.requests.models import Procedure, ServiceRequest
from docflow.requests.paper import RequestReceipt
from docflow.requests.rules import AskedPaper


def receipt_of(session: Session, deps: Deps, request: ServiceRequest) -> RequestReceipt:
    """Return what the receipt of a request says, with its secret; the caller has checked whose it is."""
    entry = session.get_one(Entry, request.entry_id)
    procedure = session.get_one(Procedure, request.procedure_id)
    letterhead = letterhead_of(session)
    term = answer_due_of(session, request.entry_id)
    return RequestReceipt(
        letterhead=letterhead,
        number=entry.label,
        secret=entry.tracking_secret,
        tracking_url=tracking_address(deps.settings.public_url, entry),
        procedure=Words(procedure.title_ar, procedure.title_fr),
        fee=Words(procedure.fee_ar, procedure.fee_fr),
        applicant=request.name,
        deposited_at=request.deposited_at,
        due=None if term is None else term.due,
        papers=[AskedPaper.from_row(row) for row in request.papers],
        is_silence_consent=procedure.is_silence_consent,
        printed_at=deps.clock.now(),
    )
