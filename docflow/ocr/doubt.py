"""When a person should look at a page: the number of its letters that are expected wrong.

The engine's confidence is not a probability: what a sign read so costs was counted on pages whose text is known.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import astuple, dataclass
from statistics import median

from docflow.ocr.ports import Box
from docflow.ocr.recognition import SURE_SIGN, RecognisedLine

WEIGHTS = {
    "hardly": 1.14,
    "badly": 1.02,
    "doubtful": 0.78,
    "short": 0.52,
    "lone": 0.94,
    "lost": 0.25,
    "sure": 1.05,
    "differing": 0.05,
    "unsigned": 0.71,
}
"""How many letters are expected wrong for each of a sign: a fit on pages of synthetic letters of every quality, down to
90 dots an inch, whose text is known (``benchmarks/fit_doubt.py``)."""
REVIEW_ABOVE = 0.034
"""Of tuning, where every twelfth page has more than 5 % of its letters wrong, the pages above it are 1.8 times as many
and hold 95 of 100 of those. It is less than 5 % because on such pages more is wrong than could be expected."""
HARDLY, BADLY, DOUBTFUL = 85, 92, 96
"""Up to these confidences of a single sign it is read so; words are as sure as their least sure sign."""
SURE_ENOUGH = 80
SHORT_SIGNS = 2
MAX_UNREAD_SHARE = 0.2
FEW_WORDS = 12
LOST_LINE_SHARE = 0.5
"""A dropped line is text rather than a stamp from this part of the widest line on."""
LOST_HEIGHTS = 0.5
"""In heights of lines that are read well: what is lower is tops of letters that were cut off."""
LOST_SIGNS = 8
"""What reads shorter than this where a line was dropped is mostly a pen stroke."""
WELL_READ = 80
NAME_LINES, NAME_LETTERS, NAME_SURELY = 2, 5, 88
"""Under a stamp stand an office and a name; how many letters, and how surely read, are one of them."""


@dataclass(frozen=True, slots=True)
class Signs:
    """What tells of errors on a line, or on a page.

    Attributes:
        hardly: letters of which the engine is not sure at all.
        badly: letters of which it is little surer.
        doubtful: letters of which it is nearly sure.
        short: words of one or two letters read with doubt: pieces of words and of drawings.
        lone: brackets without their other one on the line: what stood between was lost, or read by the wrong model.
        lost: letters of a line that read too badly to be kept.
        sure: letters of a dropped line of which the engine is sure, as it seldom is of a drawing's.
        differing: letters by which other pictures of a line read otherwise.
        unsigned: lines that were not read surely under a stamp as black as print, of the two that stand there.
    """

    hardly: float = 0.0
    badly: float = 0.0
    doubtful: float = 0.0
    short: float = 0.0
    lone: float = 0.0
    lost: float = 0.0
    sure: float = 0.0
    differing: float = 0.0
    unsigned: float = 0.0

    @property
    def expected_wrong(self) -> float:
        """How many letters are expected wrong."""
        return sum(weight * float(getattr(self, name)) for name, weight in WEIGHTS.items())


def needs_review(
    read: Sequence[RecognisedLine], *, dropped: Sequence[RecognisedLine], stamps: Sequence[Box] = ()
) -> bool:
    """Tell whether a page should be checked: much that is probably wrong, a lost line, or very few words.

    Confidence cannot see a line that gave no word: only the area of the lines that were ``dropped`` can. ``stamps`` are
    those as black as print, under which names are read less surely.
    """
    unread, area = (sum(map(_area, lines)) for lines in (dropped, [*read, *dropped]))
    if sum(len(line.reading.words) for line in read) < FEW_WORDS or unread > MAX_UNREAD_SHARE * area:
        return True
    widest, usual = max(_width(line) for line in read), median(_height(line) for line in _well_read(read))
    if any(_width(line) > LOST_LINE_SHARE * widest and _height(line) > LOST_HEIGHTS * usual for line in dropped):
        return True
    return expected_error(read, dropped=dropped, stamps=stamps) > REVIEW_ABOVE


def expected_error(
    read: Sequence[RecognisedLine], *, dropped: Sequence[RecognisedLine], stamps: Sequence[Box] = ()
) -> float:
    """Return the share of the letters of a page, on which words were read, that is expected wrong."""
    return signs_of(read, dropped=dropped, stamps=stamps).expected_wrong / letters_of(read)


def letters_of(read: Sequence[RecognisedLine]) -> int:
    """Return how many letters were read."""
    return sum(len(word.text) for line in read for word in line.reading.words)


def signs_of(read: Sequence[RecognisedLine], *, dropped: Sequence[RecognisedLine], stamps: Sequence[Box] = ()) -> Signs:
    """Return the signs of a page on which words were read."""
    parts = [
        Signs(unsigned=_unsigned(read, stamps)),
        *(_signs_of(line) for line in read),
        *(_signs_of_lost(line) for line in dropped),
    ]
    return Signs(*map(sum, zip(*map(astuple, parts), strict=True)))


def _unsigned(read: Sequence[RecognisedLine], stamps: Sequence[Box]) -> int:
    """Return how many of the lines that stand under stamps were not read surely; circles of one stamp are one."""
    surely = sum(
        line.reading.confidence >= NAME_SURELY
        and len(line.reading.text) >= NAME_LETTERS
        and any(_is_under(line, stamp) for stamp in stamps)
        for line in read
    )
    return max(0, NAME_LINES - surely) if stamps else 0


def _is_under(line: RecognisedLine, stamp: Box) -> bool:
    left, top, right, bottom = line.line.box
    shared = min(right, stamp[2]) - max(left, stamp[0])
    return shared > bottom - top and stamp[1] < (top + bottom) / 2 < stamp[3]


def _signs_of(line: RecognisedLine) -> Signs:
    words = line.reading.words
    letters = [confidence for word in words for confidence in word.letters]
    doubtful = [word for word in words if word.confidence < SURE_ENOUGH]
    return Signs(
        hardly=sum(confidence < HARDLY for confidence in letters),
        badly=sum(HARDLY <= confidence < BADLY for confidence in letters),
        doubtful=sum(BADLY <= confidence < DOUBTFUL for confidence in letters),
        short=sum(len(word.text) <= SHORT_SIGNS for word in doubtful),
        lone=abs(line.reading.text.count("(") - line.reading.text.count(")")),
        differing=line.differing,
    )


def _signs_of_lost(line: RecognisedLine) -> Signs:
    signs = len(line.reading.text)
    sure = sum(sign >= SURE_SIGN for word in line.reading.words for sign in word.letters)
    return Signs(lost=signs if signs >= LOST_SIGNS else 0, sure=sure)


def _well_read(lines: Sequence[RecognisedLine]) -> Sequence[RecognisedLine]:
    return [line for line in lines if line.reading.confidence >= WELL_READ] or lines


def _width(line: RecognisedLine) -> int:
    return line.line.box[2] - line.line.box[0]


def _height(line: RecognisedLine) -> int:
    return line.line.box[3] - line.line.box[1]


def _area(line: RecognisedLine) -> int:
    return _width(line) * _height(line)
