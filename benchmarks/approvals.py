"""The approval queue, measured at the server: ``python -m benchmarks.approvals [ENTRIES] [ITEMS]``, 200,000 and 5,000.

A register of so many entries, so many open items asked of the heads of sixty units, and one of those heads who looks at
the queue and decides: on letters by a line of the journal, on acts by a signature in their PDF. Times are of whole
requests through the WSGI application, session, guards, templates and the PIN's key derivation included.
"""

from __future__ import annotations

import json
import statistics
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
from sqlalchemy import event, insert

from docflow.accounts.demo import demo_password, fill_demo_district
from docflow.accounts.operations import NewPerson, create_person, create_unit
from docflow.accounts.queries import OPERATOR, actor_named
from docflow.accounts.rules import Role, UnitKind
from docflow.approvals.models import ApprovalRun, Ask, AskPerson
from docflow.approvals.rows import steps_as_row
from docflow.approvals.rules import AskState, Function, FunctionKind, RunState, Seat, Step, StepKind
from docflow.bootstrap import Runtime, bootstrap
from docflow.core.ids import new_id
from docflow.documents.models import Document, DocumentScopeRow
from docflow.registry.models import Entry
from docflow.registry.queries import register_with_code
from docflow.schema import migrate
from docflow.search.indexing import make_first_index
from docflow.settings import Settings
from tests.conftest import run_jobs
from tests.factories.acts import CHIEF, PIN, Circuit, drafted, make_circuit, role, started, with_key
from tests.factories.sessions import signed_in_client, token_of
from tests.servers import PrivateServers

UNITS = 60
ACTS = 120
REQUESTS = 200
PARTS = 5_000


def main() -> None:
    """Print one JSON object."""
    entries = int(sys.argv[1]) if len(sys.argv) > 1 else 200_000
    items = int(sys.argv[2]) if len(sys.argv) > 2 else 5_000
    servers = PrivateServers()
    answer: dict[str, Any] = {"entries": entries, "items": items, "units": UNITS}
    try:
        with tempfile.TemporaryDirectory() as home:
            answer["sqlite"] = measure(Settings(home=Path(home), demo_password="demo-pass-2026"), entries, items)
        with tempfile.TemporaryDirectory() as home:
            url = PrivateServers.database_url("postgres")
            settings = Settings(home=Path(home), database_url=url, demo_password="demo-pass-2026")  # type: ignore[arg-type]
            answer["postgresql"] = measure(settings, entries, items)
    finally:
        servers.stop()
    print(json.dumps(answer, indent=1))


def measure(settings: Settings, entries: int, items: int) -> dict[str, Any]:
    """Fill a district, then measure the pages and the decisions of one head."""
    runtime = bootstrap(settings)
    migrate(runtime.transactions.engine)
    fill_demo_district(runtime.transactions, settings)
    make_first_index(runtime)
    heads = make_units(runtime)
    fill_register(runtime, entries, [unit for unit, _ in heads])
    fill_queue(runtime, items - ACTS, heads)
    acts = make_acts(runtime)
    analyze(runtime)
    demo_password(settings)
    client = signed_in_client(runtime, "head")
    token = token_of(client)
    answer = {
        "queue_page": timed(lambda: opened(client, "/approvals"), REQUESTS)
        | statements_of(runtime, client, "/approvals"),
        "tab": timed(lambda: opened(client, "/approvals?shelf=outgoing"), REQUESTS)
        | statements_of(runtime, client, "/approvals?shelf=outgoing"),
        "decision_on_a_letter": decided(runtime, client, token, letters_of(runtime)),
        "decision_with_signature": decided(runtime, client, token, acts, pin=PIN),
    }
    runtime.search_index.close()
    runtime.transactions.engine.dispose()
    return answer


