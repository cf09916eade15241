"""Registering, measured on both databases: ``python -m benchmarks.registry [LETTERS]``, 5,000 when none are said.

Sixteen processes register the same letters, each in an order of its own, and are killed at seeded random moments and
replaced; then two workers stamp and seal what was registered, and are killed as well. Prints how many numbers were
given and letters sealed a second, and whether they are whole: 1 to N, each with one journal line and one sealed file.
"""

from __future__ import annotations

import json
import multiprocessing
import random
import resource
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from multiprocessing.context import ForkServerProcess
from pathlib import Path
from typing import Any

from sqlalchemy import func, select

from docflow.accounts.demo import fill_demo_district
from docflow.audit.models import JournalEntry
from docflow.audit.queries import verify_journal
from docflow.bootstrap import Runtime, bootstrap
from docflow.documents.models import Document
from docflow.registry.models import Entry
from docflow.schema import migrate
from docflow.settings import Settings
from docflow.stamping.models import SealedRevision
from tests.faults.registrar import deposit_letters, register_all, seal_all, seals_left
from tests.servers import PrivateServers

PROCESSES = 16
SEALERS = 2
KILL_EVERY_S = 1.0
LEASE_S = 5
SEED = 4


def main() -> None:
    """Print one JSON object."""
    letters = int(sys.argv[1]) if len(sys.argv) > 1 else 5000
    servers = PrivateServers()
    try:
        answer: dict[str, Any] = {"letters": letters, "processes": PROCESSES}
        with tempfile.TemporaryDirectory() as home:
            answer["sqlite"] = measure(Settings(home=Path(home), job_lease_s=LEASE_S), letters)
        with tempfile.TemporaryDirectory() as home:
            url = PrivateServers.database_url("postgres")
            answer["postgresql"] = measure(Settings(home=Path(home), database_url=url, job_lease_s=LEASE_S), letters)  # type: ignore[arg-type]
    finally:
        servers.stop()
    print(json.dumps(answer, indent=1))


@dataclass(frozen=True, slots=True)
class Taken:
    """How long something took, and how many processes were killed meanwhile."""

    seconds: float
    kills: int


def measure(settings: Settings, letters: int) -> dict[str, Any]:
    """Register and seal letters in processes that are killed now and then; return what it took and what came of it."""
    runtime = bootstrap(settings)
    migrate(runtime.transactions.engine)
    fill_demo_district(runtime.transactions, settings)
    deposit_letters(runtime, letters)
    chance = random.Random(SEED)
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["tests.faults.registrar"])

    def all_done(work: Callable[..., None], processes: int, *, is_done: Callable[[], bool], every_s: float) -> Taken:
        """Run a work in processes, one of which is killed and replaced now and then, until it is done."""

        def start(*args: int) -> ForkServerProcess:
            process = context.Process(target=work, args=(settings, *args), daemon=True)
            process.start()
            return process

        begun, kills = time.monotonic(), 0
        running = [start(number) for number in range(processes)]
        while not is_done():
            time.sleep(chance.uniform(0.5, 1.5) * every_s)
            at = chance.randrange(processes)
            running[at].kill()
            kills += 1
            running[at] = start(processes + kills)
        seconds = time.monotonic() - begun
        for process in running:
            process.join()
        return Taken(seconds, kills)

    registered = all_done(register_all, PROCESSES, is_done=lambda: given(runtime) >= letters, every_s=KILL_EVERY_S)
    sealed = all_done(seal_all, SEALERS, is_done=lambda: not seals_left(runtime), every_s=KILL_EVERY_S * PROCESSES)
    return verdict(runtime, letters) | {
        "registering_s": round(registered.seconds, 1),
        "registrations_per_s": round(letters / registered.seconds, 1),
        "kills": registered.kills,
        "sealing_s": round(sealed.seconds, 1),
        "sealed_per_s": round(letters / sealed.seconds, 1),
        "kills_while_sealing": sealed.kills,
        "peak_rss_bytes_of_one": resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss * 1024,
    }


def given(runtime: Runtime) -> int:
    """Return how many numbers were given."""
    with runtime.transactions.reading() as session:
        return session.scalar(select(func.count(Entry.id))) or 0


def verdict(runtime: Runtime, letters: int) -> dict[str, Any]:
    """Return whether the numbers are 1 to N, each on one document and in one journal line."""
    with runtime.transactions.reading() as session:
        numbers = session.scalars(select(Entry.number).order_by(Entry.number)).all()
        labels = session.scalars(select(Document.register_number)).all()
        lines = session.scalars(select(JournalEntry.values).where(JournalEntry.verb == "registry.registered")).all()
        sealed = session.scalars(select(SealedRevision.register_number)).all()
        chain = verify_journal(session)
    runtime.transactions.engine.dispose()
    return {
        "is_whole": list(numbers) == list(range(1, letters + 1)),
        "is_each_document_numbered_once": len(set(labels)) == letters,
        "has_each_one_journal_line": sorted(line["number"] for line in lines) == sorted(labels),
        "has_each_one_sealed_file": sorted(sealed) == sorted(labels),
        "is_journal_sound": chain.ok,
    }


if __name__ == "__main__":
    main()
