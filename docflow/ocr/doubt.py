"""When a person should look at a page: the number of its letters that are expected wrong, line by line.

The engine's confidence is not a probability: what a sign read so costs was counted on lines whose text is known.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median

from docflow.ocr.recognition import SURE_SIGN, RecognisedLine

_DIGIT = re.compile(r"\d")

WEIGHTS = {
    "hardly": 1.57,
    "badly": 1.12,
    "doubtful": 0.67,
    "short": 0.95,
    "numbers": 0.12,
    "lone": 2.84,
    "lost": 0.21,
    "hidden": 1.11,
    "sure": 0.51,
}
"""How many letters are expected wrong for each of a sign: a fit on lines of synthetic letters of every quality whose
text is known (``benchmarks/fit_doubt.py``)."""
REVIEW_ABOVE = 0.045
"""On pages of tuning, weighed so that every quality and language counts alike, this and a lost line send less than
twice as many as have more than 5 % of their letters wrong. It is less than 5 % because those are pages on which more is
wrong than could be expected."""
HARDLY, BADLY, DOUBTFUL = 85, 92, 96
"""Up to these confidences of a single sign it is read so; words are as sure as their least sure sign."""
SURE_ENOUGH = 80
SHORT_SIGNS = 2
MAX_UNREAD_SHARE = 0.2
FEW_WORDS = 12
LOST_LINE_SHARE = 0.5
"""A dropped line is text rather than a stamp from this part of the widest line on."""
LOST_SIGNS = 8
"""What reads shorter than this where a line was dropped is mostly a pen stroke."""
WELL_READ = 80
WIDE_SHARE = 0.5
HIDDEN_HEIGHTS, HIDDEN_WIDTH, HIDDEN_BELOW = 0.6, 4.0, 5.0
"""In heights of lines that are read well: how high and wide a dropped line just under the text is at least, and how far
below the last wide line it begins at most, to be a name under a stamp or a signature rather than these alone."""


@dataclass(frozen=True, slots=True)
class Signs:
    """What tells of errors on a line, or on all lines of a page.

    Attributes:
        hardly: letters of which the engine is not sure at all.
        badly: letters of which it is little surer.
        doubtful: letters of which it is nearly sure.
        short: words of one or two letters read with doubt: pieces of words and of drawings.
        numbers: signs of numbers read with doubt.
        lone: brackets without their other one on the line: what stood between was lost, or read by the wrong model.
        lost: letters of a line that read too badly to be kept.
        hidden: lines just under the text that were dropped: names under a stamp or a signature.
        sure: letters of a dropped line of which the engine is sure, as it seldom is of a drawing's.
    """

    hardly: float = 0.0
    badly: float = 0.0
    doubtful: float = 0.0
    short: float = 0.0
    numbers: float = 0.0
    lone: float = 0.0
    lost: float = 0.0
    hidden: float = 0.0
    sure: float = 0.0

    @property
    def expected_wrong(self) -> float:
        """How many letters are expected wrong."""
        return sum(weight * float(getattr(self, name)) for name, weight in WEIGHTS.items())


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
    return expected_error(read, dropped=dropped) > REVIEW_ABOVE


def expected_error(read: Sequence[RecognisedLine], *, dropped: Sequence[RecognisedLine]) -> float:
    """Return the share of the letters of a page, on which words were read, that is expected wrong."""
    wrong = sum(signs.expected_wrong for signs in signs_by_line(read, dropped=dropped))
    return wrong / sum(len(word.text) for line in read for word in line.reading.words)


def signs_by_line(read: Sequence[RecognisedLine], *, dropped: Sequence[RecognisedLine]) -> list[Signs]:
    """Return the signs of each line of a page on which words were read, those that were dropped last."""
    usual = median(_height(line) for line in _well_read(read))
    widest = max(_width(line) for line in read)
    end = max(line.line.box[3] for line in read if _width(line) >= WIDE_SHARE * widest)
    return [*(_signs_of(line) for line in read), *(_signs_of_lost(line, usual=usual, end=end) for line in dropped)]


def _signs_of(line: RecognisedLine) -> Signs:
    words = line.reading.words
    letters = [confidence for word in words for confidence in word.letters]
    doubtful = [word for word in words if word.confidence < SURE_ENOUGH]
    return Signs(
        hardly=sum(confidence < HARDLY for confidence in letters),
        badly=sum(HARDLY <= confidence < BADLY for confidence in letters),
        doubtful=sum(BADLY <= confidence < DOUBTFUL for confidence in letters),
        short=sum(len(word.text) <= SHORT_SIGNS for word in doubtful),
        numbers=sum(len(word.text) for word in doubtful if _DIGIT.search(word.text)),
        lone=abs(line.reading.text.count("(") - line.reading.text.count(")")),
    )


def _signs_of_lost(line: RecognisedLine, *, usual: float, end: int) -> Signs:
    signs = len(line.reading.text)
    below = line.line.box[1] - end
    is_hidden = (
        _height(line) > HIDDEN_HEIGHTS * usual
        and _width(line) > HIDDEN_WIDTH * usual
        and 0 <= below <= HIDDEN_BELOW * usual
    )
    sure = sum(confidence >= SURE_SIGN for word in line.reading.words for confidence in word.letters)
    return Signs(lost=signs if signs >= LOST_SIGNS else 0, hidden=float(is_hidden), sure=sure)


def _well_read(lines: Sequence[RecognisedLine]) -> Sequence[RecognisedLine]:
    return [line for line in lines if line.reading.confidence >= WELL_READ] or lines


def _width(line: RecognisedLine) -> int:
    return line.line.box[2] - line.line.box[0]


def _height(line: RecognisedLine) -> int:
    return line.line.box[3] - line.line.box[1]


def _area(line: RecognisedLine) -> int:
    return _width(line) * _height(line)