def make_units(runtime: Runtime) -> list[tuple[UUID, UUID]]:
    """Make units below the district with a head each; return both."""
    made = []
    with runtime.transactions.writing(OPERATOR) as uow:
        top = create_unit(uow, code="X", kind=UnitKind.DIVISION, name_ar="قسم", name_fr="Division X").id
        for number in range(UNITS):
            unit = create_unit(
                uow,
                code=f"U{number}",
                kind=UnitKind.SERVICE,
                name_ar="مصلحة",
                name_fr=f"Service {number}",
                parent_id=top,
            )
            said = NewPerson(f"head{number + 10}", "رئيس", f"Chef {number}", "demo-pass-2026", Role.HEAD, unit.id)
            made.append((unit.id, create_person(uow, said).id))
    return made


def fill_register(runtime: Runtime, entries: int, units: Sequence[UUID]) -> None:
    """Write registered letters as rows, each seen by those whom the visibility table names."""
    with runtime.transactions.reading() as session:
        register_id = register_with_code(session, "incoming").id
    now = runtime.clock.now()
    numbers = iter(range(1, entries + 1))
    while part := list(islice(numbers, PARTS)):
        documents, lines, scopes = [], [], []
        for number in part:
            document_id, unit = new_id(), units[number % len(units)]
            documents.append(document_row(document_id, unit, f"A-2026-{number:06}", now))
            lines.append(entry_row(document_id, register_id, number, now))
            scopes += scope_rows(document_id, unit)
        with runtime.transactions.engine.begin() as connection:
            connection.execute(insert(Document), documents)
            connection.execute(insert(Entry), lines)
            connection.execute(insert(DocumentScopeRow), scopes)


def document_row(document_id: UUID, unit: UUID, label: str, now: Any) -> dict[str, Any]:
    """Return a registered letter that was read."""
    return {
        "id": document_id,
        "file_name": "letter.pdf",
        "size_bytes": 1,
        "original_sha256": document_id.hex * 2,
        "deposited_by_name": "clerk",
        "deposited_at": now,
        "state": "ready",
        "subject": f"Lettre {label}",
        "unit_id": unit,
        "is_registered": bool(label),
        "register_number": label,
        "registered_at": now if label else None,
        "indexed_version": 1,
        "indexed_scope_version": 1,
        "page_count": 1,
    }


def entry_row(document_id: UUID, register_id: UUID, number: int, now: Any) -> dict[str, Any]:
    """Return its line of the register."""
    return {
        "register_id": register_id,
        "year": 2026,
        "number": number,
        "label": f"A-2026-{number:06}",
        "state": "registered",
        "document_id": document_id,
        "numbered_at": now,
        "registered_at": now,
        "arrived_at": now,
        "verification_code": "0" * 12,
        "tracking_secret": "0" * 10,
    }


def scope_rows(document_id: UUID, unit: UUID, *people: UUID) -> list[dict[str, Any]]:
    """Return who sees it."""
    content = ["operator", f"unit:{unit}", f"over:{unit}", *(f"person:{person}" for person in people)]
    metadata = [*content, "desk:incoming", "audit", "archive"]
    return [
        {"document_id": document_id, "is_content": is_content, "token": token}
        for is_content, tokens in ((False, metadata), (True, content))
        for token in tokens
    ]


def fill_queue(runtime: Runtime, items: int, heads: Sequence[tuple[UUID, UUID]]) -> None:
    """Write letters sent for signature as rows; the head of the demonstration has as many as each of the others."""
    with runtime.transactions.reading() as session:
        own = actor_named(session, "head", runtime.clock.now()).person_id
    assert own is not None
    now = runtime.clock.now()
    today = now.date()
    rows: dict[type, list[dict[str, Any]]] = {
        Document: [],
        DocumentScopeRow: [],
        ApprovalRun: [],
        Ask: [],
        AskPerson: [],
    }
    askable = [*heads, (heads[0][0], own)]
    for number in range(items):
        unit, person = askable[number % len(askable)]
        document_id, run_id, ask_id = new_id(), new_id(), new_id()
        step = Step(StepKind.SIGNATURE, (Seat(Function(FunctionKind.PERSON, person_id=person)),))
        rows[Document].append(document_row(document_id, unit, "", now) | {"is_open": True})
        rows[DocumentScopeRow] += scope_rows(document_id, unit, person)
        rows[ApprovalRun].append(
            {
                "id": run_id, "document_id": document_id, "is_act": False, "steps": steps_as_row([step]),
                "shelf": ("incoming", "complaints", "requests")[number % 3], "kind": "letter", "unit_id": unit,
                "started_by_name": "clerk", "started_at": now, "version_at": now, "state": RunState.RUNNING,
            }
        )  # fmt: skip
        rows[Ask].append(
            {
                "id": ask_id, "run_id": run_id, "round_number": 1, "step_index": 0, "seat_index": 0,
                "kind": "signature", "addressee": f"person:{person}", "title_ar": "رئيس", "title_fr": "Chef",
                "state": AskState.OPEN, "asked_at": now, "due_on": today + timedelta(days=number % 9 - 3),
            }
        )  # fmt: skip
        rows[AskPerson].append({"ask_id": ask_id, "person_id": person})
    with runtime.transactions.engine.begin() as connection:
        for table, values in rows.items():
            connection.execute(insert(table), values)


