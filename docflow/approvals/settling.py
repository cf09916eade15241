"""Decisions that take effect: by a job at their time, or by anybody who looks later; whoever comes first, each once."""

from __future__ import annotations

from datetime import timedelta
from typing import Final
from uuid import UUID

import structlog
from sqlalchemy import select

from docflow.approvals.models import ApprovalRun, Ask, Decision
from docflow.approvals.queries import run_asking
from docflow.approvals.rules import UNDO_S, Choice, RunState
from docflow.approvals.running import Running, depart_job, locked, move, place_of
from docflow.audit.rules import CLOCK_SKEW
from docflow.core.actor import SYSTEM
from docflow.core.errors import Conflict, DocFlowError
from docflow.core.jobs import JobRequest
from docflow.core.uow import Transactions, UnitOfWork
from docflow.stamping.acts import SignedAhead, keep_signature

logger = structlog.get_logger()

MOST_AT_ONCE: Final = 50
LONGEST_LEFT: Final = timedelta(seconds=UNDO_S) + CLOCK_SKEW
"""A decision that could be undone for longer was made under a clock that ran ahead: nobody waits until then."""


def settle_due(
    transactions: Transactions,
    *,
    ask_id: UUID | None = None,
    document_id: UUID | None = None,
    person_id: UUID | None = None,
) -> int:
    """Let decisions whose time has come take effect; return how many. One that cannot waits for its job.

    Those of the run of one ask, of one document or of one person alone, where it is said: whoever looks at something
    sees it as it is, and does not wait for all others.
    """
    now = transactions.clock.now()
    is_over = (Decision.undo_until <= now) | (Decision.undo_until > now + LONGEST_LEFT)
    statement = select(Decision.id).where(Decision.settled_at.is_(None), is_over)
    if ask_id is not None:
        statement = statement.where(Decision.run_id == run_asking(ask_id))
    if document_id is not None:
        runs = select(ApprovalRun.id).where(ApprovalRun.document_id == document_id)
        statement = statement.where(Decision.run_id.in_(runs))
    if person_id is not None:
        statement = statement.where(Decision.person_id == person_id)
    with transactions.reading() as session:
        due = list(session.scalars(statement.order_by(Decision.undo_until).limit(MOST_AT_ONCE)))
    done = 0
    for decision_id in due:
        try:
            with transactions.writing(SYSTEM) as uow:
                done += settle(uow, decision_id)
        except DocFlowError as error:
            logger.warning("decision_not_settled", decision_id=str(decision_id), error=error.code)
    return done


def settle(uow: UnitOfWork, decision_id: UUID) -> bool:
    """Let a decision take effect when its time has come; return whether it did just now.

    What was signed becomes the act's newest state in this same transaction: there is never one without the other.
    """
    held = select(Decision.run_id).where(Decision.id == decision_id, Decision.settled_at.is_(None))
    run_id = uow.session.scalar(held)
    if run_id is None:
        return False
    running = locked(uow, run_id)
    decision = uow.session.get_one(Decision, decision_id, with_for_update=True)
    if decision.settled_at is not None or timedelta() < decision.undo_until - uow.now <= LONGEST_LEFT:
        return False
    ask = uow.session.get_one(Ask, decision.ask_id)
    choice = Choice(decision.choice)
    decision.settled_at = uow.now
    if decision.signed is not None:
        try:
            keep_signature(uow, SignedAhead.from_row(decision.signed))
        except Conflict as refusal:
            _fall(uow, running, decision, ask, reason=refusal.code)
            return False
    decision.is_kept = True
    move(uow, running, running.run.settled(place_of(ask), choice, back_to=decision.back_to))
    _follow(uow, running)
    uow.record(
        "approvals.took_effect",
        subject_kind="document",
        subject_id=running.row.document_id,
        run=str(running.row.id),
        choice=choice.value,
        step=ask.step_index + 1,
        state=running.run.state.value,
    )
    return True


def _fall(uow: UnitOfWork, running: Running, decision: Decision, ask: Ask, *, reason: str) -> None:
    """Put back into the queue what somebody signed in a state of the act that is not its newest any more."""
    decision.fell_because = reason
    move(uow, running, running.run.undone(place_of(ask)))
    uow.record(
        "approvals.fell",
        subject_kind="document",
        subject_id=running.row.document_id,
        run=str(running.row.id),
        step=ask.step_index + 1,
        reason=reason,
    )


def _follow(uow: UnitOfWork, running: Running) -> None:
    row = running.row
    if running.run.state is RunState.DEPARTING:
        uow.enqueue(depart_job(row))
    if not row.is_act:
        # A letter that went back is not drafted anew: whoever sent it has it again.
        row.ended_at = uow.now
        uow.enqueue(
            JobRequest(
                name="routing.decided",
                payload={"run_id": str(row.id)},
                unique_key=f"routing.decided:{row.id}",
                priority=15,
            )
        )
