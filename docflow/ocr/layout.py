"""Lines of text on an upright page: an XY-cut on a map of its ink.

Tesseract's own layout analysis loses whole lines on Arabic pages, and its answer changes with the resolution; lines
found by rows of ink and read one by one lose almost none.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any, TypeAlias

import cv2
import numpy as np
from numpy.typing import NDArray

from docflow.ocr.columns import SPECKS_MM, are_columns, shared_gap
from docflow.ocr.ink import Ink, InkMap
from docflow.ocr.ports import Box
from docflow.ocr.rows import Run, inner_gaps, pitch, runs, split_tall, usual_height, without_slivers

MAX_DEPTH = 4
PARTS = 1000
"""More than the lines into which a row of ink can fall."""
STEP_HEIGHTS = 1.2
GAP_MM, TALL_GAP_MM = 10, 5
"""How wide the gap between the parts of a line is, and of a row in which lines touch."""
PIECE_MM = 8
FEWEST_PIECES = 4
MOST_PIECES = 0.75
SPARSE = 0.25
INTRUSION_MM = 1.3
"""Less above or below a line is its own tall letters and dots."""
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
Path: TypeAlias = tuple[tuple[float, int], ...]
"""Where a line stands in the tree of cuts: for each cut, from the top and from the left."""


@dataclass(frozen=True, slots=True)
class LineBox:
    """The ink of one line, in pixels of the page, and its place in the reading order."""

    box: Box
    path: Path


@dataclass(frozen=True, slots=True)
class PageLayout:
    """The lines of a page; ``mm_px`` is the number of pixels of a millimetre if the page is an A4 sheet."""

    lines: tuple[LineBox, ...]
    mm_px: float


@dataclass(frozen=True, slots=True)
class _Region:
    x0: int
    x1: int
    y0: int
    y1: int
    path: Path = ()
    line_height: float | None = None


def find_lines(page: InkMap) -> PageLayout:
    """Return the lines of an upright page that was freed of drawings."""
    page = _text_ink(page)
    height, width = page.ink.shape
    lines = []
    for region in _cut(page, _Region(0, width, 0, height)):
        x0, y0, x1, y1 = (round(edge / page.scale) for edge in (region.x0, region.y0, region.x1, region.y1))
        if y1 - y0 >= 1.3 * page.mm / page.scale and x1 - x0 >= 2 * page.mm / page.scale:
            lines.append(LineBox(box=(x0, y0, x1, y1), path=region.path))
    return PageLayout(lines=tuple(lines), mm_px=page.mm / page.scale)


def _text_ink(page: InkMap) -> InkMap:
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


def _cut(page: InkMap, region: _Region) -> Iterator[_Region]:
    """Yield the lines of a region: rows, then columns shared by several rows, then gaps within a row."""
    ink = page.ink[region.y0 : region.y1, region.x0 : region.x1]
    if not ink.any():
        return
    profile = np.convolve(ink.sum(axis=1).astype(float), [0.25, 0.5, 0.25], "same")
    rows = [(top + region.y0, bottom + region.y0) for top, bottom in runs(profile > 0.8)]
    # What is left of a frame, and dirt, stands on rows of its own, lower than those of lines.
    written = [
        row for row in rows if page.ink[slice(*row), region.x0 : region.x1].max(axis=0).sum() > SPECKS_MM * page.mm
    ]
    line_height = min(usual_height(written, mm=page.mm, around=region.line_height), pitch(profile, mm=page.mm))
    whole = without_slivers(rows, line_height=line_height)
    rows = list(_lines_of_rows(page, region, whole, line_height))
    index = 0
    while index < len(rows):
        last, gap = index, None
        if len(region.path) < MAX_DEPTH:
            within = page.ink[:, region.x0 : region.x1]
            last, gap = shared_gap(within, rows, index, line_height=line_height, mm=page.mm)
            if gap is not None and rows[index] not in whole:
                is_shared = are_columns(within, rows[index : last + 1], gap, mm=page.mm)
                last, gap = (last, gap) if is_shared else (index, None)
        if gap is not None:
            middle, depth = region.x0 + (gap[0] + gap[1]) // 2, len(region.path)
            sides = [
                _Region(x0, x1, rows[index][0], rows[last][1], (*region.path, (float(index), side)), line_height)
                for side, (x0, x1) in enumerate(((region.x0, middle), (middle, region.x1)))
            ]
            yield from _in_steps([list(_cut(page, side)) for side in sides], depth=depth, line_height=line_height)
        else:
            yield from _cut_row(page, replace(region, line_height=line_height), rows[index], float(index))
        index = last + 1


def _lines_of_rows(page: InkMap, region: _Region, rows: list[Run], line_height: float) -> Iterator[Run]:
    """Yield the rows, those cut to lines in which lines touch and no gap runs from top to bottom.

    What lies over a gap in one line must not hide the columns of the others.
    """
    for top, bottom in rows:
        ink = page.ink[top:bottom, region.x0 : region.x1]
        if not _is_tall((top, bottom), line_height, mm=page.mm) or inner_gaps(ink, width=TALL_GAP_MM * page.mm):
            yield top, bottom
            continue
        inked = np.flatnonzero(ink.max(axis=0))
        left, right = region.x0 + int(inked[0]), region.x0 + int(inked[-1]) + 1
        weights = np.convolve(page.ink[:, left:right].sum(axis=1).astype(float), np.ones(3) / 3, "same")
        yield from _whole_lines(page, region, split_tall(weights, (top, bottom), line_height))


def _is_tall(row: Run, line_height: float, *, mm: float) -> bool:
    return row[1] - row[0] > max(1.7 * line_height, 6 * mm)


def _cut_row(page: InkMap, region: _Region, row: Run, index: float) -> Iterator[_Region]:
    """Yield the lines of one row: its parts between wide gaps, or itself, cut where lines touch."""
    top, bottom = row
    mm, line_height = page.mm, region.line_height or 4 * page.mm
    if bottom - top < 1.1 * mm:
        return
    ink = page.ink[top:bottom, region.x0 : region.x1]
    inked = np.flatnonzero(ink.max(axis=0))
    if not len(inked):
        return
    left, right = int(inked[0]), int(inked[-1]) + 1
    is_tall = _is_tall(row, line_height, mm=mm)
    gaps = inner_gaps(ink, width=(TALL_GAP_MM if is_tall else GAP_MM) * mm)
    if gaps and len(region.path) <= MAX_DEPTH:
        edges = [region.x0 + edge for edge in (left, *(edge for gap in gaps for edge in gap), right)]
        parts_lines = []
        for part in range(0, len(edges), 2):
            path = (*region.path, (index, part))
            place = _Region(edges[part], edges[part + 1], top, bottom, path, line_height)
            parts_lines.append(list(_cut(page, place)))
        yield from _in_steps(parts_lines, depth=len(region.path), line_height=line_height)
        return
    ink_by_row = page.ink[:, region.x0 + left : region.x0 + right].sum(axis=1).astype(float)
    weights = np.convolve(ink_by_row, np.ones(3) / 3, "same")
    parts = _whole_lines(page, region, split_tall(weights, row, line_height)) if is_tall else [row]
    if len(parts) > 1:
        for part, lines in enumerate(parts):
            yield from _cut_row(page, region, lines, index + part / PARTS)
        return
    top, bottom = _body(page.ink[top:bottom, region.x0 + left : region.x0 + right], row, mm=mm)
    inked = np.flatnonzero(page.ink[top:bottom, region.x0 : region.x1].max(axis=0))
    x0, x1 = region.x0 + int(inked[0]), region.x0 + int(inked[-1]) + 1
    yield _Region(x0, x1, top, bottom, (*region.path, (index, 0)))


def _in_steps(parts: list[list[_Region]], *, depth: int, line_height: float) -> Iterator[_Region]:
    """Yield the lines of the parts of a row, part by part if they begin at one height, else from the top.

    A single line beside the end of a paragraph is not a column: a closing line and the signature under it.
    """
    tops = [min(line.y0 for line in lines) for lines in parts if lines]
    lines = sorted((line for lines in parts for line in lines), key=lambda line: line.y0 + line.y1)
    are_columns = all(len(of_part) > 1 for of_part in parts if of_part)
    if are_columns or max(tops) - min(tops) < STEP_HEIGHTS * line_height:
        yield from lines
        return
    step, middle = 0, lines[0].y0 + lines[0].y1
    for line in lines:
        if line.y0 + line.y1 - middle > line_height:
            step, middle = step + 1, line.y0 + line.y1
        top, part = line.path[depth]
        yield replace(line, path=(*line.path[:depth], (top + step / PARTS**2, part), *line.path[depth + 1 :]))


def _body(ink: NDArray[np.uint8], row: Run, *, mm: float) -> Run:
    """Return the height at which most of a line stands, without the stamp or the pen stroke that enters a part of it.

    The models look for letters in the middle of a crop: a line at the top of a tall one is not read at all.
    """
    pieces = np.array_split(ink, max(1, round(ink.shape[1] / (PIECE_MM * mm))), axis=1)
    inked = [np.flatnonzero(piece.max(axis=1)) for piece in pieces if piece.any()]
    if len(inked) < FEWEST_PIECES:
        return row
    first = float(np.quantile([rows[0] for rows in inked], 1 - MOST_PIECES))
    last = float(np.quantile([rows[-1] for rows in inked], MOST_PIECES))
    top, bottom = row[0] + round(first), row[0] + round(last) + 1
    slack = INTRUSION_MM * mm
    return top if top - row[0] > slack else row[0], bottom if row[1] - bottom > slack else row[1]


def _whole_lines(page: InkMap, region: _Region, parts: list[Run]) -> list[Run]:
    """Join parts that hold too little ink for their width to be a line, tails and dots, to the part above."""
    lines: list[Run] = []
    for top, bottom in parts:
        ink = page.ink[top:bottom, region.x0 : region.x1]
        width = int(ink.max(axis=0).sum())
        is_sparse = ink.sum(axis=1).max() < SPARSE * max(width, 1)
        if lines and is_sparse:
            lines[-1] = (lines[-1][0], bottom)
        else:
            lines.append((top, bottom))
    return lines
