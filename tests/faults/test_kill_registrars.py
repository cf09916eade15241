"""Sixteen machines register the same letters and are killed at random: every number is given and sealed once."""

from __future__ import annotations

import multiprocessing
import random
from collections.abc import Callable, Iterator
from multiprocessing.context import ForkServerProcess
from pathlib import Path

import pytest
from sqlalchemy import select

from docflow.audit.models import JournalEntry
from docflow.audit.queries import verify_journal
from docflow.core.jobs import Job
from docflow.documents.models import Document
from docflow.registry.models import Entry, RegisterCounter
from docflow.registry.rules import SealState
from docflow.settings import Settings
from docflow.stamping.models import SealedRevision
from tests.faults.processes import Installation, pause, wait_until
from tests.faults.registrar import deposit_letters, register_all, seal_all

pytestmark = pytest.mark.xdist_group("faults")

PROCESSES = 16
LETTERS = 180
KILLS = 8
SEALERS, SEALER_KILLS = 2, 3
LEASE_S = 3
SEED = 20260302


@pytest.fixture
def installation(database_url: str, tmp_path: Path) -> Iterator[Installation]:
    made = Installation(Settings(home=tmp_path, database_url=database_url, job_lease_s=LEASE_S))
    yield made
    made.stop()


def registered_count(installation: Installation) -> int:
    with installation.runtime.transactions.reading() as session:
        counter = session.scalar(select(RegisterCounter.last_number))
    return counter or 0


def seal_with_kills(start: Callable[..., ForkServerProcess], chance: random.Random) -> None:
    """Let workers seal everything, and kill them; ``benchmarks.registry`` does so on PostgreSQL as well."""
    sealing = [start(seal_all) for _ in range(SEALERS)]
    for _ in range(SEALER_KILLS):
        pause(chance.uniform(0.5, 1.5))
        at = chance.randrange(SEALERS)
        sealing[at].kill()
        sealing[at] = start(seal_all)
    wait_until(lambda: not any(process.is_alive() for process in sealing), "everything is sealed", longest_s=240)


def test_numbers_are_whole_however_many_register_and_whoever_is_killed(installation):
    ids = deposit_letters(installation.runtime, LETTERS)
    chance = random.Random(SEED)
    # One server imports the product once; each machine is a fork of it, with a runtime of its own.
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["tests.faults.registrar"])

    def start(work: Callable[..., None], *args: int) -> ForkServerProcess:
        process = context.Process(target=work, args=(installation.settings, *args), daemon=True)
        process.start()
        return process

    running = [start(register_all, number) for number in range(PROCESSES)]
    wait_until(lambda: registered_count(installation) > 0, "a first number is given")
    for kill in range(KILLS):
        pause(chance.uniform(0.01, 0.15))
        at = chance.randrange(PROCESSES)
        running[at].kill()
        running[at] = start(register_all, PROCESSES + kill)
    wait_until(lambda: not any(process.is_alive() for process in running), "everyone is done", longest_s=240)
    is_sealing = installation.settings.database_address.startswith("sqlite")
    if is_sealing:
        seal_with_kills(start, chance)

    with installation.runtime.transactions.reading() as session:
        entries = session.scalars(select(Entry).order_by(Entry.number)).all()
        documents = session.scalars(select(Document)).all()
        lines = session.scalars(select(JournalEntry).where(JournalEntry.verb == "registry.registered")).all()
        jobs = session.scalars(select(Job).where(Job.name == "registry.seal")).all()
        sealed = session.scalars(select(SealedRevision.register_number)).all()
        verdict = verify_journal(session)
    assert [entry.number for entry in entries] == list(range(1, LETTERS + 1))
    assert {entry.document_id for entry in entries} == set(ids)
    assert {document.register_number for document in documents} == {entry.label for entry in entries}
    assert sorted(line.values["number"] for line in lines) == [entry.label for entry in entries]
    assert {job.payload["entry_id"] for job in jobs} == {str(entry.id) for entry in entries}
    if is_sealing:
        assert sorted(sealed) == [entry.label for entry in entries]
        assert {entry.seal_state for entry in entries} == {SealState.SEALED}
    assert verdict.ok
