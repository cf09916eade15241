from __future__ import annotations

from dataclasses import replace

import pytest

from docflow.ocr.doubt import expected_error, needs_review, signs_of
from docflow.ocr.layout import LineBox
from docflow.ocr.ports import Box, Language, LineReading, ReadWord
from docflow.ocr.recognition import RecognisedLine

WORDS_A_LINE = 10


def lines(count: int, confidence: float = 95, text: str = "commune", *, first: int = 0) -> list[RecognisedLine]:
    boxes = [(0, 100 * place, 1000, 100 * place + 60) for place in range(first, first + count)]
    return [
        RecognisedLine(
            LineBox(box, ((float(box[1]), 0),)),
            LineReading((ReadWord(text, box, confidence, (min(99, confidence + 4),) * len(text)),) * WORDS_A_LINE),
            Language.FRENCH,
        )
        for box in boxes
    ]


def unread(count: int, text: str = "", *, width: int = 400, height: int = 60) -> list[RecognisedLine]:
    words = tuple(ReadWord(text, (0, 0, 1, 1), 20.0) for _ in range(WORDS_A_LINE if text else 0))
    return [
        RecognisedLine(
            LineBox((0, 5000 + 100 * place, width, 5000 + height + 100 * place), ()),
            LineReading(words),
            Language.FRENCH,
        )
        for place in range(count)
    ]


@pytest.mark.parametrize(
    ("read", "dropped", "needed"),
    [
        (lines(20), [], False),
        (lines(15) + lines(5, 40, first=15), [], True),
        (lines(59) + lines(1, 60, first=59), [], False),
        (lines(20), unread(14), True),
        (lines(20), unread(2), False),
        (lines(20), unread(1, width=900), True),
        (lines(20), unread(1, width=900, height=20), False),
        (lines(20), unread(4, "LTR"), False),
        (lines(20), unread(11, "Abdelaziz"), True),
        (lines(1), [], True),
        ([], [], True),
    ],
)
def test_a_page_is_checked_when_words_are_probably_wrong_or_lines_are_missing(
    read: list[RecognisedLine], dropped: list[RecognisedLine], needed: bool
) -> None:
    assert needs_review(read, dropped=dropped) is needed


def test_pieces_read_with_doubt_weigh_more_than_words() -> None:
    sign, other = (signs_of(lines(1, 78, text), dropped=[]) for text in ("commune", "le"))
    letters = WORDS_A_LINE * len("commune"), WORDS_A_LINE * len("le")

    assert other.expected_wrong / letters[1] > sign.expected_wrong / letters[0]


def test_the_letters_of_a_word_tell_more_than_the_least_sure_one_of_them() -> None:
    def page(*letters: float) -> list[RecognisedLine]:
        word = ReadWord("commune", (0, 0, 100, 60), min(letters), letters)
        line = RecognisedLine(LineBox((0, 0, 1000, 60), ()), LineReading((word,) * WORDS_A_LINE), Language.FRENCH)
        return [*lines(10), line]

    one_doubtful, all_doubtful = page(84, *(99.0,) * 6), page(*(84.0,) * 7)

    assert expected_error(one_doubtful, dropped=[]) < expected_error(all_doubtful, dropped=[])


def test_a_bracket_without_its_other_one_tells_of_letters_that_were_lost() -> None:
    def page(text: str) -> list[RecognisedLine]:
        word = ReadWord(text, (0, 0, 100, 60), 95.0, (99.0,) * len(text))
        line = RecognisedLine(LineBox((0, 0, 1000, 60), ()), LineReading((word,)), Language.ARABIC)
        return [*lines(10), line]

    assert expected_error(page("يوسف (Youssef)"), dropped=[]) == expected_error(page("يوسف"), dropped=[]) == 0
    assert expected_error(page("يوسف (113"), dropped=[]) > 0


def test_a_dropped_line_of_which_the_engine_is_sure_of_some_letters_is_rather_text() -> None:
    def dropped(*letters: float) -> list[RecognisedLine]:
        word = ReadWord("Benali", (0, 0, 1, 1), min(letters), letters)
        return [RecognisedLine(LineBox((0, 5000, 400, 5060), ()), LineReading((word,)), Language.FRENCH)]

    drawing, name = dropped(*(60.0,) * 6), dropped(*(60.0,) * 4, 99.0, 99.0)

    assert expected_error(lines(20), dropped=name) > expected_error(lines(20), dropped=drawing)


def test_readings_of_other_pictures_that_differ_tell_of_errors() -> None:
    agreed = lines(20)
    differing = [replace(line, differing=12) for line in agreed]

    assert expected_error(differing, dropped=[]) > expected_error(agreed, dropped=[]) == 0


@pytest.mark.parametrize(
    ("stamps", "confidence", "unsigned"),
    [
        ([], 60, 0),
        ([(200, 1750, 600, 2150)], 60, 2),
        ([(200, 1750, 600, 2150)], 95, 0),
        ([(200, 1750, 600, 2150), (250, 1800, 550, 2100)], 60, 2),
        ([(200, 2050, 600, 2450)], 95, 2),
        ([(200, 1850, 600, 2250)], 95, 1),
    ],
)
def test_names_that_were_not_read_surely_under_a_stamp_as_black_as_print_tell_of_errors(
    stamps: list[Box], confidence: float, unsigned: int
) -> None:
    read = lines(18) + lines(2, confidence, first=18)

    assert signs_of(read, dropped=[], stamps=stamps).unsigned == unsigned
