"""The marks of a piece of a line, one picture each, of one size relative to the digits around them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeAlias

import cv2
import numpy as np
from numpy.typing import NDArray

from docflow.ocr.imaging import WHITE
from docflow.ocr.ports import Box, GreyImage

Pictures: TypeAlias = NDArray[np.float32]
"""Ink from 0 to 1, of shape (marks, PICTURE_PX * PICTURE_PX)."""

PICTURE_PX = 20
FINER = 4
"""How many times finer a picture is drawn before it is shrunk, about as fine as the ink itself."""
WORKING_PX_PER_MM = 12
"""A digit of a letter is 25 to 40 pixels high at this scale, whatever the resolution of the scan."""
SMOOTHING_PX = 0.9
INK_SHARE = 0.45
DUST_MM = 0.17
"""The smallest zero, a dot in Arabic digits, is twice as large."""
MOST_PARTS = 300
"""More than a line of text has: the piece is dirt."""
TALL_SHARE = 0.5
STACKED_SHARE = 0.6
BREAK_SHARE = 0.15
"""A gap of this share of the height of both is a break; the gap between the dots of a colon is wider."""
ABOVE, BELOW = 0.4, 0.4
"""How much of the height of the digits a picture shows over and under them."""


@dataclass(frozen=True, slots=True)
class _Part:
    """Connected ink: its box in a piece, and the numbers that its pixels bear there."""

    left: int
    top: int
    right: int
    bottom: int
    numbers: frozenset[int]


@dataclass(frozen=True, slots=True)
class Mark:
    """Connected ink, or two parts of it that a break divides.

    Attributes:
        box: in pixels of the page.
        ink: 1 where it is, at ``WORKING_PX_PER_MM``.
        x: the left of ``ink`` in the piece it was found in.
        y: the top of ``ink`` there.
        is_cut: whether it reaches the left or the right end of the piece.
    """

    box: Box
    ink: NDArray[np.uint8]
    x: int
    y: int
    is_cut: bool

    @property
    def height(self) -> int:
        """Pixels down ``ink``."""
        return int(self.ink.shape[0])

    @property
    def width(self) -> int:
        """Pixels across ``ink``."""
        return int(self.ink.shape[1])


@dataclass(frozen=True, slots=True)
class DigitBand:
    """Where the digits of a line stand: their top, and their height, in pixels of the piece they were found in."""

    top: float
    height: float

    def holds(self, mark: Mark) -> bool:
        """Tell whether a mark stands in the band, not in the line above or under it."""
        return self.top - ABOVE * self.height < mark.y + mark.height / 2 < self.top + (1 + BELOW) * self.height


def marks_of(grey: GreyImage, box: Box, *, mm_px: float) -> list[Mark]:
    """Return the marks in a box of the page, from left to right; none where there is hardly anything but dirt."""
    x0, y0, x1, y1 = box
    scale = WORKING_PX_PER_MM / mm_px
    piece = cv2.resize(grey[y0:y1, x0:x1], None, fx=scale, fy=scale, interpolation=cv2.INTER_CUBIC)
    piece = cv2.GaussianBlur(piece, (0, 0), SMOOTHING_PX)
    darkest = float(np.percentile(piece, 2))
    ink = (piece < WHITE - INK_SHARE * (WHITE - darkest)).astype(np.uint8)
    _, labels, stats, _ = cv2.connectedComponentsWithStats(ink, connectivity=8)
    dust = DUST_MM * WORKING_PX_PER_MM
    parts = [
        _Part(left, top, left + width, top + height, frozenset([number]))
        for number, (left, top, width, height, _) in enumerate(np.asarray(stats).tolist())
        if number and max(width, height) > dust
    ]
    if len(parts) > MOST_PARTS:
        return []
    marks = [_mark(np.asarray(labels), part, origin=(x0, y0), scale=scale) for part in _joined(parts)]
    return sorted(marks, key=lambda mark: 2 * mark.x + mark.width)


def stacks_of(marks: Sequence[Mark]) -> list[list[Mark]]:
    """Return for each mark the others that stand over or under it, as the dot of a letter and of a colon does."""
    if not marks:
        return []
    lefts = np.array([mark.x for mark in marks])
    rights = np.array([mark.x + mark.width for mark in marks])
    shared = np.minimum(rights[:, None], rights) - np.maximum(lefts[:, None], lefts)
    is_covered = shared > STACKED_SHARE * (rights - lefts)[:, None]
    np.fill_diagonal(is_covered, val=False)
    return [[marks[other] for other in np.flatnonzero(row).tolist()] for row in is_covered]


def band_of(marks: Sequence[Mark]) -> DigitBand:
    """Return where the digits stand among some marks, at least one, most of which are digits."""
    highest = max(mark.height for mark in marks)
    tall = [mark for mark in marks if mark.height >= TALL_SHARE * highest]
    top = float(np.median([mark.y for mark in tall]))
    bottom = float(np.median([mark.y + mark.height for mark in tall]))
    return DigitBand(top, bottom - top)


def pictures_of(marks: Sequence[Mark], band: DigitBand) -> Pictures:
    """Return the pictures of some marks, each centred, at the height where it stands in the band."""
    pictures = np.zeros((len(marks), PICTURE_PX, PICTURE_PX), np.float32)
    drawn_px = PICTURE_PX * FINER
    scale = drawn_px / ((1 + ABOVE + BELOW) * band.height)
    for mark, picture in zip(marks, pictures, strict=True):
        top = mark.y - band.top + ABOVE * band.height
        place = np.array([[scale, 0, (drawn_px - mark.width * scale) / 2], [0, scale, top * scale]], np.float32)
        drawn = cv2.warpAffine(mark.ink.astype(np.float32), place, (drawn_px, drawn_px), flags=cv2.INTER_LINEAR)
        picture[:] = cv2.resize(drawn, (PICTURE_PX, PICTURE_PX), interpolation=cv2.INTER_AREA)
    return pictures.reshape(len(marks), -1)


def _joined(parts: Sequence[_Part]) -> list[_Part]:
    """Return the parts, two that stand close one over the other as one: a thin print breaks a four at its waist."""
    joined: list[_Part] = []
    for part in sorted(parts, key=lambda one: one.top):
        above = next((place for place, one in enumerate(joined) if _is_broken(one, part)), None)
        if above is None:
            joined.append(part)
        else:
            one = joined[above]
            joined[above] = _Part(
                min(one.left, part.left),
                min(one.top, part.top),
                max(one.right, part.right),
                max(one.bottom, part.bottom),
                one.numbers | part.numbers,
            )
    return joined


def _is_broken(upper: _Part, lower: _Part) -> bool:
    shared = min(upper.right, lower.right) - max(upper.left, lower.left)
    height = max(upper.bottom, lower.bottom) - upper.top
    return (
        shared > STACKED_SHARE * max(upper.right - upper.left, lower.right - lower.left)
        and lower.top - upper.bottom < BREAK_SHARE * height
    )


def _mark(labels: NDArray[np.int32], part: _Part, *, origin: tuple[int, int], scale: float) -> Mark:
    x0, y0 = origin
    box = (
        x0 + round(part.left / scale),
        y0 + round(part.top / scale),
        x0 + round(part.right / scale),
        y0 + round(part.bottom / scale),
    )
    ink = np.isin(labels[part.top : part.bottom, part.left : part.right], list(part.numbers)).astype(np.uint8)
    is_cut = part.left == 0 or part.right == labels.shape[1]
    return Mark(box, ink, part.left, part.top, is_cut)
