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

from docflow.ocr.ink import InkMap
from docflow.ocr.ports import Box

MAX_DEPTH = 4
PARTS = 1000
"""More than the lines into which a row of ink can fall."""
PIECE_MM = 8
FEWEST_PIECES = 4
MOST_PIECES = 0.75
SPARSE = 0.25
INTRUSION_MM = 1.3
"""Less above or below a line is its own tall letters and dots."""
PITCH_MM = (2.8, 12)
PITCH_MATCH = 0.3
LETTER_MM2 = 0.4
SPECK_BESIDE_MM = 1.5
SPECK_ABOVE_MM = 1.0
Run: TypeAlias = tuple[int, int]
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

    def in_reading_order(self, *, is_rtl: bool) -> tuple[LineBox, ...]:
        """Return the lines from the top, columns from the side where the page's main script begins."""
        sign = -1 if is_rtl else 1
        return tuple(sorted(self.lines, key=lambda line: [(top, sign * column) for top, column in line.path]))


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
    is_kept[0] = False
    is_kept &= ~is_blob
    return replace(page, ink=is_kept[labels].astype(np.uint8))


def _runs(flags: NDArray[Any]) -> list[Run]:
    """Return the stretches of true values, ends excluded."""
    edges = np.diff(np.concatenate([[0], flags.astype(np.int8), [0]]))
    return list(zip(np.flatnonzero(edges == 1).tolist(), np.flatnonzero(edges == -1).tolist(), strict=True))


def _cut(page: InkMap, region: _Region) -> Iterator[_Region]:
    """Yield the lines of a region: rows, then columns shared by several rows, then gaps within a row."""
    ink = page.ink[region.y0 : region.y1, region.x0 : region.x1]
    if not ink.any():
        return
    profile = np.convolve(ink.sum(axis=1).astype(float), [0.25, 0.5, 0.25], "same")
    rows = [(top + region.y0, bottom + region.y0) for top, bottom in _runs(profile > 0.8)]
    line_height = min(_usual_height(rows, region, mm=page.mm), _pitch(profile, mm=page.mm))
    rows = _without_slivers(rows, line_height=line_height)
    index = 0
    while index < len(rows):
        last, gap = _shared_gap(page, region, rows, index, line_height)
        if gap is not None:
            middle = (gap[0] + gap[1]) // 2
            for side, (x0, x1) in enumerate(((region.x0, middle), (middle, region.x1))):
                path = (*region.path, (float(index), side))
                yield from _cut(page, _Region(x0, x1, rows[index][0], rows[last][1], path, line_height))
        else:
            yield from _cut_row(page, replace(region, line_height=line_height), rows[index], float(index))
        index = last + 1


def _usual_height(rows: list[Run], region: _Region, *, mm: float) -> float:
    """Return the height of a plain line, from the rows that are tall enough to be one."""
    heights = [bottom - top for top, bottom in rows if bottom - top > 1.6 * mm]
    if len(heights) > 3:
        usual = float(np.quantile(heights, 0.35))
    elif region.line_height:
        usual = region.line_height
    else:
        usual = float(min(heights)) if heights else 4 * mm
    return min(usual, 1.25 * region.line_height) if region.line_height else usual


def _pitch(profile: NDArray[Any], *, mm: float) -> float:
    """Return the distance from line to line where it is regular, else infinity.

    Where close lines touch, whole paragraphs are one row of ink, and the height of rows tells nothing of lines.
    """
    shortest, longest = (round(size * mm) for size in PITCH_MM)
    if len(profile) < 2 * longest:
        return float("inf")
    wave = profile - profile.mean()
    match = np.correlate(wave, wave, "full")[len(wave) - 1 :][: longest + 2]
    match = match / max(match[0], 1e-9)
    inner = match[shortest:-1]
    is_peak = (inner > match[shortest - 1 : -2]) & (inner >= match[shortest + 1 :]) & (inner > PITCH_MATCH)
    peaks = np.flatnonzero(is_peak)
    return float(shortest + peaks[np.argmax(inner[peaks])]) if len(peaks) else float("inf")


