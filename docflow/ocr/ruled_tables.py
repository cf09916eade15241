"""Tables told by their rules: what stands in a cell is read together, and cell by cell."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from docflow.ocr.ink import Ink
from docflow.ocr.ports import Box

BROKEN_MM = 1.5
"""How wide a hole in a rule is mended: letters and other rules cross it."""
SMALLEST_CELL_MM = 3
"""What is narrower or lower lies between the two strokes of a double rule."""
FEWEST_CELLS, FEWEST_ROWS = 6, 3
"""A frame has one cell, a letterhead in boxes two or three."""
FILLED = 0.8
"""How much of its box a cell fills: what is left between a frame and a table in it fills less."""
ONE_ROW_MM = 2
"""How much further down than the one before it the next cell of a row begins at most, on a page that leans."""
BESIDE_RULE_MM = 0.5
"""So near a rule what is left of it may stand."""


@dataclass(frozen=True, slots=True, eq=False)
class RuledTable:
    """A table, in pixels of the map.

    Attributes:
        box: around its rules.
        rows: boxes of its cells, from the top and from the left. A cell that goes over several rows is one of that in
            which it begins.
        outside: 1 where neither a cell nor a rule is, else 0, of the height of the table and the width of the page.
    """

    box: Box
    rows: tuple[tuple[Box, ...], ...]
    outside: Ink


def ruled_tables(rules: Ink, *, mm: float) -> tuple[RuledTable, ...]:
    """Return the tables that the level and upright rules of a page draw, from the top."""
    reach = round(BROKEN_MM * mm) | 1
    mended = cv2.morphologyEx(rules, cv2.MORPH_CLOSE, np.ones((reach, reach), np.uint8))
    _, labels, stats, _ = cv2.connectedComponentsWithStats(np.asarray(mended, np.uint8), connectivity=8)
    tables = []
    for number, (left, top, width, height, _) in enumerate(np.asarray(stats).tolist()):
        if number == 0 or width < 2 * SMALLEST_CELL_MM * mm or height < FEWEST_ROWS * SMALLEST_CELL_MM * mm:
            continue
        drawn = np.asarray(labels)[top : top + height] == number
        rows = _rows_of(_cells_in(drawn[:, left : left + width], (left, top), mm=mm), mm=mm)
        if len(rows) >= FEWEST_ROWS and sum(map(len, rows)) >= FEWEST_CELLS:
            outside = _outside(drawn, rows, top=top, mm=mm)
            tables.append(RuledTable((left, top, left + width, top + height), rows, outside))
    return tuple(sorted(tables, key=lambda table: table.box[1]))


def _cells_in(drawn: NDArray[np.bool_], corner: tuple[int, int], *, mm: float) -> list[Box]:
    """Return the boxes of what rules that hang together enclose."""
    # The paper around them is one piece with the margin.
    paper = np.pad((~drawn).astype(np.uint8), 1, constant_values=1)
    _, labels, stats, _ = cv2.connectedComponentsWithStats(paper, connectivity=4)
    around = np.asarray(labels)[0, 0]
    left, top = corner[0] - 1, corner[1] - 1
    return [
        (left + x0, top + y0, left + x0 + width, top + y0 + height)
        for number, (x0, y0, width, height, area) in enumerate(np.asarray(stats).tolist())
        if number not in (0, around) and min(width, height) >= SMALLEST_CELL_MM * mm and area >= FILLED * width * height
    ]


def _rows_of(cells: list[Box], *, mm: float) -> tuple[tuple[Box, ...], ...]:
    rows: list[list[Box]] = []
    for cell in sorted(cells, key=lambda cell: cell[1]):
        if rows and cell[1] - rows[-1][-1][1] <= ONE_ROW_MM * mm:
            rows[-1].append(cell)
        else:
            rows.append([cell])
    return tuple(tuple(sorted(row)) for row in rows)


def _outside(drawn: NDArray[np.bool_], rows: tuple[tuple[Box, ...], ...], *, top: int, mm: float) -> Ink:
    near = 2 * round(BESIDE_RULE_MM * mm) + 1
    outside = 1 - np.asarray(cv2.dilate(drawn.astype(np.uint8), np.ones((near, near), np.uint8)), np.uint8)
    for x0, y0, x1, y1 in (cell for row in rows for cell in row):
        outside[y0 - top : y1 - top, x0:x1] = 0
    return outside
