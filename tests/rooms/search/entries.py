"""Entries and requests for the tests of search."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime

from docflow.search.parse import parse
from docflow.search.ports import IndexEntry, SearchAnswer, SearchIndex, SearchRequest

EVERYONE = frozenset({"everyone"})
TODAY = date(2026, 11, 24)

BLANK = IndexEntry(
    document_id="1",
    version=1,
    subject="",
    sender="",
    addressee="",
    reference="",
    register_number="",
    kind="letter",
    languages=("fr",),
    unit="roads",
    document_date=None,
    arrived_at=datetime(2026, 3, 1, 9, tzinfo=UTC),
    pages=(),
    metadata_tokens=EVERYONE,
    content_tokens=EVERYONE,
)


def entry(document_id: str, *pages: str, **changes: object) -> IndexEntry:
    return replace(BLANK, document_id=document_id, pages=pages, **changes)  # type: ignore[arg-type]


def ask(index: SearchIndex, text: str, **changes: object) -> SearchAnswer:
    asked = SearchRequest(tree=parse(text, today=TODAY).tree, metadata_tokens=EVERYONE, content_tokens=EVERYONE)
    return index.search(replace(asked, **changes))  # type: ignore[arg-type]


def ids(answer: SearchAnswer) -> list[str]:
    return [hit.document_id for hit in answer.hits]


def fill(index: SearchIndex, *entries: IndexEntry) -> SearchIndex:
    rebuild = index.start_rebuild()
    rebuild.add(entries)
    rebuild.swap()
    return index
