"""The ink of text on a page that was freed of drawings: specks are its dots and stops, or dirt."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from docflow.ocr.ink import Ink, InkMap

LETTER_MM2 = 0.4
SPECK_BESIDE_MM = 1.5
SPECK_ABOVE_MM = 1.0
DOT_MM = 1.0
EDGE_MM, BESIDE_EDGE_MM = 6, 10
COLON_MM = (0.8, 2.6)
"""How far the dots of a colon are from one another."""
COLON_BESIDE_MM = 4.5
STOP_BESIDE_MM, STOP_LEVEL_MM = 2.7, 0.4
"""How far beside a letter a stop stands at most, and how much higher or lower."""
MOST_DOTS = 1000
"""A page with more of them is dirty."""


def text_ink(page: InkMap) -> InkMap:
    """Return the ink without blobs, pen strokes and specks; a speck beside a letter is its dot or the stop after it."""
    mm = page.mm
    _, labels, stats, _ = cv2.connectedComponentsWithStats(page.ink, connectivity=8)
    labels, sizes = np.asarray(labels), np.asarray(stats)
    width, height, area = sizes[:, cv2.CC_STAT_WIDTH], sizes[:, cv2.CC_STAT_HEIGHT], sizes[:, cv2.CC_STAT_AREA]
    is_blob = (height > 14 * mm) & (width > 14 * mm)
    is_letter = (area > LETTER_MM2 * mm * mm) & ~is_blob
    is_letter[0] = is_blob[0] = False
    reach = np.ones((round(SPECK_ABOVE_MM * mm) * 2 + 1, round(SPECK_BESIDE_MM * mm) * 2 + 1), np.uint8)
    near = np.asarray(cv2.dilate(is_letter[labels].astype(np.uint8), reach))
    is_kept = is_letter.copy()
    is_kept[np.unique(labels[near > 0])] = True
    beside = cv2.dilate(near, np.ones((1, round(COLON_BESIDE_MM * mm) * 2 + 1), np.uint8))
    is_kept[_colons(sizes, near=np.asarray(beside), mm=mm)] = True
    is_kept[_stops(sizes, is_letter, mm=mm)] = True
    is_kept[0] = False
    is_kept &= ~(is_blob | _on_the_edge(page, sizes))
    return replace(page, ink=is_kept[labels].astype(np.uint8))


def _on_the_edge(page: InkMap, sizes: NDArray[Any]) -> NDArray[np.bool_]:
    """Tell which pieces of ink lie at a side of the page with nothing written beside them: shadows of the scanner.

    Print that a sheet was cropped to has more of its line beside it.
    """
    edge, beside = round(EDGE_MM * page.mm), round((EDGE_MM + BESIDE_EDGE_MM) * page.mm)
    left, top, width, height = sizes[:, : cv2.CC_STAT_AREA].T
    found = np.zeros(len(sizes), bool)
    for is_there, margin in (
        (left + width <= edge, page.ink[:, edge:beside]),
        (left >= page.ink.shape[1] - edge, page.ink[:, -beside:-edge]),
    ):
        is_written = np.asarray(margin.any(axis=1))
        for number in np.flatnonzero(is_there):
            found[number] = not is_written[top[number] : top[number] + height[number]].any()
    return found


def _colons(sizes: NDArray[Any], *, near: Ink, mm: float) -> list[int]:
    """Return the numbers of specks that stand over one another like the dots of a colon, not far beside a letter.

    A typewriter sets a colon so far from its label that the line would fall apart there.
    """
    left, top, width, height = sizes[:, : cv2.CC_STAT_AREA].T
    is_dot = (np.maximum(width, height) <= DOT_MM * mm) & (np.maximum(width, height) > 1)
    is_dot[0] = False
    dots = np.flatnonzero(is_dot)
    dots = dots[near[top[dots], left[dots]] > 0]
    if len(dots) > MOST_DOTS:
        return []
    below = top[dots][None, :] - top[dots][:, None]
    aside = np.abs(2 * left[dots] + width[dots] - (2 * left[dots] + width[dots])[:, None])
    is_pair = (below > COLON_MM[0] * mm) & (below < COLON_MM[1] * mm) & (aside <= 2)
    return [int(number) for number in dots[is_pair.any(axis=0) | is_pair.any(axis=1)]]


def _stops(sizes: NDArray[Any], is_letter: NDArray[np.bool_], *, mm: float) -> list[int]:
    """Return the numbers of specks that stand on the line of a letter beside them: a typewriter's stop is far off."""
    left, top, width, height = sizes[:, : cv2.CC_STAT_AREA].T
    size = np.maximum(width, height)
    is_dot = (size <= DOT_MM * mm) & (np.minimum(width, height) > 1) & ~is_letter
    is_dot[0] = False
    dots, letters = np.flatnonzero(is_dot), np.flatnonzero(is_letter)
    if len(dots) > MOST_DOTS:
        return []
    is_level = np.abs((top + height)[dots][:, None] - (top + height)[letters]) <= STOP_LEVEL_MM * mm
    after, before = left[dots][:, None] - (left + width)[letters], left[letters] - (left + width)[dots][:, None]
    is_beside = np.maximum(after, before) <= STOP_BESIDE_MM * mm
    return [int(number) for number in dots[(is_level & is_beside).any(axis=1)]]
