"""Giving the tasks of somebody who leaves to others, and closing an account that holds tasks."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Final
from uuid import UUID

from sqlalchemy import select

from docflow.accounts.models import Person
from docflow.accounts.operations import set_active
from docflow.accounts.queries import actor_of, is_usable
from docflow.accounts.units import open_units
from docflow.accounts.visibility import Confidentiality
from docflow.core.actor import Actor
from docflow.core.clock import CASABLANCA
from docflow.core.errors import Conflict, DocFlowError, InvalidInput, NotFound
from docflow.core.uow import Transactions, UnitOfWork
from docflow.documents.models import Document, DocumentScopeRow
from docflow.notifications.telling import Told, tell
from docflow.routing.escalating import reached_by
from docflow.routing.holding import IS_HELD, held_in_units, holder, may_hand_over, open_tasks_held, works_in
from docflow.routing.models import Assignment
from docflow.routing.queries import Task
from docflow.routing.reminding import house_of
from docflow.routing.rules import AssignmentState, Instruction
from docflow.routing.steps import locked, show_route_to

HANDED_OVER: Final = "routing.handed_over"
LEFT: Final = "routing.left"
NOTICE_AHEAD: Final = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Target:
    """Who is given a task: a person, a unit, or the basket of the unit that the task came from."""

    person_id: UUID | None = None
    unit_id: UUID | None = None

    @property
    def is_basket(self) -> bool:
        """Whether it goes back where it was taken."""
        return self.person_id is None and self.unit_id is None


@dataclass(frozen=True, slots=True)
class HandedOver:
    """What became of one task."""

    task: Task
    refusal: DocFlowError | None = None


def hand_over_each(
    transactions: Transactions, actor: Actor, tasks: Sequence[Task], target: Target
) -> Sequence[HandedOver]:
    """Give tasks to somebody, each in its own transaction: one that cannot be given holds no other up."""
    outcomes = []
    for task in tasks:
        try:
            with transactions.writing(actor) as uow:
                hand_over(uow, task.assignment.id, target)
        except (Conflict, InvalidInput, NotFound) as refusal:
            outcomes.append(HandedOver(task, refusal))
        else:
            outcomes.append(HandedOver(task))
    return outcomes


def hand_over(uow: UnitOfWork, assignment_id: UUID, target: Target) -> Assignment:
    """Give a task that somebody holds to another, with its instruction, its term and whoever waits for its answer.

    Raises:
        PermissionDenied: without ``routing.send``.
        NotFound: ``assignment_unknown``, for whoever neither leads the unit nor sent the task.
        Conflict: ``assignment_ended``, ``held_already``.
        InvalidInput: ``addressee_unknown``, ``basket_missing``, ``confidential_to_unit``, ``not_shown_to_addressee``.
    """
    uow.require("routing.send")
    held = locked(uow, assignment_id)
    if held.state != AssignmentState.OPEN:
        raise Conflict("assignment_ended")
    is_mine_to_give = (
        select(Assignment.id)
        .join(Document, Document.id == Assignment.document_id)
        .where(Assignment.id == assignment_id, may_hand_over(uow.actor))
    )
    if uow.session.scalar(is_mine_to_give) is None:
        raise NotFound("assignment_unknown")
    document = uow.session.get_one(Document, held.document_id)
    before = held.claimed_by or held.person_id
    _check(uow, document, held, target)
    if held.unit_id is not None and (target.is_basket or target.unit_id == held.unit_id):
        if before is None:
            raise Conflict("held_already")
        held.claimed_by = given = None
    elif (
        held.unit_id is not None
        and target.person_id is not None
        and works_in(uow.session, target.person_id, held.unit_id)
    ):
        held.claimed_by = given = target.person_id
    else:
        held, given = _asked_anew(uow, document, held, target), target.person_id
    uow.session.flush()
    addressee = {"person": str(given)} if given else {"unit": str(held.unit_id)}
    uow.record(
        "routing.handed_over",
        subject_kind="document",
        subject_id=document.id,
        holder="" if before is None else str(before),
        instruction=Instruction(held.instruction).value,
        **addressee,
    )
    if given is not None:
        told = Told(HANDED_OVER, f"{HANDED_OVER}:{held.id}:{uow.now.timestamp():.0f}", document_id=document.id)
        tell(uow, uow.session.get_one(Person, given), told)
    return held


def close_account(uow: UnitOfWork, person_id: UUID, *, despite_tasks: bool) -> Person:
    """Close an account; what it holds stays where it is, and those who can give it to others are told.

    Raises:
        PermissionDenied, NotFound, Conflict: as ``set_active``.
        Conflict: ``tasks_held`` with ``count``, unless ``despite_tasks``.
    """
    uow.require("people.manage")
    counted = sum(held.count for held in held_in_units(uow.session, person_id))
    if counted and not despite_tasks:
        raise Conflict("tasks_held", count=counted)
    person = set_active(uow, person_id, is_active=False)
    uow.session.flush()
    tell_of_leaving(uow, person)
    return person


def leaving_soon(transactions: Transactions, today: date) -> Sequence[UUID]:
    """Return the people whose account ends within a week, or ended within the last, and who hold tasks."""
    noon = datetime.combine(today, time(12), tzinfo=CASABLANCA)
    with transactions.reading() as session:
        return session.scalars(
            select(Person.id)
            .where(Person.valid_until > noon - NOTICE_AHEAD, Person.valid_until <= noon + NOTICE_AHEAD)
            .where(select(Assignment.id).where(IS_HELD, Person.id == holder()).exists())
            .order_by(Person.id)
        ).all()


def tell_of_leaving(uow: UnitOfWork, person: Person) -> None:
    """Tell the head above, and whoever sent them, that the tasks of somebody who leaves wait for another hand; once.

    Nobody is told for the sake of a letter that they may not see.
    """
    tasks = open_tasks_held(uow.session, person.id)
    if not tasks:
        return
    house = house_of(uow.session, uow.now)
    told: set[UUID] = set()
    for task in tasks:
        unit_id = task.assignment.unit_id or house.unit_of(person.id)
        above = reached_by(75, holders=[person.id], units=house.asked.units_above(unit_id), heads_of=house.heads_of)
        sender = task.assignment.sent_by
        tokens = _tokens(uow, task.document.id)
        told |= {
            one
            for one in (*above.heads, *([] if sender in (None, person.id) else [sender]))
            if one not in told and house.sees(uow.session, one, tokens)
        }
    last_day = person.valid_until
    key = f"{LEFT}:{person.id}:{'' if last_day is None else last_day.date()}"
    values = {"person": str(person.id), "name_ar": person.name_ar, "name_fr": person.name_fr}
    for one in sorted(told):
        tell(uow, house.people[one], Told(LEFT, key, values=values))


def _check(uow: UnitOfWork, document: Document, held: Assignment, target: Target) -> None:
    if target.person_id is not None:
        _check_person(uow, document, held, target.person_id)
        return
    if document.confidentiality == Confidentiality.CONFIDENTIAL.value:
        raise InvalidInput("confidential_to_unit")
    if target.is_basket and held.unit_id is None:
        raise InvalidInput("basket_missing")
    if target.unit_id is not None and target.unit_id not in {unit.id for unit in open_units(uow.session)}:
        raise InvalidInput("addressee_unknown")
    is_narrow = document.confidentiality == Confidentiality.RESTRICTED.value
    is_elsewhere = target.unit_id not in {None, held.unit_id}
    if is_narrow and is_elsewhere and f"unit:{target.unit_id}" not in _tokens(uow, document.id, content=True):
        raise InvalidInput("not_shown_to_addressee")


def _check_person(uow: UnitOfWork, document: Document, held: Assignment, person_id: UUID) -> None:
    person = uow.session.get(Person, person_id)
    if person is None or not is_usable(person, uow.now):
        raise InvalidInput("addressee_unknown")
    if person_id == (held.claimed_by or held.person_id):
        raise Conflict("held_already")
    actor = actor_of(uow.session, person, uow.now)
    if not actor.can("tasks.read"):
        raise InvalidInput("addressee_unknown")
    is_narrow = document.confidentiality != Confidentiality.NORMAL.value
    if is_narrow and actor.tokens.isdisjoint(_tokens(uow, document.id, content=True)):
        raise InvalidInput("not_shown_to_addressee")


def _asked_anew(uow: UnitOfWork, document: Document, held: Assignment, target: Target) -> Assignment:
    """End a task for its holder and ask the same of another; its answer goes to whoever sent the first."""
    held.state, held.closed_at, held.closed_by_name = AssignmentState.PASSED_ON, uow.now, uow.actor.name
    uow.session.flush()
    asked = Assignment(
        document_id=held.document_id,
        parent_id=held.id,
        unit_id=None if target.person_id is not None else target.unit_id,
        person_id=target.person_id,
        instruction=held.instruction,
        note=held.note,
        due_on=held.due_on,
        is_by_law=held.is_by_law,
        sent_by=held.sent_by,
        sent_by_name=held.sent_by_name,
        sent_at=uow.now,
    )
    uow.session.add(asked)
    uow.session.flush()
    show_route_to(uow, document)
    return asked


def _tokens(uow: UnitOfWork, document_id: UUID, *, content: bool = False) -> frozenset[str]:
    scope = select(DocumentScopeRow.token).where(
        DocumentScopeRow.document_id == document_id, DocumentScopeRow.is_content == content
    )
    return frozenset(uow.session.scalars(scope))
