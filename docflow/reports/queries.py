"""Figures counted in the database, over what the reader may know of and no more; few statements whatever the size."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Final
from uuid import UUID

from sqlalchemy import (
    ColumnElement,
    Integer,
    Select,
    UnaryExpression,
    and_,
    case,
    cast,
    extract,
    func,
    literal,
    or_,
    select,
    union_all,
)
from sqlalchemy.orm import InstrumentedAttribute, Session, aliased
from sqlalchemy.sql.operators import custom_op

from docflow.accounts.models import Membership, Person
from docflow.accounts.rules import is_within
from docflow.accounts.visibility import MEMBER_ROLES
from docflow.approvals.models import ApprovalRun, Ask, Decision
from docflow.approvals.rules import Choice, RunState, StepKind
from docflow.core.actor import Actor
from docflow.documents.models import Document
from docflow.documents.queries import is_opened_by, visible_to
from docflow.documents.rules import DocumentState
from docflow.registry.models import Entry, Register
from docflow.registry.rules import EntryState, RegisterKind
from docflow.reports.rules import Period, Step, StepTime, step_time
from docflow.routing.models import Assignment
from docflow.routing.queries import IS_TASK
from docflow.routing.rules import AssignmentState, Instruction

OVER: Final = "over:"
MOST_LATE: Final = 30
FEW_UNITS: Final = 8
IS_DONE: Final = Assignment.state == literal(AssignmentState.DONE, literal_execute=True)
"""Written out, so that what is asked is seen to be in the indexes of what was done."""


@dataclass(slots=True)
class Load:
    """What waits for somebody or for a unit, and what they ended in the period."""

    open_count: int = 0
    late_count: int = 0
    done_count: int = 0


@dataclass(frozen=True, slots=True)
class Member:
    """Somebody of the units that are led."""

    person_id: UUID
    name_ar: str
    name_fr: str
    unit_ids: frozenset[UUID]

    def name(self, locale: str) -> str:
        """Return the name to show in a language."""
        return self.name_ar if locale == "ar" else self.name_fr


@dataclass(frozen=True, slots=True)
class Work:
    """What is to be done: in each unit, and by each person."""

    units: Mapping[UUID, Load] = field(default_factory=dict)
    people: Mapping[UUID, Load] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class LateTask:
    """A task whose deadline is over, since how many days."""

    assignment: Assignment
    document: Document
    days_late: int


def led_units(actor: Actor) -> frozenset[UUID]:
    """Return the units that an actor leads, those below included."""
    return frozenset(UUID(token.removeprefix(OVER)) for token in actor.tokens if token.startswith(OVER))


def members_of(session: Session, unit_ids: Collection[UUID], *, at: Any) -> Sequence[Member]:
    """Return the people who work in some units at an instant, in no order."""
    rows = session.execute(
        select(Person, Membership)
        .join(Membership, Membership.person_id == Person.id)
        .where(Membership.unit_id.in_(unit_ids), Membership.role.in_([role.value for role in MEMBER_ROLES]))
    ).all()
    held: dict[UUID, set[UUID]] = defaultdict(set)
    people: dict[UUID, Person] = {}
    for person, membership in rows:
        is_here = is_within(at, membership.valid_from, membership.valid_until)
        if is_here and person.is_active and is_within(at, person.valid_from, person.valid_until):
            held[person.id].add(membership.unit_id)
            people[person.id] = person
    return [
        Member(person_id, person.name_ar, person.name_fr, frozenset(held[person_id]))
        for person_id, person in people.items()
    ]


def work_of(
    session: Session,
    actor: Actor,
    unit_ids: Collection[UUID],
    members: Sequence[Member],
    *,
    today: date,
    period: Period,
) -> Work:
    """Return what waits in some units and for their people, and what they ended; or for the actor, who leads none."""
    own = {member.person_id: member for member in members}
    who = func.coalesce(Assignment.claimed_by, Assignment.person_id).label("who")
    is_late = and_(Assignment.due_on.is_not(None), Assignment.due_on < today)
    ways = _ways(actor, unit_ids, own)
    waiting = (
        select(
            Assignment.unit_id,
            who,
            func.count().label("waiting"),
            func.sum(case((is_late, 1), else_=0)).label("late"),
            literal(0).label("done"),
        )
        .join(Document, Document.id == Assignment.document_id)
        .where(IS_TASK, or_(*ways), _is_seen(actor))
        .group_by(Assignment.unit_id, who)
    )
    ended = (
        select(Assignment.unit_id, who, literal(0), literal(0), func.count())
        .join(Document, Document.id == Assignment.document_id)
        .where(
            or_(*(and_(IS_DONE, _within(Assignment.closed_at, period), way) for way in ways)),
            Assignment.instruction != Instruction.SIGNATURE,
            _is_seen(actor),
        )
        .group_by(Assignment.unit_id, who)
    )
    units: dict[UUID, Load] = defaultdict(Load)
    people: dict[UUID, Load] = defaultdict(Load)
    for unit_id, person_id, open_count, late_count, done_count in session.execute(union_all(waiting, ended)):
        for load in _loads(units, people, own, unit_id, person_id, led=unit_ids):
            load.open_count += open_count
            load.late_count += late_count or 0
            load.done_count += done_count
    return Work(units, people)


def _ways(actor: Actor, unit_ids: Collection[UUID], people: Collection[UUID]) -> Sequence[ColumnElement[bool]]:
    """Return in which ways an assignment is one of some units and their people, or of the actor, who leads none.

    What was done has an index for each; SQLite takes them where each way says all that its index asks for.
    """
    if not unit_ids:
        return Assignment.person_id == actor.person_id, Assignment.claimed_by == actor.person_id
    return Assignment.unit_id.in_(unit_ids), Assignment.person_id.in_(people), Assignment.claimed_by.in_(people)


def _loads(
    units: dict[UUID, Load],
    people: dict[UUID, Load],
    members: Mapping[UUID, Member],
    unit_id: UUID | None,
    person_id: UUID | None,
    *,
    led: Collection[UUID],
) -> list[Load]:
    """Return whose figures a group of tasks belongs to: what is asked of a person counts in their first unit."""
    found = []
    if person_id is not None and (person_id in members or not led):
        found.append(people[person_id])
    if unit_id is None and person_id is not None and person_id in members:
        unit_id = min(members[person_id].unit_ids)
    if unit_id is not None and unit_id in led:
        found.append(units[unit_id])
    return found


def late_tasks(
    session: Session, actor: Actor, unit_ids: Collection[UUID], members: Sequence[Member], *, today: date
) -> Sequence[LateTask]:
    """Return the tasks whose deadline is over, the latest first: of some units and their people, or the actor's own."""
    ways = _ways(actor, unit_ids, [member.person_id for member in members])
    rows = session.execute(
        select(Assignment, Document)
        .join(Document, Document.id == Assignment.document_id)
        .where(IS_TASK, Assignment.due_on < today, or_(*ways), _is_seen(actor))
        .order_by(Assignment.due_on, Assignment.id)
        .limit(MOST_LATE)
    )
    return [
        LateTask(assignment, document, (today - assignment.due_on).days)
        for assignment, document in rows
        if assignment.due_on is not None
    ]


