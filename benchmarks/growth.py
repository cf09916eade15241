"""What an act costs as an installation grows: ``python -m benchmarks.growth [--entries N…] [--databases NAME…]``.

On SQLite and PostgreSQL, after 10,000, 100,000 and 1,000,000 letters of a district that registers 300 a day, sent to
sixty units and answered but for some of the last ones: the pages that people open all day, searches, registering a
letter and keeping the text of a page. Each is the median of whole acts through the product: by the clock, in processor
time of this process (on SQLite the database is in it; other work on the machine is not) and in the database alone.

Printed are a line for each act with its curve, the growth from the smallest to the largest beside that of the logarithm
of the size, and for each act that grew faster the plan of its longest statement.
"""

from __future__ import annotations

import argparse
import json
import logging
import math
import statistics
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from itertools import islice
from pathlib import Path
from typing import Any
from uuid import UUID

import structlog
from sqlalchemy import Connection, event, func, insert, select, update
from sqlalchemy.orm import Session

from benchmarks.approvals import analyze, document_row, entry_row, make_units, opened, scope_rows
from benchmarks.reports import task_row
from docflow.accounts.demo import fill_demo_district
from docflow.accounts.models import Person
from docflow.bootstrap import Runtime, bootstrap
from docflow.core.ids import new_id
from docflow.documents.models import Document, DocumentScopeRow
from docflow.registry.models import Entry, RegisterCounter
from docflow.registry.names import sender_key
from docflow.registry.queries import register_with_code
from docflow.registry.senders import note_sender
from docflow.routing.models import Assignment
from docflow.schema import migrate
from docflow.search.indexing import rebuild_index
from docflow.settings import Settings
from docflow.unit_proposals.models import UnitLesson
from tests.factories.documents import read_document
from tests.factories.registry import registered
from tests.factories.sessions import signed_in_client
from tests.servers import PrivateServers

ENTRIES = (10_000, 100_000, 1_000_000)
TIMES, LEFT_OUT = 25, 5
PARTS = 5_000
LETTERS_A_DAY, YOUNG, SENDERS = 300, 6_000, 5_000
NOISE = 1.25
"""A median of so few acts differs by so much from one run to the next."""
PASSWORD = "demo-pass-2026"
PAGES = {
    "desk of a clerk": ("clerk", "/tasks"),
    "tasks of a unit": ("head11", "/tasks?view=basket"),
    "approvals": ("head11", "/approvals"),
    "register": ("clerk", "/registers/incoming"),
    "registration": ("clerk", "/register"),
    "letter": ("head11", "/d/{document}"),
    "corrections": ("clerk", "/corrections"),
    "case files": ("archivist", "/records"),
    "notifications": ("head11", "/notifications"),
    "journal": ("auditor", "/journal"),
    "figures of ninety days": ("head11", "/stats?period=90"),
    "search: a number": ("clerk", "/search?q=A-2026-00000*"),
    "search: a word of every letter": ("clerk", "/search?q=lettre"),
    "search: by somebody of one unit": ("head11", "/search?q=lettre"),
    "suggestions": ("clerk", "/search/suggestions?q=lettre+A-2026-0001"),
}


@dataclass
class Statements:
    """What the database was asked in one act."""

    taken_s: float = 0.0
    longest_s: float = 0.0
    longest: tuple[str, Any] = ("", None)


def main() -> None:
    """Measure, then print."""
    parser = argparse.ArgumentParser(description="what an act costs as an installation grows")
    parser.add_argument("--entries", type=int, nargs="+", default=ENTRIES)
    parser.add_argument("--databases", nargs="+", default=["sqlite", "postgresql"])
    options = parser.parse_args()
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.WARNING))
    servers = PrivateServers() if "postgresql" in options.databases else None
    try:
        for database in options.databases:
            curves: dict[str, dict[int, dict[str, Any]]] = {}
            for entries in options.entries:
                with district(database, entries) as runtime:
                    for act, found in measured(runtime).items():
                        curves.setdefault(act, {})[entries] = found
            for act, curve in curves.items():
                report(database, act, curve)
    finally:
        if servers is not None:
            servers.stop()


