"""How surely a word was read, and when a person should look at a page.

The engine's confidence is not a probability: at the same figure a number is wrong far more often than a word. The
tables below were counted on 300 pages of synthetic letters of every quality, 52,000 words, whose text is known.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Protocol

import numpy as np

from docflow.ocr.layout import LineBox
from docflow.ocr.ports import Language
from docflow.ocr.script import LETTERS

_CONFIDENCES = (15, 40, 55, 65, 72, 77, 82, 86, 89, 91, 93)
_CHANCES_PERCENT = {
    Language.ARABIC: (43, 52, 59, 64, 75, 85, 90, 91, 95, 98, 100),
    Language.FRENCH: (15, 23, 41, 67, 72, 79, 85, 92, 96, 98, 99),
}
_CHANCES_OF_A_NUMBER_PERCENT = (2, 6, 7, 15, 25, 34, 55, 71, 84, 97, 99)
_DIGIT = re.compile(r"\d")

UNREAD_WEIGHT = 0.2
"""A line that gave no word is as likely a signature as text."""
REVIEW_ABOVE = 0.077
"""Share of the letters that stand in words expected wrong, or unread.

On the pages counted this sends twice as many pages as have more than 5 % of their letters wrong.
"""
MAX_UNREAD_SHARE = 0.2
FEW_WORDS = 12


class ReadText(Protocol):
    """A word as it was read."""

    @property
    def text(self) -> str:
        """Without white space."""
        ...

    @property
    def confidence(self) -> float:
        """The engine's, from 0 to 100."""
        ...


def chance_right(text: str, confidence: float) -> float:
    """Return the chance, from 0 to 1, that a word read so is the one printed; 1 for marks without letter or digit."""
    for language in Language:
        if LETTERS[language].search(text):
            return float(np.interp(confidence, _CONFIDENCES, _CHANCES_PERCENT[language])) / 100
    if _DIGIT.search(text):
        return float(np.interp(confidence, _CONFIDENCES, _CHANCES_OF_A_NUMBER_PERCENT)) / 100
    return 1.0


def needs_review(words: Sequence[ReadText], *, found: Sequence[LineBox], read: Sequence[LineBox]) -> bool:
    """Tell whether a page should be checked: much that is probably wrong, lines that gave no word, or very few words.

    Confidence cannot see a line that gave no word: only the area of the lines that were ``found`` but not ``read`` can.
    """
    unread = _unread_share(found, read)
    if len(words) < FEW_WORDS or unread > MAX_UNREAD_SHARE:
        return True
    return _wrong_share(words) + UNREAD_WEIGHT * unread > REVIEW_ABOVE


def _wrong_share(words: Sequence[ReadText]) -> float:
    letters = sum(len(word.text) for word in words)
    return sum((1 - chance_right(word.text, word.confidence)) * len(word.text) for word in words) / letters


def _unread_share(found: Sequence[LineBox], read: Sequence[LineBox]) -> float:
    total = sum(map(_area, found))
    return (total - sum(map(_area, read))) / total if total else 0.0


def _area(line: LineBox) -> int:
    x0, y0, x1, y1 = line.box
    return (x1 - x0) * (y1 - y0)