def step_times(session: Session, actor: Actor, unit_ids: Collection[UUID], *, period: Period) -> Sequence[StepTime]:
    """Return how long each step took, of those that ended in the period in matters of some units."""
    histograms: dict[str, dict[int, int]] = {step.value: {} for step in Step}
    for step, hours, count in session.execute(union_all(*_steps(session, actor, unit_ids, period))):
        histograms[step][max(0, int(hours))] = histograms[step].get(max(0, int(hours)), 0) + count
    return [step_time(step, histograms[step.value]) for step in Step]


def _steps(session: Session, actor: Actor, unit_ids: Collection[UUID], period: Period) -> list[Select[Any]]:
    """Return a question for each step: its name, whole hours, how often."""
    of_units = and_(Document.unit_id.in_(unit_ids), _is_seen(actor))
    first_sent = (
        select(func.min(Assignment.sent_at))
        .where(Assignment.document_id == Document.id)
        .correlate(Document)
        .scalar_subquery()
    )
    registered = (
        _counted(session, Step.ROUTING, Entry, Entry.registered_at, first_sent)
        .join(Document, Document.id == Entry.document_id)
        .join(Register, Register.id == Entry.register_id)
        .where(
            Entry.state == EntryState.REGISTERED,
            Register.kind != RegisterKind.OUTGOING,
            # Of the document, whose unit it is: found by both, however much the other units registered.
            _within(Document.registered_at, period),
            first_sent.is_not(None),
            of_units,
        )
    )
    answered = (
        _counted(session, Step.ANSWER, Assignment, first_sent, Assignment.closed_at)
        .join(Document, Document.id == Assignment.document_id)
        .where(
            Assignment.instruction == Instruction.ATTRIBUTION,
            IS_DONE,
            # What was answered in the period was answered last in it or later.
            Document.answered_at >= period.since,
            _within(Assignment.closed_at, period),
            of_units,
        )
    )
    signed = (
        _counted(session, Step.SIGNATURE, Decision, ApprovalRun.started_at, Decision.decided_at)
        .join(ApprovalRun, ApprovalRun.id == Decision.run_id)
        .join(Ask, Ask.id == Decision.ask_id)
        .join(Document, Document.id == ApprovalRun.document_id)
        .where(
            _is_signature(),
            ApprovalRun.is_act,
            _within(Decision.decided_at, period),
            _looked_up(session, Document.unit_id).in_(unit_ids),
            _is_seen(actor),
        )
    )
    return [registered, answered, signed, *_departures(session, of_units, period)]


