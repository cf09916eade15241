from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest

from docflow.ocr.layout import LineBox
from docflow.ocr.other_pictures import with_other_pictures
from docflow.ocr.ports import Box, EngineState, GreyImage, Language, LineReading, ReadWord
from docflow.ocr.recognition import LineImages, RecognisedLine

BOX = (10, 50, 360, 100)


class Pictures:
    """Reads the blurred picture of a line as one text, its close cut as another; how sure it is is told by each."""

    def __init__(self, *answers: tuple[str, float]) -> None:
        self.answers = list(answers)

    def read_lines(self, crops: Sequence[GreyImage], *, language: Language) -> list[LineReading]:
        return [LineReading((word(*self.answers.pop(0)),)) for _ in crops]

    def state(self) -> EngineState:
        return EngineState((5,), frozenset(Language))


def word(text: str, sure: float, *, confidence: float = 60, box: Box = (0, 0, 40, 20)) -> ReadWord:
    return ReadWord(text, box, confidence, (sure,) * len(text))


def read_again(words: Sequence[ReadWord], reader: Pictures) -> RecognisedLine:
    page = np.full((200, 400), 250, np.uint8)
    page[60:90, 20:350] = 0
    line = RecognisedLine(LineBox(BOX, ()), LineReading(tuple(words)), Language.FRENCH)
    (again,) = with_other_pictures([line], LineImages(page, 8, [], reader))
    return again


@pytest.mark.parametrize(
    ("blurred", "close", "text", "differing"),
    [
        (("commune", 99), ("comnune", 97), "commune", 3),
        (("cornmune", 90), ("commune", 99.5), "commune", 4),
        (("cornnune", 90), ("comnune", 97), "comrnune", 3),
    ],
)
def test_the_surest_reading_of_a_doubtful_line_stands_and_the_others_are_doubt(
    blurred: tuple[str, float], close: tuple[str, float], text: str, differing: int
) -> None:
    line = read_again([word("comrnune", 98)], Pictures(blurred, close))

    assert line.reading.text == text
    assert line.differing == differing
    assert line.line.box == BOX


@pytest.mark.parametrize(
    "words",
    [
        [word("commune", 99, confidence=95)],
        [word("شارع", 99), word("Youssef", 99, box=(50, 0, 90, 20))],
        [word("~ ,", 70)],
    ],
    ids=["read surely", "of both scripts", "no text"],
)
def test_other_lines_are_left_as_they_were_read(words: list[ReadWord]) -> None:
    line = read_again(words, Pictures())

    assert line.reading.words == tuple(words)
    assert line.differing == 0


class ByLanguage:
    """Reads other pictures of a line in one language only, surer of each."""

    def __init__(self, text: str, language: Language) -> None:
        self.text, self.language, self.calls = text, language, 0

    def read_lines(self, crops: Sequence[GreyImage], *, language: Language) -> list[LineReading]:
        self.calls += 1
        if language is not self.language:
            return [LineReading(()) for _ in crops]
        return [LineReading((word(self.text, 99, confidence=90 + self.calls),)) for _ in crops]

    def state(self) -> EngineState:
        return EngineState((5,), frozenset(Language))


@pytest.mark.parametrize(
    ("box", "confidence", "text"),
    [
        ((10, 80, 790, 120), 20, "العمارة"),
        ((10, 80, 410, 120), 20, "la sa>lll"),
        ((10, 80, 790, 120), 55, "la sa>lll"),
    ],
    ids=["wide and unread", "narrow", "read somehow"],
)
def test_a_wide_line_of_which_nothing_was_read_is_read_from_another_picture_in_either_language(
    box: Box, confidence: float, text: str
) -> None:
    page = np.full((200, 800), 250, np.uint8)
    words = tuple(word(part, 40, confidence=confidence) for part in ("la", "sa>lll"))
    line = RecognisedLine(LineBox(box, ()), LineReading(words), Language.FRENCH)

    (again,) = with_other_pictures([line], LineImages(page, 8, [], ByLanguage("العمارة", Language.ARABIC)))

    assert again.reading.text == text
    assert again.language is (Language.ARABIC if text == "العمارة" else Language.FRENCH)
