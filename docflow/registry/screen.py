"""What the registration screen holds: the values of its fields, where they come from, what is to be checked."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session
from werkzeug.datastructures import MultiDict

from docflow.core.actor import Actor
from docflow.documents.models import Document
from docflow.documents.queries import batch_documents
from docflow.documents.rules import is_sure
from docflow.documents.screen import SURE_PERCENT
from docflow.registry.models import Register, RegistrationDraft
from docflow.registry.queries import waiting_documents
from docflow.web.formats import local_date, local_time

READ_FIELDS = ("subject", "sender", "cin", "phone", "date", "reference", "kind")
"""Proposals that the form shows, by their name among the proposals."""
CONTROLS = {"date": "document_date"}
"""Controls that are named otherwise than their proposal."""
KIND_REGISTERS = {"complaint": "complaints", "request": "requests"}
"""Kinds of document that have a register of their own (decree 2-17-265, law 55-19)."""
WAITING_LIMIT = 500


@dataclass(frozen=True, slots=True)
class Place:
    """Where a document stands among those that are registered one after the other.

    Attributes:
        number: its place, from 1, in the batch or among those that wait.
        count: how many there are.
        done: how many of the batch have a number.
        before, after: the documents to go to that have none.
    """

    number: int
    count: int
    done: int
    before: UUID | None
    after: UUID | None


def place_of(session: Session, actor: Actor, document: Document, *, batch_id: UUID | None) -> Place:
    """Return where a document stands in its batch, or among all that wait at the actor's desks."""
    waiting = [found.id for found in waiting_documents(session, actor, batch_id=batch_id, limit=WAITING_LIMIT)]
    of_batch = batch_documents(session, actor, batch_id) if batch_id else ()
    order = [found.id for found in of_batch if not found.is_set_aside] if batch_id else waiting
    at = order.index(document.id) if document.id in order else 0
    left = set(waiting) - {document.id}
    before = next((one for one in reversed(order[:at]) if one in left), None)
    after = next((one for one in order[at + 1 :] if one in left), None)
    return Place(at + 1, max(1, len(order)), len(order) - len(waiting) if batch_id else 0, before, after)


def form_values(
    document: Document,
    *,
    draft: RegistrationDraft | None,
    registers: Sequence[Register],
    arrived_at: datetime,
    given: MultiDict[str, str] | None = None,
) -> MultiDict[str, str]:
    """Return what the form's fields hold: what was typed and refused, else the draft, else what was read."""
    if given is not None:
        return given
    if draft is not None:
        return MultiDict([(name, value) for name, values in draft.values.items() for value in values])
    return MultiDict(
        {
            "register": _register_for(document, registers),
            "subject": document.subject,
            "sender": document.sender,
            "addressee": document.addressee,
            "cin": _sure(document, "cin"),
            "phone": _sure(document, "phone"),
            "document_date": local_date(document.document_date),
            "reference": document.reference,
            "unit": str(document.unit_id or ""),
            "kind": document.kind,
            "confidentiality": document.confidentiality,
            "arrived_at": local_date(arrived_at),
            "arrived_at_time": local_time(arrived_at),
            "enclosure_count": "0",
            "paper_place": "kept",
        }
    )


def likely_arrival(document: Document, now: datetime) -> datetime:
    """Return when a letter arrived if nobody says: when it was scanned, unless the clock ran ahead then."""
    return min(document.deposited_at, now)


def shares(document: Document) -> Mapping[str, float]:
    """Return how sure the reading is of each field, between 0 and 1, by the control that holds it."""
    return {
        CONTROLS.get(name, name): document.proposals[name]["confidence"] / 100
        for name in READ_FIELDS
        if name in document.proposals
    }


def to_check(document: Document) -> Sequence[str]:
    """Return the controls whose value was read with doubt, in the order of the form."""
    doubtful = (name for name in READ_FIELDS if name in document.proposals)
    return [CONTROLS.get(name, name) for name in doubtful if document.proposals[name]["confidence"] < SURE_PERCENT]


def _sure(document: Document, name: str) -> str:
    proposal = document.proposals.get(name)
    return str(proposal["value"]) if proposal is not None and is_sure(proposal) else ""


def _register_for(document: Document, registers: Sequence[Register]) -> str:
    """Return the register to propose: that of the document's kind where the desk keeps it, else the one it came to."""
    codes = {register.code for register in registers}
    of_kind = KIND_REGISTERS.get(document.kind, "")
    return next((code for code in (of_kind, document.register_code) if code in codes), "")
