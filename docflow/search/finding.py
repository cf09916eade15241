"""A question, from what somebody typed to the rows of a page; they see what is theirs and nothing else."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Protocol
from uuid import UUID
from zoneinfo import ZoneInfo

from docflow.core.actor import Actor
from docflow.core.uow import Transactions
from docflow.documents.models import Document
from docflow.documents.queries import documents_shown, page_texts, scope_lagging_ids
from docflow.search.highlight import Fragment, marked, passage
from docflow.search.parse import parse
from docflow.search.ports import Hit, SearchIndex, SearchRequest, Sort
from docflow.search.queries import words_of_district
from docflow.search.query import Node

CASABLANCA = ZoneInfo("Africa/Casablanca")
PAGE_SIZE = 20
MOST_RESULTS = 10_000
SNIPPET_PAGES = 60
CLOSE_RESULTS = 10
RESULTS_AROUND = 25
"""How far a document is looked for from where it was among the results."""


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
    """One result: the document, its score, subject and a snippet in fragments, the pages that hold a hit."""

    document: Document
    score: float
    group: str
    subject: tuple[Fragment, ...]
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


@dataclass(frozen=True, slots=True)
class FoundPlace:
    """Where a document stands among results (from 0), and its neighbours; none where there is none or it is far."""

    rank: int
    total: int
    before_id: UUID | None
    after_id: UUID | None


def find(deps: Deps, actor: Actor, question: Question, *, now: datetime) -> Found:
    """Answer a question with documents that the actor may see.

    Documents whose visibility changed a moment ago, and whose index entry does not show it yet, are left out.

    Raises:
        Unavailable: ``search_index_unusable``.
    """
    started = time.perf_counter()
    parsed = parse(question.text, today=now.astimezone(CASABLANCA).date())
    request = request_of(deps, actor, question, parsed.tree)
    answer = deps.search_index.search(request)
    hits = [*answer.hits, *answer.approximate]
    rows = _rows(deps, actor, hits, request)
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


def place_of(deps: Deps, actor: Actor, question: Question, document_id: UUID, *, now: datetime) -> FoundPlace | None:
    """Return where a document stands among the results of a question, whose ``offset`` says where it was.

    Three results are asked for; when others came before it meanwhile, those around. None when it is no more among them.

    Raises:
        Unavailable: ``search_index_unusable``.
    """
    tree = parse(question.text, today=now.astimezone(CASABLANCA).date()).tree
    for around in (1, RESULTS_AROUND):
        first = max(0, question.offset - around)
        asked = replace(question, offset=first, limit=question.offset - first + around + 1, with_facets=False)
        request = replace(request_of(deps, actor, asked, tree), approximate_limit=0, with_correction=False)
        answer = deps.search_index.search(request)
        ids = [UUID(hit.document_id) for hit in answer.hits]
        if document_id in ids:
            at = ids.index(document_id)
            return FoundPlace(
                rank=first + at,
                total=answer.total,
                before_id=ids[at - 1] if at else None,
                after_id=ids[at + 1] if at + 1 < len(ids) else None,
            )
    return None


def found_ids(
    deps: Deps, actor: Actor, question: Question, *, chosen: Sequence[UUID] | None, most: int, now: datetime
) -> Sequence[UUID]:
    """Return the documents that a question finds, in its order, or of them those that were chosen; at most so many.

    What was chosen and may not be seen, or is found no more, is left out.

    Raises:
        Unavailable: ``search_index_unusable``.
    """
    tree = parse(question.text, today=now.astimezone(CASABLANCA).date()).tree
    asked = request_of(deps, actor, replace(question, offset=0, limit=most, with_facets=False), tree)
    among = None if chosen is None else frozenset(str(one) for one in chosen)
    # Results that are only close to what was asked stand in the list too, and can be chosen there.
    near = 0 if chosen is None else CLOSE_RESULTS
    answer = deps.search_index.search(
        replace(asked, among_document_ids=among, approximate_limit=near, with_correction=False)
    )
    return [UUID(hit.document_id) for hit in (*answer.hits, *answer.approximate)][:most]


def request_of(deps: Deps, actor: Actor, question: Question, tree: Node) -> SearchRequest:
    """Return what the index is asked for a question: nothing but what the actor may see, with the district's words."""
    with deps.transactions.reading() as session:
        lagging = frozenset(str(document_id) for document_id in scope_lagging_ids(session))
        added = words_of_district(session)
    return SearchRequest(
        tree=tree,
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
        added=added,
    )


def _rows(deps: Deps, actor: Actor, hits: Sequence[Hit], request: SearchRequest) -> dict[str, FoundDocument]:
    ids = [UUID(hit.document_id) for hit in hits]
    with deps.transactions.reading() as session:
        shown = documents_shown(session, actor, ids)
        readable = sorted(document_id for document_id, (_, is_readable) in shown.items() if is_readable)
        texts = page_texts(session, readable, first_pages=SNIPPET_PAGES)
    return {
        hit.document_id: _row(shown[document_id][0], hit, texts.get(document_id, ()), request)
        for document_id, hit in zip(ids, hits, strict=True)
        if document_id in shown
    }


def _row(document: Document, hit: Hit, pages: Sequence[str], request: SearchRequest) -> FoundDocument:
    shown = passage(pages, request.tree, added=request.added)
    subject = marked(document.subject, request.tree, added=request.added)
    return FoundDocument(document, round(hit.score, 3), hit.group, subject, shown.snippet, shown.page_numbers)
