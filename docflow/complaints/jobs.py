"""The handlers of the room's jobs."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from docflow.complaints.adopting import adopt, adopt_all
from docflow.complaints.answering import note_answers
from docflow.complaints.deps import Deps
from docflow.complaints.drafts import forget_drafts
from docflow.complaints.forgetting import forget_contacts
from docflow.complaints.paper import ComplaintPaper, draw_complaint
from docflow.complaints.photos import reduce_photo
from docflow.complaints.telling import send_receipt
from docflow.core.actor import SYSTEM
from docflow.core.capability import JobContext
from docflow.district.queries import letterhead_of
from docflow.documents.written import DrawnLetter, DueDrawing
from docflow.registry.deposits import draw_written


def draw(deps: Deps, payload: Mapping[str, Any], _context: JobContext) -> None:
    """Draw the paper of a complaint from what was typed."""
    with deps.transactions.reading() as session:
        letterhead = letterhead_of(session)

    def drawn(due: DueDrawing) -> DrawnLetter:
        paper = ComplaintPaper.from_row(due.content)
        return draw_complaint(paper, letterhead=letterhead, deposited_at=due.deposited_at)

    draw_written(deps, UUID(payload["document_id"]), drawn)


def reduce(deps: Deps, payload: Mapping[str, Any], context: JobContext) -> None:
    """Make the picture of an enclosed file that may be shown."""
    reduce_photo(deps, UUID(payload["photo_id"]), is_last_attempt=context.is_last_attempt)


def forget(deps: Deps, _payload: Mapping[str, Any], _context: JobContext) -> None:
    """Forget the drafts whose day is over."""
    forget_drafts(deps.transactions)


def forget_closed(deps: Deps, _payload: Mapping[str, Any], _context: JobContext) -> None:
    """Forget how the citizens of complaints that were closed long ago are reached."""
    while forget_contacts(deps):
        pass


def receipt(deps: Deps, payload: Mapping[str, Any], context: JobContext) -> None:
    """Send the receipt of a complaint to its citizen."""
    send_receipt(deps, UUID(payload["complaint_id"]), is_last_attempt=context.is_last_attempt)


def answers(deps: Deps, _payload: Mapping[str, Any], _context: JobContext) -> None:
    """Note which complaints were answered, and tell their citizens."""
    note_answers(deps)


def adopt_entry(deps: Deps, payload: Mapping[str, Any], _context: JobContext) -> None:
    """Make a case of a complaint that came on paper, or of all that are none yet."""
    if "entry_id" not in payload:
        adopt_all(deps.transactions)
        return
    with deps.transactions.writing(SYSTEM) as uow:
        adopt(uow, UUID(payload["entry_id"]))
