"""A run between its rows and its course: read under lock, moved on by the rules, written back with what follows."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Final
from uuid import UUID

from sqlalchemy import delete, false, or_, select, true, union_all

from docflow.approvals.course import Place, Run, field_names
from docflow.approvals.models import ApprovalRun, Ask, AskPerson, Decision
from docflow.approvals.people import Organisation, Seated, organisation
from docflow.approvals.rows import steps_from_row
from docflow.approvals.rules import ENDED, AskState, RunState
from docflow.core.clock import CASABLANCA
from docflow.core.errors import NotFound
from docflow.core.jobs import JobRequest
from docflow.core.uow import UnitOfWork
from docflow.deadlines.calendars import open_days
from docflow.documents.models import Document
from docflow.documents.registering import show_to_circuit

WAITING: Final = (AskState.OPEN, AskState.HELD)


@dataclass(slots=True)
class Running:
    """A run locked in a transaction, and its document with it: their rows, its asks by their place, and its course."""

    document: Document
    row: ApprovalRun
    asks: dict[Place, Ask]
    run: Run


def place_of(ask: Ask) -> Place:
    """Return which ask of its run an ask is."""
    return Place(ask.round_number, ask.step_index, ask.seat_index)


def course_of(row: ApprovalRun, asks: Iterable[Ask]) -> Run:
    """Return the course that rows say."""
    return Run(
        steps=steps_from_row(row.steps),
        state=RunState(row.state),
        round_number=row.round_number,
        step=row.step_index,
        first_step=row.first_step,
        asks={place_of(ask): AskState(ask.state) for ask in asks},
    )


def locked(uow: UnitOfWork, run_id: UUID) -> Running:
    """Return a run, its document's row locked first as everywhere.

    Raises:
        NotFound: ``run_unknown``.
    """
    document_id = uow.session.scalar(select(ApprovalRun.document_id).where(ApprovalRun.id == run_id))
    if document_id is None:
        raise NotFound("run_unknown")
    return locked_of(uow, document_id, run_id)


def locked_of(uow: UnitOfWork, document_id: UUID, run_id: UUID) -> Running:
    """Return a run of a document as ``locked`` does, for whoever knows that the two belong together."""
    document = uow.session.get_one(Document, document_id, with_for_update=True)
    row = uow.session.get_one(ApprovalRun, run_id, with_for_update=True, populate_existing=True)
    found = uow.session.scalars(select(Ask).where(Ask.run_id == run_id).execution_options(populate_existing=True)).all()
    return Running(document, row, {place_of(ask): ask for ask in found}, course_of(row, found))


def move(uow: UnitOfWork, running: Running, after: Run) -> None:
    """Write where a run is now: asks that ended leave the queues, those that begin come into them."""
    row = running.row
    row.state, row.round_number = after.state, after.round_number
    row.step_index, row.first_step = after.step, after.first_step
    if after.state in ENDED:
        row.ended_at = uow.now
    ended = []
    for place, state in after.asks.items():
        ask = running.asks.get(place)
        if ask is not None and ask.state != state:
            ask.state = state
            if state not in WAITING:
                ended.append(ask.id)
    if ended:
        uow.session.execute(delete(AskPerson).where(AskPerson.ask_id.in_(ended)))
    begun = sorted(after.asks.keys() - running.asks.keys())
    if begun:
        _open(uow, running, after, begun)
    running.run = after
    uow.session.flush()
    show(uow, running)


def _open(uow: UnitOfWork, running: Running, after: Run, places: list[Place]) -> None:
    row, asked = running.row, organisation(uow.session, uow.now)
    names = field_names(after.steps, first_step=after.first_step) if row.is_act else {}
    for place in places:
        step = after.steps[place.step]
        seated = seat_now(asked, running, place)
        ask = Ask(
            run_id=row.id,
            round_number=place.round_number,
            step_index=place.step,
            seat_index=place.seat,
            kind=step.kind,
            addressee=seated.addressee,
            title_ar=seated.title_ar,
            title_fr=seated.title_fr,
            is_substitute=seated.is_substitute,
            field_name=names.get((place.step, place.seat), ""),
            state=after.asks[place],
            asked_at=uow.now,
            due_on=due_on(uow, days=step.days),
        )
        running.asks[place] = ask
        uow.session.add(ask)
        uow.session.flush()
        uow.session.add_all(AskPerson(ask_id=ask.id, person_id=holder.person_id) for holder in seated.holders)


def seat_now(asked: Organisation, running: Running, place: Place) -> Seated:
    """Return whom a seat of a run asks now."""
    steps = running.run.steps
    return asked.seated(
        steps[place.step].seats[place.seat], unit_id=running.row.unit_id, not_person=running.row.started_by
    )


def due_on(uow: UnitOfWork, *, days: int) -> date:
    """Return the day so many open days after today, in Casablanca."""
    today = uow.now.astimezone(CASABLANCA).date()
    calendar = open_days(uow.session, {today.year, today.year + 1})
    day = today
    for _ in range(days):
        day = calendar.next_open(day + timedelta(days=1))
    return day


def show(uow: UnitOfWork, running: Running) -> None:
    """Let the people of a run see its document and what that answers, as those of other runs on the same do."""
    _show(uow, running.document)
    if running.row.answers is not None:
        _show(uow, uow.session.get_one(Document, running.row.answers, with_for_update=True))


def _show(uow: UnitOfWork, document: Document) -> None:
    """Let the people of every run on a document, or on what answers it, see it; the document is locked."""
    is_about = or_(ApprovalRun.document_id == document.id, ApprovalRun.answers == document.id)
    asked = (
        select(AskPerson.person_id, true().label("is_asked"))
        .join(Ask, Ask.id == AskPerson.ask_id)
        .join(ApprovalRun, ApprovalRun.id == Ask.run_id)
        .where(is_about)
    )
    involved = (
        select(Decision.person_id, false())
        .join(ApprovalRun, ApprovalRun.id == Decision.run_id)
        .where(is_about, Decision.person_id.is_not(None), Decision.fell_because == "")
    )
    found: Sequence[Any] = uow.session.execute(union_all(asked, involved)).all()
    show_to_circuit(
        uow,
        document,
        asked_ids={row.person_id for row in found if row.is_asked},
        involved_ids={row.person_id for row in found if not row.is_asked},
    )


def prepare_job(row: ApprovalRun) -> JobRequest:
    """Return the job that freezes the version of an act."""
    return JobRequest(
        name="approvals.prepare",
        payload={"run_id": str(row.id)},
        unique_key=f"approvals.prepare:{row.id}:{row.round_number}",
        priority=15,
        max_attempts=12,
    )


def depart_job(row: ApprovalRun) -> JobRequest:
    """Return the job that numbers and seals an act whose every step is taken."""
    return JobRequest(
        name="approvals.depart",
        payload={"run_id": str(row.id)},
        unique_key=f"approvals.depart:{row.id}",
        priority=15,
        max_attempts=20,
    )
