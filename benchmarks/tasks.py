"""The page of tasks, measured at the server: ``python -m benchmarks.tasks [ENTRIES] [TASKS]``, 200,000 and 5,000.

A register of so many entries, so many open tasks of sixty units with as many people again who hold some by name, and
the pages of one agent and of one head. Milliseconds of the processor, of whole requests through the WSGI application;
then a morning on which every third task has reached a share of its term.
"""

from __future__ import annotations

import json
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any
from uuid import UUID

from sqlalchemy import insert, select, update

from benchmarks.approvals import (
    analyze,
    document_row,
    fill_register,
    make_units,
    opened,
    scope_rows,
    statements_of,
)
from docflow.accounts.demo import fill_demo_district
from docflow.accounts.models import Person
from docflow.accounts.operations import NewPerson, create_person
from docflow.accounts.queries import OPERATOR
from docflow.accounts.rules import Role
from docflow.bootstrap import Runtime, bootstrap
from docflow.core.clock import CASABLANCA
from docflow.core.ids import new_id
from docflow.documents.models import Document, DocumentScopeRow
from docflow.routing.jobs import tell_morning
from docflow.routing.models import Assignment, Reminder
from docflow.schema import migrate
from docflow.search.indexing import make_first_index
from docflow.settings import Settings
from tests.conftest import FrozenClock, run_jobs
from tests.factories.sessions import signed_in_client
from tests.servers import PrivateServers

REQUESTS = 200
PASSWORD = "demo-pass-2026"
PAGES = {
    "mine": "/tasks",
    "basket": "/tasks?view=basket",
    "others": "/tasks?view=others",
    "notifications": "/notifications",
}


def main() -> None:
    """Print one JSON object."""
    entries = int(sys.argv[1]) if len(sys.argv) > 1 else 200_000
    tasks = int(sys.argv[2]) if len(sys.argv) > 2 else 5_000
    servers = PrivateServers()
    answer: dict[str, Any] = {"entries": entries, "tasks": tasks}
    try:
        with tempfile.TemporaryDirectory() as home:
            answer["sqlite"] = measure(Settings(home=Path(home), demo_password=PASSWORD), entries, tasks)
        with tempfile.TemporaryDirectory() as home:
            url = PrivateServers.database_url("postgres")
            settings = Settings(home=Path(home), database_url=url, demo_password=PASSWORD)  # type: ignore[arg-type]
            answer["postgresql"] = measure(settings, entries, tasks)
    finally:
        servers.stop()
    print(json.dumps(answer, indent=1))


def measure(settings: Settings, entries: int, tasks: int) -> dict[str, Any]:
    """Fill a district, then measure the pages of an agent and of a head, and a morning."""
    clock = FrozenClock()
    runtime = bootstrap(settings, clock=clock)
    migrate(runtime.transactions.engine)
    fill_demo_district(runtime.transactions, settings)
    make_first_index(runtime)
    units = [unit for unit, _head in make_units(runtime)]
    agents = make_agents(runtime, units)
    run_jobs(runtime)
    fill_register(runtime, entries, units)
    fill_tasks(runtime, tasks, units, agents)
    analyze(runtime)
    answer: dict[str, Any] = {"morning": morning(runtime, clock)}
    analyze(runtime)
    for name in ("agent10", "head10"):
        client = signed_in_client(runtime, name)
        answer[name] = {
            page: timed(partial(opened, client, address)) | statements_of(runtime, client, address)
            for page, address in PAGES.items()
        }
    runtime.search_index.close()
    runtime.transactions.engine.dispose()
    return answer


def make_agents(runtime: Runtime, units: list[UUID]) -> list[UUID]:
    """Make an agent in each unit."""
    with runtime.transactions.writing(OPERATOR) as uow:
        made = [
            create_person(
                uow, NewPerson(f"agent{number + 10}", "موظف", f"Agent {number}", PASSWORD, Role.AGENT, unit)
            ).id
            for number, unit in enumerate(units)
        ]
        uow.session.execute(update(Person).values(must_change_password=False))
    return made


def fill_tasks(runtime: Runtime, tasks: int, units: list[UUID], agents: list[UUID]) -> None:
    """Write open tasks as rows: half in baskets, a quarter taken from there, a quarter asked by name."""
    now = runtime.clock.now()
    today = now.astimezone(CASABLANCA).date()
    documents, scopes, assignments = [], [], []
    for number in range(tasks):
        at = number % len(units)
        document_id, unit, agent = new_id(), units[at], agents[at]
        documents.append(document_row(document_id, unit, f"T-2026-{number:06}", now) | {"is_open": True})
        scopes += scope_rows(document_id, unit, agent)
        turn = number // len(units) % 4
        assignments.append(
            {
                "document_id": document_id,
                "unit_id": None if turn == 3 else unit,
                "person_id": agent if turn == 3 else None,
                "claimed_by": agent if turn == 2 else None,
                "instruction": "action",
                "due_on": today + timedelta(days=number % 23 - 5),
                "state": "open",
                "sent_by": agents[(at + 1) % len(agents)],
                "sent_by_name": "clerk",
                "sent_at": now - timedelta(days=20),
            }
        )
    with runtime.transactions.engine.begin() as connection:
        connection.execute(insert(Document), documents)
        connection.execute(insert(DocumentScopeRow), scopes)
        connection.execute(insert(Assignment), assignments)


def morning(runtime: Runtime, clock: FrozenClock) -> dict[str, Any]:
    """Tell of every share that is reached, then see what a run costs that finds nothing new."""
    clock.instant = datetime(2026, 3, 3, 8, tzinfo=CASABLANCA)
    first = cpu_ms(lambda: tell_morning(runtime, {}, None))  # type: ignore[arg-type]
    again = cpu_ms(lambda: tell_morning(runtime, {}, None))  # type: ignore[arg-type]
    with runtime.transactions.reading() as session:
        told = len(session.scalars(select(Reminder.id)).all())
        people = len(session.scalars(select(Person.id)).all())
    return {"reminders": told, "people": people, "cpu_ms": round(first), "nothing_new_cpu_ms": round(again)}


def cpu_ms(work: Callable[[], None]) -> float:
    """Return milliseconds of the processor that a work takes in this process."""
    begun = time.process_time()
    work()
    return (time.process_time() - begun) * 1000


def timed(work: Callable[[], None]) -> dict[str, float | int]:
    """Return milliseconds of the processor and of the clock of a work done over and over, the first two left out."""
    taken = []
    for _ in range(REQUESTS):
        begun = time.perf_counter()
        used = cpu_ms(work)
        taken.append((used, (time.perf_counter() - begun) * 1000))
    cpu, wall = (sorted(times) for times in zip(*taken[2:], strict=True))
    return {
        "times": len(cpu),
        "cpu_p50_ms": round(statistics.median(cpu), 1),
        "cpu_p95_ms": round(cpu[int(len(cpu) * 0.95)], 1),
        "wall_p95_ms": round(wall[int(len(wall) * 0.95)], 1),
    }


if __name__ == "__main__":
    main()
