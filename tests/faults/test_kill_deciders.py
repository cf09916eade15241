"""Whoever signs is killed between decision and seal, and so are workers: nothing is lost, nothing signed twice."""

from __future__ import annotations

import multiprocessing
import random
import shutil
from collections.abc import Callable, Iterator
from multiprocessing.context import ForkServerProcess
from pathlib import Path

import pytest
from sqlalchemy import select

from docflow.approvals.models import ApprovalRun, Decision
from docflow.approvals.rules import Circuit, RunState, Step, StepKind
from docflow.audit.queries import verify_journal
from docflow.registry.models import Entry
from docflow.settings import Settings
from docflow.stamping.queries import sealed_revision_of
from docflow.stamping.rules import Finding
from docflow.stamping.verification import verify_bytes
from tests.factories.acts import make_circuit, role, started, with_key
from tests.faults.decider import decide_all, do_jobs
from tests.faults.processes import Installation, pause, wait_until

pytestmark = pytest.mark.xdist_group("faults")

ACTS = 5
MACHINES = (decide_all, decide_all, do_jobs, do_jobs)
KILLED = (0, 2, 1, 3, 2, 0, 3, 1, 2, 3)
"""Which machine is killed; a signature that was killed counts as a try of the PIN, and the fifth would lock it."""
LEASE_S = 3
SEED = 20260302


@pytest.fixture
def installation(sqlite_template: Path, tmp_path: Path) -> Iterator[Installation]:
    shutil.copy(sqlite_template, tmp_path / "docflow.sqlite")
    made = Installation(Settings(home=tmp_path, job_lease_s=LEASE_S))
    yield made
    made.stop()


def test_an_act_is_signed_once_and_departs_once_whoever_is_killed(installation):
    runtime = installation.runtime
    make_circuit(runtime, Circuit((Step(StepKind.SIGNATURE, (role(runtime, "president"),)), Step(StepKind.DEPARTURE))))
    with_key(runtime, "president")
    for _ in range(ACTS):
        started(runtime)
    chance = random.Random(SEED)
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["tests.faults.decider"])

    def start(work: Callable[[Settings], None]) -> ForkServerProcess:
        process = context.Process(target=work, args=(installation.settings,), daemon=True)
        process.start()
        return process

    running = [start(work) for work in MACHINES]
    for at in KILLED:
        # A decision takes effect after ten seconds: kills fall before, at and after that moment.
        pause(chance.uniform(0.3, 2.0))
        running[at].kill()
        running[at] = start(MACHINES[at])
    wait_until(lambda: not any(process.is_alive() for process in running), "every act departed", longest_s=180)

    with runtime.transactions.reading() as session:
        runs = session.scalars(select(ApprovalRun)).all()
        decided = session.scalars(select(Decision.run_id).where(Decision.is_kept)).all()
        numbers = session.scalars(select(Entry.number).order_by(Entry.number)).all()
        sealed = [sealed_revision_of(session, run.document_id) for run in runs]
        journal = verify_journal(session)
    assert {run.state for run in runs} == {RunState.DEPARTED}
    assert sorted(decided) == sorted(run.id for run in runs)
    assert numbers == list(range(1, ACTS + 1))
    assert journal.ok
    for revision in sealed:
        assert revision is not None
        with runtime.blob_store.open(revision.blob.kind, revision.blob.sha256) as stream:
            verdict = verify_bytes(runtime, stream.read())
        assert verdict.finding is Finding.AUTHENTIC
        assert [seal.kind for seal in verdict.seals] == ["seal", "signature", "seal"]
