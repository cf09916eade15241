"""The order in which the lines of a page are read, once it is known which of them are lines.

The layout sees a pen note or a stamp beside the first lines of two columns, which hides the gap between them; what was
read of it is no line.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from docflow.ocr.layout import LineBox, PageLayout, Path
from docflow.ocr.tables import is_table, rows_of_boxes

FEWEST_LINES = 3
"""Two parts of a row, a reference and a date, are no columns."""
BEFORE_ALL = 1e6
"""More than the height of a page in pixels."""


def in_reading_order(layout: PageLayout, read: Sequence[LineBox], *, is_rtl: bool) -> list[LineBox]:
    """Return lines of the page from the top, columns from the side where its main script begins, tables by rows."""
    sign = -1 if is_rtl else 1
    rows = rows_of_boxes([line.box for line in layout.lines])
    if is_table(rows):
        row_of = {box: index for index, row in enumerate(rows) for box in row}
        cells = sorted(layout.lines, key=lambda line: (row_of[line.box], sign * line.box[0]))
        places = {line.path: place for place, line in enumerate(cells)}
        return sorted(read, key=lambda line: places[line.path])
    paths = _paths_with_columns_joined(read)
    return sorted(read, key=lambda line: [(top, sign * column) for top, column in paths[line]])


def _paths_with_columns_joined(lines: Sequence[LineBox]) -> Mapping[LineBox, Path]:
    """Return where lines stand in the tree of cuts, those just above two columns as the first lines of these."""
    paths = {line: line.path for line in lines}
    bands: dict[float, list[LineBox]] = {}
    for line in sorted(lines, key=lambda line: line.path[0][0], reverse=True):
        bands.setdefault(line.path[0][0], []).append(line)
    below: Sequence[LineBox] = ()
    for band in bands.values():
        above = _as_columns_over(below, band, paths) if below else {}
        paths.update(above)
        below = [*band, *below] if above else band
    return paths


def _as_columns_over(
    columns: Sequence[LineBox], above: Sequence[LineBox], paths: Mapping[LineBox, Path]
) -> dict[LineBox, Path]:
    """Return the paths of lines as the first ones of the columns under them; none if they are not."""
    sides = sorted({paths[line][0] for line in columns})
    if len(sides) != 2 or len(columns) < FEWEST_LINES:
        return {}
    left, right = ([line for line in columns if paths[line][0] == side] for side in sides)
    gap = max(line.box[2] for line in left), min(line.box[0] for line in right)
    over_left = [line for line in above if line.box[2] < gap[1] and line.box[0] < gap[0]]
    over_right = [line for line in above if line.box[0] > gap[0] and line.box[2] > gap[1]]
    is_free = gap[0] < gap[1] and len(over_left) + len(over_right) == len(above)
    if not (is_free and _goes_on(over_left, left) and _goes_on(over_right, right)):
        return {}
    return {
        line: (side, (line.box[1] - BEFORE_ALL, 0))
        for side, over in zip(sides, (over_left, over_right), strict=True)
        for line in over
    }


def _goes_on(over: Sequence[LineBox], column: Sequence[LineBox]) -> bool:
    """Tell whether a column begins less than a line below what stands over it."""
    first = min(column, key=lambda line: line.box[1])
    return bool(over) and first.box[1] - max(line.box[3] for line in over) < first.box[3] - first.box[1]
