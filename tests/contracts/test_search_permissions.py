"""Whatever is asked, an index answers like a filter that reads every document the actor may see."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from docflow.search import query as q
from docflow.search.adapters.opensearch import OpenSearchIndex
from docflow.search.adapters.tantivy import TantivyIndex
from docflow.search.adapters.whoosh import WhooshIndex
from docflow.search.language.analyser import analyse
from docflow.search.ports import IndexEntry, SearchIndex, SearchRequest
from tests.fakes.opensearch import running_cluster
from tests.rooms.search.entries import entry, fill

Engine = Callable[[Path], SearchIndex]


@pytest.fixture(scope="module", params=["tantivy", "whoosh", "opensearch"])
def engine(request: pytest.FixtureRequest) -> Iterator[Engine]:
    if request.param != "opensearch":
        yield {"tantivy": TantivyIndex, "whoosh": WhooshIndex}[request.param]
        return
    with running_cluster() as (_, address):
        # An alias of its own for each index, where the others have a folder.
        yield lambda path: OpenSearchIndex(f"{address}-{path.parent.name}-{path.name}")


WORDS = ("permis", "construire", "égout", "شكاية", "الشكايات", "طريق", "الطرق", "2026")
TOKENS = ("unit:1", "unit:2", "person:3")
KINDS = ("letter", "complaint")

texts = st.lists(st.sampled_from(WORDS), max_size=4).map(" ".join)
token_sets = st.frozensets(st.sampled_from(TOKENS), max_size=2)


@st.composite
def collections(draw: st.DrawFn) -> list[IndexEntry]:
    count = draw(st.integers(1, 8))
    return [
        entry(
            str(number),
            draw(texts),
            subject=draw(texts),
            sender=draw(texts),
            kind=draw(st.sampled_from(KINDS)),
            metadata_tokens=draw(token_sets),
            content_tokens=draw(token_sets),
        )
        for number in range(count)
    ]


leaves = st.one_of(
    st.sampled_from(WORDS).map(q.Term),
    st.lists(st.sampled_from(WORDS), min_size=2, max_size=2).map(" ".join).map(q.Phrase),
    st.sampled_from(("per", "con", "20")).map(q.Prefix),
)
trees = st.recursive(
    leaves,
    lambda inner: st.one_of(
        st.lists(inner, min_size=2, max_size=3).map(tuple).map(q.And),
        st.lists(inner, min_size=2, max_size=3).map(tuple).map(q.Or),
        inner.map(q.Not),
        st.tuples(st.sampled_from(("subject", "sender", "content")), inner).map(lambda pair: q.FieldQuery(*pair)),
    ),
    max_leaves=5,
)


@dataclass(frozen=True)
class Actor:
    metadata_tokens: frozenset[str]
    content_tokens: frozenset[str]


actors = st.builds(Actor, token_sets, token_sets)

UNIT_1 = frozenset({"unit:1"})
HIDDEN_AFTER_UNSEEN = [
    entry("0", metadata_tokens=frozenset()),
    entry("1", subject="permis", metadata_tokens=UNIT_1),
    *(entry(str(number), metadata_tokens=frozenset()) for number in range(2, 7)),
]
"""The first hidden document is unseen anyway and the second is not: an engine's "and not" once let it through."""
REFUSED_BEFORE_SEEN = [
    entry("0", "permis", metadata_tokens=frozenset(), content_tokens=UNIT_1),
    entry("1", "permis", metadata_tokens=UNIT_1, content_tokens=UNIT_1),
]


def visible_texts(document: IndexEntry, actor: Actor) -> dict[str, str]:
    is_readable = bool(document.content_tokens & actor.content_tokens)
    pages = "\n".join(document.pages) if is_readable else ""
    return {"subject": document.subject, "sender": document.sender, "content": pages}


