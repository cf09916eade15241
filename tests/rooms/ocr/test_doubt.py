from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from docflow.ocr.doubt import chance_right, expected_error, needs_review, signs_of
from docflow.ocr.layout import LineBox
from docflow.ocr.ports import Language, LineReading, ReadWord
from docflow.ocr.recognition import RecognisedLine

WORDS_A_LINE = 10


def lines(count: int, confidence: float = 95, text: str = "commune", *, first: int = 0) -> list[RecognisedLine]:
    boxes = [(0, 100 * place, 1000, 100 * place + 60) for place in range(first, first + count)]
    return [
        RecognisedLine(
            LineBox(box, ((float(box[1]), 0),)),
            LineReading((ReadWord(text, box, confidence),) * WORDS_A_LINE),
            Language.FRENCH,
        )
        for box in boxes
    ]


def unread(count: int, text: str = "", *, width: int = 400) -> list[RecognisedLine]:
    words = tuple(ReadWord(text, (0, 0, 1, 1), 20.0) for _ in range(WORDS_A_LINE if text else 0))
    return [
        RecognisedLine(
            LineBox((0, 5000 + 100 * place, width, 5060 + 100 * place), ()),
            LineReading(words),
            Language.FRENCH,
        )
        for place in range(count)
    ]


def test_a_number_read_like_a_word_is_less_likely_right() -> None:
    assert chance_right("12/03/2014", 82) < 0.6 < 0.8 < chance_right("commune", 82)
    assert chance_right("«", 10) == 1


@given(st.sampled_from(["جماعة", "commune", "2014"]), st.floats(0, 99), st.floats(0, 1))
def test_a_surer_reading_is_never_less_likely_right(text: str, confidence: float, more: float) -> None:
    assert 0 <= chance_right(text, confidence) <= chance_right(text, confidence + more) <= 1


@pytest.mark.parametrize(
    ("read", "dropped", "needed"),
    [
        (lines(20), [], False),
        (lines(15) + lines(5, 40, first=15), [], True),
        (lines(19) + lines(1, 60, first=19), [], False),
        (lines(20), unread(14), True),
        (lines(20), unread(2), False),
        (lines(20), unread(1, width=900), True),
        (lines(20), unread(4, "LTR"), False),
        (lines(20), unread(4, "Abdelaziz"), True),
        (lines(1), [], True),
        ([], [], True),
    ],
)
def test_a_page_is_checked_when_words_are_probably_wrong_or_lines_are_missing(
    read: list[RecognisedLine], dropped: list[RecognisedLine], needed: bool
) -> None:
    assert needs_review(read, dropped=dropped) is needed


@pytest.mark.parametrize("text", ["le", "12/03/2014", "Karim كريم سعيد"])
def test_pieces_numbers_and_both_scripts_read_with_doubt_weigh_more_than_words(
    text: str,
) -> None:
    plain = expected_error(signs_of(lines(19) + lines(1, 78, first=19), dropped=[]))

    assert expected_error(signs_of(lines(19) + lines(1, 78, text, first=19), dropped=[])) > plain
