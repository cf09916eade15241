"""Transmittal slips: papers on their way to a unit, numbered without gaps, counted when they arrive."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from docflow.accounts.models import OrgUnit
from docflow.accounts.units import open_units
from docflow.audit.operations import require_clock
from docflow.core.actor import Actor
from docflow.core.counters import take_next
from docflow.core.errors import Conflict, InvalidInput, NotFound, PermissionDenied
from docflow.core.uow import UnitOfWork
from docflow.documents.models import Document
from docflow.registry.models import Entry, Register, Transmittal, TransmittalCounter, TransmittalLine
from docflow.registry.operations import move_paper
from docflow.registry.queries import is_shown, keeps_desk
from docflow.registry.rules import SLIP_NUMBERS, EntryState, PaperPlace, register_year

MOST_ENTRIES: Final = 100
MOST_COUNTED: Final = 99_999


@dataclass(frozen=True, slots=True)
class SentPaper:
    """A letter that is, or could be, on a slip."""

    entry: Entry
    document: Document
    line: TransmittalLine | None = None

    @property
    def paper_count(self) -> int:
        """The original and its enclosures."""
        return 1 + (self.entry.enclosure_count if self.line is None else self.line.enclosure_count)


@dataclass(frozen=True, slots=True)
class CountedReturn:
    """What the unit wrote on the slip."""

    received_by: str
    received_at: datetime | None
    counted: int
    missing: Collection[UUID]
    """Entries of which no paper was found."""
    note: str = ""


def sendable_papers(session: Session, actor: Actor, entry_ids: Sequence[UUID]) -> Sequence[SentPaper]:
    """Return the letters of entries whose papers an actor may send, in the order of their numbers.

    Raises:
        InvalidInput: ``slip_empty``; ``slip_too_long`` with ``limit``; ``paper_not_here`` with ``number`` when an entry
            is cancelled, came without paper or gave it back.
        NotFound: ``entry_unknown``.
        PermissionDenied: ``desk_of_others`` with ``register``.
        Conflict: ``paper_on_its_way`` with ``number`` and ``slip``.
    """
    wanted = list(dict.fromkeys(entry_ids))
    if not wanted:
        raise InvalidInput("slip_empty")
    if len(wanted) > MOST_ENTRIES:
        raise InvalidInput("slip_too_long", limit=MOST_ENTRIES)
    statement = (
        select(Entry, Document, Register)
        .join(Register, Register.id == Entry.register_id)
        .join(Document, Document.id == Entry.document_id)
        .where(Entry.id.in_(wanted), is_shown(actor))
        .order_by(Entry.year, Register.code, Entry.number)
    )
    found = session.execute(statement).all()
    if len(found) != len(wanted):
        raise NotFound("entry_unknown")
    for entry, _, register in found:
        if not keeps_desk(actor, register):
            raise PermissionDenied("desk_of_others", register=register.code)
        if entry.state != EntryState.REGISTERED or entry.paper_place != PaperPlace.KEPT:
            raise InvalidInput("paper_not_here", number=entry.label)
    _refuse_those_out(session, wanted)
    return [SentPaper(entry, document) for entry, document, _ in found]


def make_transmittal(uow: UnitOfWork, entry_ids: Sequence[UUID], *, unit_id: UUID | None, note: str) -> Transmittal:
    """Make the slip with which the papers of entries go to a unit.

    Raises:
        PermissionDenied: without ``registry.register`` or the desks of the registers.
        InvalidInput: ``unit_missing``, ``field_too_long``, and what ``sendable_papers`` refuses.
    """
    uow.require("registry.register")
    unit = None if unit_id is None else next((one for one in open_units(uow.session) if one.id == unit_id), None)
    if unit is None:
        raise InvalidInput("unit_missing")
    said = _shortened(note, name="note")
    # Whoever sends the same paper at the same moment waits here, and is told of the other slip afterwards.
    uow.session.execute(
        select(Entry.id).where(Entry.id.in_(sorted(set(entry_ids)))).order_by(Entry.id).with_for_update()
    )
    papers = sendable_papers(uow.session, uow.actor, entry_ids)
    taken = take_slip_number(uow)
    slip = Transmittal(
        year=taken.year,
        number=taken.number,
        label=taken.label,
        unit_id=unit.id,
        note=said,
        made_at=taken.at,
        made_by_name=uow.actor.name,
    )
    uow.session.add(slip)
    uow.session.flush()
    uow.session.add_all(
        TransmittalLine(
            transmittal_id=slip.id,
            entry_id=paper.entry.id,
            position=at_line,
            enclosure_count=paper.entry.enclosure_count,
        )
        for at_line, paper in enumerate(papers, start=1)
    )
    uow.session.flush()
    uow.record(
        "registry.transmittal_made",
        subject_kind="transmittal",
        subject_id=slip.id,
        slip=slip.label,
        count=len(papers),
    )
    return slip


@dataclass(frozen=True, slots=True)
class SlipNumber:
    """The number of a slip, and when it was taken."""

    year: int
    number: int
    label: str
    at: datetime


def take_slip_number(uow: UnitOfWork) -> SlipNumber:
    """Take the next number of the slips of this year, which are one sequence whoever the papers go to.

    Raises:
        Conflict: ``clock_set_back``.
    """
    at = require_clock(uow)
    year = register_year(at)
    number = take_next(uow, TransmittalCounter, year=year)
    return SlipNumber(year, number, SLIP_NUMBERS.label(year=year, number=number), at)


def take_back(uow: UnitOfWork, slip_id: UUID, counted: CountedReturn) -> Transmittal:
    """Note what a unit counted and signed for; the papers that arrived are with it from now on.

    Raises:
        PermissionDenied: without ``registry.register`` or the desks of the registers.
        NotFound: ``transmittal_unknown``.
        Conflict: ``transmittal_returned``.
        InvalidInput: ``receiver_missing``, ``field_too_long``, ``count_not_understood``, ``arrival_in_future``;
            ``papers_differ`` with ``expected`` when nothing explains the difference.
    """
    uow.require("registry.register")
    slip = uow.session.scalar(
        select(Transmittal).where(Transmittal.id == slip_id, is_slip_shown(uow.actor)).with_for_update()
    )
    if slip is None:
        raise NotFound("transmittal_unknown")
    if slip.received_at is not None:
        raise Conflict("transmittal_returned", number=slip.label)
    papers = papers_of(uow.session, slip)
    receiver, note = " ".join(counted.received_by.split()), _shortened(counted.note, name="note")
    if not receiver:
        raise InvalidInput("receiver_missing")
    if len(receiver) > 200:
        raise InvalidInput("field_too_long", field="received_by", limit=200)
    if not 0 <= counted.counted <= MOST_COUNTED:
        raise InvalidInput("count_not_understood")
    received_at = counted.received_at or uow.now
    if received_at > uow.now:
        raise InvalidInput("arrival_in_future")
    found = [paper for paper in papers if paper.entry.id not in counted.missing]
    expected = sum(paper.paper_count for paper in found)
    if counted.counted != expected and not note:
        raise InvalidInput("papers_differ", expected=expected)
    slip.received_at, slip.received_by = received_at, receiver
    slip.counted, slip.return_note = counted.counted, note
    for paper in papers:
        assert paper.line is not None  # noqa: S101 - a paper of a slip is on one of its lines
        paper.line.is_out, paper.line.is_missing = False, paper.entry.id in counted.missing
    uow.session.flush()
    place = place_in(uow.session.get_one(OrgUnit, slip.unit_id))
    for paper in found:
        move_paper(uow, paper.entry.id, place=PaperPlace.KEPT, note=place)
    uow.record(
        "registry.transmittal_returned",
        subject_kind="transmittal",
        subject_id=slip.id,
        slip=slip.label,
        count=counted.counted,
        missing=len(papers) - len(found),
    )
    return slip


def place_in(unit: OrgUnit) -> str:
    """Return how the place of a paper that a unit keeps is noted."""
    return f"{unit.name_ar} · {unit.name_fr}"[:200]


def transmittals_shown(
    session: Session, actor: Actor, *, is_out: bool, offset: int, limit: int
) -> Sequence[tuple[Transmittal, int]]:
    """Return slips of which an actor may know every letter, with how many letters they hold, the newest first."""
    count = (
        select(func.count())
        .where(TransmittalLine.transmittal_id == Transmittal.id)
        .correlate(Transmittal)
        .scalar_subquery()
    )
    statement = (
        _slips(select(Transmittal, count), actor, is_out=is_out)
        .order_by(Transmittal.made_at.desc(), Transmittal.number.desc())
        .offset(offset)
        .limit(limit)
    )
    return [(slip, number) for slip, number in session.execute(statement)]


def count_transmittals(session: Session, actor: Actor, *, is_out: bool) -> int:
    """Return how many such slips there are."""
    return session.scalar(_slips(select(func.count(Transmittal.id)), actor, is_out=is_out)) or 0


def transmittal_for(session: Session, actor: Actor, slip_id: UUID) -> Transmittal:
    """Return a slip of which an actor may know every letter.

    Raises:
        NotFound: ``transmittal_unknown``.
    """
    slip = session.scalar(select(Transmittal).where(Transmittal.id == slip_id, is_slip_shown(actor)))
    if slip is None:
        raise NotFound("transmittal_unknown")
    return slip


def papers_of(session: Session, slip: Transmittal) -> Sequence[SentPaper]:
    """Return the letters of a slip in their order; the caller has checked the right to know of them."""
    statement = (
        select(Entry, Document, TransmittalLine)
        .join(TransmittalLine, TransmittalLine.entry_id == Entry.id)
        .join(Document, Document.id == Entry.document_id)
        .where(TransmittalLine.transmittal_id == slip.id)
        .order_by(TransmittalLine.position)
    )
    return [SentPaper(entry, document, line) for entry, document, line in session.execute(statement)]


def is_slip_shown(actor: Actor) -> ColumnElement[bool]:
    """Return the condition that an actor may know of every letter of a slip."""
    hidden = (
        select(TransmittalLine.entry_id)
        .join(Entry, Entry.id == TransmittalLine.entry_id)
        .where(TransmittalLine.transmittal_id == Transmittal.id, ~is_shown(actor))
        .correlate(Transmittal)
    )
    return ~hidden.exists()


def _slips(statement: Any, actor: Actor, *, is_out: bool) -> Any:
    state = Transmittal.received_at.is_(None) if is_out else Transmittal.received_at.is_not(None)
    return statement.where(state, is_slip_shown(actor))


def _refuse_those_out(session: Session, entry_ids: Sequence[UUID]) -> None:
    statement = (
        select(Entry.label, Transmittal.label)
        .join(TransmittalLine, TransmittalLine.entry_id == Entry.id)
        .join(Transmittal, Transmittal.id == TransmittalLine.transmittal_id)
        .where(Entry.id.in_(entry_ids), TransmittalLine.is_out)
    )
    for number, slip in session.execute(statement):
        raise Conflict("paper_on_its_way", number=number, slip=slip)


def _shortened(text: str, *, name: str) -> str:
    said = " ".join(text.split())
    if len(said) > 300:
        raise InvalidInput("field_too_long", field=name, limit=300)
    return said
