"""Lines of text on an upright page: an XY-cut on a map of its ink.

Tesseract's own layout analysis loses whole lines on Arabic pages, and its answer changes with the resolution; lines
found by rows of ink and read one by one lose almost none.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import TypeAlias

import cv2
import numpy as np
from numpy.typing import NDArray

from docflow.ocr.columns import JUSTIFIED_ROWS, SPECKS_MM, are_columns, is_justified, shared_gap
from docflow.ocr.ink import Ink, InkMap
from docflow.ocr.ports import Box
from docflow.ocr.rows import Run, inner_gaps, pitch, runs, split_tall, usual_height, without_slivers
from docflow.ocr.ruled_tables import RuledTable
from docflow.ocr.tables import is_table, rows_of_boxes
from docflow.ocr.text_ink import text_ink

LOWEST_MM, NARROWEST_MM = 1.3, 0.8
"""What is lower or narrower is a speck."""
NARROWEST_WORD_MM = 2
"""What is narrower is a numeral, which stands alone in tables only, or a speck."""
OUTSIDE_MM = 1.2
"""A stroke so high outside of the cells of a table is written there."""
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
Path: TypeAlias = tuple[tuple[float, int], ...]
"""Where a line stands in the tree of cuts: for each cut, from the top and from the left."""


@dataclass(frozen=True, slots=True)
class LineBox:
    """The ink of one line, in pixels of the page, and its place in the reading order."""

    box: Box
    path: Path


@dataclass(frozen=True, slots=True)
class PageLayout:
    """The lines of a page; ``mm_px`` is the number of pixels of a millimetre if the page is an A4 sheet.

    ``table_bands`` tells which of the first cuts, from the top, are tables drawn by rules: the cut below is of cells.
    """

    lines: tuple[LineBox, ...]
    mm_px: float
    table_bands: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class _Region:
    x0: int
    x1: int
    y0: int
    y1: int
    path: Path = ()
    line_height: float | None = None
    is_column: bool = False
    is_justified: bool = False


def find_lines(page: InkMap, tables: Sequence[RuledTable] = ()) -> PageLayout:
    """Return the lines of an upright page that was freed of drawings, those of ``tables`` cell by cell."""
    page = text_ink(page)
    height, width = page.ink.shape
    bands = _bands(page.ink, tables, mm=page.mm)
    lines = []
    for region in _cut_bands(page, bands) if bands else _cut(page, _Region(0, width, 0, height)):
        x0, y0, x1, y1 = (round(edge / page.scale) for edge in (region.x0, region.y0, region.x1, region.y1))
        width_mm, height_mm = (x1 - x0) * page.scale / page.mm, (y1 - y0) * page.scale / page.mm
        if width_mm >= NARROWEST_MM and height_mm >= LOWEST_MM:
            lines.append(LineBox(box=(x0, y0, x1, y1), path=region.path))
    table_bands = frozenset(place for place, (_, table) in enumerate(bands) if table)
    wide = {line for line in lines if line.box[2] - line.box[0] >= NARROWEST_WORD_MM * page.mm / page.scale}
    has_numerals = not bands and is_table(rows_of_boxes([line.box for line in wide]))
    lines = [line for line in lines if line in wide or has_numerals or line.path[0][0] in table_bands]
    return PageLayout(lines=tuple(lines), mm_px=page.mm / page.scale, table_bands=table_bands)


def _bands(ink: Ink, tables: Sequence[RuledTable], *, mm: float) -> list[tuple[Run, RuledTable | None]]:
    """Return a page with tables from the top, cut above and below each; nothing if text is outside of all of them."""
    bands: list[tuple[Run, RuledTable | None]] = []
    end = 0
    for table in tables:
        _, top, _, bottom = table.box
        written = cv2.erode(ink[top:bottom] & table.outside, np.ones((round(OUTSIDE_MM * mm), 1), np.uint8))
        if top >= end and not np.asarray(written).any():
            bands += [((end, top), None), ((top, bottom), table)]
            end = bottom
    return [*bands, ((end, len(ink)), None)] if bands else []


def _cut_bands(page: InkMap, bands: Sequence[tuple[Run, RuledTable | None]]) -> Iterator[_Region]:
    """Yield the lines of a page with tables; those of a cell stand below its row and its place in it."""
    for place, ((top, bottom), table) in enumerate(bands):
        path = ((float(place), 0),)
        if table is None:
            yield from _cut(page, _Region(0, page.ink.shape[1], top, bottom, path))
            continue
        cells = [
            _Region(x0, x1, y0, y1, (*path, (float(row), column)), is_column=True)
            for row, cells in enumerate(table.rows)
            for column, (x0, y0, x1, y1) in enumerate(cells)
        ]
        written = [
            row for cell in cells for row in runs(page.ink[cell.y0 : cell.y1, cell.x0 : cell.x1].max(axis=1) > 0)
        ]
        line_height = usual_height(written, mm=page.mm, around=None)
        for cell in cells:
            yield from _cut(page, replace(cell, line_height=line_height))


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
    justified = region.is_column and is_justified(page.ink[:, region.x0 : region.x1], rows, mm=page.mm)
    index = 0
    while index < len(rows):
        last, gap = index, None
        if len(region.path) < MAX_DEPTH:
            within = page.ink[:, region.x0 : region.x1]
            last, gap = shared_gap(within, rows, index, line_height=line_height, mm=page.mm)
            if gap is not None and rows[index] not in whole:
                is_shared = are_columns(within, rows[index : last + 1], gap, mm=page.mm)
                last, gap = (last, gap) if is_shared else (index, None)
            if justified and last - index + 1 < JUSTIFIED_ROWS:
                last, gap = index, None
        if gap is not None:
            middle, depth = region.x0 + (gap[0] + gap[1]) // 2, len(region.path)
            sides = [
                _Region(
                    x0,
                    x1,
                    rows[index][0],
                    rows[last][1],
                    (*region.path, (float(index), side)),
                    line_height,
                    is_column=True,
                )
                for side, (x0, x1) in enumerate(((region.x0, middle), (middle, region.x1)))
            ]
            yield from _in_steps([list(_cut(page, side)) for side in sides], depth=depth, line_height=line_height)
        else:
            place = replace(region, line_height=line_height, is_justified=justified)
            yield from _cut_row(page, place, rows[index], float(index))
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
    if gaps and not region.is_justified and len(region.path) <= MAX_DEPTH:
        edges = [region.x0 + edge for edge in (left, *(edge for gap in gaps for edge in gap), right)]
        parts_lines = []
        for part in range(0, len(edges), 2):
            path = (*region.path, (index, part))
            place = _Region(edges[part], edges[part + 1], top, bottom, path, line_height, is_column=True)
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
