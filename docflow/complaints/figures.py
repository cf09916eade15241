"""The yearly figures of the decree: by kind, category, unit, outcome, delay, opening again and satisfaction.

Every figure is over the complaints that the reader may know of, and none else.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Hashable, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import TypeVar
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session, aliased

from docflow.complaints.models import Complaint, ComplaintOutcome
from docflow.complaints.rules import ComplaintKind, JoinKind, Origin, Outcome
from docflow.core.actor import Actor
from docflow.core.clock import CASABLANCA
from docflow.deadlines.queries import deadline_from
from docflow.deadlines.rules import COMPLAINT
from docflow.documents.models import Document
from docflow.documents.queries import visible_to
from docflow.registry.models import Entry
from docflow.registry.rules import EntryState

Key = TypeVar("Key", bound=Hashable)

DELAYS = (7, 15, 30, 60)
"""Upper ends of the classes of delays, in days; the last class is beyond the term of the decree."""


@dataclass(frozen=True, slots=True)
class Case:
    """A complaint as it is counted; of a joined one, what became of the one that it was joined to.

    ``days``: from the day of the deposit to that of the first answer. ``is_late``: answered after the term, or not yet.
    """

    deposited_on: date
    kind: ComplaintKind
    origin: Origin
    category_id: UUID | None
    unit_id: UUID | None
    outcome: Outcome | None
    days: int | None
    is_late: bool
    reopened_count: int
    is_solved: bool | None
    rating: int | None


@dataclass(frozen=True, slots=True)
class YearFigures:
    """The figures of a year; each mapping by what it counts, ``None`` for what is not known or not there yet."""

    year: int
    total: int
    answered: int
    late: int
    reopened: int
    by_kind: Counter[ComplaintKind]
    by_origin: Counter[Origin]
    by_category: Counter[UUID | None]
    by_unit: Counter[UUID | None]
    by_outcome: Counter[Outcome | None]
    by_delay: Counter[int | None]
    by_rating: Counter[int | None]
    by_month: Counter[int]
    solved: int
    unsolved: int
    mean_days: float | None
    mean_rating: float | None


def cases_of(session: Session, actor: Actor, year: int, *, now: datetime) -> Sequence[Case]:
    """Return the complaints deposited in a year of Casablanca that the actor may know of, in that order."""
    first, last = (datetime(one, 1, 1, tzinfo=CASABLANCA).astimezone(UTC) for one in (year, year + 1))
    main = aliased(Complaint)
    rows = session.execute(
        select(Complaint, main, Document.unit_id)
        .join(Document, Document.id == Complaint.document_id)
        .join(Entry, Entry.id == Complaint.entry_id)
        .outerjoin(main, main.id == Complaint.main_id)
        .where(Complaint.deposited_at >= first, Complaint.deposited_at < last)
        .where(Entry.state == EntryState.REGISTERED, visible_to(actor))
        .order_by(Complaint.deposited_at, Complaint.id)
    ).all()
    outcomes: dict[UUID, list[ComplaintOutcome]] = {}
    for outcome in session.scalars(
        select(ComplaintOutcome)
        .where(ComplaintOutcome.answered_at.is_not(None))
        .order_by(ComplaintOutcome.answered_at, ComplaintOutcome.id)
    ):
        outcomes.setdefault(outcome.complaint_id, []).append(outcome)
    due = _Terms(session)
    return [
        _case(complaint, outcomes.get((joined or complaint).id, []), joined, unit_id, due=due, now=now)
        for complaint, joined, unit_id in rows
    ]


def figures_of(year: int, cases: Sequence[Case]) -> YearFigures:
    """Count the complaints of a year."""
    days = [case.days for case in cases if case.days is not None]
    ratings = [case.rating for case in cases if case.rating is not None]
    return YearFigures(
        year=year,
        total=len(cases),
        answered=len(days),
        late=sum(case.is_late for case in cases),
        reopened=sum(case.reopened_count > 0 for case in cases),
        by_kind=_counted(cases, lambda case: case.kind),
        by_origin=_counted(cases, lambda case: case.origin),
        by_category=_counted(cases, lambda case: case.category_id),
        by_unit=_counted(cases, lambda case: case.unit_id),
        by_outcome=_counted(cases, lambda case: case.outcome),
        by_delay=_counted(cases, lambda case: None if case.days is None else delay_class(case.days)),
        by_rating=_counted(cases, lambda case: case.rating),
        by_month=_counted(cases, lambda case: case.deposited_on.month),
        solved=sum(case.is_solved is True for case in cases),
        unsolved=sum(case.is_solved is False for case in cases),
        mean_days=sum(days) / len(days) if days else None,
        mean_rating=sum(ratings) / len(ratings) if ratings else None,
    )


def delay_class(days: int) -> int:
    """Return the upper end of the class of a delay; 0 for what took longer than the term."""
    return next((end for end in DELAYS if days <= end), 0)


def years_of(session: Session, actor: Actor) -> Sequence[int]:
    """Return the years in which complaints were deposited that the actor may know of, the newest first."""
    statement = (
        select(Complaint.deposited_at).join(Document, Document.id == Complaint.document_id).where(visible_to(actor))
    )
    return sorted({at.astimezone(CASABLANCA).year for at in session.scalars(statement)}, reverse=True)


class _Terms:
    """The last day of the term of each day of deposit, counted once."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._due: dict[date, date | None] = {}

    def of(self, day: date) -> date | None:
        if day not in self._due:
            noon = datetime.combine(day, time(12), tzinfo=CASABLANCA)
            self._due[day] = deadline_from(self._session, COMPLAINT, noon).due
        return self._due[day]


def _case(
    complaint: Complaint,
    outcomes: Sequence[ComplaintOutcome],
    joined: Complaint | None,
    unit_id: UUID | None,
    *,
    due: _Terms,
    now: datetime,
) -> Case:
    deposited_on = complaint.deposited_at.astimezone(CASABLANCA).date()
    last = outcomes[-1] if outcomes else None
    first_at = outcomes[0].answered_at if outcomes else (joined or complaint).answered_at
    answered_on = None if first_at is None else max(first_at.astimezone(CASABLANCA).date(), deposited_on)
    until = due.of(deposited_on)
    ended = answered_on or now.astimezone(CASABLANCA).date()
    outcome = None if last is None else Outcome(last.outcome)
    if complaint.join_kind == JoinKind.DUPLICATE:
        outcome = Outcome.DUPLICATE
    return Case(
        deposited_on=deposited_on,
        kind=ComplaintKind(complaint.kind),
        origin=Origin(complaint.origin),
        category_id=complaint.category_id,
        unit_id=unit_id,
        outcome=outcome,
        days=None if answered_on is None else (answered_on - deposited_on) // timedelta(days=1),
        is_late=until is not None and ended > until,
        reopened_count=complaint.reopened_count,
        is_solved=None if last is None or joined is not None else last.is_solved,
        rating=None if last is None or joined is not None else last.rating,
    )


def _counted(cases: Iterable[Case], key: Callable[[Case], Key]) -> Counter[Key]:
    return Counter(key(case) for case in cases)
