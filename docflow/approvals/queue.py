"""The approval queue: what somebody is asked to decide now, by their own function or in the stead of another."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import ColumnElement, Select, Subquery, and_, case, func, or_, select
from sqlalchemy.orm import Session

from docflow.accounts.models import Person
from docflow.accounts.powers import PowerView, powers_held
from docflow.approvals.models import ApprovalRun, Ask, AskPerson, Decision
from docflow.approvals.rules import AskState, RunState
from docflow.core.actor import Actor
from docflow.core.statements import built_once
from docflow.documents.models import Document
from docflow.documents.queries import visible_to

PAGE_SIZE: Final = 50
ON_THEIR_WAY: Final = (RunState.PREPARING, RunState.RUNNING, RunState.DEPARTING)
STEAD: Final = "stead"
"""The tab of what is asked of whom one stands in for; the others are kinds of registers."""


@dataclass(frozen=True, slots=True)
class Item:
    """What is asked, with its run and document; ``is_own``: by one's own function.

    ``drafter`` is the account of who sent it; none when it is gone, or when the run keeps none.
    """

    ask: Ask
    run: ApprovalRun
    document: Document
    is_own: bool
    drafter: Person | None

    def sent_by(self, locale: str) -> str:
        """Return who sent it, in a language, or as it was kept."""
        return self.run.started_by_name if self.drafter is None else self.drafter.name(locale)


@dataclass(frozen=True, slots=True)
class Sent:
    """What somebody sent for decision, with what is asked of whom at present."""

    run: ApprovalRun
    document: Document
    asks: Sequence[Ask]


@dataclass(frozen=True, slots=True)
class Counts:
    """How many items there are, by tab."""

    all: int
    by_shelf: dict[str, int]
    stead: int

    def of(self, shelf: str) -> int:
        """Return how many items a tab has; the empty name is that of all."""
        return self.all if not shelf else self.stead if shelf == STEAD else self.by_shelf.get(shelf, 0)


@dataclass(frozen=True, slots=True)
class Reader:
    """Who looks at their queue, and in whose stead they may decide at this instant."""

    actor: Actor
    powers: Sequence[PowerView]


def reader_of(session: Session, actor: Actor, at: datetime) -> Reader:
    """Return a reader with the powers that they hold."""
    return Reader(actor, () if actor.person_id is None else powers_held(session, actor.person_id, at))


def counts_of(session: Session, reader: Reader) -> Counts:
    """Return how many items each tab of a reader's queue has, in one statement."""
    asked = _asked(reader).subquery()
    rows = session.execute(
        select(ApprovalRun.shelf, asked.c.is_own, func.count())
        .join(ApprovalRun, ApprovalRun.id == asked.c.run_id)
        .group_by(ApprovalRun.shelf, asked.c.is_own)
    ).all()
    by_shelf: dict[str, int] = {}
    for shelf, _, number in rows:
        by_shelf[shelf] = by_shelf.get(shelf, 0) + number
    return Counts(sum(by_shelf.values()), by_shelf, sum(number for _, is_own, number in rows if not is_own))


def counts_among(items: Sequence[Item]) -> Counts:
    """Return the counts of a whole queue that is at hand."""
    by_shelf: dict[str, int] = {}
    for item in items:
        by_shelf[item.run.shelf] = by_shelf.get(item.run.shelf, 0) + 1
    return Counts(len(items), by_shelf, sum(not item.is_own for item in items))


def counting_items(reader: Reader, most: int) -> Select[int]:
    """Return the statement that counts the items of a reader's queue; counting ends at ``most``."""
    return _counted(reader, most) if reader.powers else _counted_without_powers(reader.actor, most)


def counting_late(reader: Reader, today: date, most: int) -> Select[int]:
    """Return the statement that counts those whose deadline is over."""
    return select(func.count()).select_from(_asked(reader).where(Ask.due_on < today).limit(most).subquery())


@built_once
def counting_returned(actor: Actor, most: int) -> Select[int]:
    """Return the statement that counts the acts that an actor sent and that came back for another version."""
    return _counting_runs(actor, [RunState.RETURNED], most)


@built_once
def counting_sent(actor: Actor, most: int) -> Select[int]:
    """Return the statement that counts what an actor sent for decision and that is on its way."""
    return _counting_runs(actor, ON_THEIR_WAY, most)


def runs_sent(session: Session, actor: Actor, states: Sequence[RunState], *, limit: int) -> Sequence[Sent]:
    """Return what an actor sent for decision that stands in some states, the oldest first, with what is asked now."""
    rows = session.execute(
        _runs(actor, states, ApprovalRun, Document).order_by(ApprovalRun.version_at, ApprovalRun.id).limit(limit)
    ).all()
    asks: dict[UUID, list[Ask]] = {run.id: [] for run, _ in rows}
    asked = select(Ask).where(Ask.run_id.in_(asks), Ask.state == AskState.OPEN).order_by(Ask.seat_index)
    for ask in session.scalars(asked) if asks else ():
        asks[ask.run_id].append(ask)
    return [Sent(run, document, asks[run.id]) for run, document in rows]


