"""Where on a page a stamp covers nothing: an integral image of the ink (Viola and Jones, 2001)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from docflow.stamping.rules import StampPlace

Grey: TypeAlias = NDArray[np.uint8]
Rectangle: TypeAlias = tuple[float, float, float, float]
"""Left, top, width and height in points of the page as it is displayed, y down."""

SEARCH_DPI = 36
POINTS_PER_INCH = 72
MARGIN_PT = 14.0
"""Nothing is stamped nearer to the edge of the paper: printers do not reach it."""
GAP_PT = 3.0
"""Between the stamp and the nearest ink."""
INK_CONTRAST = 24
"""Levels below the paper."""
PAPER_PERCENTILE = 90
"""Of the page's levels; most of a page is paper, and a page that is not has no room."""
SPECKS = 0.0004
"""Share of the stamp's area that dust of a scan may have."""
SCALES = (1.0, 0.92, 0.85)
"""Sizes tried, from the wanted one to the smallest whose code is still read from a print at 150 dpi."""


@dataclass(frozen=True, slots=True)
class Spot:
    """Where a stamp stands, and at which part of its wanted size."""

    left: float
    top: float
    scale: float


def free_block(
    page: Grey, *, size: tuple[float, float], place: StampPlace, dpi: int = SEARCH_DPI
) -> tuple[float, float] | None:
    """Return left and top, in points, of the best free place of a rectangle of just that size, or none."""
    px = dpi / POINTS_PER_INCH
    return _least_far(_sums(page), window=size, px=px, place=place)


def free_spot(page: Grey, *, size: tuple[float, float], place: StampPlace, dpi: int = SEARCH_DPI) -> Spot | None:
    """Return the best free place of a stamp of so many points, or none when the page has no room.

    Args:
        page: levels of the page as it is displayed, at ``dpi``.
        size: wanted width and height in points.
        place: which corner is preferred.
        dpi: pixels an inch of ``page``.
    """
    px = dpi / POINTS_PER_INCH
    sums = _sums(page)
    for scale in SCALES:
        width, height = size[0] * scale, size[1] * scale
        found = _least_far(sums, window=(width, height), px=px, place=place)
        if found is not None:
            return Spot(found[0], found[1], scale)
    return None


def _sums(page: Grey) -> NDArray[np.int64]:
    """Return the integral image of the ink."""
    ink = page.astype(np.int16) < float(np.percentile(page, PAPER_PERCENTILE)) - INK_CONTRAST
    sums = np.zeros((ink.shape[0] + 1, ink.shape[1] + 1), dtype=np.int64)
    sums[1:, 1:] = ink.cumsum(0).cumsum(1)
    return sums


def _least_far(
    sums: NDArray[np.int64], *, window: tuple[float, float], px: float, place: StampPlace
) -> tuple[float, float] | None:
    """Return the free position nearest to the preferred corner, in points."""
    rows, columns = sums.shape[0] - 1, sums.shape[1] - 1
    gap = GAP_PT * px
    width = int(np.ceil(window[0] * px + 2 * gap))
    height = int(np.ceil(window[1] * px + 2 * gap))
    margin = int(np.ceil(MARGIN_PT * px - gap))
    if width + 2 * margin > columns or height + 2 * margin > rows:
        return None
    inked = sums[height:, width:] - sums[:-height, width:] - sums[height:, :-width] + sums[:-height, :-width]
    inner = inked[margin : rows - height - margin + 1, margin : columns - width - margin + 1]
    is_free = inner <= SPECKS * width * height
    if not is_free.any():
        return None
    distance = _distance(inner.shape, place)
    top, left = np.unravel_index(int(np.where(is_free, distance, np.inf).argmin()), inner.shape)
    return (float(left) + margin + gap) / px, (float(top) + margin + gap) / px


def _distance(shape: tuple[int, ...], place: StampPlace) -> NDArray[np.float64]:
    """Return how far each position is from the preferred corner; a head of a letter is preferred to its foot."""
    down, across = np.arange(shape[0], dtype=np.float64)[:, None], np.arange(shape[1], dtype=np.float64)[None, :]
    from_right, from_bottom = shape[1] - 1 - across, shape[0] - 1 - down
    if place is StampPlace.AUTOMATIC:
        # Arabic letters have their date at the left and French ones at the right: either side is as good.
        return down + 0.3 * np.minimum(across, from_right)
    vertical = down if place in {StampPlace.TOP_LEFT, StampPlace.TOP_RIGHT} else from_bottom
    horizontal = across if place in {StampPlace.TOP_LEFT, StampPlace.BOTTOM_LEFT} else from_right
    return vertical + horizontal
