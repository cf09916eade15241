"""Round stamps over text: told from it by their level where they are lighter than print, else by their shapes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray

from docflow.ocr.imaging import WHITE
from docflow.ocr.ink import Ink, InkMap, ink_map
from docflow.ocr.ports import Box, GreyImage
from docflow.ocr.print_model import DARKEST, MM_PX, SIDE_PX, Circle, print_model

RING_RADIUS_MM = (9, 24)
RING_WIDTH_MM = 0.9
RING_ROUNDNESS = 0.2
"""How perfect a circle must be to be looked at, from 0 to 1."""
RING_SHARE = 0.75
"""How much of a circle must be inked to be a stamp's: circles that were laid through letters have 0.6 at most."""
SURELY_RING = 0.9
"""What is faintly inked so far round is no chance."""
MOST_RINGS = 20
"""A page with more circles is a pattern; of each the ink is kept on a map as large as the page's."""
INNER_SHARE = 0.4
INNER_RINGS = (0.55, 0.85)
"""Where the inner ring of a stamp lies, as parts of its radius."""
ONE_STAMP_SHARE = 0.5
"""A circle whose centre is nearer to that of an outer one than this part of its radius is of the same stamp."""
AROUND_MM, SEEN_AROUND_MM = 2, 5
"""How far around a stamp its ink is looked for, and how much the network sees, to know the lines under the stamp."""
MOVED_MM, WIDENED_MM, STEP_MM, ANGLES = 1.5, 2.0, 0.5, 180
"""How far from a circle that was found the one that is inked most may lie, and where it is looked for."""
DARK_QUANTILE, USUAL_QUANTILE, STAMP_QUANTILE = 0.15, 0.3, 0.3
LIGHTER_SHARE = 0.14
"""How much lighter than print usually is, on the way to white, the ring of a stamp must be for its letters to be told
from it."""
SURELY_PRINT, PERHAPS_PRINT = 0.2, 0.6
"""Where print ends between its own dark level and the stamp's: in the middle of a stroke, and at its sides."""
STROKE_MM = 0.2
"""How far from the middle of a stroke its sides are."""


@dataclass(frozen=True, slots=True)
class Ring:
    """The outer circle of a stamp, in pixels of the map, and its ink there, that of its inner circle included.

    ``inked`` is how much of the circle is inked, be it faintly.
    """

    centre: tuple[float, float]
    radius: float
    inked: float
    ink: Ink

    def box(self, scale: float) -> Box:
        """Return the box around it in pixels of the page."""
        x, y = self.centre
        x0, y0, x1, y1 = (
            round(edge / scale) for edge in (x - self.radius, y - self.radius, x + self.radius, y + self.radius)
        )
        return x0, y0, x1, y1


class _Circle(NamedTuple):
    x: float
    y: float
    radius: float
    inked: float


def rings_of(page: InkMap) -> list[Ring]:
    """Return the circles of round stamps on a map of faint ink: a worn stamp is much lighter than print."""
    smallest, largest = (round(radius * page.mm / 2) for radius in RING_RADIUS_MM)
    half = cv2.resize(page.ink * np.uint8(255), None, fx=0.5, fy=0.5, interpolation=cv2.INTER_AREA)
    circles: Any = cv2.HoughCircles(
        half,
        cv2.HOUGH_GRADIENT_ALT,
        dp=1.5,
        minDist=smallest,
        param1=300,
        param2=RING_ROUNDNESS,
        minRadius=smallest,
        maxRadius=largest,
    )
    found = [] if circles is None else (2 * np.asarray(circles, np.float32).reshape(-1, 3)).tolist()
    wavering = np.asarray(cv2.dilate(page.ink, np.ones((3, 3), np.uint8)), np.uint8)
    drawn = {_most_inked(wavering, circle, mm=page.mm) for circle in found}
    outer = _outer_of([circle for circle in drawn if circle.inked >= RING_SHARE])
    return [_ring(page, circle) for circle in outer] if len(outer) <= MOST_RINGS else []


