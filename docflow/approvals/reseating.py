"""Bringing what is asked in line with who holds the functions now, after roles, accounts or dates changed."""

from __future__ import annotations

from collections import defaultdict
from uuid import UUID

from sqlalchemy import delete, select

from docflow.approvals.models import ApprovalRun, Ask, AskPerson
from docflow.approvals.people import organisation
from docflow.approvals.rows import steps_from_row
from docflow.approvals.rules import AskState
from docflow.approvals.running import locked, place_of, seat_now, show
from docflow.core.actor import SYSTEM
from docflow.core.uow import Transactions, UnitOfWork


def reseat(transactions: Transactions) -> int:
    """Ask whoever holds each function now; return on how many runs that changed anything."""
    with transactions.reading() as session:
        asked = organisation(session, transactions.clock.now())
        now: dict[UUID, set[UUID]] = defaultdict(set)
        rows = session.execute(
            select(Ask, ApprovalRun)
            .join(ApprovalRun, ApprovalRun.id == Ask.run_id)
            .where(Ask.state.in_((AskState.OPEN, AskState.HELD)))
        ).all()
        for ask_id, person_id in session.execute(select(AskPerson.ask_id, AskPerson.person_id)):
            now[ask_id].add(person_id)
    changed = set()
    for ask, row in rows:
        seat = steps_from_row(row.steps)[ask.step_index].seats[ask.seat_index]
        seated = asked.seated(seat, unit_id=row.unit_id, not_person=row.started_by)
        if {holder.person_id for holder in seated.holders} != now[ask.id] or seated.addressee != ask.addressee:
            changed.add(row.id)
    for run_id in sorted(changed):
        with transactions.writing(SYSTEM) as uow:
            _reseat_run(uow, run_id)
    return len(changed)


def _reseat_run(uow: UnitOfWork, run_id: UUID) -> None:
    running = locked(uow, run_id)
    asked = organisation(uow.session, uow.now)
    for ask in running.asks.values():
        if ask.state not in {AskState.OPEN, AskState.HELD}:
            continue
        seated = seat_now(asked, running, place_of(ask))
        uow.session.execute(delete(AskPerson).where(AskPerson.ask_id == ask.id))
        uow.session.add_all(AskPerson(ask_id=ask.id, person_id=holder.person_id) for holder in seated.holders)
        if seated.addressee and seated.addressee != ask.addressee:
            ask.addressee, ask.is_substitute = seated.addressee, seated.is_substitute
            ask.title_ar, ask.title_fr = seated.title_ar, seated.title_fr
        uow.session.flush()
        uow.record(
            "approvals.reseated",
            subject_kind="document",
            subject_id=running.row.document_id,
            run=str(run_id),
            step=ask.step_index + 1,
            people=[str(holder.person_id) for holder in seated.holders],
        )
    show(uow, running)
