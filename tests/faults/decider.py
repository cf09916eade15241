"""Machines to be killed: a president who decides and signs on one, and workers that do what follows."""

from __future__ import annotations

import time

from sqlalchemy import func, select

from docflow.approvals.models import ApprovalRun, Ask
from docflow.approvals.operations import Verdict
from docflow.approvals.rules import AskState, Choice, RunState
from docflow.approvals.signing import decide_and_sign
from docflow.bootstrap import Runtime, bootstrap
from docflow.core.errors import Conflict, NotFound
from docflow.settings import Settings
from tests.conftest import actor
from tests.factories.acts import PIN

IDLE_S = 0.1


def decide_all(settings: Settings) -> None:
    """Sign whatever waits for the president until every act has departed; another machine may be first."""
    runtime = bootstrap(settings)
    president = actor(runtime, "president")
    while acts_left(runtime):
        with runtime.transactions.reading() as session:
            waiting = session.scalars(select(Ask.id).where(Ask.state == AskState.OPEN)).all()
        for ask_id in waiting:
            try:
                decide_and_sign(runtime, president, ask_id, Verdict(Choice.APPROVE), pin=PIN)
            except (Conflict, NotFound):
                continue
        time.sleep(IDLE_S)


def do_jobs(settings: Settings) -> None:
    """Run jobs as a worker does until every act has departed."""
    runtime = bootstrap(settings)
    runner = runtime.make_runner()
    while acts_left(runtime):
        if not runner.run_one():
            time.sleep(IDLE_S)


def acts_left(runtime: Runtime) -> int:
    """Return how many acts have not departed."""
    with runtime.transactions.reading() as session:
        return session.scalar(select(func.count(ApprovalRun.id)).where(ApprovalRun.state != RunState.DEPARTED)) or 0