def without_stamps(grey: GreyImage, page: InkMap, rings: Sequence[Ring]) -> tuple[GreyImage, InkMap, list[Ring]]:
    """Return a page and its ink with stamps as white as its paper, and the rings of those that are as black as print.

    Text under a stamp is darker than the stamp where the scanner told levels of ink. Where it did not, or the stamp is
    as dark as print, a network tells the strokes of print by their shapes.
    """
    if not rings:
        return grey, page, []
    plain, black = grey.copy(), []
    dark, usual = _print_levels(grey, page, rings)
    for ring in rings:
        stamp_level = _quantile(grey, page, np.argwhere(ring.ink), STAMP_QUANTILE)
        if stamp_level - usual > LIGHTER_SHARE * (WHITE - usual):
            _fade(plain, page, ring, print_level=dark, stamp_level=stamp_level)
        elif _is_drawn(page, ring):
            _leave_print(plain, page, ring, print_level=usual)
            black.append(ring)
    return plain, replace(page, ink=page.ink & ink_map(plain).ink), black


def _is_drawn(page: InkMap, ring: Ring) -> bool:
    """Tell whether a circle is a stamp's: in the grain of a poor copy faint ones are found through letters.

    Of 88 stamps as black as print four fifths and more are as black all along.
    """
    if ring.inked >= SURELY_RING:
        return True
    wavering = np.asarray(cv2.dilate(page.ink, np.ones((3, 3), np.uint8)), np.uint8)
    return _most_inked(wavering, (*ring.centre, ring.radius), mm=page.mm).inked >= RING_SHARE


def _fade(grey: GreyImage, page: InkMap, ring: Ring, *, print_level: float, stamp_level: float) -> None:
    """Whiten what is not print on the stamp: print is as dark as elsewhere somewhere across its strokes."""
    stamp, (x, y, radius) = _part_around(grey, page, ring, around_mm=AROUND_MM)
    surely, perhaps = (
        (stamp < print_level + end * (stamp_level - print_level)).astype(np.uint8)
        for end in (SURELY_PRINT, PERHAPS_PRINT)
    )
    mm = page.mm / page.scale
    side = 2 * round(STROKE_MM * mm) + 1
    near = np.asarray(cv2.dilate(surely, np.ones((side, side), np.uint8)), np.uint8)
    kept = np.asarray(cv2.dilate(near & perhaps, np.ones((3, 3), np.uint8)), np.uint8)
    stamp[_is_within(stamp, (x, y, radius + AROUND_MM * mm)) & (kept == 0)] = WHITE


def _leave_print(grey: GreyImage, page: InkMap, ring: Ring, *, print_level: float) -> None:
    """Draw what the network takes for print where the stamp was, as dark as print and as surely as it is told."""
    stamp, (x, y, radius) = _part_around(grey, page, ring, around_mm=SEEN_AROUND_MM)
    mm = page.mm / page.scale
    height, width = (max(1, round(size * MM_PX / mm / SIDE_PX)) * SIDE_PX for size in stamp.shape)
    across, down = width / stamp.shape[1], height / stamp.shape[0]
    dark = np.clip((WHITE - stamp.astype(np.float32)) / (WHITE - print_level), 0, DARKEST)
    picture = cv2.resize(dark, (width, height), interpolation=cv2.INTER_AREA if mm > MM_PX else cv2.INTER_LINEAR)
    share = print_model().print_share(np.asarray(picture, np.float32), (x * across, y * down, radius * across))
    share = np.asarray(cv2.resize(share, stamp.shape[::-1], interpolation=cv2.INTER_LINEAR), np.float32)
    is_stamped = _is_within(stamp, (x, y, radius + AROUND_MM * mm))
    stamp[is_stamped] = (WHITE - share * (WHITE - print_level))[is_stamped]


def _part_around(grey: GreyImage, page: InkMap, ring: Ring, *, around_mm: float) -> tuple[GreyImage, Circle]:
    """Return the part of the page, not a copy, with a stamp and what is around it, and the circle on it in pixels."""
    x, y, radius = (size / page.scale for size in (*ring.centre, ring.radius))
    reach = radius + around_mm * page.mm / page.scale
    x0, y0 = max(0, round(x - reach)), max(0, round(y - reach))
    return grey[y0 : round(y + reach), x0 : round(x + reach)], (x - x0, y - y0, radius)


def _is_within(part: GreyImage, circle: Circle) -> NDArray[np.bool_]:
    x, y, radius = circle
    rows, columns = np.ogrid[: part.shape[0], : part.shape[1]]
    return np.asarray(np.hypot(columns - x, rows - y) < radius)


