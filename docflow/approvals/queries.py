"""Reads of runs and of the queue: what an actor is asked to decide, and the way of a document they may know of."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from sqlalchemy import ScalarSelect, select
from sqlalchemy.orm import Session

from docflow.approvals.models import ApprovalRun, Ask, AskPerson, CircuitRow, CircuitVersion, Decision
from docflow.approvals.rows import steps_from_row
from docflow.approvals.rules import ENDED, AskState, RunState, Step
from docflow.core.errors import NotFound
from docflow.core.remembering import asked_once

PASSING: Final = ("storage_unavailable", "keys_unusable", "document_not_read")
"""Errors of freezing a version that are no fault of the act."""


@dataclass(frozen=True, slots=True)
class AskView:
    """One ask of a run with what was decided on it; the newest decision alone, without those that were undone."""

    ask: Ask
    decision: Decision | None
    has_people: bool


@dataclass(frozen=True, slots=True)
class RunView:
    """A run with its asks in the order in which they came."""

    row: ApprovalRun
    steps: tuple[Step, ...]
    asks: tuple[AskView, ...]

    @property
    def id(self) -> UUID:
        """Which run."""
        return self.row.id

    @property
    def state(self) -> RunState:
        """Where it stands."""
        return RunState(self.row.state)

    @property
    def round_number(self) -> int:
        """In which round it is, from 1."""
        return self.row.round_number

    @property
    def is_live(self) -> bool:
        """Whether it is on its way."""
        return self.state not in ENDED

    @property
    def entry_id(self) -> UUID | None:
        """The number of its departure, once given."""
        return self.row.entry_id

    @property
    def last_return(self) -> Decision | None:
        """The decision that sent it back last, with its comment, if any."""
        returns = [view.decision for view in self.asks if view.ask.state == AskState.RETURNED]
        return next((decision for decision in reversed(returns) if decision is not None), None)


@asked_once
def run_of(session: Session, document_id: UUID) -> RunView | None:
    """Return the newest run of an act, whoever asks, or none; the caller has checked the right to see it."""
    row = session.scalar(
        select(ApprovalRun)
        .where(ApprovalRun.document_id == document_id, ApprovalRun.is_act)
        .order_by(ApprovalRun.started_at.desc(), ApprovalRun.id.desc())
        .limit(1)
    )
    return None if row is None else run_view(session, row)


def runs_about(session: Session, document_id: UUID) -> Sequence[RunView]:
    """Return every run of a document, the oldest first; the caller has checked the right to see it."""
    rows = session.scalars(
        select(ApprovalRun)
        .where(ApprovalRun.document_id == document_id)
        .order_by(ApprovalRun.started_at, ApprovalRun.id)
    ).all()
    return [run_view(session, row) for row in rows]


def run_with_id(session: Session, run_id: UUID) -> RunView | None:
    """Return a run, whoever asks, or none."""
    row = session.get(ApprovalRun, run_id)
    return None if row is None else run_view(session, row)


def run_view(session: Session, row: ApprovalRun) -> RunView:
    """Return a run with its asks and decisions, in two statements."""
    has_people = select(AskPerson.ask_id).where(AskPerson.ask_id == Ask.id).exists().label("has_people")
    found = session.execute(
        select(Ask, Decision, has_people)
        .outerjoin(Decision, (Decision.ask_id == Ask.id) & (Decision.is_kept | Decision.settled_at.is_(None)))
        .where(Ask.run_id == row.id)
        .order_by(Ask.round_number, Ask.step_index, Ask.seat_index)
    ).all()
    return RunView(row, steps_from_row(row.steps), tuple(AskView(ask, said, bool(held)) for ask, said, held in found))


def run_asking(ask_id: UUID) -> ScalarSelect[UUID]:
    """Return, for a condition, the run to which an ask belongs."""
    return select(Ask.run_id).where(Ask.id == ask_id).scalar_subquery()


def run_with(session: Session, ask_id: UUID) -> tuple[ApprovalRun, Sequence[Ask]]:
    """Return the run to which an ask belongs, with all its asks, in one statement.

    Raises:
        NotFound: ``ask_unknown``.
    """
    rows = session.execute(
        select(ApprovalRun, Ask).join(Ask, Ask.run_id == ApprovalRun.id).where(ApprovalRun.id == run_asking(ask_id))
    ).all()
    if not rows:
        raise NotFound("ask_unknown")
    return rows[0][0], [ask for _, ask in rows]


def decisions_of(session: Session, run_id: UUID) -> Sequence[Decision]:
    """Return every decision on a run, those undone or fallen included, the oldest first."""
    return session.scalars(select(Decision).where(Decision.run_id == run_id).order_by(Decision.decided_at)).all()


def stopped_runs(session: Session) -> Sequence[ApprovalRun]:
    """Return the runs that stopped by an error which may have been mended since.

    A departure by any; a version that cannot be frozen by what is over once a server is back, as the rest is its own.
    """
    is_departure = (ApprovalRun.state == RunState.DEPARTING) & ApprovalRun.error_code.is_not(None)
    is_version = (ApprovalRun.state == RunState.PREPARING) & ApprovalRun.error_code.in_(PASSING)
    return session.scalars(select(ApprovalRun).where(is_departure | is_version)).all()


def signature_outcome(session: Session, run_id: UUID) -> Decision | None:
    """Return what was decided on a letter that was sent for signature, once it took effect."""
    return session.scalar(select(Decision).where(Decision.run_id == run_id, Decision.is_kept).limit(1))


def circuits(session: Session, *, active_only: bool = False) -> Sequence[CircuitRow]:
    """Return every circuit, by code."""
    statement = select(CircuitRow).order_by(CircuitRow.code)
    return session.scalars(statement.where(CircuitRow.is_active) if active_only else statement).all()


def versions_of(session: Session, circuit_id: UUID) -> Sequence[CircuitVersion]:
    """Return the versions of a circuit, the newest first."""
    return session.scalars(
        select(CircuitVersion).where(CircuitVersion.circuit_id == circuit_id).order_by(CircuitVersion.number.desc())
    ).all()


def runs_by_version(session: Session, circuit_id: UUID) -> Mapping[int, int]:
    """Return how many runs are on their way on each version of a circuit."""
    counts: dict[int, int] = defaultdict(int)
    for number in session.scalars(
        select(ApprovalRun.circuit_number).where(
            ApprovalRun.circuit_id == circuit_id, ApprovalRun.state.not_in([state.value for state in ENDED])
        )
    ):
        counts[number] += 1
    return counts
