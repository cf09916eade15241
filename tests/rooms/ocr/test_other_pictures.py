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
