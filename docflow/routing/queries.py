"""Reads of routes and tasks: what an actor is asked, what they asked, and the way of a document they may know of."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final
from uuid import UUID

from sqlalchemy import ColumnElement, ScalarSelect, Select, and_, bindparam, func, or_, select, true
from sqlalchemy.orm import Session

from docflow.core.actor import Actor
from docflow.core.remembering import asked_once
from docflow.core.statements import built_once
from docflow.documents.models import Document
from docflow.documents.queries import visible_to
from docflow.routing.models import Assignment
from docflow.routing.rules import AssignmentState, Instruction

UNIT_PREFIX = "unit:"
TASKS_LIMIT = 300
IS_TASK = and_(Assignment.state == AssignmentState.OPEN, Assignment.instruction != Instruction.SIGNATURE)
"""What waits on the page of tasks; what waits for a signature is in the approval queue."""


@dataclass(frozen=True, slots=True)
class Task:
    """An assignment with its document."""

    assignment: Assignment
    document: Document


@dataclass(frozen=True, slots=True)
class TaskCounts:
    """How many tasks wait on each shelf of the page."""

    mine: int
    basket: int
    others: int


def own_units(actor: Actor) -> frozenset[UUID]:
    """Return the units that an actor works in."""
    return frozenset(UUID(token.removeprefix(UNIT_PREFIX)) for token in actor.tokens if token.startswith(UNIT_PREFIX))


def is_asked(actor: Actor) -> ColumnElement[bool]:
    """Return the condition that an assignment asks an actor: by name, or by a unit that they work in."""
    return or_(Assignment.person_id == actor.person_id, Assignment.unit_id.in_(own_units(actor)))


def is_addressee(actor: Actor, assignment: Assignment) -> bool:
    """Return whether an assignment asks an actor."""
    is_by_name = assignment.person_id is not None and assignment.person_id == actor.person_id
    return is_by_name or assignment.unit_id in own_units(actor)


def is_own(actor: Actor) -> ColumnElement[bool]:
    """Return the condition that an assignment is an actor's own: asked by name, or taken from the basket."""
    return or_(Assignment.person_id == actor.person_id, Assignment.claimed_by == actor.person_id)


def tasks_of(
    session: Session, actor: Actor, *, own: bool | None = None, limit: int = TASKS_LIMIT, offset: int = 0
) -> Sequence[Task]:
    """Return what an actor is asked and nobody ended, the first due first.

    ``own``: only what is the actor's own, or only what lies in the basket of a unit and nobody took; none: both.
    """
    statement = (
        select(Assignment, Document)
        .join(Document, Document.id == Assignment.document_id)
        .where(*_asked(actor, own=own))
        .order_by(Assignment.due_on.is_(None), Assignment.due_on, Assignment.sent_at, Assignment.id)
        .limit(limit)
        .offset(offset)
    )
    return [Task(*row) for row in session.execute(statement)]


def task_counts(session: Session, actor: Actor, *, most: int) -> TaskCounts:
    """Return how many tasks wait on each shelf of the page, in one statement; counting ends at ``most``."""
    row = session.execute(_shelves(actor, most)).one()
    return TaskCounts(row[0] or 0, row[1] or 0, row[2] or 0)


def asked_of_others(session: Session, actor: Actor, *, limit: int = TASKS_LIMIT, offset: int = 0) -> Sequence[Task]:
    """Return what an actor asked of others and nobody ended, the first due first."""
    if actor.person_id is None:
        return ()
    statement = (
        select(Assignment, Document)
        .join(Document, Document.id == Assignment.document_id)
        .where(*_sent(actor))
        .order_by(Assignment.due_on.is_(None), Assignment.due_on, Assignment.sent_at, Assignment.id)
        .limit(limit)
        .offset(offset)
    )
    return [Task(*row) for row in session.execute(statement)]


@built_once
def counting_tasks(actor: Actor, most: int) -> Select[int]:
    """Return the statement that counts the tasks of an actor; counting ends at ``most``."""
    return select(_counted(_asked(actor, own=None), most))


@built_once
def counting_own(actor: Actor, most: int) -> Select[int]:
    """Return the statement that counts the tasks that are an actor's own."""
    return select(_counted(_asked(actor, own=True), most))


@built_once
def counting_basket(actor: Actor, most: int) -> Select[int]:
    """Return the statement that counts what lies in the baskets of an actor's units."""
    return select(_counted(_asked(actor, own=False), most))


@built_once
def counting_late(actor: Actor, today: date, most: int) -> Select[int]:
    """Return the statement that counts the tasks of an actor whose deadline is over."""
    return select(_counted((*_asked(actor, own=None), Assignment.due_on < today), most))


@built_once
def counting_sent(actor: Actor, most: int) -> Select[int]:
    """Return the statement that counts what an actor asked of others and nobody ended."""
    return select(_counted(_sent(actor), most))


@built_once
def _shelves(actor: Actor, most: int) -> Select[int, int, int]:
    own, in_basket, sent = (
        _counted(shelf, most) for shelf in (_asked(actor, own=True), _asked(actor, own=False), _sent(actor))
    )
    return select(own, in_basket, sent)


def _asked(actor: Actor, *, own: bool | None) -> tuple[ColumnElement[bool], ...]:
    in_basket = and_(Assignment.person_id.is_(None), Assignment.claimed_by.is_(None))
    narrowed = or_(is_own(actor), in_basket) if own is None else is_own(actor) if own else in_basket
    return IS_TASK, is_asked(actor), narrowed, visible_to(actor)


def _sent(actor: Actor) -> tuple[ColumnElement[bool], ...]:
    return Assignment.state == AssignmentState.OPEN, Assignment.sent_by == actor.person_id, visible_to(actor)


def _counted(conditions: tuple[ColumnElement[bool], ...], most: int) -> ScalarSelect[int]:
    found = (
        select(Assignment.id)
        .join(Document, Document.id == Assignment.document_id)
        .where(*conditions)
        .limit(most)
        .subquery()
    )
    return select(func.count()).select_from(found).scalar_subquery()


def open_by_law(session: Session, *, document_id: UUID | None = None) -> Sequence[tuple[UUID, UUID]]:
    """Return the open tasks whose deadline is a term of the law, each with its document; or those of one document."""
    statement = select(Assignment.id, Assignment.document_id).where(
        Assignment.state == AssignmentState.OPEN,
        Assignment.is_by_law,
        true() if document_id is None else Assignment.document_id == document_id,
    )
    return [(assignment_id, document_id) for assignment_id, document_id in session.execute(statement)]


_ROUTE: Final = (
    select(Assignment)
    .where(Assignment.document_id == bindparam("document_id"))
    .order_by(Assignment.sent_at, Assignment.id)
)


@asked_once
def route_of(session: Session, document_id: UUID) -> Sequence[Assignment]:
    """Return the assignments on a document in the order in which they were sent; the caller checked the right."""
    return session.scalars(_ROUTE, {"document_id": document_id}).all()


def open_of(session: Session, actor: Actor, document_id: UUID) -> Sequence[Assignment]:
    """Return what an actor is asked on one document and nobody ended."""
    return [
        assignment
        for assignment in route_of(session, document_id)
        if assignment.state == AssignmentState.OPEN and is_addressee(actor, assignment)
    ]
