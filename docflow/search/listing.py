"""Results as lines for a spreadsheet: read in batches as they are written, permissions asked again for each."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from docflow.core.actor import Actor
from docflow.core.clock import CASABLANCA
from docflow.core.grids import Grid, Value
from docflow.core.uow import UnitOfWork
from docflow.documents.models import Document
from docflow.documents.queries import documents_shown
from docflow.search.finding import Deps

MOST_LINES: Final = 5000
BATCH: Final = 200
WIDTHS: Final = (18, 14, 17, 14, 60, 32, 32, 20, 34, 14, 8)
"""Of the columns, in characters."""


@dataclass(frozen=True, slots=True)
class ListTexts:
    """What a list of results is called in the reader's language."""

    name: str
    headings: Sequence[str]
    kinds: Mapping[str, str]
    languages: Mapping[str, str]
    units: Mapping[str, str]
    is_rtl: bool


def kept_texts(texts: ListTexts) -> dict[str, Any]:
    """Return the words of a list as plain values, for a job that makes it later."""
    return {
        "name": texts.name,
        "headings": list(texts.headings),
        "kinds": dict(texts.kinds),
        "languages": dict(texts.languages),
        "units": dict(texts.units),
        "is_rtl": texts.is_rtl,
    }


def note_list(uow: UnitOfWork, ids: Sequence[UUID], *, file_format: str) -> None:
    """Write in the journal that somebody takes a list of results away.

    Raises:
        PermissionDenied: without ``search.use``.
    """
    uow.require("search.use")
    uow.record("search.listed", subject_kind="search_export", subject_id="", count=len(ids), format=file_format)


def grid_of(deps: Deps, actor: Actor, ids: Sequence[UUID], texts: ListTexts) -> Grid:
    """Return the list of some results; its lines are read as they are written."""
    return Grid(texts.name, texts.headings, _lines(deps, actor, ids, texts), WIDTHS, texts.is_rtl)


def _lines(deps: Deps, actor: Actor, ids: Sequence[UUID], texts: ListTexts) -> Iterator[Sequence[Value]]:
    for start in range(0, len(ids), BATCH):
        batch = ids[start : start + BATCH]
        with deps.transactions.reading() as session:
            shown = documents_shown(session, actor, batch)
        for document_id in batch:
            if document_id in shown:
                yield _line(*shown[document_id], texts)


def _line(document: Document, is_readable: bool, texts: ListTexts) -> Sequence[Value]:  # noqa: FBT001 - a pair of a query
    deposited = document.deposited_at.astimezone(CASABLANCA).replace(tzinfo=None)
    languages = " ".join(texts.languages.get(code, code) for code in document.languages.split())
    return [
        document.register_number,
        document.document_date,
        deposited,
        texts.kinds.get(document.kind, document.kind),
        document.subject,
        document.sender,
        document.addressee,
        document.reference,
        texts.units.get(str(document.unit_id), ""),
        languages,
        document.page_count if is_readable else None,
    ]
