"""A question, from what somebody typed to the rows of a page; they see what is theirs and nothing else."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Protocol
from uuid import UUID
from zoneinfo import ZoneInfo

from docflow.core.actor import Actor
from docflow.core.uow import Transactions
from docflow.documents.models import Document
from docflow.documents.queries import documents_shown, page_texts, scope_lagging_ids
from docflow.search.highlight import Fragment, passage
from docflow.search.parse import parse
from docflow.search.ports import Hit, SearchIndex, SearchRequest, Sort
from docflow.search.query import Node

CASABLANCA = ZoneInfo("Africa/Casablanca")
PAGE_SIZE = 20
MOST_RESULTS = 10_000
SNIPPET_PAGES = 60


class Deps(Protocol):
    """The runtime as this room sees it."""

    @property
    def transactions(self) -> Transactions:
        """Opens units of work."""
        ...

    @property
    def search_index(self) -> SearchIndex:
        """The index."""
        ...


@dataclass(frozen=True, slots=True)
class Question:
    """What somebody asked: the text, the filters, where in the results they are."""

    text: str
    kinds: tuple[str, ...] = ()
    languages: tuple[str, ...] = ()
    units: tuple[str, ...] = ()
    date_from: date | None = None
    date_to: date | None = None
    sort: Sort = "relevance"
    offset: int = 0
    limit: int = PAGE_SIZE
    with_facets: bool = True


@dataclass(frozen=True, slots=True)
class FoundDocument:
    """One result: the document, its score, a snippet in fragments, the numbers of the pages that hold a hit."""

    document: Document
    score: float
    group: str
    snippet: tuple[Fragment, ...]
    page_numbers: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Found:
    """The answer: ``total`` counts results that match exactly or by stem; approximate ones stand apart."""

    total: int
    results: tuple[FoundDocument, ...]
    approximate: tuple[FoundDocument, ...]
    facets: Mapping[str, Mapping[str, int]]
    hints: tuple[str, ...]
    did_you_mean: str | None
    seconds: float
    tree: Node = field(repr=False)


def find(deps: Deps, actor: Actor, question: Question, *, now: datetime) -> Found:
    """Answer a question with documents that the actor may see.

    Documents whose visibility changed a moment ago, and whose index entry does not show it yet, are left out.

    Raises:
        Unavailable: ``search_index_unusable``.
    """
    started = time.perf_counter()
    parsed = parse(question.text, today=now.astimezone(CASABLANCA).date())
    with deps.transactions.reading() as session:
        lagging = frozenset(str(document_id) for document_id in scope_lagging_ids(session))
    request = SearchRequest(
        tree=parsed.tree,
        metadata_tokens=actor.tokens,
        content_tokens=actor.tokens,
        kinds=question.kinds,
        languages=question.languages,
        units=question.units,
        date_from=question.date_from,
        date_to=question.date_to,
        sort=question.sort,
        offset=min(question.offset, MOST_RESULTS),
        limit=question.limit,
        hidden_document_ids=lagging,
        with_facets=question.with_facets,
    )
    answer = deps.search_index.search(request)
    hits = [*answer.hits, *answer.approximate]
    rows = _rows(deps, actor, hits, parsed.tree)
    return Found(
        total=answer.total,
        results=tuple(rows[hit.document_id] for hit in answer.hits if hit.document_id in rows),
        approximate=tuple(rows[hit.document_id] for hit in answer.approximate if hit.document_id in rows),
        facets=answer.facets,
        hints=parsed.hints,
        did_you_mean=answer.did_you_mean,
        seconds=round(time.perf_counter() - started, 4),
        tree=parsed.tree,
    )


def _rows(deps: Deps, actor: Actor, hits: Sequence[Hit], tree: Node) -> dict[str, FoundDocument]:
    ids = [UUID(hit.document_id) for hit in hits]
    with deps.transactions.reading() as session:
        shown = documents_shown(session, actor, ids)
        readable = sorted(document_id for document_id, (_, is_readable) in shown.items() if is_readable)
        texts = page_texts(session, readable, first_pages=SNIPPET_PAGES)
    return {
        hit.document_id: _row(shown[document_id][0], hit, texts.get(document_id, ()), tree)
        for document_id, hit in zip(ids, hits, strict=True)
        if document_id in shown
    }


def _row(document: Document, hit: Hit, pages: Sequence[str], tree: Node) -> FoundDocument:
    shown = passage(pages, tree)
    return FoundDocument(document, round(hit.score, 3), hit.group, shown.snippet, shown.page_numbers)