@contextmanager
def district(database: str, entries: int) -> Iterator[Runtime]:
    """Give an installation with so many entries, indexed."""
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        home: dict[str, Any] = {"home": Path(folder), "demo_password": PASSWORD}
        if database == "postgresql":
            home["database_url"] = PrivateServers.database_url("postgres")
        runtime = bootstrap(Settings(**home))
        if database == "postgresql":
            with runtime.transactions.engine.begin() as connection:
                connection.exec_driver_sql("DROP SCHEMA public CASCADE; CREATE SCHEMA public")
        migrate(runtime.transactions.engine)
        fill_demo_district(runtime.transactions, runtime.settings)
        begun = time.monotonic()
        units = [unit for unit, _ in make_units(runtime)]
        with hurried(runtime):
            fill(runtime, entries, units)
        with runtime.transactions.engine.begin() as connection:
            connection.execute(update(Person).values(must_change_password=False))
        analyze(runtime)
        rebuild_index(runtime)
        print(f"{database}, {entries} entries: filled in {time.monotonic() - begun:.0f} s", file=sys.stderr)
        yield runtime
        runtime.search_index.close()
        runtime.transactions.engine.dispose()


@contextmanager
def hurried(runtime: Runtime) -> Iterator[None]:
    """Let SQLite neither wait for the disk nor look for what rows refer to, while letters are made up."""
    engine = runtime.transactions.engine

    def hurry(driver: Any, _record: Any) -> None:
        for pragma in ("synchronous=OFF", "foreign_keys=OFF", "cache_size=-500000"):
            driver.execute(f"PRAGMA {pragma}")

    if engine.dialect.name != "sqlite":
        yield
        return
    engine.dispose()
    event.listen(engine, "connect", hurry)
    try:
        yield
    finally:
        event.remove(engine, "connect", hurry)
        engine.dispose()


def fill(runtime: Runtime, entries: int, units: Sequence[UUID]) -> None:
    """Write registered letters as rows, day after day, each sent to its unit; three in ten of the last wait."""
    with runtime.transactions.reading() as session:
        register_id = register_with_code(session, "incoming").id
    now, numbers = runtime.clock.now(), iter(range(1, entries + 1))
    years: dict[int, int] = {}
    while part := list(islice(numbers, PARTS)):
        rows: dict[type, list[dict[str, Any]]] = {
            Document: [],
            Entry: [],
            DocumentScopeRow: [],
            Assignment: [],
            UnitLesson: [],
        }
        for number in part:
            document_id, unit = new_id(), units[number % len(units)]
            at = now - timedelta(days=(entries - number) / LETTERS_A_DAY, hours=2)
            years[at.year] = number
            label, sender = f"A-{at.year}-{number:06}", f"Citoyen {number % SENDERS}"
            is_open = number > entries - YOUNG and number % 10 > 6
            said = {"is_open": is_open, "register_code": "incoming", "sender": sender}
            task = task_row(document_id, unit, number, at, is_done=not is_open, now=now)
            said["answered_at"] = task["closed_at"]
            rows[Document].append(document_row(document_id, unit, label, at) | said)
            line = {"year": at.year, "label": label, "numbered_at": at, "registered_at": at, "arrived_at": at}
            line["sender_key"] = sender_key(sender)
            rows[Entry].append(entry_row(document_id, register_id, number, now) | line)
            rows[DocumentScopeRow] += scope_rows(document_id, unit)
            rows[Assignment].append(task)
            rows[UnitLesson].append(
                {"document_id": document_id, "content_version": 1, "subject_stems": label, "text_stems": sender}
            )
        with runtime.transactions.engine.begin() as connection:
            for table, values in rows.items():
                connection.execute(insert(table), values)
    with runtime.transactions.engine.begin() as connection:
        counters = [{"register_id": register_id, "year": year, "last_number": last} for year, last in years.items()]
        connection.execute(insert(RegisterCounter), counters)
        for number in range(min(entries, SENDERS)):
            note_sender(Session(connection), sender_key(f"Citoyen {number}"))


