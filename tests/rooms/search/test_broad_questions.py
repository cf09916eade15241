"""Words that are in nearly every document: the same answer as of any other, without looking at each of them twice."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from docflow.search.adapters import tantivy
from docflow.search.adapters.tantivy import TantivyIndex, _schema
from docflow.search.adapters.tantivy_queries import TantivyQueries
from docflow.search.parse import parse
from docflow.search.ports import SearchRequest
from tests.rooms.search.entries import EVERYONE, TODAY, ask, entry, fill

WORDS = (
    "autorisation",
    "autorisations",
    "autorise",
    "permis",
    "autorisatlon",
    "route",
    "routes",
    "2026",
    "شكاية",
    "شكايات",
)
QUESTIONS = (
    "autorisation",
    "autorisations route",
    "routes OU permis",
    "autorisation -route",
    '"permis route"',
    "objet:routes autorisation",
    "شكايات",
)


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory) -> TantivyIndex:
    made = random.Random(8)
    entries = [
        entry(
            str(number),
            " ".join(made.choices(WORDS, k=made.randint(1, 9))),
            subject=" ".join(made.choices(WORDS, k=2)),
            content_tokens=frozenset({made.choice(("everyone", "nobody"))}),
        )
        for number in range(300)
    ]
    opened = TantivyIndex(tmp_path_factory.mktemp("broad"))
    fill(opened, *entries)
    return opened


@pytest.mark.parametrize("text", QUESTIONS)
@pytest.mark.parametrize("page", [{}, {"offset": 5, "limit": 7}, {"offset": 60, "limit": 200}])
def test_many_hits_are_ranked_counted_and_grouped_as_few_are(
    index: TantivyIndex, monkeypatch: pytest.MonkeyPatch, text: str, page: dict[str, int]
) -> None:
    few = ask(index, text, with_facets=True, **page)
    monkeypatch.setattr(tantivy, "_MANY_HITS", 0)
    many = ask(index, text, with_facets=True, **page)

    assert [(hit.document_id, hit.group, hit.score) for hit in many.hits] == [
        (hit.document_id, hit.group, hit.score) for hit in few.hits
    ]
    assert (many.total, many.facets, many.approximate) == (few.total, few.facets, few.approximate)
    assert few.total == ask(index, text, **page).total > 0


def test_what_is_only_approximate_is_not_looked_for_where_no_document_has_a_misreading(tmp_path: Path) -> None:
    request = SearchRequest(
        tree=parse("autorisation route", today=TODAY).tree, metadata_tokens=EVERYONE, content_tokens=EVERYONE
    )

    def queries(held: frozenset[str]) -> TantivyQueries:
        return TantivyQueries(
            _schema(), request, has_matches=lambda _query: True, is_held=lambda _field, word: word in held
        )

    assert queries(frozenset()).only_approximate(is_answered=True) is None
    assert queries(frozenset({"autorisatlon"})).only_approximate(is_answered=True) is not None
    index = fill(TantivyIndex(tmp_path), entry("read", "autorisation route"), entry("misread", "autorisatlon route"))
    answer = ask(index, "autorisation route")
    assert ([hit.document_id for hit in answer.hits], [hit.document_id for hit in answer.approximate]) == (
        ["read"],
        ["misread"],
    )
