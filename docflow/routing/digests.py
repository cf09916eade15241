"""The digest of a morning: what waits for somebody, by mail, once a working day or once a week."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from docflow.accounts.models import Person
from docflow.accounts.queries import actor_of, is_usable
from docflow.accounts.rules import Digest
from docflow.accounts.visibility import Confidentiality
from docflow.core.actor import SYSTEM, Actor
from docflow.deadlines.calendars import open_days
from docflow.deadlines.rules import OpenDays
from docflow.documents.queries import documents_shown
from docflow.notifications.models import Notice
from docflow.notifications.queries import digested
from docflow.notifications.telling import tell_digest
from docflow.routing.mailing import Line, digest_text
from docflow.routing.models import Assignment, Reminder
from docflow.routing.ports import Deps
from docflow.routing.queries import asked_of_others, tasks_of
from docflow.routing.reminding import ESCALATED, NOTICE_PREFIX
from docflow.routing.rules import AssignmentState, Urgency, urgency_of

GROUP_OF = {Urgency.OVERDUE: "overdue", Urgency.TODAY: "today", Urgency.WEEK: "week"}


def send_digests(deps: Deps, today: date) -> int:
    """Send each person the digest that they chose and that was not made today; return how many were made.

    Each is one transaction with a row under the key of person and day: ended in the middle, the rest is made by the
    next run, and none twice.
    """
    if not deps.mail_server.is_set_up:
        return 0
    with deps.transactions.reading() as session:
        wanted = due_people(session, today, deps.clock.now())
    made = 0
    for person in wanted:
        now = deps.clock.now()
        with deps.transactions.reading() as session:
            actor = actor_of(session, person, now)
            groups = digest_groups(session, actor, today)
        text = digest_text(
            groups, name=person.name(person.locale), day=today, locale=person.locale, address=deps.settings.staff_url
        )
        with deps.transactions.writing(SYSTEM) as uow:
            made += tell_digest(uow, uow.session.get_one(Person, person.id), today, text)
    return made


def due_people(session: Session, today: date, now: datetime) -> Sequence[Person]:
    """Return the people whose digest of a day is to be made yet."""
    days = open_days(session, (today.year - 1, today.year, today.year + 1))
    made = digested(session, today)
    people = session.scalars(select(Person).where(Person.email != "", Person.digest != Digest.NONE)).all()
    return [
        person
        for person in people
        if person.id not in made and is_usable(person, now) and is_digest_day(Digest(person.digest), today, days)
    ]


def is_digest_day(digest: Digest, today: date, days: OpenDays) -> bool:
    """Return whether a digest goes out on a day: open, and of a week the first that is."""
    if digest is Digest.NONE or not days.is_open(today):
        return False
    monday = today - timedelta(days=today.weekday())
    return digest is Digest.DAILY or days.next_open(monday) == today


def digest_groups(session: Session, actor: Actor, today: date) -> Mapping[str, Sequence[Line]]:
    """Return what waits for somebody, by group, without confidential letters."""
    groups: dict[str, list[Line]] = {}
    for task in tasks_of(session, actor):
        group = GROUP_OF.get(urgency_of(task.assignment.due_on, today))
        if group is not None:
            groups.setdefault(group, []).append(Line(task.document, task.assignment.due_on))
    groups["others"] = [
        Line(task.document, task.assignment.due_on)
        for task in asked_of_others(session, actor)
        if task.assignment.due_on is not None and task.assignment.due_on <= today
    ]
    groups["escalated"] = list(_escalated(session, actor))
    return {
        group: [one for one in lines if one.document.confidentiality != Confidentiality.CONFIDENTIAL.value]
        for group, lines in groups.items()
    }


def _escalated(session: Session, actor: Actor) -> Sequence[Line]:
    """Return what was escalated to somebody who did not look at it yet, and is open still."""
    keys = session.scalars(
        select(Notice.key).where(
            Notice.person_id == actor.person_id, Notice.kind == ESCALATED, Notice.read_at.is_(None)
        )
    )
    ids = [UUID(key.removeprefix(NOTICE_PREFIX)) for key in keys]
    rows = session.execute(
        select(Reminder.document_id, Reminder.due_on)
        .outerjoin(Assignment, Assignment.id == Reminder.assignment_id)
        .where(Reminder.id.in_(ids), Reminder.superseded_at.is_(None))
        .where((Assignment.id.is_(None)) | (Assignment.state == AssignmentState.OPEN))
        .order_by(Reminder.due_on, Reminder.id)
    ).all()
    shown = documents_shown(session, actor, [document_id for document_id, _due in rows])
    found = {document_id: due_on for document_id, due_on in rows if document_id in shown}
    return [Line(shown[document_id][0], due_on) for document_id, due_on in found.items()]
