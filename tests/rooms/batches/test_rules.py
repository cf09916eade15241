"""Acts on the pages of a batch, as functions from one arrangement to the next."""

from __future__ import annotations

from collections import Counter
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from docflow.batches.rules import Act, Row, Rows, Sheet, Verb, arranged, places
from docflow.core.errors import DocFlowError, InvalidInput, NotFound
from docflow.documents.rules import AsideReason

NEW = UUID(int=999)
BLANK, DROPPED, SEPARATOR = AsideReason.BLANK, AsideReason.DROPPED, AsideReason.SEPARATOR


def rows(*documents: list[int | tuple[int, AsideReason]]) -> Rows:
    """Documents 100, 200, … of pages by number; a pair is a page left out."""
    return tuple(
        Row(
            UUID(int=100 * (at + 1)),
            tuple(Sheet(UUID(int=p)) if isinstance(p, int) else Sheet(UUID(int=p[0]), p[1]) for p in pages),
        )
        for at, pages in enumerate(documents)
    )


def kept(found: Rows) -> list[tuple[int, list[int]]]:
    return [(row.document_id.int, [sheet.page_id.int for sheet in row.kept]) for row in found]


def done(before: Rows, verb: Verb, *, page: int | None = None, document: int | None = None) -> Rows:
    pages = () if page is None else (UUID(int=page),)
    act = Act(verb, page_ids=pages, document_id=None if document is None else UUID(int=document))
    return arranged(before, act, new_document_id=NEW)


def test_a_split_begins_a_new_document_at_the_page() -> None:
    assert kept(done(rows([1, 2, 3], [4]), Verb.SPLIT, page=2)) == [(100, [1]), (999, [2, 3]), (200, [4])]


def test_joining_brings_a_documents_pages_and_what_it_left_out_to_the_one_before() -> None:
    after = done(rows([1], [2, (3, BLANK), 4]), Verb.JOIN, document=200)

    assert kept(after) == [(100, [1, 2, 4])]
    assert places(after)[UUID(int=3)].page_index == 2


def test_a_page_changes_places_with_its_neighbour_over_what_is_left_out() -> None:
    assert kept(done(rows([1, (2, BLANK), 3]), Verb.LATER, page=1)) == [(100, [3, 1])]
    assert kept(done(rows([1, (2, BLANK), 3]), Verb.EARLIER, page=3)) == [(100, [3, 1])]


def test_chosen_pages_come_to_the_end_of_another_document_in_their_order() -> None:
    act = Act(Verb.MOVE, page_ids=(UUID(int=3), UUID(int=1)), document_id=UUID(int=200))

    assert kept(arranged(rows([1, 2, 3], [4]), act, new_document_id=NEW)) == [(100, [2]), (200, [4, 1, 3])]


def test_a_document_whose_last_page_leaves_is_gone() -> None:
    act = Act(Verb.MOVE, page_ids=(UUID(int=1),), document_id=UUID(int=200))

    assert kept(arranged(rows([1], [2]), act, new_document_id=NEW)) == [(200, [2, 1])]


def test_a_page_left_out_keeps_its_place_and_comes_back_to_it() -> None:
    dropped = done(rows([1, 2, 3]), Verb.DROP, page=2)

    assert kept(dropped) == [(100, [1, 3])]
    assert places(dropped)[UUID(int=2)].aside_reason is DROPPED
    assert kept(done(dropped, Verb.PUT_BACK, page=2)) == [(100, [1, 2, 3])]


def test_turns_add_up_from_how_the_page_was_shown() -> None:
    lying = (Row(UUID(int=100), (Sheet(UUID(int=1), rotation_deg=270),)),)

    once = done(lying, Verb.TURN, page=1)

    assert places(once)[UUID(int=1)].turned_deg == 0
    assert places(done(once, Verb.TURN, page=1))[UUID(int=1)].turned_deg == 90


def test_fronts_and_backs_of_one_document_count_blank_backs_and_not_what_a_hand_left_out() -> None:
    # Fronts 1 2 3, a page that was scanned twice, then the backs of 3, 2 and 1, of which that of 2 is blank.
    after = done(rows([1, 2, 3, (9, DROPPED), 4, (5, BLANK), 6]), Verb.INTERLEAVE, document=100)

    assert kept(after) == [(100, [1, 6, 2, 3, 4])]
    assert [sheet.page_id.int for sheet in after[0].sheets] == [1, 6, 2, 5, 3, 4, 9]


def test_a_document_of_backs_is_put_together_with_the_fronts_before_it() -> None:
    assert kept(done(rows([1, 2], [3, 4]), Verb.BACKS, document=200)) == [(100, [1, 4, 2, 3])]


@pytest.mark.parametrize(
    ("verb", "target", "code"),
    [
        (Verb.SPLIT, {"page": 1}, "nothing_before_page"),
        (Verb.EARLIER, {"page": 1}, "page_at_edge"),
        (Verb.LATER, {"page": 3}, "page_at_edge"),
        (Verb.DROP, {"page": 4}, "page_left_out"),
        (Verb.PUT_BACK, {"page": 1}, "page_not_left_out"),
        (Verb.JOIN, {"document": 100}, "nothing_before_document"),
        (Verb.INTERLEAVE, {"document": 200}, "pages_uneven"),
        (Verb.BACKS, {"document": 200}, "pages_uneven"),
    ],
)
def test_an_act_that_cannot_be_says_why(verb: Verb, target: dict[str, int], code: str) -> None:
    with pytest.raises(InvalidInput, match=code):
        done(rows([1, 2, 3, (4, SEPARATOR)], [5]), verb, **target)


def test_what_is_not_in_the_batch_does_not_exist() -> None:
    with pytest.raises(NotFound, match="page_unknown"):
        done(rows([1]), Verb.DROP, page=7)
    with pytest.raises(NotFound, match="document_unknown"):
        done(rows([1]), Verb.JOIN, document=700)


SHEETS = st.lists(st.sampled_from([None, BLANK, SEPARATOR, DROPPED]), min_size=1, max_size=8)
ACTS = st.lists(st.tuples(st.sampled_from(list(Verb)), st.integers(0, 30), st.integers(0, 30)), max_size=25)


@given(st.lists(SHEETS, min_size=1, max_size=4), ACTS)
def test_whatever_is_done_every_page_is_in_exactly_one_place(
    documents: list[list[AsideReason | None]], acts: list[tuple[Verb, int, int]]
) -> None:
    number = iter(range(1, 100))
    now: Rows = tuple(
        Row(UUID(int=1000 + at), tuple(Sheet(UUID(int=next(number)), reason) for reason in sheets))
        for at, sheets in enumerate(documents)
    )
    pages = Counter(sheet.page_id for row in now for sheet in row.sheets)

    for step, (verb, page, document) in enumerate(acts):
        ids = [sheet.page_id for row in now for sheet in row.sheets]
        act = Act(verb, (ids[page % len(ids)],), now[document % len(now)].document_id)
        try:
            now = arranged(now, act, new_document_id=UUID(int=5000 + step))
        except DocFlowError:
            continue

        assert Counter(sheet.page_id for row in now for sheet in row.sheets) == pages
        assert all(row.sheets for row in now)
        assert len({row.document_id for row in now}) == len(now)
        for row in now:
            held = [places(now)[sheet.page_id].page_index for sheet in row.kept]
            assert held == list(range(len(held)))
