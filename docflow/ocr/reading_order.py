"""The order in which the lines of a page are read, once it is known which of them are lines."""

from __future__ import annotations

from collections.abc import Sequence

from docflow.ocr.layout import LineBox, PageLayout
from docflow.ocr.tables import is_table, rows_of_boxes


def in_reading_order(layout: PageLayout, read: Sequence[LineBox], *, is_rtl: bool) -> list[LineBox]:
    """Return lines of the page from the top, columns from the side where its main script begins, tables by rows."""
    sign = -1 if is_rtl else 1
    rows = rows_of_boxes([line.box for line in layout.lines])
    if is_table(rows):
        row_of = {box: index for index, row in enumerate(rows) for box in row}
        cells = sorted(layout.lines, key=lambda line: (row_of[line.box], sign * line.box[0]))
        places = {line.path: place for place, line in enumerate(cells)}
        return sorted(read, key=lambda line: places[line.path])
    return sorted(read, key=lambda line: [(top, sign * column) for top, column in line.path])
