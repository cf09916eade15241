"""A second look at numbers in Arabic-Indic digits, which the model for Arabic does not know.

Debian's model reads ٢٠٢١ as 7١71 or ٠.1١. The ink of such a word is cut into marks, and each is told by its shape; the
word is replaced only if every mark is surely a digit of this system or a separator: wrong is worse than unchanged.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np

from docflow.ocr.digit_model import ARABIC_DIGITS, CLASSES, SEPARATORS, digit_model
from docflow.ocr.digit_shapes import DigitBand, Mark, band_of, marks_of, pictures_of, stacks_of
from docflow.ocr.letter import box_around
from docflow.ocr.ports import Box, Language, LineReading, ReadWord
from docflow.ocr.recognition import LineImages, RecognisedLine
from docflow.ocr.word_order import in_logical_order

SURELY_WESTERN = re.compile(r"[+(]?[0-9][0-9./: )-]*")
SURELY_WESTERN_CONFIDENCE = 93
"""The model gives Arabic-Indic digits for Western ones with up to 90."""
UNREADABLE_CONFIDENCE = 35
"""A word that was read worse may be a number even if no digit is in it."""
UNLIKELY_MARK = 0.1
LIKELY_MARK = 0.5
SURE_MARK = 0.7
SURE_NUMBER = 0.4
"""The product of the marks' probabilities."""
SURE_SYSTEM = 0.9
FOREIGN_SHARE = 0.2
"""The model saw more of other things than stand in numbers: there they are so many times as likely."""
GAP_HEIGHTS, GAP_PITCHES = 0.45, 1.35
SURE_GAP_HEIGHTS = 1.1
"""What divides two words: a gap of so many heights of a digit that steps over so much more than the digits' distance,
or a wide one."""
HIGHEST_DIGIT = 1.3
"""In heights of a digit; an alef is drawn like a one, but often higher."""
PUNCTUATION_HEIGHTS = 0.5
"""What is lower, in heights of a digit, may stand beside a number; what is higher makes it something else."""
MIN_DIGITS = 2
"""A single digit in a line has nothing to be measured by."""
ABOVE_MM = 0.5
AROUND_MM = 3.0
"""How much of what stands beside a number is looked at: the dot of a letter would be a zero without its letter, and a
line may have been found without the zero at its end."""
MAX_MARKS = 100
"""More in one line of numbers are dots of a stain."""
END_OF_CLAUSE = re.compile(r"[،,:؛]$")
_SHARED = {CLASSES.index(arabic): CLASSES.index(western) for arabic, western in ("١1", "٩9")}
"""Digits that both systems draw alike, by their places among the classes."""
_SIGNS = frozenset((*ARABIC_DIGITS, *SEPARATORS))


@dataclass(frozen=True, slots=True)
class _Sign:
    """A mark and the digit or separator that it most likely is.

    Attributes:
        probability: 0 for what cannot be one: cut by the room, over or under another mark, too high.
        is_telling: whether it is surely a digit that the other system has not.
        is_stacked_dot: whether it is one of the two dots of a colon.
    """

    mark: Mark
    text: str
    probability: float
    is_telling: bool
    is_stacked_dot: bool

    @property
    def is_digit(self) -> bool:
        return self.text in ARABIC_DIGITS and self.probability >= LIKELY_MARK


@dataclass(frozen=True, slots=True)
class _Group:
    """Words of a line beside one another that may be a misread number.

    Attributes:
        places: of the words in the line.
        left: where the word on the left ends, in pixels of the page.
        right: where the word on the right begins.
        room: what is looked at.
    """

    places: tuple[int, ...]
    left: int
    right: int
    room: Box


@dataclass(frozen=True, slots=True)
class _Number:
    """A number that was told surely: its signs, the word it makes, the places of the words that it replaces."""

    signs: Sequence[_Sign]
    places: tuple[int, ...]
    word: ReadWord


def with_arabic_digits(lines: Sequence[RecognisedLine], images: LineImages) -> list[RecognisedLine]:
    """Return the lines with the numbers that are surely printed in Arabic-Indic digits, in those digits."""
    return [_reread(line, images) if line.language is Language.ARABIC else line for line in lines]


def _reread(line: RecognisedLine, images: LineImages) -> RecognisedLine:
    groups = _groups(line, images)
    marks = [marks_of(images.grey, group.room, mm_px=images.mm_px) for group in groups]
    if not 0 < sum(map(len, marks)) <= MAX_MARKS:
        return line
    band, signs = _signs(marks)
    found = [
        number
        for group, of_group in zip(groups, signs, strict=True)
        for number in _numbers_of(line, group, _clusters(of_group, group, band), band)
    ]
    told = [sign for number in found for sign in number.signs]
    if not any(sign.is_telling for sign in told) or sum(sign.is_digit for sign in told) < MIN_DIGITS:
        return line
    taken = {place for number in found for place in number.places}
    kept = [word for place, word in enumerate(line.reading.words) if place not in taken]
    words = in_logical_order([*kept, *(number.word for number in found)], base=Language.ARABIC)
    return replace(line, reading=LineReading(words))


