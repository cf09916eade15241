"""Rules, streaks of a scanner and the rings of stamps, which are wiped before lines are looked for and read."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from docflow.ocr.imaging import WHITE
from docflow.ocr.ink import Ink, InkMap, ink_map
from docflow.ocr.ports import GreyImage

CROSSING_PX = 3
FAINT_SHARE = 0.16
"""Rules are often printed grey; a line read with one is lost."""
LEVEL_RULE_MM = 16
UPRIGHT_RULE_MM = 14
MAX_RULE_MM = 1.2
BROKEN_MM = 0.8
ALONE_MM = (0.8, 1.8)
ALONE_SHARE = 0.12
PIECE_MM = 2.5
REACH_MM = 25
EDGE_MM = 10
EDGE_BAR_MM = 12
RING_RADIUS_MM = (9, 24)
RING_WIDTH_MM = 0.9
RING_ROUNDNESS = 0.2
"""How perfect a circle must be to be looked at, from 0 to 1."""
RING_SHARE = 0.4
"""How much of a circle must be inked to be a stamp's: a worn one is half there, letters that lie on one are not."""
INNER_RINGS = (0.55, 0.85)
"""Where the inner ring of a stamp lies, as parts of its radius."""


@dataclass(frozen=True, slots=True)
class PlainPage:
    """A page freed of drawings: its levels, and its ink on a map."""

    grey: GreyImage
    ink: InkMap


def without_drawings(grey: GreyImage) -> PlainPage:
    """Return an upright page whose rules, streaks, dark edges and rings are as white as its paper."""
    page = ink_map(grey)
    straight = _rules(page.ink, ink_map(grey, share=FAINT_SHARE).ink, mm=page.mm) | _edges(page)
    rings = _rings(replace(page, ink=page.ink & ~straight))
    plain_ink = replace(page, ink=page.ink & ~straight & ~rings)
    if not (straight | rings).any():
        return PlainPage(grey, plain_ink)
    # A straight stroke has grey sides, which are not ink beside it and would be without it.
    drawn = np.asarray(cv2.dilate(straight, np.ones((3, 3), np.uint8)), np.uint8) | rings
    mask = cv2.resize(drawn, (grey.shape[1], grey.shape[0]), interpolation=cv2.INTER_NEAREST)
    wiped = grey.copy()
    wiped[np.asarray(mask) > 0] = WHITE
    return PlainPage(wiped, plain_ink)


def _edges(page: InkMap) -> Ink:
    """Return the dark bars that a scanner draws past the ends of a sheet, and whatever lies outside of them."""
    found = np.zeros_like(page.ink)
    band, length, reach = (round(size * page.mm) for size in (EDGE_MM, EDGE_BAR_MM, REACH_MM))
    for turns in range(4):
        # Turned so that the edge looked at is the left one; the views write through to ``found``.
        ink, side = np.rot90(page.ink, turns)[:, :band], np.rot90(found, turns)[:, :band]
        bars = cv2.morphologyEx(np.ascontiguousarray(ink), cv2.MORPH_OPEN, np.ones((length, 1), np.uint8))
        beside = np.asarray(cv2.dilate(bars, np.ones((2 * reach + 1, 3), np.uint8)), np.uint8)
        side |= np.maximum.accumulate(beside[:, ::-1], axis=1)[:, ::-1] & ink
        if bars.any():
            side |= _within(ink)
    return found


def _within(band: Ink) -> Ink:
    """Return the ink that does not reach the right side of a band."""
    _, labels = cv2.connectedComponents(np.ascontiguousarray(band), connectivity=8)
    labels = np.asarray(labels)
    return (band & ~np.isin(labels, labels[:, -1])).astype(np.uint8)


def _rules(ink: Ink, faint: Ink, *, mm: float) -> Ink:
    """Return straight strokes too long and too thin for a letter; faint, broken or leaning ones if they stand alone."""
    level = _level_rules(ink, faint, mm=mm, length_mm=LEVEL_RULE_MM)
    upright = _level_rules(np.ascontiguousarray(ink.T), np.ascontiguousarray(faint.T), mm=mm, length_mm=UPRIGHT_RULE_MM)
    return np.asarray(level | upright.T, np.uint8)


