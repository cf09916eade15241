"""Which rows of a region stand in columns beside one another, and where the gap between the columns is."""

from __future__ import annotations

import numpy as np

from docflow.ocr.ink import Ink
from docflow.ocr.rows import Run, inner_gaps, runs, split_tall, usual_height, without_slivers

GAP_MM, NARROW_GAP_MM = 7, 5
"""How wide the gap must be in its first row, and in each row that shares it."""
NEAR_HEIGHTS = 0.9
SET_APART = 1.14
"""A line so many times further below the one above it than any line of its column is begins something new."""
MOST_BELOW = 2
FEWEST_SHARED = 2
WORD_MM = 8
SPECKS_MM = 1.5
"""How much of a side of a row specks cover together at most; a numeral is wider."""
ONE_LINE_MM = 0.8
"""How far apart the baselines of one line may be."""
LOWEST_LINE_MM = 1
"""What is lower is what a wiped rule left, not a line."""
JUSTIFIED_MM, JUSTIFIED_ROWS, JUSTIFIED_SHARE, FLUSH_MM = 140, 4, 0.8, 1.0
"""How wide a column of justified text is at most, how many lines it has at least, how many of these reach from one side
to the other, and how nearly."""
BLANK_MM, FEWEST_BLANKS, ALIKE, DRAWN_OUT_MM = 1.8, 3, 1.6, 15
"""How wide a blank is at least, how many there are in a line of justified text, how much wider than most of them the
widest one is at most, and how wide."""
STRIP_MM, STRIP_SHARE = 2, 0.3
"""A strip of such a width in which fewer of the rows are inked parts two columns."""


def shared_gap(ink: Ink, rows: list[Run], first: int, *, line_height: float, mm: float) -> tuple[int, Run | None]:
    """Return the last of the rows from ``first`` that leave the same wide gap free, and that gap.

    The columns need not have lines of one height, nor as many lines: one of them may go on when the other has ended.
    One or two rows at the end, further below on both sides than lines of the columns are from one another, stand under
    them: a reference and a date under two addresses.
    """
    top, bottom = rows[first]
    if _is_drawn_out(ink[top:bottom], mm=mm):
        return first, None
    gaps = [
        gap
        for gap in inner_gaps(ink[top:bottom], width=GAP_MM * mm)
        if all(_is_inked(side, rows[first], mm=mm) for side in _sides(ink, gap))
    ]
    if not gaps:
        return first, None
    # A stamp may lie in the gap of the first row: the gap that goes on furthest is the one between columns.
    shared = [_followed(ink, rows, first, gap, line_height=line_height, mm=mm) for gap in gaps]
    last, (start, end) = max(shared, key=lambda one: (one[0], one[1][1] - one[1][0]))
    sides = _sides(ink, (start, end))
    alone = _first_alone(sides, rows, first, last, mm=mm)
    last = _last_above_single_lines(sides, rows, first, (alone, last), mm=mm)
    for row in range(max(first + 1, min(alone - 1, last + 1 - MOST_BELOW)), last + 1):
        if _is_set_apart(sides, rows[first : row + 1], mm=mm):
            last = row - 1
            break
    return last, (start, end) if last > first else None


def is_justified(ink: Ink, rows: list[Run], *, mm: float) -> bool:
    """Tell whether rows are lines of one column that reach from side to side: wide gaps in them are blanks."""
    columns = np.array([ink[slice(*row)].max(axis=0) for row in rows])
    inked = [np.flatnonzero(row) for row in columns]
    sides = np.array([(row[0], row[-1]) for row in inked if len(row)])
    if len(sides) < JUSTIFIED_ROWS or sides[:, 1].max() - sides[:, 0].min() > JUSTIFIED_MM * mm:
        return False
    left, right = np.median(sides, axis=0).astype(int)
    are_flush = np.abs(sides - (left, right)).max(axis=1) <= FLUSH_MM * mm
    strips = runs(columns.mean(axis=0)[left:right] < STRIP_SHARE)
    return bool(are_flush.mean() >= JUSTIFIED_SHARE) and all(end - start < STRIP_MM * mm for start, end in strips)


def are_columns(ink: Ink, rows: list[Run], gap: Run, *, mm: float) -> bool:
    """Tell whether at least two of the rows have words on both sides of a gap, not only the tails of letters."""
    is_written = [all(side[slice(*row)].max(axis=0).sum() > WORD_MM * mm for side in _sides(ink, gap)) for row in rows]
    return sum(is_written) >= FEWEST_SHARED


