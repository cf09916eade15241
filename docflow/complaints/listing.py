"""The complaints that somebody may know of, by when they are due: to be sorted, open, late, opened again, closed."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, func, or_, select, true
from sqlalchemy.orm import Session

from docflow.complaints.models import Complaint
from docflow.complaints.queries import setup_of
from docflow.core.actor import Actor
from docflow.documents.models import Document
from docflow.documents.queries import visible_to
from docflow.registry.models import Entry
from docflow.registry.rules import EntryState
from docflow.routing.models import Assignment
from docflow.routing.queries import own_units
from docflow.routing.rules import AssignmentState, Instruction

PAGE_SIZE = 50


class Shelf(StrEnum):
    """Which complaints are listed."""

    TO_SORT = "to_sort"
    OPEN = "open"
    LATE = "late"
    REOPENED = "reopened"
    ANSWERED = "answered"


@dataclass(frozen=True, slots=True)
class ListedComplaint:
    """A complaint of a list: its document, its number, by when the unit that is asked has to answer."""

    complaint: Complaint
    document: Document
    number: str
    due_on: date | None
    unit_id: UUID | None


def complaints_on(
    session: Session, actor: Actor, shelf: Shelf, *, today: date, offset: int = 0, limit: int = PAGE_SIZE
) -> Sequence[ListedComplaint]:
    """Return the complaints of a shelf that the actor may know of, the first due first."""
    statement = _on(session, actor, shelf, today=today).with_only_columns(
        Complaint, Document, Entry.label, Assignment.due_on, func.coalesce(Assignment.unit_id, Document.unit_id)
    )
    order = (
        (Complaint.answered_at.desc(),) if shelf is Shelf.ANSWERED else (Assignment.due_on.is_(None), Assignment.due_on)
    )
    rows = session.execute(statement.order_by(*order, Complaint.deposited_at, Complaint.id).offset(offset).limit(limit))
    return [ListedComplaint(*row) for row in rows]


def count_on(session: Session, actor: Actor, shelf: Shelf, *, today: date) -> int:
    """Return how many complaints of a shelf the actor may know of."""
    return session.scalar(_on(session, actor, shelf, today=today).with_only_columns(func.count(Complaint.id))) or 0


def _on(session: Session, actor: Actor, shelf: Shelf, *, today: date) -> Select:  # type: ignore[type-arg]
    held = and_(
        Assignment.document_id == Complaint.document_id,
        Assignment.state == AssignmentState.OPEN,
        Assignment.instruction == Instruction.ATTRIBUTION,
    )
    return (
        select(Complaint)
        .join(Document, Document.id == Complaint.document_id)
        .join(Entry, Entry.id == Complaint.entry_id)
        .outerjoin(Assignment, held)
        .where(Entry.state == EntryState.REGISTERED, visible_to(actor), _is_on(session, actor, shelf, today=today))
    )


def _is_on(session: Session, actor: Actor, shelf: Shelf, *, today: date) -> ColumnElement[bool]:
    is_open = and_(Document.is_open, Complaint.main_id.is_(None))
    if shelf is Shelf.TO_SORT:
        return and_(is_open, _is_to_sort(session, own_units(actor)))
    if shelf is Shelf.LATE:
        return and_(is_open, Assignment.due_on < today)
    if shelf is Shelf.REOPENED:
        return and_(is_open, Complaint.reopened_count > 0)
    if shelf is Shelf.ANSWERED:
        return or_(~Document.is_open, Complaint.main_id.is_not(None))
    return is_open


def _is_to_sort(session: Session, unit_ids: Collection[UUID]) -> ColumnElement[bool]:
    """Return the condition that a complaint waits at the unit that sorts, or is on paper and has no category yet."""
    triage = setup_of(session).triage_unit_id
    is_at_triage = Assignment.unit_id == triage if triage is not None and triage in unit_ids else ~true()
    return or_(is_at_triage, and_(Complaint.category_id.is_(None), Assignment.unit_id.in_(unit_ids)))
