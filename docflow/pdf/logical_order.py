"""From the order in which signs stand on paper, left to right, to the order in which they are read.

The inverse of the bidirectional algorithm (UAX 9) for one line. Two orders of reading can look the same on paper; the
one that letters use is taken: a number next to Arabic belongs to the Arabic, groups of three digits are one number.
"""

from __future__ import annotations

from collections.abc import Sequence
from enum import Enum

from docflow.pdf.glyph_signs import SPACE
from docflow.pdf.word_order import DIGIT, LATIN_LETTER, RIGHT_LETTER, Way

COMMON_SEPARATORS = frozenset(",./:\u060c")
EUROPEAN_SEPARATORS = frozenset("+-\u2212")
TERMINATORS = frozenset("%‰°#€$£\u066a")
PAIRS = ("()", "[]", "{}", "«»")
PAIR_OF = {bracket: pair for pair in PAIRS for bracket in pair}
STOPS = frozenset("،؛؟,;:.!?")
THOUSANDS = 3
"""Digits of a group that is set off by a space."""


class Kind(Enum):
    """The bidirectional types of UAX 9, table 4, that a line on paper still shows."""

    RIGHT = "AL"
    LATIN = "L"
    NUMBER = "EN"
    ARABIC_NUMBER = "AN"
    COMMON_SEPARATOR = "CS"
    EUROPEAN_SEPARATOR = "ES"
    TERMINATOR = "ET"
    NEUTRAL = "ON"


NUMBERS = frozenset({Kind.NUMBER, Kind.ARABIC_NUMBER})
LEFT_TO_RIGHT = NUMBERS | {Kind.LATIN}
STRONG = LEFT_TO_RIGHT | {Kind.RIGHT}


def kind_of(sign: str) -> Kind:
    """Return the type of a sign: a letter with its marks, the letters of a ligature, a digit, a point, a space."""
    if RIGHT_LETTER.search(sign):
        return Kind.RIGHT
    if LATIN_LETTER.search(sign):
        return Kind.LATIN
    if DIGIT.search(sign):
        return Kind.ARABIC_NUMBER if "\u0660" <= sign[0] <= "\u0669" else Kind.NUMBER
    if sign in COMMON_SEPARATORS:
        return Kind.COMMON_SEPARATOR
    if sign in EUROPEAN_SEPARATORS:
        return Kind.EUROPEAN_SEPARATOR
    return Kind.TERMINATOR if sign in TERMINATORS else Kind.NEUTRAL


def logical_order(signs: Sequence[str], *, base: Way) -> list[int]:
    """Return the places of the signs, which are given from left to right, in the order in which they are read.

    ``base`` is the way the line runs.
    """
    kinds = [kind_of(sign) for sign in signs]
    if base is Way.RIGHT_TO_LEFT:
        return _read_from_right(signs, kinds, range(len(signs)))
    order: list[int] = []
    for island in _right_islands(kinds):
        order.extend(range(len(order), island.start))
        order.extend(_read_from_right(signs, kinds, island))
    return [*order, *range(len(order), len(signs))]


def with_brackets_told(signs: Sequence[str]) -> list[str]:
    """Return signs in logical order with each bracket opening or closing as its neighbours say.

    A file may name the bracket of a right-to-left line by its look or by its meaning, and a reader may mirror it once
    more, so that only its place can be trusted.
    """
    told = list(signs)
    is_open = dict.fromkeys(PAIRS, False)
    for at, sign in enumerate(signs):
        pair = PAIR_OF.get(sign)
        if pair is None:
            continue
        before, after = (signs[near] if 0 <= near < len(signs) else SPACE for near in (at - 1, at + 1))
        can_open = before == SPACE and after != SPACE
        can_close = (after == SPACE or after in STOPS) and before != SPACE
        is_opening = not is_open[pair] if can_open is can_close else can_open
        is_open[pair] = is_opening
        told[at] = pair[0] if is_opening else pair[1]
    return told


