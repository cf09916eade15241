"""Tables, told from letters by their rows, and read row by row instead of column by column."""

from __future__ import annotations

from collections.abc import Sequence

from docflow.ocr.ports import Box

CELL_SHARE = 0.5
"""A row with a part so much narrower than its widest one is one of a table; two columns of text are alike in width."""
FEWEST_ROWS = 8
LEAST_SHARE = 0.7
"""So many of the rows of a page are such: the head of a letter has some too."""


def rows_of_boxes(boxes: Sequence[Box]) -> list[list[Box]]:
    """Return the boxes by the row of the page on which they stand, from the top."""
    rows: list[list[Box]] = []
    for box in sorted(boxes, key=lambda box: box[1] + box[3]):
        if rows and _stand_on_one_row(rows[-1][0], box):
            rows[-1].append(box)
        else:
            rows.append([box])
    return rows


def is_table(rows: Sequence[Sequence[Box]]) -> bool:
    """Tell whether most rows have a short part beside a long one, so that a page is a table rather than a letter."""
    with_cells = sum(_has_cell(row) for row in rows)
    return with_cells >= FEWEST_ROWS and with_cells >= LEAST_SHARE * len(rows)


def _has_cell(row: Sequence[Box]) -> bool:
    widths = [right - left for left, _, right, _ in row]
    return min(widths) < CELL_SHARE * max(widths)


def _stand_on_one_row(box: Box, other: Box) -> bool:
    shared = min(box[3], other[3]) - max(box[1], other[1])
    return 2 * shared > min(box[3] - box[1], other[3] - other[1])
