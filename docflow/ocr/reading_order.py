"""The order in which the lines of a page are read, once it is known which of them are lines."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import chain, groupby
from typing import TypeAlias

from docflow.ocr.layout import LineBox, PageLayout
from docflow.ocr.ports import Box
from docflow.ocr.tables import is_grid, is_table, rows_beside, rows_of_boxes

FEWEST_GOING_ON = 4
"""Rows of columns below others; a reference and a date stand under two addresses in fewer."""
ON_ONE_ROW = 0.6
"""How far apart the middles of lines of one row are at most, in heights of the lowest of them."""
Columns: TypeAlias = dict[int, list[list[LineBox]]]
"""The lines of each column, from the left, in the stretches into which a wide step in all of them parts them."""


def in_reading_order(layout: PageLayout, read: Sequence[LineBox], *, is_rtl: bool) -> list[LineBox]:
    """Return lines of the page from the top, columns from the side where its main script begins, tables by rows."""
    sign = -1 if is_rtl else 1
    if layout.table_bands:
        ordered = _by_bands(layout, sign)
    elif is_table(_rows(layout.lines)):
        ordered = iter(_by_rows(layout.lines, sign))
    else:
        ordered = _by_cuts(layout.lines, 0, sign, mm_px=layout.mm_px)
    places = {line.path: place for place, line in enumerate(ordered)}
    return sorted(read, key=lambda line: places[line.path])


def _by_bands(layout: PageLayout, sign: int) -> Iterator[LineBox]:
    """Yield the lines of a page with tables drawn by rules: those of each table cell by cell."""

    def place(line: LineBox) -> tuple[float, float, int]:
        (band, _), (row, column), *_ = line.path
        return (band, row, sign * column) if band in layout.table_bands else (band, 0.0, 0)

    for (band, *_), lines in groupby(sorted(layout.lines, key=place), key=place):
        yield from _by_cuts(list(lines), 2 if band in layout.table_bands else 1, sign, mm_px=layout.mm_px)


def _by_cuts(lines: Sequence[LineBox], depth: int, sign: int, *, mm_px: float) -> Iterator[LineBox]:
    """Yield lines in the order of the cuts that parted them; columns that make up a table give way to its rows."""
    for columns in _columns(lines, depth):
        together = _lines_of(columns)
        if len(columns) > 1 and is_grid(_rows(together), mm_px=mm_px):
            yield from _by_rows(together, sign)
            continue
        row = _first_row(columns)
        yield from sorted(row, key=lambda line: sign * line.box[0])
        for side in sorted(columns, key=lambda side: sign * side):
            for stretch in columns[side]:
                rest = [line for line in stretch if line not in row]
                yield from rest if len(rest) < 2 else _by_cuts(rest, depth + 1, sign, mm_px=mm_px)


def _first_row(columns: Columns) -> list[LineBox]:
    """Return the first lines of columns of which one alone has more, if they stand on one row.

    A date beside a reference is read with it, not after all that stands below the reference and leaves its side free.
    """
    lines = [list(chain.from_iterable(stretches)) for stretches in columns.values()]
    if len(lines) < 2 or sum(len(column) > 1 for column in lines) != 1:
        return []
    row = [min(column, key=lambda line: line.box[1]) for column in lines]
    middles = [(line.box[1] + line.box[3]) / 2 for line in row]
    lowest = min(line.box[3] - line.box[1] for line in row)
    return row if max(middles) - min(middles) <= ON_ONE_ROW * lowest else []


def _columns(lines: Sequence[LineBox], depth: int) -> list[Columns]:
    """Return what a cut parted, from the top; columns that go on below a step in all of them are the same all along."""
    found: list[Columns] = []
    for _, beside in groupby(sorted(lines, key=lambda line: line.path[depth]), key=lambda line: line.path[depth][0]):
        sides = groupby(beside, key=lambda line: line.path[depth][1])
        columns = {side: [list(column)] for side, (_, column) in enumerate(sides)}
        if found and _goes_on(found[-1], columns):
            for side, stretches in columns.items():
                found[-1][side] += stretches
        else:
            found.append(columns)
    return found


def _goes_on(above: Columns, below: Columns) -> bool:
    if len(below) < 2 or above.keys() != below.keys():
        return False
    for side in range(1, len(below)):
        left, right = (
            [line.box for columns in (above, below) for line in chain.from_iterable(columns[beside])]
            for beside in (side - 1, side)
        )
        if max(box[2] for box in left) >= min(box[0] for box in right):
            return False
    return all(len(rows_beside(_rows(_lines_of(columns)))) >= FEWEST_GOING_ON for columns in (above, below))


def _lines_of(columns: Columns) -> list[LineBox]:
    return [line for stretches in columns.values() for stretch in stretches for line in stretch]


def _by_rows(lines: Sequence[LineBox], sign: int) -> list[LineBox]:
    row_of = {box: index for index, row in enumerate(_rows(lines)) for box in row}
    return sorted(lines, key=lambda line: (row_of[line.box], sign * line.box[0]))


def _rows(lines: Sequence[LineBox]) -> list[list[Box]]:
    return rows_of_boxes([line.box for line in lines])