def _level_rules(ink: Ink, faint: Ink, *, mm: float, length_mm: float) -> Ink:
    length, piece = round(length_mm * mm), round(PIECE_MM * mm)
    # A rule that leans by less than a degree climbs a pixel now and then.
    climbing = np.asarray(cv2.dilate(faint, np.ones((3, 1), np.uint8)), np.uint8)
    mended = np.asarray(cv2.morphologyEx(climbing, cv2.MORPH_CLOSE, _bar(round(BROKEN_MM * mm))), np.uint8)
    alone = _standing_alone(faint, mm, length=length)
    strong = _thin_strokes(ink, mm, length=length) | (_thin_strokes(mended, mm, length=length) & alone)
    if not strong.any():
        return strong
    # Crossed by letters, a rule falls into pieces, which lie in line with its long ones.
    in_line = np.asarray(cv2.dilate(strong, np.ones((3, 2 * round(REACH_MM * mm) + 1), np.uint8)), np.uint8)
    pieces = _thin_strokes(ink, mm, length=piece) | (
        _thin_strokes(climbing, mm, length=piece) & _standing_alone(faint, mm, length=piece)
    )
    rules = np.asarray((strong | (pieces & in_line)) & faint, np.uint8)
    return rules & ~_crossings(ink, rules)


def _crossings(ink: Ink, rules: Ink) -> Ink:
    """Return where a letter's stroke meets a rule: without it, underlined letters would lose their feet."""
    strokes = cv2.morphologyEx(ink & ~rules, cv2.MORPH_OPEN, np.ones((CROSSING_PX, 1), np.uint8))
    return np.asarray(cv2.dilate(strokes, np.ones((2 * CROSSING_PX + 1, 1), np.uint8)), np.uint8)


def _thin_strokes(ink: Ink, mm: float, *, length: int) -> Ink:
    """Return the level strokes of at least this length that are no thicker than a rule."""
    strokes = cv2.morphologyEx(ink, cv2.MORPH_OPEN, _bar(length))
    thick = cv2.morphologyEx(strokes, cv2.MORPH_OPEN, np.ones((round(MAX_RULE_MM * mm) + 2, 1), np.uint8))
    return np.asarray(strokes, np.uint8) & ~np.asarray(thick, np.uint8)


def _standing_alone(ink: Ink, mm: float, *, length: int) -> Ink:
    """Return where little is inked just above and just below; the feet of close letters mend to a stroke too."""
    near, far = round(ALONE_MM[0] * mm), round(ALONE_MM[1] * mm)
    inked = cv2.blur(ink.astype(np.float32), (length, far - near + 1))
    middle = (near + far) // 2
    above = np.vstack([np.zeros((middle, ink.shape[1]), np.float32), np.asarray(inked)[:-middle]])
    below = np.vstack([np.asarray(inked)[middle:], np.zeros((middle, ink.shape[1]), np.float32)])
    return (np.maximum(above, below) < ALONE_SHARE).astype(np.uint8)


def _bar(length: int) -> NDArray[np.uint8]:
    return np.ones((1, max(1, length)), np.uint8)


def _rings(page: InkMap) -> Ink:
    """Return the circles of round stamps."""
    found = np.zeros_like(page.ink)
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
    if circles is None:
        return found
    for x, y, radius in (2 * np.asarray(circles, np.float32).reshape(-1, 3)).tolist():
        _mark_ring(found, page, centre=(x, y), radius=radius)
    return found


def _mark_ring(found: Ink, page: InkMap, *, centre: tuple[float, float], radius: float) -> None:
    reach = round(radius + 2 * page.mm)
    x0, y0 = max(0, round(centre[0]) - reach), max(0, round(centre[1]) - reach)
    ink = page.ink[y0 : round(centre[1]) + reach, x0 : round(centre[0]) + reach]
    rows, columns = np.indices(ink.shape, dtype=np.float32)
    distance = np.hypot(columns + x0 - centre[0], rows + y0 - centre[1])
    shares = _inked_shares(ink, distance)
    outer = _strongest(shares, radius - page.mm, radius + page.mm)
    if shares[outer] < RING_SHARE:
        return
    width = RING_WIDTH_MM * page.mm
    part = found[y0 : y0 + ink.shape[0], x0 : x0 + ink.shape[1]]
    part[(np.abs(distance - outer) <= width) & (ink > 0)] = 1
    inner = _strongest(shares, INNER_RINGS[0] * outer, INNER_RINGS[1] * outer)
    if shares[inner] >= RING_SHARE:
        part[(np.abs(distance - inner) <= width / 2) & (ink > 0)] = 1


def _inked_shares(ink: Ink, distance: NDArray[np.float32]) -> NDArray[np.float64]:
    """Return how much of the circle of each radius is inked; a stroke that wavers by a pixel is whole."""
    rounded = np.round(distance).astype(int).ravel()
    wavering = np.asarray(cv2.dilate(ink, np.ones((3, 3), np.uint8)))
    inked = np.bincount(rounded, weights=wavering.ravel().astype(float))
    return np.asarray(inked / np.maximum(1, np.bincount(rounded)))


def _strongest(shares: NDArray[np.float64], first: float, last: float) -> int:
    start = max(0, round(first))
    return start + int(np.argmax(shares[start : round(last) + 1]))