def measured(runtime: Runtime) -> dict[str, dict[str, Any]]:
    """Return what each act takes."""
    with runtime.transactions.reading() as session:
        # Somebody reads their own unit's letter, neither the first nor the last.
        document = session.scalar(
            select(Entry.document_id).where(
                Entry.number == select(func.max(Entry.number)).scalar_subquery() // 120 * 60 + 1
            )
        )
    clients = {reader: signed_in_client(runtime, reader) for reader in {reader for reader, _ in PAGES.values()}}
    acts: dict[str, Callable[[], object]] = {
        name: partial(opened, clients[reader], address.format(document=document))
        for name, (reader, address) in PAGES.items()
    }
    waiting = read_document(runtime, "Une lettre.")
    acts["form of registration"] = partial(opened, clients["clerk"], f"/register/{waiting}")
    typed = f"/register/{waiting}/matter?sender=Citoyen+4321"
    acts["earlier letters of a sender"] = partial(opened, clients["clerk"], typed)
    acts["text of a page kept"] = partial(read_document, runtime, "Une lettre.")
    acts["letter registered"] = partial(registered, runtime)
    return {name: timed(runtime, act) for name, act in acts.items()}


def timed(runtime: Runtime, act: Callable[[], object]) -> dict[str, Any]:
    """Return the medians of an act, and the plan of its longest statement."""
    taken: list[tuple[float, float, Statements]] = []
    for _ in range(TIMES):
        with watched(runtime) as said:
            begun, processor = time.perf_counter(), time.process_time()
            act()
            taken.append((time.perf_counter() - begun, time.process_time() - processor, said))
    kept = taken[LEFT_OUT:]
    return {
        "ms": round(statistics.median(taken_s for taken_s, *_ in kept) * 1000, 2),
        "processor_ms": round(statistics.median(processor for _, processor, _ in kept) * 1000, 2),
        "database_ms": round(statistics.median(said.taken_s for *_, said in kept) * 1000, 2),
        "longest_ms": round(kept[-1][-1].longest_s * 1000, 2),
        "plan": plan_of(runtime, *kept[-1][-1].longest),
    }


@contextmanager
def watched(runtime: Runtime) -> Iterator[Statements]:
    """Note what this thread asks the database meanwhile."""
    said, engine, own = Statements(), runtime.transactions.engine, threading.get_ident()

    def before(connection: Connection, *_call: Any) -> None:
        connection.info["begun"] = time.perf_counter()

    def after(connection: Connection, _cursor: Any, statement: str, parameters: Any, *_rest: Any) -> None:
        taken_s = time.perf_counter() - connection.info["begun"]
        if threading.get_ident() != own:
            return
        said.taken_s += taken_s
        if taken_s > said.longest_s:
            said.longest_s, said.longest = taken_s, (statement, parameters)

    event.listen(engine, "before_cursor_execute", before)
    event.listen(engine, "after_cursor_execute", after)
    try:
        yield said
    finally:
        event.remove(engine, "before_cursor_execute", before)
        event.remove(engine, "after_cursor_execute", after)


def plan_of(runtime: Runtime, statement: str, parameters: Any) -> str:
    """Return how the database finds what a question asks for; of what writes there is no plan to see."""
    if not statement.startswith(("SELECT", "WITH")):
        return statement.split("\n")[0][:200]
    explain = "EXPLAIN QUERY PLAN " if runtime.transactions.engine.dialect.name == "sqlite" else "EXPLAIN (ANALYZE) "
    with runtime.transactions.engine.connect() as connection:
        rows = connection.exec_driver_sql(explain + statement, parameters).all()
    return statement + "\n" + "\n".join(f"    {row[-1]}" for row in rows)


def report(database: str, act: str, curve: dict[int, dict[str, Any]]) -> None:
    """Print the curve of an act, and the plan of what grew faster than the logarithm."""
    sizes: Sequence[int] = sorted(curve)
    first, last = curve[sizes[0]], curve[sizes[-1]]
    logarithm = math.log(sizes[-1]) / math.log(sizes[0])
    growth = last["ms"] / first["ms"]
    print(
        json.dumps(
            {
                "database": database,
                "act": act,
                "ms": {size: curve[size]["ms"] for size in sizes},
                "processor_ms": {size: curve[size]["processor_ms"] for size in sizes},
                "database_ms": {size: curve[size]["database_ms"] for size in sizes},
                "growth": round(growth, 2),
                "logarithm": round(logarithm, 2),
            }
        ),
        flush=True,
    )
    if growth > logarithm * NOISE:
        print(f"    grew faster; its longest statement takes {last['longest_ms']} ms:\n{last['plan']}", flush=True)


if __name__ == "__main__":
    main()