def _without_slivers(rows: list[Run], *, line_height: float) -> list[Run]:
    """Join thin rows (dots, hamzas, accents) to the nearer neighbour."""
    rows = list(rows)
    index = 0
    while index < len(rows) and len(rows) > 1:
        top, bottom = rows[index]
        above = top - rows[index - 1][1] if index else float("inf")
        below = rows[index + 1][0] - bottom if index + 1 < len(rows) else float("inf")
        if bottom - top >= 0.45 * line_height or min(above, below) >= 0.45 * line_height:
            index += 1
        elif above <= below:
            rows[index - 1 : index + 1] = [(rows[index - 1][0], bottom)]
            index = max(index - 1, 0)
        else:
            rows[index : index + 2] = [(top, rows[index + 1][1])]
    return rows


def _inner_gaps(ink: NDArray[np.uint8], *, width: float) -> list[Run]:
    """Return the empty stretches between the first and the last ink that are at least ``width`` wide."""
    columns = ink.max(axis=0)
    inked = np.flatnonzero(columns)
    if not len(inked):
        return []
    return [
        (start, end)
        for start, end in _runs(columns == 0)
        if start > inked[0] and end <= inked[-1] and end - start >= width
    ]


def _shared_gap(
    page: InkMap, region: _Region, rows: list[Run], first: int, line_height: float
) -> tuple[int, Run | None]:
    """Return the last of the close rows from ``first`` that leave the same wide gap free, and that gap."""
    if len(region.path) >= MAX_DEPTH:
        return first, None
    top, bottom = rows[first]
    gaps = _inner_gaps(page.ink[top:bottom, region.x0 : region.x1], width=7 * page.mm)
    if not gaps:
        return first, None
    start, end = max(gaps, key=lambda gap: gap[1] - gap[0])
    last = first
    while last + 1 < len(rows) and rows[last + 1][0] - rows[last][1] < 0.9 * line_height:
        top, bottom = rows[last + 1]
        columns = page.ink[top:bottom, region.x0 : region.x1].max(axis=0)
        free = [run for run in _runs(columns[start:end] == 0) if run[1] - run[0] >= 5 * page.mm]
        if not free:
            break
        left, right = max(free, key=lambda run: run[1] - run[0])
        if not columns[:start].any() and not columns[end:].any():
            # A line within the gap is below the columns, not in one of them.
            break
        start, end = start + left, start + right
        last += 1
    return last, (region.x0 + start, region.x0 + end) if last > first else None


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
    is_tall = bottom - top > max(1.7 * line_height, 6 * mm)
    gaps = _inner_gaps(ink, width=5 * mm if is_tall else 10 * mm)
    if gaps and len(region.path) <= MAX_DEPTH:
        edges = [left, *(edge for gap in gaps for edge in gap), right]
        for part in range(0, len(edges), 2):
            x0, x1 = region.x0 + edges[part], region.x0 + edges[part + 1]
            path = (*region.path, (index, part))
            yield from _cut(page, _Region(x0, x1, top, bottom, path, line_height))
        return
    ink_by_row = page.ink[:, region.x0 + left : region.x0 + right].sum(axis=1).astype(float)
    weights = np.convolve(ink_by_row, np.ones(3) / 3, "same")
    parts = _whole_lines(page, region, _split_tall(weights, row, line_height)) if is_tall else [row]
    if len(parts) > 1:
        for part, lines in enumerate(parts):
            yield from _cut_row(page, region, lines, index + part / PARTS)
        return
    top, bottom = _body(page.ink[top:bottom, region.x0 + left : region.x0 + right], row, mm=mm)
    inked = np.flatnonzero(page.ink[top:bottom, region.x0 : region.x1].max(axis=0))
    x0, x1 = region.x0 + int(inked[0]), region.x0 + int(inked[-1]) + 1
    yield _Region(x0, x1, top, bottom, (*region.path, (index, 0)))


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


def _split_tall(weights: NDArray[Any], row: Run, line_height: float) -> list[Run]:
    """Cut a row taller than a line at its weakest height, again and again, where lines touch."""
    top, bottom = row
    height = bottom - top
    first, last = int(top + 0.55 * line_height), int(bottom - 0.55 * line_height)
    if height < 1.7 * line_height or last <= first:
        return [row]
    cut = first + int(np.argmin(weights[first:last]))
    if weights[cut] > 0.75 * weights[top:bottom].mean() and height < 2.3 * line_height:
        return [row]
    return [*_split_tall(weights, (top, cut), line_height), *_split_tall(weights, (cut, bottom), line_height)]