def _right_islands(kinds: Sequence[Kind]) -> list[range]:
    """Return the stretches of a left-to-right line that run to the left, digits that touch them included."""
    islands: list[range] = []
    for at, kind in enumerate(kinds):
        if kind is not Kind.RIGHT:
            continue
        if islands and Kind.LATIN not in kinds[islands[-1].stop : at]:
            islands[-1] = range(islands[-1].start, at + 1)
        else:
            islands.append(range(at, at + 1))
    return [_with_touching_digits(kinds, island) for island in islands]


def _with_touching_digits(kinds: Sequence[Kind], island: range) -> range:
    start, stop = island.start, island.stop
    while start > 0 and kinds[start - 1] in NUMBERS:
        start -= 1
    while stop < len(kinds) and kinds[stop] in NUMBERS:
        stop += 1
    return range(start, stop)


def _read_from_right(signs: Sequence[str], kinds: Sequence[Kind], span: range) -> list[int]:
    order: list[int] = []
    is_after_arabic = False
    at = span.stop - 1
    while at >= span.start:
        kind = kinds[at]
        is_ended_number = kind is Kind.TERMINATOR and not is_after_arabic and kinds[at - 1 : at] == [Kind.NUMBER]
        if kind not in LEFT_TO_RIGHT and not is_ended_number:
            order.append(at)
            is_after_arabic = is_after_arabic or kind is Kind.RIGHT
            at -= 1
            continue
        last = at - 1 if is_ended_number else at
        start = _island_start(signs, kinds, range(span.start, last + 1), is_after_arabic=is_after_arabic)
        order.extend(range(start, at + 1))
        is_after_arabic = is_after_arabic and Kind.LATIN not in kinds[start:at]
        at = start - 1
    return order


def _island_start(signs: Sequence[str], kinds: Sequence[Kind], span: range, *, is_after_arabic: bool) -> int:
    """Return where the stretch that ends with ``span`` and runs to the right begins."""
    start = span.stop - 1
    while True:
        near = next((at for at in range(start - 1, span.start - 1, -1) if kinds[at] in STRONG), None)
        if near is None or kinds[near] is Kind.RIGHT:
            break
        island = range(start, span.stop)
        if not _is_one_stretch(signs, kinds, near, island, is_after_arabic=is_after_arabic):
            break
        start = near
    is_number = Kind.LATIN not in kinds[start : span.stop]
    has_sign_before = start > span.start and kinds[start - 1] is Kind.TERMINATOR
    return start - 1 if is_number and has_sign_before and not is_after_arabic else start


def _is_one_stretch(
    signs: Sequence[str], kinds: Sequence[Kind], near: int, island: range, *, is_after_arabic: bool
) -> bool:
    """Tell whether the Latin letter or digit at ``near`` stands in one stretch with the island on its right."""
    between = signs[near + 1 : island.start]
    if not between:
        return True
    has_latin = Kind.LATIN in kinds[island.start : island.stop]
    if has_latin:
        return True
    if kinds[near] is Kind.LATIN:
        return not is_after_arabic or SPACE not in between
    if len(between) != 1 or kinds[near] is not kinds[island.start]:
        return False
    separator = kinds[near + 1]
    if separator is Kind.COMMON_SEPARATOR:
        return True
    if separator is Kind.EUROPEAN_SEPARATOR:
        return kinds[near] is Kind.NUMBER and not is_after_arabic
    return between[0] == SPACE and _is_group_of_thousands(kinds, near, island)


def _is_group_of_thousands(kinds: Sequence[Kind], near: int, island: range) -> bool:
    group = next((at for at in range(island.start, island.stop) if kinds[at] not in NUMBERS), island.stop)
    front = next((at for at in range(near, -1, -1) if kinds[at] not in NUMBERS), -1)
    return group - island.start == THOUSANDS and near - front <= THOUSANDS
