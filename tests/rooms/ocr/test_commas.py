from __future__ import annotations

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from docflow.ocr.commas import with_commas
from docflow.ocr.layout import LineBox
from docflow.ocr.ports import Language, LineReading, ReadWord
from docflow.ocr.recognition import RecognisedLine

LINE = (100, 100, 900, 140)
END = 500
"""Where the mark at the end of the fourth word stands."""


def page(*marks: tuple[int, int, int, int]) -> NDArray[np.uint8]:
    """A line of strokes, and marks about the end of the fourth word: left of ``END``, top, width, height."""
    grey = np.full((240, 1000), 250, np.uint8)
    cv2.rectangle(grey, (END + 25, 110), (880, 130), 20, -1)
    for left, top, width, height in marks:
        cv2.rectangle(grey, (END + left, 100 + top), (END + left + width - 1, 100 + top + height - 1), 20, -1)
    return grey


def read(text: str) -> RecognisedLine:
    """Words of a line from the right; the fourth of five ends at ``END``."""
    boxes = [(700, 900), (650, 690), (580, 640), (END, 570), (100, 480)]
    words = text.split()
    placed = zip(words, boxes, strict=True)
    return RecognisedLine(
        LineBox(LINE, ()),
        LineReading(tuple(ReadWord(word, (left, 100, right, 140), 90.0) for word, (left, right) in placed)),
        Language.ARABIC,
    )


COMMA, STOP, COLON = ((1, 20, 5, 11),), ((1, 26, 5, 5),), ((1, 12, 5, 5), (1, 26, 5, 5))


@pytest.mark.parametrize(
    ("fourth", "marks", "expected"),
    [
        ("وبعد.", COMMA, "وبعد،"),
        ("وبعد:", COMMA, "وبعد،"),
        ("وبعدء", COMMA, "وبعدء"),
        ("وبعد.", STOP, "وبعد."),
        ("وبعد:", COLON, "وبعد:"),
        ("وبعد:", ((1, 7, 5, 9), (1, 22, 5, 9)), "وبعد:"),
        ("وبعد.", (), "وبعد."),
        ("وبعد.", ((1, 2, 5, 9),), "وبعد."),
        ("وبعد", COMMA, "وبعد"),
        ("Rabat.", COMMA, "Rabat."),
    ],
)
def test_a_comma_is_told_by_its_shape(fourth: str, marks: tuple[tuple[int, int, int, int], ...], expected: str) -> None:
    (line,) = with_commas([read(f"تحية طيبة جدا {fourth} نص")], page(*marks))

    assert line.reading.words[3].text == expected
    assert line.reading.words[3].box == (END, 100, 570, 140)


def test_the_colon_of_a_label_stays() -> None:
    (line,) = with_commas([read("رقم هاتف المكتب الثاني: 05")], page(*COMMA))

    assert line.reading.text == "رقم هاتف المكتب الثاني: 05"


def test_a_comma_taken_for_a_hamza_fills_little_of_its_box() -> None:
    grey = page()
    cv2.line(grey, (END + 6, 118), (END + 1, 130), 20, 2)

    (line,) = with_commas([read("تحية طيبة جدا وبعدء نص")], grey)

    assert line.reading.words[3].text == "وبعد،"
