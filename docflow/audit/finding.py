"""Finding lines of the journal for somebody who may read it.

A line about something that the reader may not know of is *sealed*: of it they see the number, the instant and the hash,
which the chain needs, and no filter by what it says meets it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, false, func, or_, select
from sqlalchemy.orm import Session

from docflow.audit.models import JournalEntry
from docflow.core.actor import Actor
from docflow.core.capability import JournalSubject
from docflow.core.errors import NotFound

MOST_COUNTED = 10_000


@dataclass(frozen=True, slots=True)
class JournalFilter:
    """What lines are asked for; instants are aware, ``until`` is the first instant that is too late."""

    person_id: UUID | None = None
    actor_kind: str = ""
    verbs: frozenset[str] = frozenset()
    subject_kind: str = ""
    subject_id: str = ""
    since: datetime | None = None
    until: datetime | None = None
    first_number: int | None = None
    last_number: int | None = None


@dataclass(frozen=True, slots=True)
class FoundLine:
    """A line, and whether it is sealed for the reader."""

    entry: JournalEntry
    is_sealed: bool


def found_lines(
    session: Session,
    actor: Actor,
    wanted: JournalFilter,
    *,
    subjects: Mapping[str, JournalSubject],
    before: int | None = None,
    limit: int,
) -> Sequence[FoundLine]:
    """Return lines, newest first, before a number."""
    shown = _shown(session, actor, subjects)
    statement = select(JournalEntry, shown.label("is_shown")).where(_matches(wanted, shown))
    if before is not None:
        statement = statement.where(JournalEntry.number < before)
    rows = session.execute(statement.order_by(JournalEntry.number.desc()).limit(limit))
    return [FoundLine(entry, is_sealed=not is_shown) for entry, is_shown in rows]


def count_lines(
    session: Session, actor: Actor, wanted: JournalFilter, *, subjects: Mapping[str, JournalSubject]
) -> int:
    """Return how many lines are found, or one more than ``MOST_COUNTED`` when there are more."""
    matching: Select[int] = (
        select(JournalEntry.number)
        .where(_matches(wanted, _shown(session, actor, subjects)))
        .order_by(JournalEntry.number.desc())
        .limit(MOST_COUNTED + 1)
    )
    return session.scalar(select(func.count()).select_from(matching.subquery())) or 0


def line_for(session: Session, actor: Actor, number: int, *, subjects: Mapping[str, JournalSubject]) -> FoundLine:
    """Return one line.

    Raises:
        NotFound: ``journal_line_unknown``.
    """
    one = JournalFilter(first_number=number, last_number=number)
    found = found_lines(session, actor, one, subjects=subjects, limit=1)
    if not found:
        raise NotFound("journal_line_unknown")
    return found[0]


def _shown(session: Session, actor: Actor, subjects: Mapping[str, JournalSubject]) -> ColumnElement[bool]:
    """Return the condition that a line is not sealed; a kind of subject that no room explains is."""
    kind, identifier = JournalEntry.subject_kind, JournalEntry.subject_id
    plain = [name for name, subject in subjects.items() if subject.is_shown is None]
    guarded = [
        and_(kind == name, subject.is_shown(session, actor, identifier))
        for name, subject in subjects.items()
        if subject.is_shown is not None
    ]
    return or_(false(), kind.in_(plain), *guarded)


def _matches(wanted: JournalFilter, shown: ColumnElement[bool]) -> ColumnElement[bool]:
    entry = JournalEntry
    told = []
    if wanted.person_id is not None:
        told.append(entry.person_id == wanted.person_id)
    if wanted.actor_kind:
        told.append(entry.actor_kind == wanted.actor_kind)
    if wanted.verbs:
        told.append(entry.verb.in_(sorted(wanted.verbs)))
    if wanted.subject_kind:
        told.append(entry.subject_kind == wanted.subject_kind)
    if wanted.subject_id:
        told.append(entry.subject_id == wanted.subject_id)
    # Whoever asks for what lines say is answered only with lines that say it to them.
    conditions: list[ColumnElement[bool]] = [*told, shown] if told else []
    if wanted.since is not None:
        conditions.append(entry.at >= wanted.since)
    if wanted.until is not None:
        conditions.append(entry.at < wanted.until)
    if wanted.first_number is not None:
        conditions.append(entry.number >= wanted.first_number)
    if wanted.last_number is not None:
        conditions.append(entry.number <= wanted.last_number)
    return and_(entry.number > 0, *conditions)