def _departures(session: Session, of_units: ColumnElement[bool], period: Period) -> list[Select[Any]]:
    departure, letter = aliased(Entry), aliased(Entry)
    signed_at = (
        select(func.max(Decision.decided_at))
        .join(Ask, Ask.id == Decision.ask_id)
        .where(Decision.run_id == ApprovalRun.id, _is_signature())
        .correlate(ApprovalRun)
        .scalar_subquery()
    )
    # Of the act, whose number it is: found by its unit and day.
    is_departed = and_(
        ApprovalRun.state == RunState.DEPARTED,
        departure.state == EntryState.REGISTERED,
        _within(Document.registered_at, period),
        of_units,
    )
    departed = (
        _counted(session, Step.DEPARTURE, departure, signed_at, departure.registered_at)
        .join(ApprovalRun, ApprovalRun.entry_id == departure.id)
        .join(Document, Document.id == ApprovalRun.document_id)
        .where(is_departed, signed_at.is_not(None))
    )
    whole = (
        _counted(session, Step.WHOLE, departure, letter.registered_at, departure.registered_at)
        .join(ApprovalRun, ApprovalRun.entry_id == departure.id)
        .join(Document, Document.id == ApprovalRun.document_id)
        .join(letter, and_(letter.document_id == ApprovalRun.answers, letter.state == EntryState.REGISTERED))
        .where(is_departed)
    )
    return [departed, whole]


def _is_seen(actor: Actor) -> ColumnElement[bool]:
    """Return the condition that the actor may know of a document, asked of each that was found otherwise.

    PostgreSQL would answer an ``EXISTS`` by gathering all that a unit may see; of many units that is the shorter way.
    """
    if len(led_units(actor)) > FEW_UNITS:
        return visible_to(actor)
    return and_(Document.state != DocumentState.EMPTIED, is_opened_by(actor, Document.id, content=False))


def _is_signature() -> ColumnElement[bool]:
    return and_(Ask.kind == StepKind.SIGNATURE, Decision.choice == Choice.APPROVE, Decision.is_kept)


def _looked_up(session: Session, column: InstrumentedAttribute[Any]) -> ColumnElement[Any]:
    """Return a column that is looked up in the rows found otherwise: SQLite would begin with all that units ever had.

    PostgreSQL knows how many that are.
    """
    if session.get_bind().dialect.name != "sqlite":
        return column.expression
    return UnaryExpression(column.expression, operator=custom_op("+"), type_=column.type)


def _within(column: Any, period: Period) -> ColumnElement[bool]:
    return and_(column >= period.since, column < period.until)


def _counted(session: Session, step: Step, table: Any, start: Any, end: Any) -> Any:
    hours = _hours(session, start, end)
    return select(literal(step.value), hours, func.count()).select_from(table).group_by(hours)


def _hours(session: Session, start: Any, end: Any) -> ColumnElement[int]:
    """Return the whole hours between two instants, as each database counts them."""
    if session.get_bind().dialect.name == "sqlite":
        return cast((func.julianday(end) - func.julianday(start)) * 24 + 0.0001, Integer)
    return cast(func.floor(extract("epoch", end - start) / 3600), Integer)
