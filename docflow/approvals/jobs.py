"""The handlers of this room's jobs."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any
from uuid import UUID

import structlog

from docflow.approvals.departing import depart, note_failure, prepare
from docflow.approvals.ports import Deps
from docflow.approvals.queries import stopped_runs
from docflow.approvals.reseating import reseat
from docflow.approvals.rules import RunState
from docflow.approvals.running import depart_job, prepare_job
from docflow.approvals.settling import settle, settle_due
from docflow.core.actor import SYSTEM
from docflow.core.capability import JobContext
from docflow.core.errors import Conflict, DocFlowError, Unavailable

logger = structlog.get_logger()


def prepare_act(deps: Deps, payload: Mapping[str, Any], context: JobContext) -> None:
    """Freeze the version of an act that was sent on a circuit."""
    _try(deps, UUID(payload["run_id"]), context, prepare)


def depart_act(deps: Deps, payload: Mapping[str, Any], context: JobContext) -> None:
    """Number and seal an act whose last signature took effect."""
    _try(deps, UUID(payload["run_id"]), context, depart)


def settle_decision(deps: Deps, payload: Mapping[str, Any], _context: JobContext) -> None:
    """Let a decision take effect."""
    with deps.transactions.writing(SYSTEM) as uow:
        settle(uow, UUID(payload["decision_id"]))


def tend(deps: Deps, _payload: Mapping[str, Any], _context: JobContext) -> None:
    """Let late decisions take effect, ask whoever holds the functions now, and try again what stopped."""
    settle_due(deps.transactions)
    reseat(deps.transactions)
    with deps.transactions.writing(SYSTEM) as uow:
        for row in stopped_runs(uow.session):
            uow.enqueue(depart_job(row) if row.state == RunState.DEPARTING else prepare_job(row))


def _try(deps: Deps, run_id: UUID, context: JobContext, work: Callable[[Deps, UUID], None]) -> None:
    """Do a step of the product itself; what a new try may mend is tried again, the rest is told on the run."""
    try:
        work(deps, run_id)
    except DocFlowError as refusal:
        is_passing = isinstance(refusal, Unavailable | Conflict)
        if is_passing and not context.is_last_attempt:
            raise
        logger.warning("approval_stuck", run_id=str(run_id), error=refusal.code)
        note_failure(deps, run_id, refusal)