def _groups(line: RecognisedLine, images: LineImages) -> list[_Group]:
    """Return the doubtful numbers of a line, each with the room it stands in and a little of its neighbours."""
    x0, y0, x1, y1 = line.line.box
    height, width = images.grey.shape
    above, around = round(ABOVE_MM * images.mm_px), round(AROUND_MM * images.mm_px)
    words = line.reading.words

    def room_for(places: Sequence[int], left: int, right: int) -> list[_Group]:
        if not places:
            return []
        first, _, last, _ = box_around([words[place] for place in places])
        left, right = min(left, first), max(right, last)
        room = max(0, left - around), max(0, y0 - above), min(width, right + around), min(height, y1 + above)
        return [_Group(tuple(places), left, right, room)]

    from_left = sorted(enumerate(words), key=lambda pair: pair[1].box[0] + pair[1].box[2])
    groups: list[_Group] = []
    edge, places = x0, []
    for place, word in from_left:
        if _may_be_misread(word):
            places.append(place)
        else:
            groups += room_for(places, edge, word.box[0])
            edge, places = word.box[2], []
    return [*groups, *room_for(places, edge, x1)]


def _may_be_misread(word: ReadWord) -> bool:
    if word.confidence < UNREADABLE_CONFIDENCE:
        return True
    if any(sign.isalpha() for sign in word.text) and not any(sign.isdigit() for sign in word.text):
        return False
    return word.confidence < SURELY_WESTERN_CONFIDENCE or SURELY_WESTERN.fullmatch(word.text) is None


def _signs(marks: Sequence[Sequence[Mark]]) -> tuple[DigitBand, list[list[_Sign]]]:
    """Return where the digits of the line stand, and what the marks of each group are.

    The size of the digits is told from all the marks first, then from those that look like digits.
    """
    band = band_of([mark for of_group in marks for mark in of_group])
    first = _told(marks, band)
    digits = [sign.mark for of_group in first for sign in of_group if sign.is_digit and sign.text != ARABIC_DIGITS[0]]
    if not digits:
        return band, first
    band = band_of(digits)
    return band, _told(marks, band)


def _told(marks: Sequence[Sequence[Mark]], band: DigitBand) -> list[list[_Sign]]:
    in_band = [[mark for mark in of_group if band.holds(mark)] for of_group in marks]
    together = [mark for of_group in in_band for mark in of_group]
    if not together:
        return [[] for _ in marks]
    probabilities = digit_model().probabilities(pictures_of(together, band)).astype(float)
    rows = iter(probabilities.tolist())
    return [
        [_sign(mark, next(rows), stack, band) for mark, stack in zip(of_group, stacks_of(of_group), strict=True)]
        for of_group in in_band
    ]


def _sign(mark: Mark, row: list[float], stack: Sequence[Mark], band: DigitBand) -> _Sign:
    arabic = len(ARABIC_DIGITS)
    best = int(np.argmax(row))
    is_telling = 0 < best < arabic and row[best] >= SURE_SYSTEM and best not in _SHARED
    for one, other in _SHARED.items():
        row[one], row[other] = row[one] + row[other], 0.0
    own = [(row[place], sign) for place, sign in enumerate(CLASSES) if sign in _SIGNS]
    probability, text = max(own)
    foreign = FOREIGN_SHARE * (1 - sum(share for share, _ in own))
    is_too_high = text in ARABIC_DIGITS and mark.height > HIGHEST_DIGIT * band.height
    if stack or mark.is_cut or is_too_high:
        is_stacked_dot = bool(stack) and all(_is_low(one, band) for one in (mark, *stack))
        return _Sign(mark, text, 0.0, is_telling=False, is_stacked_dot=is_stacked_dot)
    probability /= sum(share for share, _ in own) + foreign
    return _Sign(mark, text, probability, is_telling, is_stacked_dot=False)


def _is_low(mark: Mark, band: DigitBand) -> bool:
    return mark.height < PUNCTUATION_HEIGHTS * band.height


