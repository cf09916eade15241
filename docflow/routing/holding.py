"""Who holds what: the open tasks of a person, as far as the one who asks leads their unit or sent the task."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final
from uuid import UUID

from sqlalchemy import ColumnElement, and_, case, exists, func, or_, select
from sqlalchemy.orm import Session

from docflow.accounts.models import Membership
from docflow.accounts.rules import Role
from docflow.accounts.visibility import MEMBER_ROLES, Confidentiality
from docflow.core.actor import Actor
from docflow.documents.models import Document
from docflow.documents.queries import visible_to
from docflow.routing.models import Assignment
from docflow.routing.queries import Task
from docflow.routing.rules import AssignmentState, Instruction

OVER_PREFIX: Final = "over:"
MOST_HANDED_OVER: Final = 300
IS_GIVABLE: Final = and_(
    Assignment.state == AssignmentState.OPEN,
    # What waits for a signature is asked in the approval queue, where whoever stands in decides.
    Assignment.instruction != Instruction.SIGNATURE,
)
IS_HELD: Final = and_(IS_GIVABLE, or_(Assignment.claimed_by.is_not(None), Assignment.person_id.is_not(None)))
IS_IN_BASKET: Final = and_(IS_GIVABLE, Assignment.claimed_by.is_(None), Assignment.unit_id.is_not(None))


def holder() -> ColumnElement[UUID | None]:
    """Return who holds a task: whoever took it from the basket, else whoever is asked by name."""
    return func.coalesce(Assignment.claimed_by, Assignment.person_id)


@dataclass(frozen=True, slots=True)
class HeldInUnit:
    """How many open tasks somebody holds that come from one unit; none: asked by name."""

    unit_id: UUID | None
    count: int


def led_units(actor: Actor) -> frozenset[UUID]:
    """Return the units that an actor heads, with those below them."""
    return frozenset(UUID(token.removeprefix(OVER_PREFIX)) for token in actor.tokens if token.startswith(OVER_PREFIX))


def may_hand_over(actor: Actor) -> ColumnElement[bool]:
    """Return the condition that an actor may give a task to another: who leads the unit, or sent what is held."""
    led = led_units(actor)
    of_led_person = exists().where(
        Membership.person_id == Assignment.person_id,
        Membership.unit_id.in_(led),
        Membership.role.in_([role.value for role in MEMBER_ROLES]),
    )
    held_by_others = and_(
        IS_HELD,
        holder() != actor.person_id,
        or_(Assignment.unit_id.in_(led), of_led_person, Assignment.sent_by == actor.person_id),
    )
    return and_(or_(held_by_others, and_(IS_IN_BASKET, Assignment.unit_id.in_(led))), visible_to(actor))


def holders_for(session: Session, actor: Actor) -> Mapping[UUID, int]:
    """Return the people who hold tasks that an actor may give to another, with how many."""
    rows = session.execute(
        select(holder(), func.count())
        .select_from(Assignment)
        .join(Document, Document.id == Assignment.document_id)
        .where(may_hand_over(actor), IS_HELD)
        .group_by(holder())
    )
    return {person_id: count for person_id, count in rows if person_id is not None}


@dataclass(frozen=True, slots=True)
class HeldByPerson:
    """How many open tasks of the units that somebody leads a person holds; none: nobody took them yet."""

    person_id: UUID | None
    count: int
    late_count: int


def load_of_led_units(session: Session, actor: Actor, today: date) -> Sequence[HeldByPerson]:
    """Return who holds how many of the tasks in the units that an actor leads, those with most late ones first."""
    led = led_units(actor)
    if not led:
        return ()
    of_led_person = exists().where(
        Membership.person_id == Assignment.person_id,
        Membership.unit_id.in_(led),
        Membership.role.in_([role.value for role in MEMBER_ROLES]),
    )
    is_late = case((Assignment.due_on < today, 1), else_=0)
    rows = session.execute(
        select(holder(), func.count(), func.sum(is_late))
        .select_from(Assignment)
        .join(Document, Document.id == Assignment.document_id)
        .where(IS_GIVABLE, or_(Assignment.unit_id.in_(led), of_led_person), visible_to(actor))
        .group_by(holder())
        .order_by(func.sum(is_late).desc(), func.count().desc())
    )
    return [HeldByPerson(*row) for row in rows]


def baskets_for(session: Session, actor: Actor) -> Mapping[UUID, int]:
    """Return the units in whose baskets tasks lie that an actor may give to others, with how many."""
    rows = session.execute(
        select(Assignment.unit_id, func.count())
        .join(Document, Document.id == Assignment.document_id)
        .where(may_hand_over(actor), IS_IN_BASKET)
        .group_by(Assignment.unit_id)
    )
    return {unit_id: count for unit_id, count in rows if unit_id is not None}


def in_basket_of(session: Session, actor: Actor, unit_id: UUID) -> Sequence[Task]:
    """Return what lies in the basket of a unit that the actor may give to others, the first due first."""
    return _givable(session, actor, and_(IS_IN_BASKET, Assignment.unit_id == unit_id))


def held_by(session: Session, actor: Actor, person_id: UUID) -> Sequence[Task]:
    """Return what a person holds that the actor may give to another, the first due first."""
    return _givable(session, actor, and_(IS_HELD, holder() == person_id))


def _givable(session: Session, actor: Actor, whose: ColumnElement[bool]) -> Sequence[Task]:
    rows = session.execute(
        select(Assignment, Document)
        .join(Document, Document.id == Assignment.document_id)
        .where(may_hand_over(actor), whose)
        .order_by(Assignment.due_on.is_(None), Assignment.due_on, Assignment.sent_at, Assignment.id)
        .limit(MOST_HANDED_OVER)
    )
    return [Task(*row) for row in rows]


def held_in_units(session: Session, person_id: UUID) -> Sequence[HeldInUnit]:
    """Return how many open tasks a person holds, by the unit that they come from; for the administrator.

    Confidential letters are not counted: they do not exist for whoever is not named.
    """
    rows = session.execute(
        select(Assignment.unit_id, func.count())
        .join(Document, Document.id == Assignment.document_id)
        .where(IS_HELD, holder() == person_id, Document.confidentiality != Confidentiality.CONFIDENTIAL.value)
        .group_by(Assignment.unit_id)
    )
    return [HeldInUnit(unit_id, count) for unit_id, count in rows]


def open_tasks_held(session: Session, person_id: UUID) -> Sequence[Task]:
    """Return every open task that a person holds; for the product itself, which shows them to nobody."""
    rows = session.execute(
        select(Assignment, Document)
        .join(Document, Document.id == Assignment.document_id)
        .where(IS_HELD, holder() == person_id)
    )
    return [Task(*row) for row in rows]


def works_in(session: Session, person_id: UUID, unit_id: UUID) -> bool:
    """Return whether a person has a role in a unit by which tasks reach them."""
    roles = session.scalars(
        select(Membership.role).where(Membership.person_id == person_id, Membership.unit_id == unit_id)
    )
    return any(Role(role) in MEMBER_ROLES for role in roles)
