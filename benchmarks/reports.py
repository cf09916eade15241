"""The page of figures, measured at the server: ``python -m benchmarks.reports [ENTRIES]``, 200,000 when none are said.

A register of so many entries over a year in sixty units, each sent to its unit; seven in ten are answered, three in a
hundred are late. Asked by the director, who leads every unit, by a head of one, and by an agent. CPU milliseconds of
this process for whole requests through the WSGI application, on SQLite; on PostgreSQL the server's own work is its own.
"""

from __future__ import annotations

import json
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from datetime import timedelta
from itertools import islice
from pathlib import Path
from typing import Any
from uuid import UUID

from flask.testing import FlaskClient
from sqlalchemy import insert, update

from benchmarks.approvals import (
    analyze,
    document_row,
    entry_row,
    make_units,
    opened,
    scope_rows,
    statements_of,
    timed,
)
from docflow.accounts.demo import fill_demo_district
from docflow.accounts.models import Person
from docflow.bootstrap import Runtime, bootstrap
from docflow.core.ids import new_id
from docflow.documents.models import Document, DocumentScopeRow
from docflow.registry.models import Entry
from docflow.registry.queries import register_with_code
from docflow.routing.models import Assignment
from docflow.schema import migrate
from docflow.search.indexing import make_first_index
from docflow.settings import Settings
from tests.factories.sessions import signed_in_client
from tests.servers import PrivateServers

PARTS = 5_000
REQUESTS = 12
DAYS = 365
READERS = ("director", "head11", "agent")
ADDRESSES = {"ninety_days": "/stats?period=90", "one_year": "/stats?period=365"}


def main() -> None:
    """Print one JSON object."""
    entries = int(sys.argv[1]) if len(sys.argv) > 1 else 200_000
    servers = PrivateServers()
    answer: dict[str, Any] = {"entries": entries}
    try:
        with tempfile.TemporaryDirectory() as home:
            answer["sqlite"] = measure(Settings(home=Path(home), demo_password="demo-pass-2026"), entries)
        with tempfile.TemporaryDirectory() as home:
            url = PrivateServers.database_url("postgres")
            settings = Settings(home=Path(home), database_url=url, demo_password="demo-pass-2026")  # type: ignore[arg-type]
            answer["postgresql"] = measure(settings, entries)
    finally:
        servers.stop()
    print(json.dumps(answer, indent=1))


def measure(settings: Settings, entries: int) -> dict[str, Any]:
    """Fill a district, then ask for the page as each reader."""
    runtime = bootstrap(settings)
    migrate(runtime.transactions.engine)
    fill_demo_district(runtime.transactions, settings)
    make_first_index(runtime)
    fill(runtime, entries, [unit for unit, _ in make_units(runtime)])
    with runtime.transactions.engine.begin() as connection:
        connection.execute(update(Person).values(must_change_password=False))
    analyze(runtime)
    answer: dict[str, Any] = {}
    for reader in READERS:
        client = signed_in_client(runtime, reader)
        answer[reader] = {name: asked(runtime, client, address) for name, address in ADDRESSES.items()}
    runtime.search_index.close()
    runtime.transactions.engine.dispose()
    return answer


def asked(runtime: Runtime, client: FlaskClient, address: str) -> dict[str, Any]:
    """Return what a page takes: by the clock, of the processor, in statements."""

    def ask() -> None:
        opened(client, address)

    return timed(ask, REQUESTS) | cpu(ask) | statements_of(runtime, client, address)


def fill(runtime: Runtime, entries: int, units: Sequence[UUID]) -> None:
    """Write registered letters of a year as rows, each sent to its unit and most of them answered."""
    with runtime.transactions.reading() as session:
        register_id = register_with_code(session, "incoming").id
    now = runtime.clock.now()
    numbers = iter(range(1, entries + 1))
    while part := list(islice(numbers, PARTS)):
        documents, lines, scopes, tasks = [], [], [], []
        for number in part:
            document_id, unit = new_id(), units[number % len(units)]
            at = now - timedelta(days=DAYS * (entries - number) / entries, hours=2)
            task = task_row(document_id, unit, number, at, is_done=number % 10 <= 6, now=now)
            said = {"is_open": number % 10 > 6, "answered_at": task["closed_at"]}
            documents.append(document_row(document_id, unit, f"A-2026-{number:06}", at) | said)
            lines.append(entry_row(document_id, register_id, number, now) | {"registered_at": at, "arrived_at": at})
            scopes += scope_rows(document_id, unit)
            tasks.append(task)
        with runtime.transactions.engine.begin() as connection:
            for table, rows in ((Document, documents), (Entry, lines), (DocumentScopeRow, scopes), (Assignment, tasks)):
                connection.execute(insert(table), rows)


def task_row(document_id: UUID, unit: UUID, number: int, at: Any, *, is_done: bool, now: Any) -> dict[str, Any]:
    """Return what was asked of the unit of a letter."""
    sent_at = at + timedelta(minutes=number % 90)
    return {
        "document_id": document_id,
        "unit_id": unit,
        "instruction": "attribution",
        "due_on": (now + timedelta(days=-2 if number % 33 == 0 else 20)).date(),
        "state": "done" if is_done else "open",
        "sent_by_name": "clerk",
        "sent_at": sent_at,
        "closed_at": min(now, sent_at + timedelta(hours=number % 700)) if is_done else None,
    }


def cpu(work: Callable[[], None]) -> dict[str, float]:
    """Return CPU milliseconds of a work done over and over."""
    taken = []
    for _ in range(REQUESTS):
        begun = time.process_time()
        work()
        taken.append((time.process_time() - begun) * 1000)
    kept = sorted(taken)
    return {"p50_cpu_ms": round(kept[len(kept) // 2], 1), "p95_cpu_ms": round(kept[int(len(kept) * 0.95)], 1)}


if __name__ == "__main__":
    main()