def _clusters(signs: Sequence[_Sign], group: _Group, band: DigitBand) -> list[list[_Sign]]:
    """Return the signs between gaps, as words stand.

    Some fonts set their digits as wide apart as others set words, so that the distance of the digits counts too.
    """
    pairs = list(pairwise(signs))
    gaps = [(right.mark.x - left.mark.x - left.mark.width) / band.height for left, right in pairs]
    steps = [_middle(right.mark) - _middle(left.mark) for left, right in pairs]
    between_digits = [
        step
        for step, gap, (left, right) in zip(steps, gaps, pairs, strict=True)
        if left.is_digit and right.is_digit and gap < SURE_GAP_HEIGHTS
    ]
    # Not the median: half the steps of a telephone number lie between its groups.
    pitch = float(np.percentile(between_digits, 30)) if between_digits else 0.0
    clusters = [list(signs[:1])]
    for gap, step, (left, right) in zip(gaps, steps, pairs, strict=True):
        is_wide = gap > GAP_HEIGHTS and step > GAP_PITCHES * pitch
        if is_wide or gap > SURE_GAP_HEIGHTS or (gap > 0 and (_is_beside(left, group) or _is_beside(right, group))):
            clusters.append([])
        clusters[-1].append(right)
    return [cluster for cluster in clusters if cluster]


def _is_beside(sign: _Sign, group: _Group) -> bool:
    """Tell whether a sign is a piece of a word beside the group, or one of the two dots of a colon."""
    return sign.is_stacked_dot or (_is_outside(sign, group) and not (sign.is_digit and sign.probability >= SURE_MARK))


def _is_outside(sign: _Sign, group: _Group) -> bool:
    return not group.left <= (sign.mark.box[0] + sign.mark.box[2]) / 2 <= group.right


def _middle(mark: Mark) -> float:
    return mark.x + mark.width / 2


def _numbers_of(
    line: RecognisedLine, group: _Group, clusters: Sequence[Sequence[_Sign]], band: DigitBand
) -> list[_Number]:
    """Return the numbers among the clusters of a group, none if a word to be replaced holds something else as well."""
    words = line.reading.words
    numbers: list[_Number] = []
    others: list[Box] = []
    for cluster in clusters:
        box = box_around([sign.mark for sign in cluster])
        # The alef at the end of the word beside a number is drawn like a one.
        may_hold_alef = any(sign.text == ARABIC_DIGITS[1] and _is_outside(sign, group) for sign in cluster)
        run = [] if may_hold_alef else _run(cluster, band)
        places = tuple(
            place
            for place in group.places
            if _overlap(words[place].box, box) > 0.3 or _overlap(box, words[place].box) > 0.5
        )
        if run and places:
            numbers.append(_Number(run, places, _word(run, cluster, former=words[places[0]])))
        elif not all(_is_low(sign.mark, band) for sign in cluster):
            others.append(box)
    is_mixed = any(
        _overlap(box, words[place].box) > 0.5 for box in others for number in numbers for place in number.places
    )
    return [] if is_mixed else numbers


def _run(cluster: Sequence[_Sign], band: DigitBand) -> list[_Sign]:
    """Return the signs of a number without the marks of punctuation beside it; none if anything is not sure."""
    digits = [place for place, sign in enumerate(cluster) if sign.is_digit]
    if not digits:
        return []
    first, last = digits[0], digits[-1] + 1
    run = list(cluster[first:last])
    is_alone = all(_may_be_punctuation(sign, band) for sign in (*cluster[:first], *cluster[last:]))
    is_sure = all(sign.probability >= SURE_MARK for sign in run)
    return run if is_alone and is_sure and _probability(run) >= SURE_NUMBER else []


def _may_be_punctuation(sign: _Sign, band: DigitBand) -> bool:
    is_zero = sign.text == ARABIC_DIGITS[0] and sign.probability > UNLIKELY_MARK
    return _is_low(sign.mark, band) and not is_zero


def _word(run: Sequence[_Sign], cluster: Sequence[_Sign], *, former: ReadWord) -> ReadWord:
    # A hyphen between two numbers stands in a text from right to left (UAX 9), a slash or a stop keeps them in order.
    text = "-".join(reversed("".join(sign.text for sign in run).split("-")))
    # The line ends at its left: what stands there is the stop after the number.
    has_stop = any(sign.text == "." and sign.probability >= LIKELY_MARK for sign in cluster[: cluster.index(run[0])])
    end = "." if has_stop else "".join(END_OF_CLAUSE.findall(former.text))
    confidence = round(100 * _probability(run), 1)
    of_signs = tuple(round(100 * sign.probability, 1) for sign in run)
    return ReadWord(text + end, box_around([sign.mark for sign in run]), confidence, of_signs)


def _probability(run: Sequence[_Sign]) -> float:
    return float(np.prod([sign.probability for sign in run]))


def _overlap(box: Box, other: Box) -> float:
    """Return the share of the width of ``box`` that ``other`` covers."""
    return (min(box[2], other[2]) - max(box[0], other[0])) / max(1, box[2] - box[0])
