from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from docflow.ocr.doubt import chance_right, needs_review
from docflow.ocr.layout import LineBox
from docflow.ocr.ports import ReadWord


def words(count: int, confidence: float, text: str = "commune") -> list[ReadWord]:
    return [ReadWord(text, (0, 0, 10, 10), confidence)] * count


def lines(count: int) -> list[LineBox]:
    return [LineBox((0, 100 * place, 1000, 100 * place + 60), ((float(place), 0),)) for place in range(count)]


def test_a_number_read_like_a_word_is_less_likely_right() -> None:
    assert chance_right("12/03/2014", 82) < 0.6 < 0.8 < chance_right("commune", 82)
    assert chance_right("«", 10) == 1


@given(st.sampled_from(["جماعة", "commune", "2014"]), st.floats(0, 99), st.floats(0, 1))
def test_a_surer_reading_is_never_less_likely_right(text: str, confidence: float, more: float) -> None:
    assert 0 <= chance_right(text, confidence) <= chance_right(text, confidence + more) <= 1


@pytest.mark.parametrize(
    ("read", "found_count", "read_count", "needed"),
    [
        (words(200, 95), 20, 20, False),
        (words(160, 95) + words(40, 40), 20, 20, True),
        (words(190, 95) + words(10, 40), 20, 20, False),
        (words(200, 95), 20, 15, True),
        (words(200, 95), 20, 18, False),
        (words(5, 95), 2, 2, True),
        ([], 0, 0, True),
    ],
)
def test_a_page_is_checked_when_words_are_probably_wrong_or_lines_are_missing(
    read: list[ReadWord], found_count: int, read_count: int, needed: bool
) -> None:
    assert needs_review(read, found=lines(found_count), read=lines(found_count)[:read_count]) is needed
