"""The order in which the lines of a page with Arabic are read.

pdfium turns whole stretches of such a page upside down; its order only settles what the places leave open.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from heapq import heapify, heappop, heappush
from itertools import groupby

from docflow.pdf.glyph_signs import Box
from docflow.pdf.line_reading import PlacedWord

MOST_LINES = 1000
"""More are left in the file's order: each line is compared with each."""
MIN_COMMON_WIDTH = 0.2
"""Of the narrower of two lines that stand over each other."""


@dataclass(frozen=True, slots=True)
class PlacedLine:
    """The words of a line in logical order.

    Attributes:
        words: one or more.
        place: of its first glyph in the file's order.
        is_right: whether it runs from right to left.
    """

    words: tuple[PlacedWord, ...]
    place: int
    is_right: bool

    @property
    def box(self) -> Box:
        """What its words cover."""
        x0s, y0s, x1s, y1s = zip(*(word.box for word in self.words), strict=True)
        return min(x0s), min(y0s), max(x1s), max(y1s)


def in_reading_order(lines: Sequence[PlacedLine]) -> list[PlacedLine]:
    """Return the lines so that each comes after those that stand over it.

    Of those that may come next the one that the file has first is taken, cells of one row from the right where they run
    that way: files store them from left to right, whatever the script.
    """
    if len(lines) > MOST_LINES:
        return sorted(lines, key=lambda line: line.place)
    boxes = [line.box for line in lines]
    places = _with_rows_from_right(lines, boxes)
    below = [[lower for lower, box in enumerate(boxes) if _stands_over(upper, box)] for upper in boxes]
    waits = [0] * len(lines)
    for lowers in below:
        for lower in lowers:
            waits[lower] += 1
    ready = [(places[at], at) for at in range(len(lines)) if not waits[at]]
    heapify(ready)
    order = []
    while ready:
        _, at = heappop(ready)
        order.append(lines[at])
        for lower in below[at]:
            waits[lower] -= 1
            if not waits[lower]:
                heappush(ready, (places[lower], lower))
    return order


def _stands_over(upper: Box, lower: Box) -> bool:
    common = min(upper[2], lower[2]) - max(upper[0], lower[0])
    is_over = common > MIN_COMMON_WIDTH * min(upper[2] - upper[0], lower[2] - lower[0])
    return is_over and _middle(upper) < _middle(lower) and not _is_one_row(upper, lower)


def _with_rows_from_right(lines: Sequence[PlacedLine], boxes: Sequence[Box]) -> list[int]:
    places = [line.place for line in lines]
    row_of: dict[int, int] = {}
    by_height = sorted((at for at, line in enumerate(lines) if line.is_right), key=lambda at: _middle(boxes[at]))
    for before, at in zip([None, *by_height], by_height, strict=False):
        is_same = before is not None and _is_one_row(boxes[before], boxes[at])
        row_of[at] = row_of[before] if before is not None and is_same else at
    for _, row in groupby(by_height, key=row_of.__getitem__):
        from_right = sorted(row, key=lambda at: -boxes[at][2])
        for at, place in zip(from_right, sorted(lines[at].place for at in from_right), strict=True):
            places[at] = place
    return places


def _is_one_row(one: Box, other: Box) -> bool:
    return abs(_middle(one) - _middle(other)) < 0.5 * min(one[3] - one[1], other[3] - other[1])


def _middle(box: Box) -> float:
    return (box[1] + box[3]) / 2
