"""Reminding and escalating: which terms reached a share, who is told of it, and keeping that they were.

One reminder is one transaction: its row under a unique key, what each person is told, the line of the journal. Ended in
the middle, it tells nothing, and the next run tells it; ended after, the row says that it was told.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from docflow.accounts.models import Person
from docflow.accounts.queries import actor_of, all_people, desk_units, is_usable, kept_name, memberships_by_person
from docflow.accounts.rules import Role
from docflow.accounts.visibility import MEMBER_ROLES, Confidentiality
from docflow.approvals.people import HEAD_ROLES, Organisation, organisation
from docflow.core.clock import CASABLANCA
from docflow.core.uow import UnitOfWork
from docflow.deadlines.calendars import open_days
from docflow.deadlines.rules import OpenDays
from docflow.deadlines.thresholds import OVER, reached, threshold_days
from docflow.documents.models import Document, DocumentScopeRow
from docflow.notifications.telling import Told, tell
from docflow.registry.terms import answer_due, open_terms
from docflow.routing.escalating import Reached, reached_by
from docflow.routing.mailing import overdue_text
from docflow.routing.models import Assignment, Reminder
from docflow.routing.rules import AssignmentState, Instruction

REMINDED: Final = "routing.reminded"
ESCALATED: Final = "routing.escalated"
MOST_NAMED: Final = 3
NOTICE_PREFIX: Final = "reminder:"
"""Before the identifier of a reminder, the key of what is told of it."""


@dataclass(frozen=True, slots=True)
class Term:
    """A term that runs: of a task, or the legal one of an entry whose matter no open task carries."""

    document_id: UUID
    start: date
    due: date
    assignment_id: UUID | None = None
    entry_id: UUID | None = None

    @property
    def key(self) -> UUID:
        """What the term is of."""
        return self.assignment_id or self.entry_id or self.document_id


@dataclass(frozen=True, slots=True)
class DueReminder:
    """A share of a term that is reached and was not told; ``ahead``: shares told before the term moved away."""

    term: Term
    share: int | None
    day: date | None
    ahead: tuple[int, ...] = ()


@dataclass
class House:
    """Who holds which place at the time of a run, and what each may see; looked up once."""

    asked: Organisation
    people: Mapping[UUID, Person]
    desks: Mapping[str, UUID | None]
    places: Mapping[UUID, Sequence[UUID]]
    now: datetime
    tokens: dict[UUID, frozenset[str]] = field(default_factory=dict)

    def heads_of(self, unit_id: UUID) -> list[list[UUID]]:
        """Return who heads one unit, those of one role after those of another."""
        found = [self.asked.holders.get((role.value, unit_id), ()) for role in HEAD_ROLES]
        return [[holder.person_id for holder in holders] for holders in found if holders]

    def members_of(self, unit_id: UUID) -> list[UUID]:
        """Return who works in one unit."""
        found = [self.asked.holders.get((role.value, unit_id), ()) for role in sorted(MEMBER_ROLES)]
        return list(dict.fromkeys(holder.person_id for holders in found for holder in holders))

    def unit_of(self, person_id: UUID) -> UUID | None:
        """Return the unit of a person: the lowest in which they work, or worked when their account is closed."""
        own = self.places.get(person_id, ())
        return max(own, key=lambda unit_id: (len(list(self.asked.units_above(unit_id))), str(unit_id)), default=None)

    def sees(self, session: Session, person_id: UUID, tokens: Collection[str]) -> bool:
        """Return whether a person may know of a document by its tokens."""
        person = self.people.get(person_id)
        if person is None or not is_usable(person, self.now):
            return False
        if person_id not in self.tokens:
            self.tokens[person_id] = actor_of(session, person, self.now).tokens
        return not self.tokens[person_id].isdisjoint(tokens)


def house_of(session: Session, now: datetime) -> House:
    """Return who is who at an instant."""
    people = {person.id: person for person in all_people(session)}
    places = {
        person_id: [unit.id for membership, unit in held if Role(membership.role) in MEMBER_ROLES]
        for person_id, held in memberships_by_person(session).items()
    }
    return House(organisation(session, now), people, desk_units(session), places, now)


def due_reminders(session: Session, today: date) -> Sequence[DueReminder]:
    """Return the shares of running terms that are reached by a day and were not told."""
    terms = [*_task_terms(session), *_entry_terms(session)]
    if not terms:
        return ()
    years = range(min(term.start.year for term in terms), max(today.year, *(term.due.year for term in terms)) + 2)
    days = open_days(session, years)
    told = _told(session)
    found = (_due(term, told.get(term.key, {}), days, today) for term in terms)
    return [due for due in found if due.share is not None or due.ahead]


def _due(term: Term, told: Mapping[int, date], days: OpenDays, today: date) -> DueReminder:
    on = threshold_days(term.start, term.due, days)
    # A term that moved away from a share that was told brings it again; one that was merely counted anew does not.
    ahead = tuple(share for share, due in told.items() if due != term.due and on.get(share, today) > today)
    share = reached(on, today)
    kept = [one for one in told if one not in ahead]
    if share is None or any(one >= share for one in kept):
        return DueReminder(term, None, None, ahead)
    return DueReminder(term, share, on[share], ahead)


def remind(uow: UnitOfWork, due: DueReminder, house: House, *, sends_mail: bool, staff_url: str) -> Reminder | None:
    """Tell those concerned that a share of a term is over, unless it was told or ended meanwhile."""
    document = uow.session.get_one(Document, due.term.document_id, with_for_update=True)
    assignment = _still_due(uow, due, document)
    told = _told_now(uow, due.term)
    for row in told:
        if row.share in due.ahead:
            row.superseded_at = uow.now
    uow.session.flush()
    is_told = any(row.share >= (due.share or 0) and row.superseded_at is None for row in told)
    if due.share is None or is_told or assignment is False:
        return None
    scope = select(DocumentScopeRow.token).where(
        DocumentScopeRow.document_id == document.id, ~DocumentScopeRow.is_content
    )
    tokens = frozenset(uow.session.scalars(scope))
    wanted = _reached(house, document, assignment, due.share)
    holders, heads = (
        [house.people[one] for one in ids if house.sees(uow.session, one, tokens)]
        for ids in (wanted.holders, wanted.heads)
    )
    if wanted.heads and not heads:
        # Nobody above may know of it: whoever asked is told that it waits.
        heads = [person for person in _sender(house, assignment) if house.sees(uow.session, person.id, tokens)]
    reminder = Reminder(
        document_id=document.id,
        assignment_id=due.term.assignment_id,
        entry_id=due.term.entry_id,
        share=due.share,
        due_on=due.term.due,
        told_at=uow.now,
        holders=[kept_name(person) for person in holders],
        heads=[kept_name(person) for person in heads],
        vacant_units=[str(unit_id) for unit_id in wanted.vacant],
        is_narrowed=not set(wanted.heads) <= {person.id for person in heads},
    )
    uow.session.add(reminder)
    uow.session.flush()
    is_new = sends_mail and due.share == OVER and due.day is not None and is_recent(due.day, uow.now)
    for people, kind in ((holders, REMINDED), (heads, ESCALATED)):
        for person in people:
            mail = overdue_text(document, due.term.due, locale=person.locale, address=staff_url) if is_new else None
            tell(uow, person, _notice(reminder, kind, holders), mail=mail)
    uow.record(
        "routing.reminded",
        subject_kind="document",
        subject_id=document.id,
        share=str(due.share),
        day=due.term.due.isoformat(),
        holders=[str(person.id) for person in holders],
        heads=[str(person.id) for person in heads],
        vacant_units=reminder.vacant_units,
    )
    return reminder


def is_recent(day: date, now: datetime) -> bool:
    """Return whether a day is at most a week old: what was overdue for long is told in the digest, not at once."""
    return (now.astimezone(CASABLANCA).date() - day).days <= 7


def reminders_of(session: Session, document_id: UUID) -> Sequence[Reminder]:
    """Return the reminders on a document in the order in which they were given; the caller checked the right."""
    statement = select(Reminder).where(Reminder.document_id == document_id)
    return session.scalars(statement.order_by(Reminder.told_at, Reminder.id)).all()


def last_reminders(session: Session, assignment_ids: Collection[UUID]) -> Mapping[UUID, Reminder]:
    """Return the last reminder of each of some tasks that has one."""
    if not assignment_ids:
        return {}
    rows = session.scalars(
        select(Reminder)
        .where(Reminder.assignment_id.in_(assignment_ids), Reminder.superseded_at.is_(None))
        .order_by(Reminder.share)
    )
    return {row.assignment_id: row for row in rows if row.assignment_id is not None}


def _task_terms(session: Session) -> Iterable[Term]:
    rows = session.execute(
        select(Assignment.id, Assignment.document_id, Assignment.sent_at, Assignment.due_on).where(
            Assignment.state == AssignmentState.OPEN, Assignment.due_on.is_not(None)
        )
    )
    for assignment_id, document_id, sent_at, due_on in rows:
        if due_on is not None:
            yield Term(document_id, sent_at.astimezone(CASABLANCA).date(), due_on, assignment_id=assignment_id)


def _entry_terms(session: Session) -> Iterable[Term]:
    watched = select(Assignment.document_id).where(Assignment.state == AssignmentState.OPEN, Assignment.is_by_law)
    for entry, register in open_terms(session, except_documents=watched):
        if entry.arrived_at is None or entry.document_id is None:
            continue
        term = answer_due(session, register, entry.arrived_at, entry_id=entry.id)
        if term is not None and term.due is not None:
            start = entry.arrived_at.astimezone(CASABLANCA).date()
            yield Term(entry.document_id, start, term.due, entry_id=entry.id)


def _told(session: Session) -> Mapping[UUID, Mapping[int, date]]:
    """Return, by task or entry still open, the shares that were told with the last day as it was."""
    found: dict[UUID, dict[int, date]] = {}
    rows = session.execute(
        select(Reminder.assignment_id, Reminder.entry_id, Reminder.share, Reminder.due_on)
        .join(Document, Document.id == Reminder.document_id)
        .outerjoin(Assignment, Assignment.id == Reminder.assignment_id)
        .where(Reminder.superseded_at.is_(None))
        .where(or_(Document.is_open, Assignment.state == AssignmentState.OPEN))
    )
    for assignment_id, entry_id, share, due_on in rows:
        key = assignment_id or entry_id
        if key is not None:
            found.setdefault(key, {})[share] = due_on
    return found


def _told_now(uow: UnitOfWork, term: Term) -> Sequence[Reminder]:
    of_term = (
        Reminder.assignment_id == term.assignment_id
        if term.assignment_id is not None
        else Reminder.entry_id == term.entry_id
    )
    return uow.session.scalars(select(Reminder).where(of_term, Reminder.superseded_at.is_(None))).all()


def _still_due(uow: UnitOfWork, due: DueReminder, document: Document) -> Assignment | bool | None:
    """Return the task of a term as it is now, none for the term of an entry, or False when it is over or moved."""
    if due.term.assignment_id is None:
        return None if document.is_open else False
    assignment = uow.session.get(Assignment, due.term.assignment_id, populate_existing=True)
    if assignment is None or assignment.state != AssignmentState.OPEN or assignment.due_on != due.term.due:
        return False
    return assignment


def _reached(house: House, document: Document, assignment: Assignment | Any, share: int) -> Reached:
    if isinstance(assignment, Assignment):
        holders, unit_id = _holders(house, assignment)
    else:
        unit_id = house.desks.get(document.register_code) or document.unit_id
        clerks = [
            holder.person_id
            for (role, where), found in house.asked.holders.items()
            if role == Role.CLERK.value and house.desks.get(document.register_code) in (None, where)
            for holder in found
        ]
        holders = clerks
    if document.confidentiality == Confidentiality.CONFIDENTIAL.value:
        # Nobody above may know of it: those who are named are told instead.
        named = [UUID(one) for one in document.named_people]
        own = [one for one in holders if isinstance(assignment, Assignment)] or named
        return Reached(tuple(own), tuple(one for one in named if one not in own) if share > 50 else ())
    return reached_by(share, holders=holders, units=house.asked.units_above(unit_id), heads_of=house.heads_of)


def _sender(house: House, assignment: Assignment | Any) -> list[Person]:
    """Return whoever sent a task, unless they hold it themselves."""
    if not isinstance(assignment, Assignment) or assignment.sent_by is None:
        return []
    holders, _unit_id = _holders(house, assignment)
    return [house.people[one] for one in (assignment.sent_by,) if one in house.people and one not in holders]


def _holders(house: House, assignment: Assignment) -> tuple[list[UUID], UUID | None]:
    """Return who holds a task, and the unit above which it is escalated."""
    by_name = assignment.claimed_by or assignment.person_id
    if by_name is not None:
        person = house.people.get(by_name)
        is_there = person is not None and is_usable(person, house.now)
        return ([by_name] if is_there else []), assignment.unit_id or house.unit_of(by_name)
    unit_id = assignment.unit_id
    if unit_id is None:
        return [], None
    if assignment.instruction == Instruction.SIGNATURE:
        above = (house.heads_of(one) for one in house.asked.units_above(unit_id))
        return next((heads[0] for heads in above if heads), []), unit_id
    return house.members_of(unit_id), unit_id


def _notice(reminder: Reminder, kind: str, holders: Sequence[Person]) -> Told:
    values = {
        "share": reminder.share,
        "day": f"{reminder.due_on:%d/%m/%Y}",
        "names_ar": [person.name_ar for person in holders[:MOST_NAMED]],
        "names_fr": [person.name_fr for person in holders[:MOST_NAMED]],
    }
    return Told(kind, f"{NOTICE_PREFIX}{reminder.id}", document_id=reminder.document_id, values=values)
