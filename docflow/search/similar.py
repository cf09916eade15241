"""Documents on the same matter as one, by their words: asked of the index, weighed and explained here."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from math import log
from typing import Final
from uuid import UUID

from docflow.core.actor import Actor
from docflow.documents.models import Document
from docflow.documents.queries import document_content_for, documents_shown, page_texts
from docflow.search import query as q
from docflow.search.finding import Deps, Question, request_of
from docflow.search.language.analyser import analyse
from docflow.search.language.stopwords import STOPWORDS

MOST_WORDS: Final = 24
"""Asked for: those of the subject first, then the most frequent ones of the pages."""
MOST_READ: Final = 40
MOST_SHOWN: Final = 6
MOST_REASONS: Final = 5
LEAST_REASONS: Final = 3
LEAST_SHARE: Final = 0.2
"""Of what its words tell, that another document must say too."""
FIRST_PAGES: Final = 10
SHORTEST_WORD: Final = 4
SUBJECT_WEIGHT: Final = 4


@dataclass(frozen=True, slots=True)
class SimilarDocument:
    """A document on the same matter, with the words that both hold, as they are written in the first."""

    document: Document
    words: tuple[str, ...]
    is_same_sender: bool


def similar_documents(deps: Deps, actor: Actor, document_id: UUID, *, now: datetime) -> Sequence[SimilarDocument]:
    """Return documents that the actor may see on the matter of one that they may read, the likest first.

    A word is a reason in so far as it is rare among what the index answers: what the actor may not see weighs nothing.

    Raises:
        NotFound: ``document_unknown``.
        PermissionDenied: ``content_hidden``.
        Unavailable: ``search_index_unusable``.
    """
    with deps.transactions.reading() as session:
        document = document_content_for(session, actor, document_id)
        pages = page_texts(session, [document_id], first_pages=FIRST_PAGES)[document_id]
    wanted = _telling_words(document, pages)
    if not wanted:
        return ()
    tree = q.Or(tuple(q.Term(word) for word in wanted.values()))
    asked = request_of(deps, actor, Question("", sort="relevance", limit=MOST_READ + 1, with_facets=False), tree)
    answer = deps.search_index.search(replace(asked, approximate_limit=0, with_correction=False))
    ids = [UUID(hit.document_id) for hit in answer.hits if hit.document_id != str(document_id)][:MOST_READ]
    with deps.transactions.reading() as session:
        shown = documents_shown(session, actor, ids)
        readable = [one for one, (_, is_readable) in shown.items() if is_readable]
        texts = page_texts(session, readable, first_pages=FIRST_PAGES)
    held = {one: _held(shown[one][0], texts.get(one, ())) & wanted.keys() for one in ids if one in shown}
    weights = _weights(held)
    shares = {one: sum(weights[stem] for stem in stems) / (sum(weights.values()) or 1) for one, stems in held.items()}
    ranked = sorted((one for one in held if shares[one] >= LEAST_SHARE), key=lambda one: -shares[one])
    found = [_explained(document, shown[one][0], held[one], wanted, weights) for one in ranked]
    return [one for one in found if len(one.words) >= LEAST_REASONS][:MOST_SHOWN]


def _telling_words(document: Document, pages: Sequence[str]) -> dict[str, str]:
    """Return the words that tell what a document is about: each stem as it is written."""
    counts: Counter[str] = Counter()
    written: dict[str, str] = {}
    for text, weight in ((document.subject, SUBJECT_WEIGHT), (document.sender, 2), ("\n".join(pages), 1)):
        analysed = analyse(text)
        for exact, stem, (start, end) in zip(analysed.exact, analysed.stems, analysed.offsets, strict=True):
            if len(exact) >= SHORTEST_WORD and exact not in STOPWORDS:
                counts[stem] += weight
                written.setdefault(stem, text[start:end])
    return {stem: written[stem] for stem, _ in counts.most_common(MOST_WORDS)}


def _held(document: Document, pages: Sequence[str]) -> frozenset[str]:
    return frozenset(analyse("\n".join([document.subject, document.sender, *pages])).stems)


def _weights(held: Mapping[UUID, frozenset[str]]) -> Mapping[str, float]:
    """Return how much each word tells: nothing when all of what was found holds it."""
    counts = Counter(stem for stems in held.values() for stem in stems)
    return {stem: log((len(held) + 1) / count) for stem, count in counts.items()}


def _explained(
    document: Document,
    other: Document,
    held: frozenset[str],
    wanted: Mapping[str, str],
    weights: Mapping[str, float],
) -> SimilarDocument:
    telling = sorted(held, key=lambda stem: (-weights[stem], stem))
    is_same_sender = bool(document.sender) and document.sender.casefold() == other.sender.casefold()
    return SimilarDocument(other, tuple(wanted[stem] for stem in telling[:MOST_REASONS]), is_same_sender)