def matches(tree: q.Node, shown: dict[str, str], field: str | None = None) -> bool:
    """Read the texts one by one; the innermost field counts, as in ``sender:(subject:permis)``."""
    values = list(shown.values()) if field is None else [shown[field]]
    match tree:
        case q.And(parts):
            return all(matches(part, shown, field) for part in parts)
        case q.Or(parts):
            return any(matches(part, shown, field) for part in parts)
        case q.Not(part):
            return not matches(part, shown, field)
        case q.FieldQuery(inner, part):
            return matches(part, shown, inner)
        case q.Prefix(text):
            return any(word.startswith(text) for value in values for word in analyse(value).exact)
        case q.Term(text) | q.Phrase(text):
            wanted = analyse(text).stems
            return any(
                stems[start : start + len(wanted)] == wanted
                for stems in (analyse(value).stems for value in values)
                for start in range(len(stems))
            )
    raise AssertionError(tree)


@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    earlier=collections(),
    documents=collections(),
    actor=actors,
    tree=trees,
    hidden=st.frozensets(st.sampled_from("0123"), max_size=2),
)
@example(
    earlier=[],
    documents=HIDDEN_AFTER_UNSEEN,
    actor=Actor(UNIT_1, frozenset()),
    tree=q.Term("permis"),
    hidden=frozenset("01"),
)
@example(
    earlier=[],
    documents=REFUSED_BEFORE_SEEN,
    actor=Actor(UNIT_1, UNIT_1),
    tree=q.Not(q.Term("permis")),
    hidden=frozenset(),
)
def test_hits_counts_and_facets_equal_a_brute_force_filter(
    engine: Engine,
    earlier: list[IndexEntry],
    documents: list[IndexEntry],
    actor: Actor,
    tree: q.Node,
    hidden: frozenset[str],
) -> None:
    seen = [
        document
        for document in documents
        if document.metadata_tokens & actor.metadata_tokens and document.document_id not in hidden
    ]
    expected = {document.document_id for document in seen if matches(tree, visible_texts(document, actor))}

    # A reader of the engine may still touch its folder, to see whether it changed, when the answer is there.
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        index: SearchIndex = fill(engine(Path(folder) / "index"), *earlier)
        index.apply(documents, [entry.document_id for entry in earlier])
        answer = index.search(
            SearchRequest(
                tree=tree,
                metadata_tokens=actor.metadata_tokens,
                content_tokens=actor.content_tokens,
                hidden_document_ids=hidden,
                with_facets=True,
            )
        )
        index.close()

    kinds = [document.kind for document in documents if document.document_id in expected]
    assert {hit.document_id for hit in answer.hits} == expected
    assert answer.total == len(expected)
    assert {kind: count for kind, count in answer.facets.get("kind", {}).items() if count} == {
        kind: kinds.count(kind) for kind in KINDS if kind in kinds
    }
    assert {hit.document_id for hit in answer.approximate} <= {document.document_id for document in seen} - expected


@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
@given(documents=collections(), actor=actors, word=st.sampled_from(("premis", "شكابة", "construie", "الطزق")))
def test_what_may_not_be_seen_changes_no_answer(
    engine: Engine, documents: list[IndexEntry], actor: Actor, word: str
) -> None:
    request = SearchRequest(
        tree=q.Term(word),
        metadata_tokens=actor.metadata_tokens,
        content_tokens=actor.content_tokens,
        with_facets=True,
    )
    shown = [
        entry(
            document.document_id,
            visible_texts(document, actor)["content"],
            subject=document.subject,
            sender=document.sender,
            kind=document.kind,
            metadata_tokens=document.metadata_tokens,
            content_tokens=document.content_tokens,
        )
        for document in documents
        if document.metadata_tokens & actor.metadata_tokens
    ]

    with tempfile.TemporaryDirectory() as folder:
        whole = fill(engine(Path(folder) / "whole"), *documents)
        seen = fill(engine(Path(folder) / "seen"), *shown)
        answers = [index.search(request) for index in (whole, seen)]
        whole.close()
        seen.close()

    (total, approximate, meant), expected = (
        (answer.total, {hit.document_id for hit in answer.approximate}, answer.did_you_mean) for answer in answers
    )
    assert (total, approximate, meant) == expected