def _followed(ink: Ink, rows: list[Run], first: int, gap: Run, *, line_height: float, mm: float) -> tuple[int, Run]:
    """Return the last row that leaves a gap of the first one free, and what is left of it."""
    (start, end), last = gap, first
    while last + 1 < len(rows):
        columns = ink[slice(*rows[last + 1])].max(axis=0)
        free = [run for run in runs(columns[start:end] == 0) if run[1] - run[0] >= NARROW_GAP_MM * mm]
        # A line within the gap is below the columns, not in one of them.
        if not free or not (columns[:start].any() or columns[end:].any()):
            break
        left, right = max(free, key=lambda run: run[1] - run[0])
        narrowed = start + left, start + right
        is_near = rows[last + 1][0] - rows[last][1] < NEAR_HEIGHTS * line_height
        if not is_near and _is_set_apart(_sides(ink, narrowed), rows[first : last + 2], mm=mm) is not False:
            break
        start, end = narrowed
        last += 1
    return last, (start, end)


def _first_alone(sides: tuple[Ink, Ink], rows: list[Run], first: int, last: int, *, mm: float) -> int:
    """Return the first of the rows at the end that are inked on one side only, the one after the last if none is."""
    alone = last + 1
    while alone > first + 1 and sum(_is_inked(side, rows[alone - 1], mm=mm) for side in sides) == 1:
        alone -= 1
    return alone


def _last_above_single_lines(sides: tuple[Ink, Ink], rows: list[Run], first: int, end: Run, *, mm: float) -> int:
    """Return the last row of columns before single lines that stand now on one side, now on the other.

    Below two addresses, a date at one side, an addressee and a subject at the other leave the same gap free. ``end``
    tells the first row of single lines and the last.
    """
    alone, last = end
    if not all(any(_is_inked(side, rows[row], mm=mm) for row in range(alone, last + 1)) for side in sides):
        return last
    for row in range(alone, last + 1):
        standing = [
            (_baselines(side, (rows[first][0], rows[row - 1][1]), mm=mm), _baselines(side, rows[row], mm=mm))
            for side in sides
        ]
        if any(_is_below(*lines) for lines in standing):
            return row - 1
    return last


def _is_below(lines: list[float], next_lines: list[float]) -> bool:
    """Tell whether a line stands further below than the lines of its column from one another."""
    return len(lines) > 1 and bool(next_lines) and bool(next_lines[0] - lines[-1] > SET_APART * np.diff(lines).max())


def _is_drawn_out(row: Ink, *, mm: float) -> bool:
    """Tell whether all blanks of a row are nearly as wide as its widest one, as in a line of justified text."""
    blanks = [end - start for start, end in inner_gaps(row, width=BLANK_MM * mm)]
    return len(blanks) >= FEWEST_BLANKS and max(blanks) < min(ALIKE * float(np.median(blanks)), DRAWN_OUT_MM * mm)


def _is_inked(side: Ink, part: Run, *, mm: float) -> bool:
    """Tell whether a part of a side holds more ink than specks, which lie on any page that was copied often."""
    return bool(side[slice(*part)].max(axis=0).sum() > SPECKS_MM * mm)


def _sides(ink: Ink, gap: Run) -> tuple[Ink, Ink]:
    return ink[:, : gap[0]], ink[:, gap[1] :]


def _is_set_apart(sides: tuple[Ink, Ink], rows: list[Run], *, mm: float) -> bool | None:
    """Tell whether the last of the rows stands further below than lines of the columns do; nothing if it is not known.

    Two parts that stand on one line are a row, though one column may have steps as wide.
    """
    above, below = (rows[0][0], rows[-2][1]), rows[-1]
    standing = [(_baselines(side, above, mm=mm), _baselines(side, below, mm=mm)) for side in sides]
    is_apart = [
        next_lines[0] - lines[-1] > SET_APART * np.diff(lines).max()
        for lines, next_lines in standing
        if len(lines) > 1 and next_lines
    ]
    if not is_apart:
        return None
    firsts = [next_lines[0] for _, next_lines in standing if next_lines]
    return any(is_apart) if max(firsts) - min(firsts) < ONE_LINE_MM * mm else all(is_apart)


def _baselines(column: Ink, part: Run, *, mm: float) -> list[float]:
    """Return where each line in a part of a column stands: where its ink falls off most; specks are no line."""
    if not _is_inked(column, part, mm=mm):
        return []
    weights = column[slice(*part)].sum(axis=1).astype(float)
    rows = runs(weights > 0)
    line_height = usual_height(rows, mm=mm, around=None)
    lines = [
        line for row in without_slivers(rows, line_height=line_height) for line in split_tall(weights, row, line_height)
    ]
    falls = -np.diff(np.convolve(weights, [0.25, 0.5, 0.25], "same"), append=0)
    return [
        float(part[0] + top + np.argmax(falls[top:bottom]))
        for top, bottom in lines
        if bottom - top >= LOWEST_LINE_MM * mm
    ]