def _print_levels(grey: GreyImage, page: InkMap, rings: Sequence[Ring]) -> tuple[float, float]:
    """Return how dark the darkest strokes of letters are away from stamps, and how dark they usually are."""
    places = np.argwhere(page.ink)
    for ring in rings:
        distances = np.hypot(places[:, 1] - ring.centre[0], places[:, 0] - ring.centre[1])
        places = places[distances > ring.radius + AROUND_MM * page.mm]
    dark, usual = (_quantile(grey, page, places, quantile) for quantile in (DARK_QUANTILE, USUAL_QUANTILE))
    return dark, usual


def _quantile(grey: GreyImage, page: InkMap, places: NDArray[Any], quantile: float) -> float:
    """Return the quantile of the levels at some places of the map; black without any."""
    if not len(places):
        return 0.0
    height, width = grey.shape
    rows, columns = ((places + 0.5) / page.scale).astype(int).T
    return float(np.quantile(grey[rows.clip(0, height - 1), columns.clip(0, width - 1)], quantile))


def _outer_of(circles: Sequence[_Circle]) -> list[_Circle]:
    """Return the outer circle of each stamp: a large one of which much is inked."""
    outer: list[_Circle] = []
    for circle in sorted(circles, key=lambda circle: (-circle.radius * circle.inked, circle)):
        if not any(np.hypot(circle.x - one.x, circle.y - one.y) < ONE_STAMP_SHARE * one.radius for one in outer):
            outer.append(circle)
    return outer


def _most_inked(wavering: Ink, circle: Sequence[float], *, mm: float) -> _Circle:
    """Return the circle about the given one of which most is inked, and that share."""
    x, y, radius = circle
    moves = np.arange(-MOVED_MM, MOVED_MM + STEP_MM / 2, STEP_MM) * mm
    radii = np.arange(radius - WIDENED_MM * mm, radius + WIDENED_MM * mm)
    angles = np.linspace(0, 2 * np.pi, ANGLES, endpoint=False)
    xs, ys = (moves.ravel() for moves in np.meshgrid(x + moves, y + moves))
    columns = np.rint(xs[:, None, None] + radii[:, None] * np.cos(angles)).astype(int)
    rows = np.rint(ys[:, None, None] + radii[:, None] * np.sin(angles)).astype(int)
    height, width = wavering.shape
    is_on_page = (rows >= 0) & (rows < height) & (columns >= 0) & (columns < width)
    shares = (wavering[rows.clip(0, height - 1), columns.clip(0, width - 1)] * is_on_page).mean(axis=2)
    place, size = np.unravel_index(np.argmax(shares), shares.shape)
    return _Circle(float(xs[place]), float(ys[place]), float(radii[size]), float(shares[place, size]))


def _ring(page: InkMap, circle: _Circle) -> Ring:
    reach = round(circle.radius + AROUND_MM * page.mm)
    x0, y0 = max(0, round(circle.x) - reach), max(0, round(circle.y) - reach)
    ink = page.ink[y0 : round(circle.y) + reach, x0 : round(circle.x) + reach]
    rows, columns = np.indices(ink.shape, dtype=np.float32)
    distance = np.hypot(columns + x0 - circle.x, rows + y0 - circle.y)
    shares = _inked_shares(ink, distance)
    width = RING_WIDTH_MM * page.mm
    found = np.zeros_like(page.ink)
    part = found[y0 : y0 + ink.shape[0], x0 : x0 + ink.shape[1]]
    part[(np.abs(distance - circle.radius) <= width) & (ink > 0)] = 1
    inner = _strongest(shares, INNER_RINGS[0] * circle.radius, INNER_RINGS[1] * circle.radius)
    if shares[inner] >= INNER_SHARE:
        part[(np.abs(distance - inner) <= width / 2) & (ink > 0)] = 1
    return Ring((circle.x, circle.y), circle.radius, circle.inked, found)


def _inked_shares(ink: Ink, distance: NDArray[np.float32]) -> NDArray[np.float64]:
    """Return how much of the circle of each radius is inked; a stroke that wavers by a pixel is whole."""
    rounded = np.round(distance).astype(int).ravel()
    wavering = np.asarray(cv2.dilate(ink, np.ones((3, 3), np.uint8)))
    inked = np.bincount(rounded, weights=wavering.ravel().astype(float))
    return np.asarray(inked / np.maximum(1, np.bincount(rounded)))


def _strongest(shares: NDArray[np.float64], first: float, last: float) -> int:
    start = max(0, round(first))
    return start + int(np.argmax(shares[start : round(last) + 1]))