def _counting_runs(actor: Actor, states: Sequence[RunState], most: int) -> Select[int]:
    return select(func.count()).select_from(_runs(actor, states, ApprovalRun.id).limit(most).subquery())


def _runs(actor: Actor, states: Sequence[RunState], *what: Any) -> Select[Any]:
    return (
        select(*what)
        .join(Document, Document.id == ApprovalRun.document_id)
        .where(ApprovalRun.started_by == actor.person_id, ApprovalRun.state.in_(states), visible_to(actor))
    )


def items_of(
    session: Session, reader: Reader, *, shelf: str = "", offset: int = 0, limit: int = PAGE_SIZE
) -> Sequence[Item]:
    """Return the items of one tab, the first due first and of one day the urgent ones."""
    asked = _asked(reader).subquery()
    statement = (
        _items(asked)
        .order_by(Ask.due_on, ApprovalRun.is_urgent.desc(), Ask.asked_at, Ask.id)
        .offset(offset)
        .limit(limit)
    )
    if shelf == STEAD:
        statement = statement.where(asked.c.is_own == 0)
    elif shelf:
        statement = statement.where(ApprovalRun.shelf == shelf)
    return [_item(row) for row in session.execute(statement)]


def item_with(session: Session, reader: Reader, ask_id: UUID) -> Item | None:
    """Return one item of a reader's queue, or none when it is not asked of them, or not any more."""
    asked = _asked(reader).where(Ask.id == ask_id).subquery()
    row = session.execute(_items(asked)).first()
    return None if row is None else _item(row)


def own_decisions(session: Session, person_id: UUID | None, now: datetime) -> tuple[list[Decision], bool]:
    """Return the decisions of a person that they can still undo, the last first; and whether others are due."""
    statement = select(Decision).where(Decision.settled_at.is_(None), Decision.person_id == person_id)
    rows = session.scalars(statement.order_by(Decision.decided_at.desc()).limit(PAGE_SIZE)).all()
    undoable = [row for row in rows if row.undo_until > now]
    return undoable, len(undoable) < len(rows)


def _items(asked: Subquery) -> Select[Any, Any, Any, Any, Any]:
    return (
        select(Ask, ApprovalRun, Document, asked.c.is_own, Person)
        .join(asked, asked.c.ask_id == Ask.id)
        .join(ApprovalRun, ApprovalRun.id == Ask.run_id)
        .join(Document, Document.id == ApprovalRun.document_id)
        .outerjoin(Person, Person.id == ApprovalRun.started_by)
    )


def _item(row: Any) -> Item:
    ask, run, document, is_own, drafter = row
    return Item(ask, run, document, bool(is_own), drafter)


@built_once
def _counted_without_powers(actor: Actor, most: int) -> Select[int]:
    return _counted(Reader(actor, ()), most)


def _counted(reader: Reader, most: int) -> Select[int]:
    return select(func.count()).select_from(_asked(reader).limit(most).subquery())


def _asked(reader: Reader) -> Select[UUID, UUID, int]:
    """Return the asks that wait for a reader, each once, with whether one of their own functions is asked."""
    actor = reader.actor
    is_own = AskPerson.person_id == actor.person_id
    return (
        select(Ask.id.label("ask_id"), Ask.run_id.label("run_id"), func.max(case((is_own, 1), else_=0)).label("is_own"))
        .join(AskPerson, AskPerson.ask_id == Ask.id)
        .join(ApprovalRun, ApprovalRun.id == Ask.run_id)
        .join(Document, Document.id == ApprovalRun.document_id)
        .where(
            Ask.state == AskState.OPEN,
            or_(is_own, *[_is_covered(power) for power in reader.powers]),
            or_(ApprovalRun.started_by.is_(None), ApprovalRun.started_by != actor.person_id),
            visible_to(actor, content=True),
        )
        .group_by(Ask.id, Ask.run_id)
    )


def _is_covered(power: PowerView) -> ColumnElement[bool]:
    """Return the condition that a power lets its holder decide on an ask; it says what ``PowerView.covers`` says."""
    limits = [AskPerson.person_id == power.principal_id]
    if power.act_kinds:
        limits.append(ApprovalRun.kind.in_(sorted(power.act_kinds)))
    is_within = ApprovalRun.unit_id.in_(sorted(power.covered_units))
    limits.append(is_within if power.unit_ids else or_(ApprovalRun.unit_id.is_(None), is_within))
    return and_(*limits)


def days_left(due_on: date, today: date) -> int:
    """Return how many days are left; less than nothing when it is late."""
    return (due_on - today).days


def asks_among(session: Session, reader: Reader, document_id: UUID) -> frozenset[UUID]:
    """Return the asks on one document that wait for a reader."""
    asked = _asked(reader).where(ApprovalRun.document_id == document_id)
    return frozenset(row.ask_id for row in session.execute(asked))
