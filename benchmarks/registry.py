"""Registering, measured on both databases: ``python -m benchmarks.registry [LETTERS]``, 5,000 when none are said.

Sixteen processes register the same letters, each in an order of its own, and are killed at seeded random moments and
replaced. Numbers given a second, CPU seconds, and whether they are whole: 1 to N, each with one journal line.
"""

from __future__ import annotations

import json
import multiprocessing
import random
import resource
import sys
import tempfile
import time
from multiprocessing.context import ForkServerProcess
from pathlib import Path
from typing import Any

from sqlalchemy import func, select

from docflow.accounts.demo import fill_demo_district
from docflow.accounts.queries import OPERATOR
from docflow.audit.models import JournalEntry
from docflow.audit.queries import verify_journal
from docflow.bootstrap import Runtime, bootstrap
from docflow.documents.models import Document
from docflow.documents.operations import Deposit, deposit_document
from docflow.registry.models import Entry
from docflow.schema import migrate
from docflow.settings import Settings
from docflow.storage.rules import BlobKind, BlobRef
from tests.faults.registrar import register_all
from tests.servers import PrivateServers

PROCESSES = 16
KILL_EVERY_S = 1.0
SEED = 4


def main() -> None:
    """Print one JSON object."""
    letters = int(sys.argv[1]) if len(sys.argv) > 1 else 5000
    servers = PrivateServers()
    try:
        answer: dict[str, Any] = {"letters": letters, "processes": PROCESSES}
        with tempfile.TemporaryDirectory() as home:
            answer["sqlite"] = measure(Settings(home=Path(home)), letters)
        with tempfile.TemporaryDirectory() as home:
            url = PrivateServers.database_url("postgres")
            answer["postgresql"] = measure(Settings(home=Path(home), database_url=url), letters)  # type: ignore[arg-type]
    finally:
        servers.stop()
    print(json.dumps(answer, indent=1))


def measure(settings: Settings, letters: int) -> dict[str, Any]:
    """Register letters in sixteen processes that are killed now and then; return what it took and what came of it."""
    runtime = bootstrap(settings)
    migrate(runtime.transactions.engine)
    fill_demo_district(runtime.transactions, settings)
    deposit_letters(runtime, letters)
    chance = random.Random(SEED)
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["tests.faults.registrar"])

    def start(number: int) -> ForkServerProcess:
        process = context.Process(target=register_all, args=(settings, number), daemon=True)
        process.start()
        return process

    begun = time.monotonic()
    running, kills = [start(number) for number in range(PROCESSES)], 0
    while given(runtime) < letters:
        time.sleep(chance.uniform(0.5, 1.5) * KILL_EVERY_S)
        at = chance.randrange(PROCESSES)
        running[at].kill()
        kills += 1
        running[at] = start(PROCESSES + kills)
    seconds = time.monotonic() - begun
    for process in running:
        process.join()
    return verdict(runtime, letters) | {
        "seconds": round(seconds, 1),
        "registrations_per_s": round(letters / seconds, 1),
        "kills": kills,
        "peak_rss_bytes_of_one": resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss * 1024,
    }


def deposit_letters(runtime: Runtime, letters: int) -> None:
    """Keep letters as they are once their reading ended, without any file."""
    for first in range(0, letters, 500):
        with runtime.transactions.writing(OPERATOR) as uow:
            for number in range(first, min(first + 500, letters)):
                original = BlobRef(BlobKind.ORIGINAL, f"{number:064x}", 1)
                document = deposit_document(uow, Deposit(file_name="letter.pdf"), original=original)
                document.state = "ready"  # type: ignore[assignment]


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
        chain = verify_journal(session)
    runtime.transactions.engine.dispose()
    return {
        "is_whole": list(numbers) == list(range(1, letters + 1)),
        "is_each_document_numbered_once": len(set(labels)) == letters,
        "has_each_one_journal_line": sorted(line["number"] for line in lines) == sorted(labels),
        "is_journal_sound": chain.ok,
    }


if __name__ == "__main__":
    main()