def make_acts(runtime: Runtime) -> list[UUID]:
    """Send acts on a circuit whose first visa is the head's; each is a PDF frozen with its fields."""
    make_circuit(
        runtime, Circuit((Step(StepKind.VISA, (CHIEF,)), Step(StepKind.SIGNATURE, (role(runtime, "president"),))))
    )
    with_key(runtime, "head")
    for number in range(ACTS):
        started(runtime, drafted(runtime, subject=f"Acte {number}"))
    run_jobs(runtime)
    with runtime.transactions.reading() as session:
        return [ask.id for ask in session.query(Ask).where(Ask.kind == StepKind.VISA, Ask.state == AskState.OPEN)]


def letters_of(runtime: Runtime) -> list[UUID]:
    """Return the letters that wait for the head of the demonstration."""
    with runtime.transactions.reading() as session:
        own = actor_named(session, "head", runtime.clock.now()).person_id
        return list(
            session.scalars(
                session.query(Ask.id)
                .join(AskPerson, AskPerson.ask_id == Ask.id)
                .where(AskPerson.person_id == own, Ask.kind == StepKind.SIGNATURE)
                .statement
            )
        )


def analyze(runtime: Runtime) -> None:
    """Let the database know its tables, as it does by itself in the course of a day."""
    with runtime.transactions.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.exec_driver_sql("ANALYZE")


def opened(client: FlaskClient, address: str) -> None:
    """Ask for a page."""
    answer = client.get(address)
    assert answer.status_code == 200, answer.status


def decided(
    runtime: Runtime, client: FlaskClient, token: str, asks: Sequence[UUID], *, pin: str = ""
) -> dict[str, float | int]:
    """Approve items one after the other."""
    waiting = iter(asks)

    def approve() -> None:
        form = {"csrf_token": token, "choice": "approve", "pin": pin}
        answer = client.post(f"/approvals/{next(waiting)}", data=form)
        assert answer.status_code == 303, answer.get_data(as_text=True)[:500]

    return timed(approve, min(len(asks), ACTS))


def timed(work: Callable[[], None], times: int) -> dict[str, float | int]:
    """Return milliseconds of a work done over and over, the first two left out."""
    taken = []
    for _ in range(times):
        begun = time.perf_counter()
        work()
        taken.append((time.perf_counter() - begun) * 1000)
    kept = sorted(taken[2:])
    return {
        "times": len(kept),
        "p50_ms": round(statistics.median(kept), 1),
        "p95_ms": round(kept[int(len(kept) * 0.95)], 1),
        "worst_ms": round(kept[-1], 1),
    }


def statements_of(runtime: Runtime, client: FlaskClient, address: str) -> dict[str, int]:
    """Return how many statements a page takes."""
    said: list[str] = []

    def note(*call: Any) -> None:
        said.append(call[2])

    event.listen(runtime.transactions.engine, "before_cursor_execute", note)
    opened(client, address)
    event.remove(runtime.transactions.engine, "before_cursor_execute", note)
    return {"statements": sum(one.split()[0] not in {"BEGIN", "COMMIT", "ROLLBACK"} for one in said)}


if __name__ == "__main__":
    main()
