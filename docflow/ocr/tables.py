"""Tables, told from letters by their rows, and read row by row instead of column by column."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from docflow.ocr.ports import Box
from docflow.ocr.rows import Run, runs

CELL_SHARE = 0.5
"""A row with a part so much narrower than its widest one is one of a table; two columns of text are alike in width."""
FEWEST_ROWS = 8
LEAST_SHARE = 0.7
"""So many of the rows of a page are such: the head of a letter has some too."""
GRID_SHARE = 0.8
"""So many rows of a table within a page have several cells; lines of columns of text seldom stand on one row."""
CELL_MM = 25
"""A number, a date, an amount; no column of text is so narrow."""
WORDS_APART_MM = 4
LOOSE = 0.6
"""Cells leave more of the width free; columns of text fill it."""
FEWEST_IN_TWO, FEWEST_IN_MORE = 8, 3
"""How many rows stand beside one another in a table of two columns, which a head of a letter has as well, or more."""


def rows_of_boxes(boxes: Sequence[Box]) -> list[list[Box]]:
    """Return the boxes by the row of the page on which they stand, from the top."""
    rows: list[list[Box]] = []
    for box in sorted(boxes, key=lambda box: box[1] + box[3]):
        if rows and _stand_on_one_row(rows[-1][0], box):
            rows[-1].append(box)
        else:
            rows.append([box])
    return rows


def rows_beside(rows: Sequence[Sequence[Box]]) -> list[Sequence[Box]]:
    """Return the rows on which several boxes stand."""
    return [row for row in rows if len(row) > 1]


def is_table(rows: Sequence[Sequence[Box]]) -> bool:
    """Tell whether most rows have a short part beside a long one, so that a page is a table rather than a letter."""
    with_cells = sum(_has_cell(row) for row in rows)
    return with_cells >= FEWEST_ROWS and with_cells >= LEAST_SHARE * len(rows)


def is_grid(rows: Sequence[Sequence[Box]], *, mm_px: float) -> bool:
    """Tell whether columns that stand beside one another are those of a table: narrow, or far apart for their width.

    A column is where half of the rows have ink: a wide gap between two words is one row's alone, and two cells that
    stand too near one another to be told apart are so in few.
    """
    beside = rows_beside(rows)
    if len(beside) < max(FEWEST_IN_MORE, GRID_SHARE * len(rows)):
        return False
    inked = np.zeros(round(max(right for row in beside for _, _, right, _ in row) / mm_px) + 2, int)
    for row in beside:
        is_inked = np.zeros(len(inked), bool)
        for left, _, right, _ in row:
            is_inked[round(left / mm_px) : round(right / mm_px) + 1] = True
        inked += is_inked
    columns = _joined(runs(2 * inked >= len(beside)))
    if len(columns) < 2 or (len(columns) == 2 and len(beside) < FEWEST_IN_TWO):
        return False
    widths = [end - start for start, end in columns]
    return min(widths) <= CELL_MM or sum(widths) <= LOOSE * (columns[-1][1] - columns[0][0])


def _joined(columns: Sequence[Run]) -> list[Run]:
    """Return columns without the gaps that words of one column leave between them."""
    joined: list[Run] = []
    for start, end in columns:
        if joined and start - joined[-1][1] < WORDS_APART_MM:
            start, _ = joined.pop()
        joined.append((start, end))
    return joined


def _has_cell(row: Sequence[Box]) -> bool:
    widths = [right - left for left, _, right, _ in row]
    return min(widths) < CELL_SHARE * max(widths)


def _stand_on_one_row(box: Box, other: Box) -> bool:
    shared = min(box[3], other[3]) - max(box[1], other[1])
    return 2 * shared > min(box[3] - box[1], other[3] - other[1])
