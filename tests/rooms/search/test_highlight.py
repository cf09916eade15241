from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from docflow.search.highlight import has_hit, hit_words, snippet
from docflow.search.parse import parse
from tests.rooms.search.entries import TODAY

LONG = "Monsieur le président, " * 30 + "nous demandons l’éclairage\n public du quartier" + " avec nos salutations" * 30


def shown(text: str, query: str, **options: int) -> list[tuple[str, bool]]:
    return [(piece.text, piece.is_hit) for piece in snippet(text, parse(query, today=TODAY).tree, **options)]


def test_a_snippet_starts_at_a_word_near_its_first_hit() -> None:
    pieces = shown(LONG, "éclairage public", width=100)

    assert [text for text, is_hit in pieces if is_hit] == ["éclairage", "public"]
    assert pieces[0][0].startswith("… ")
    assert pieces[0][0].removeprefix("… ").split()[0] in LONG.split()
    assert pieces[-1][0].endswith(" …")
    assert len("".join(text for text, _ in pieces)) < 120


def test_a_text_without_hit_shows_its_beginning() -> None:
    assert shown("Objet : permis\n de construire", "absent") == [("Objet : permis de construire", False)]


def test_an_empty_text_has_no_snippet() -> None:
    assert shown(" … ", "permis") == []


@pytest.mark.parametrize(
    ("query", "hits"),
    [
        ("شكاية", ["بالشكايات"]),
        ("الشكابة", ["بالشكايات"]),
        ("autorisations", ["autorisation"]),
        ("aut*", ["autorisation"]),
        ("autorisation -شكاية", ["autorisation"]),
        ("objet:autorisation", []),
        ("contenu:autorisation", ["autorisation"]),
        ('"autorisation شكاية"', []),
    ],
)
def test_what_answers_the_query_is_a_hit(query: str, hits: list[str]) -> None:
    assert [text for text, is_hit in shown("une autorisation et بالشكايات", query) if is_hit] == hits


def test_common_words_are_not_shown_as_hits_beside_others() -> None:
    assert [text for text, is_hit in shown("le permis de construire", "permis de construire") if is_hit] == [
        "permis",
        "construire",
    ]


@pytest.mark.parametrize(
    ("query", "indexes"),
    [
        ("4521", (1,)),
        ("R-2019-0004521", (1,)),
        ("éclairage", (2,)),
        ('"éclairage public"', (2, 3)),
        ("absent", ()),
    ],
)
def test_words_of_a_page_that_answer_are_named_by_index(query: str, indexes: tuple[int, ...]) -> None:
    words = ["Réf:", "R-2019-0004521", "l'éclairage", "public,", "—"]

    assert hit_words(words, parse(query, today=TODAY).tree) == indexes


@given(st.text(max_size=300), st.sampled_from(["permis", '"a b"', "a*", "م*", ""]))
def test_any_text_can_be_shown(text: str, query: str) -> None:
    tree = parse(query, today=TODAY).tree
    pieces = snippet(text, tree, width=40)

    assert any(piece.is_hit for piece in pieces) == has_hit(text, tree)
