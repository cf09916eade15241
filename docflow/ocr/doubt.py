"""How surely a word was read, and when a person should look at a page.

The engine's confidence is not a probability: at the same figure a number is wrong far more often than a word. The
tables below were counted on 300 pages of synthetic letters of every quality, 52,000 words, whose text is known.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from docflow.ocr.mixed import has_both_scripts
from docflow.ocr.ports import Language
from docflow.ocr.recognition import RecognisedLine
from docflow.ocr.script import LETTERS

_CONFIDENCES = (15, 40, 55, 65, 72, 77, 82, 86, 89, 91, 93)
_CHANCES_PERCENT = {
    Language.ARABIC: (43, 52, 59, 64, 75, 85, 90, 91, 95, 98, 100),
    Language.FRENCH: (15, 23, 41, 67, 72, 79, 85, 92, 96, 98, 99),
}
_CHANCES_OF_A_NUMBER_PERCENT = (2, 6, 7, 15, 25, 34, 55, 71, 84, 97, 99)
_DIGIT = re.compile(r"\d")

BASE_ERROR = -0.006
WEIGHTS = {
    "wrong": 0.275,
    "lost": 0.302,
    "short": 1.732,
    "numbers": 0.282,
    "both_scripts": 0.085,
}
"""What each sign adds to the share of letters that are expected wrong: a linear fit on 660 pages of synthetic letters
of every quality whose text is known (``benchmarks/fit_doubt.py``)."""
REVIEW_ABOVE = 0.039
"""On 900 other pages, weighed so that every quality and language counts alike, this and a lost line send 1.9 times as
many as have more than 5 % of their letters wrong, and three quarters of those."""
SURE_ENOUGH = 80
SHORT_SIGNS = 2
MAX_UNREAD_SHARE = 0.2
FEW_WORDS = 12
LOST_LINE_SHARE = 0.5
"""A dropped line is text rather than a stamp from this part of the widest line on."""


@dataclass(frozen=True, slots=True)
class PageSigns:
    """What tells of errors on a page, each relative to the letters read.

    Attributes:
        wrong: letters of words that are expected wrong by the engine's confidence.
        lost: letters of the lines that read too badly to be kept: the remains of text, or of a stamp over it.
        short: words of one or two letters read with doubt: pieces of words and of drawings.
        numbers: signs of numbers read with doubt.
        both_scripts: letters of lines in both scripts, where the order of words may be wrong too.
    """

    wrong: float
    lost: float
    short: float
    numbers: float
    both_scripts: float


def chance_right(text: str, confidence: float) -> float:
    """Return the chance, from 0 to 1, that a word read so is the one printed; 1 for marks without letter or digit."""
    for language in Language:
        if LETTERS[language].search(text):
            return float(np.interp(confidence, _CONFIDENCES, _CHANCES_PERCENT[language])) / 100
    if _DIGIT.search(text):
        return float(np.interp(confidence, _CONFIDENCES, _CHANCES_OF_A_NUMBER_PERCENT)) / 100
    return 1.0


def needs_review(read: Sequence[RecognisedLine], *, dropped: Sequence[RecognisedLine]) -> bool:
    """Tell whether a page should be checked: much that is probably wrong, a lost line, or very few words.

    Confidence cannot see a line that gave no word: only the area of the lines that were ``dropped`` can.
    """
    unread, area = (sum(map(_area, lines)) for lines in (dropped, [*read, *dropped]))
    if sum(len(line.reading.words) for line in read) < FEW_WORDS or unread > MAX_UNREAD_SHARE * area:
        return True
    widest = max(_width(line) for line in read)
    if any(_width(line) > LOST_LINE_SHARE * widest for line in dropped):
        return True
    return expected_error(signs_of(read, dropped=dropped)) > REVIEW_ABOVE


def expected_error(signs: PageSigns) -> float:
    """Return the share of a page's letters that are expected wrong."""
    return BASE_ERROR + sum(weight * float(getattr(signs, name)) for name, weight in WEIGHTS.items())


def signs_of(read: Sequence[RecognisedLine], *, dropped: Sequence[RecognisedLine]) -> PageSigns:
    """Return the signs of a page on which words were read."""
    words = [word for line in read for word in line.reading.words]
    doubtful = [word for word in words if word.confidence < SURE_ENOUGH]
    letters = sum(len(word.text) for word in words)
    return PageSigns(
        wrong=sum((1 - chance_right(word.text, word.confidence)) * len(word.text) for word in words) / letters,
        lost=sum(len(line.reading.text) for line in dropped) / letters,
        short=sum(len(word.text) <= SHORT_SIGNS for word in doubtful) / letters,
        numbers=sum(len(word.text) for word in doubtful if _DIGIT.search(word.text)) / letters,
        both_scripts=sum(len(line.reading.text) for line in read if has_both_scripts(line.reading.text)) / letters,
    )


def _width(line: RecognisedLine) -> int:
    return line.line.box[2] - line.line.box[0]


def _area(line: RecognisedLine) -> int:
    x0, y0, x1, y1 = line.line.box
    return (x1 - x0) * (y1 - y0)
