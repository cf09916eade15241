"""Numbers of cards and telephones in Arabic lines, read again by the model for French."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest

from docflow.ocr.layout import LineBox
from docflow.ocr.ports import GreyImage, Language, LineReading, ReadWord
from docflow.ocr.recognition import LineImages, RecognisedLine
from docflow.ocr.second_look import with_numbers_reread


class FrenchReader:
    """Answers every crop with the same words, and remembers how many crops it was shown."""

    def __init__(self, text: str, confidence: float = 90) -> None:
        self.answer = LineReading(words_of(text, confidence))
        self.shown: list[int] = []

    def read_lines(self, crops: Sequence[GreyImage], *, language: Language) -> list[LineReading]:
        assert language is Language.FRENCH
        self.shown.append(len(crops))
        return [self.answer for _ in crops]


def words_of(text: str, confidence: float = 90) -> tuple[ReadWord, ...]:
    return tuple(ReadWord(word, (60 * at, 20, 60 * at + 50, 60), confidence) for at, word in enumerate(text.split()))


def reread(*texts: str, reader: FrenchReader, language: Language = Language.ARABIC) -> list[str]:
    box = LineBox((0, 0, 600, 80), ())
    lines = [RecognisedLine(box, LineReading(words_of(text)), language) for text in texts]
    images = LineImages(np.full((400, 800), 250, np.uint8), 8.0, [box] * len(lines), reader)
    return [line.reading.text for line in with_numbers_reread(lines, images)]


@pytest.mark.parametrize(
    ("read", "again", "after"),
    [
        ("رقم البطاقة الوطنية: 81/315751", "BK315751 ;", "رقم البطاقة الوطنية: BK315751"),
        ("رقم ب.و.ت: 338051", "J38051", "رقم ب.و.ت: J38051"),
        ("رقم ب.ت.و: ٨1950964", ": BE950964.", "رقم ب.ت.و: BE950964"),
        ("الهاتف: 04 41 79 23 ٠", "05 23 79 41 04", "الهاتف: 05 23 79 41 04"),
    ],
)
def test_a_number_that_both_readings_support_takes_the_place_of_the_first_one(read, again, after) -> None:
    assert reread(read, reader=FrenchReader(again)) == [after]


@pytest.mark.parametrize(
    ("read", "again", "confidence"),
    [
        ("رقم ب.و.ت: 338051", "J38999", 90),
        ("رقم ب.و.ت: 338051", "1338051", 95),
        ("الهاتف: 04 41 79 23", "05 23 79 41", 95),
        ("الهاتف: 04 41 79 23", "05 23 79 41 04", 60),
    ],
)
def test_a_reading_of_other_digits_or_of_another_form_changes_nothing(read, again, confidence) -> None:
    assert reread(read, reader=FrenchReader(again, confidence)) == [read]


def test_the_reader_is_asked_once_for_all_lines_and_not_at_all_without_one() -> None:
    reader = FrenchReader("BK315751")

    reread("رقم البطاقة الوطنية: 81/315751", "رقم ب.ت.و: 12", "شكاية رقم 315751", reader=reader)
    reread("الهاتف: 0612345678", "رقم ب.و.ت: BK315751", reader=reader)
    reread("CIN : 81/315751", reader=reader, language=Language.FRENCH)

    assert reader.shown == [2]
