"""Suggestions as somebody types: numbers, senders and subjects of what they may see, in one question to the index."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from docflow.audit.queries import last_opened
from docflow.core.actor import Actor
from docflow.documents.models import Document
from docflow.documents.queries import documents_shown, scope_lagging_ids
from docflow.search import query as q
from docflow.search.finding import Deps
from docflow.search.highlight import Fragment, has_hit, marked
from docflow.search.language.analyser import analyse
from docflow.search.ports import SearchRequest

LONGEST_TYPED: Final = 120
MOST_WORDS: Final = 8
SHORTEST_BEGINNING: Final = 2
"""Letters of a beginning: one alone begins a large part of all words."""
MOST_READ: Final = 30
"""Documents looked at for one answer, the newest first."""
MOST_SUGGESTED: Final = 8
MOST_NUMBERS: Final = 3
MOST_SENDERS: Final = 2
MOST_RECENT: Final = 3
_LOOKED_IN: Final = ("subject", "sender", "reference", "number")
_OPERATORS: Final = re.compile(r"[\"()*~:“”«»]")


@dataclass(frozen=True, slots=True)
class SuggestedDocument:
    """A document to open: what is shown of it in fragments, and whether its number is just what was typed."""

    document: Document
    shown: tuple[Fragment, ...]
    is_exact: bool = False


@dataclass(frozen=True, slots=True)
class SuggestedSender:
    """A sender whose letters can be searched."""

    name: str
    shown: tuple[Fragment, ...]


@dataclass(frozen=True, slots=True)
class Suggestions:
    """What is offered, at most :data:`MOST_SUGGESTED` in all."""

    numbers: tuple[SuggestedDocument, ...] = ()
    senders: tuple[SuggestedSender, ...] = ()
    subjects: tuple[SuggestedDocument, ...] = ()


def suggest(deps: Deps, actor: Actor, typed: str) -> Suggestions:
    """Return what begins like what was typed, among documents whose metadata the actor may see.

    Raises:
        Unavailable: ``search_index_unusable``.
    """
    leaves = typed_leaves(typed)
    if not leaves:
        return Suggestions()
    with deps.transactions.reading() as session:
        lagging = frozenset(str(document_id) for document_id in scope_lagging_ids(session))
    answer = deps.search_index.search(
        SearchRequest(
            tree=_in_metadata(leaves),
            metadata_tokens=actor.tokens,
            content_tokens=actor.tokens,
            sort="date",
            limit=MOST_READ,
            hidden_document_ids=lagging,
            approximate_limit=0,
            with_correction=False,
        )
    )
    ids = [UUID(hit.document_id) for hit in answer.hits]
    with deps.transactions.reading() as session:
        shown = documents_shown(session, actor, ids)
    return _grouped([shown[one][0] for one in ids if one in shown], leaves, typed)


def recent_documents(deps: Deps, actor: Actor) -> Sequence[Document]:
    """Return the documents that the actor opened last and may see still, the last one first."""
    if actor.person_id is None:
        return ()
    with deps.transactions.reading() as session:
        ids = last_opened(session, actor.person_id, most=MOST_RECENT)
        shown = documents_shown(session, actor, ids)
    return [shown[one][0] for one in ids if one in shown]


def fits(typed: str) -> Callable[[str], bool]:
    """Return what tells whether a text holds every word that was typed, the last one as a beginning."""
    leaves = typed_leaves(typed)
    return lambda text: _has_all(text, leaves)


def typed_leaves(typed: str) -> list[q.Term | q.Prefix]:
    """Return the words of an unfinished question, the last one as a beginning; none when it is too short to ask."""
    words = [
        word
        for word in _OPERATORS.sub(" ", typed[:LONGEST_TYPED]).split()[:MOST_WORDS]
        if analyse(word.lstrip("-")).exact
    ]
    if not words or len("".join(analyse(words[-1]).exact)) < SHORTEST_BEGINNING > len(words):
        return []
    return [*(q.Term(word) for word in words[:-1]), q.Prefix(words[-1])]


def _in_metadata(leaves: Sequence[q.Term | q.Prefix]) -> q.Node:
    # Words of the pages would be far more than anybody could choose from: what a list shows is looked in.
    asked = [[leaf, q.Term(leaf.text)] if _is_number(leaf) else [leaf] for leaf in leaves]
    return q.And(tuple(q.Or(tuple(q.FieldQuery(name, one) for name in _LOOKED_IN for one in forms)) for forms in asked))


def _is_number(leaf: q.Term | q.Prefix) -> bool:
    """Tell whether a beginning may be a whole number: its leading zeros, which the index knows, need not be typed."""
    return isinstance(leaf, q.Prefix) and leaf.text[-1].isdecimal()


def _has_all(text: str, leaves: Sequence[q.Term | q.Prefix]) -> bool:
    return bool(text and leaves) and all(
        has_hit(text, leaf) or (_is_number(leaf) and has_hit(text, q.Term(leaf.text))) for leaf in leaves
    )


def _grouped(documents: Sequence[Document], leaves: Sequence[q.Term | q.Prefix], typed: str) -> Suggestions:
    tree = q.And(tuple(leaves))
    said = typed.strip().casefold()
    numbers: list[SuggestedDocument] = []
    senders: dict[str, SuggestedSender] = {}
    subjects: dict[str, SuggestedDocument] = {}
    for document in documents:
        number = next((text for text in (document.register_number, document.reference) if _has_all(text, leaves)), None)
        if number is not None:
            is_exact = said in {document.register_number.casefold(), document.reference.casefold()}
            numbers.append(SuggestedDocument(document, marked(number, tree), is_exact))
            continue
        if _has_all(document.sender, leaves):
            senders.setdefault(
                document.sender.casefold(), SuggestedSender(document.sender, marked(document.sender, tree))
            )
        elif document.subject:
            subjects.setdefault(
                document.subject.casefold(), SuggestedDocument(document, marked(document.subject, tree))
            )
    numbers.sort(key=lambda one: not one.is_exact)
    kept = (tuple(numbers[:MOST_NUMBERS]), tuple(list(senders.values())[:MOST_SENDERS]))
    left = MOST_SUGGESTED - len(kept[0]) - len(kept[1])
    return Suggestions(*kept, tuple(list(subjects.values())[:left]))
