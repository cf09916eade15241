"""A throw-away installation filled with made-up documents, for measures of the whole product."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from itertools import islice
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from uuid import UUID

from sqlalchemy import insert

from docflow.accounts.demo import fill_demo_district
from docflow.accounts.queries import OPERATOR
from docflow.accounts.units import all_units
from docflow.accounts.visibility import Confidentiality, DocumentScope, document_tokens
from docflow.bootstrap import Runtime, bootstrap
from docflow.core.db import Base
from docflow.core.ids import new_id
from docflow.schema import migrate
from docflow.search.indexing import rebuild_index
from docflow.search.measuring import Corpus
from docflow.search.ports import IndexEntry
from docflow.settings import Settings

PASSWORD = "made-up-home-2026"  # noqa: S105 - the accounts live as long as the measure
_BATCH = 1000
_SHA256 = "0" * 64


@contextmanager
def made_up_home(corpus: Corpus, *, engine: str = "tantivy") -> Iterator[Runtime]:
    """Give an indexed installation on SQLite with the demonstration's accounts; it is deleted afterwards."""
    with TemporaryDirectory() as folder:
        home = Path(folder)
        settings = Settings(
            home=home,
            database_url=f"sqlite:///{home / 'docflow.sqlite'}",
            storage_url=f"file://{home / 'blobs'}",
            search_url=f"{engine}://{home / 'index'}",
            demo_password=PASSWORD,
        )
        runtime = bootstrap(settings)
        migrate(runtime.transactions.engine)
        fill_demo_district(runtime.transactions, settings)
        fill(runtime, corpus)
        rebuild_index(runtime)
        yield runtime
        runtime.search_index.close()
        runtime.transactions.engine.dispose()


def fill(runtime: Runtime, corpus: Corpus) -> None:
    """Write the rows of read documents straight into the tables: acts and jobs would be most of the work."""
    with runtime.transactions.reading() as session:
        units = [unit.id for unit in all_units(session)]
    entries = enumerate(corpus.entries())
    while batch := list(islice(entries, _BATCH)):
        rows: dict[str, list[dict[str, Any]]] = {}
        for number, entry in batch:
            for table, row in _rows(entry, units[number % len(units)], runtime.clock.now()):
                rows.setdefault(table, []).append(row)
        with runtime.transactions.writing(OPERATOR) as uow:
            for table, values in rows.items():
                uow.session.execute(insert(Base.metadata.tables[table]), values)


def _rows(entry: IndexEntry, unit_id: UUID, now: datetime) -> Iterator[tuple[str, dict[str, Any]]]:
    document_id = new_id()
    yield (
        "documents",
        {
            "id": document_id,
            "unit_id": unit_id,
            "file_name": f"{entry.document_id}.pdf",
            "size_bytes": 1,
            "original_sha256": _SHA256,
            "deposited_by_name": "made up",
            "deposited_at": entry.arrived_at,
            "ready_at": entry.arrived_at,
            "state": "ready",
            "page_count": len(entry.pages),
            "subject": entry.subject,
            "sender": entry.sender,
            "reference": entry.reference,
            "document_date": entry.document_date,
            "kind": entry.kind,
            "languages": " ".join(entry.languages),
        },
    )
    for page_index, text in enumerate(entry.pages):
        page_id = new_id()
        page = {"id": page_id, "document_id": document_id, "page_index": page_index, "state": "read"}
        yield "pages", {**page, "source_id": document_id, "source_page_index": page_index}
        page_text = {"page_id": page_id, "version": 1, "source": "ocr", "text": text, "words": [], "created_at": now}
        yield "page_texts", page_text
    tokens = document_tokens(
        DocumentScope(
            register_code="incoming",
            confidentiality=Confidentiality.NORMAL,
            unit_ids=frozenset({unit_id}),
            person_ids=frozenset(),
            is_registered=False,
        )
    )
    for is_content, group in ((False, tokens.metadata), (True, tokens.content)):
        for token in group:
            yield "document_scopes", {"document_id": document_id, "is_content": is_content, "token": token}
