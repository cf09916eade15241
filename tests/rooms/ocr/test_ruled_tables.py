from __future__ import annotations

from collections.abc import Callable

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from docflow.ocr.drawings import without_drawings
from docflow.ocr.layout import find_lines
from docflow.ocr.reading_order import in_reading_order
from docflow.ocr.ruled_tables import ruled_tables

# A page of 900 by 1200 pixels: 4.3 are a millimetre.
COLUMNS = (100, 220, 480, 820)
ROWS = (300, 360, 480, 540, 600)
LEFT = [(column, row) for row in ROWS[:-1] for column in COLUMNS[:-1]]


def table(page: NDArray[np.uint8], *, columns: tuple[int, ...] = COLUMNS, rows: tuple[int, ...] = ROWS) -> None:
    for column in columns:
        cv2.line(page, (column, rows[0]), (column, rows[-1]), 0, 2)
    for row in rows:
        cv2.line(page, (columns[0], row), (columns[-1], row), 0, 2)


def word(page: NDArray[np.uint8], left: int, baseline: int) -> None:
    cv2.putText(page, "mot", (left, baseline), cv2.FONT_HERSHEY_SIMPLEX, 0.8, 0, 2)


def paper() -> NDArray[np.uint8]:
    return np.full((1200, 900), 255, np.uint8)


def read_order(page: NDArray[np.uint8], places: list[tuple[int, int]], *, is_rtl: bool) -> list[tuple[int, int]]:
    """Where the lines of a page begin and stand, nearest of the places that are told, in the order of reading."""
    plain = without_drawings(page)
    layout = find_lines(plain.ink, plain.tables)
    boxes = [line.box for line in in_reading_order(layout, layout.lines, is_rtl=is_rtl)]
    return [min(places, key=lambda place: abs(place[0] - x) + abs(place[1] - y)) for x, _, _, y in boxes]


@pytest.mark.parametrize("is_rtl", [False, True])
def test_a_cell_of_several_lines_is_read_whole_before_the_next_one_of_its_row(is_rtl: bool) -> None:
    page, above, below = paper(), (100, 200), (100, 700)
    table(page)
    cells = [
        [(left + 15, top + step) for step in ((40, 70, 100) if top == ROWS[1] and left != COLUMNS[0] else (40,))]
        for left, top in LEFT
    ]
    places = [above, *(line for cell in cells for line in cell), below]
    for place in places:
        word(page, *place)

    rows = [cells[first : first + 3][:: -1 if is_rtl else 1] for first in range(0, len(cells), 3)]
    expected = [above, *(line for row in rows for cell in row for line in cell), below]
    assert read_order(page, places, is_rtl=is_rtl) == expected


def test_words_near_the_rules_of_narrow_cells_are_lines_of_their_own() -> None:
    page = paper()
    table(page)
    places = [(right - 60, top + 40) for top in ROWS[:-1] for right in COLUMNS[1:-1]]
    places += [(COLUMNS[2] + 5, top + 40) for top in ROWS[:-1]]
    for place in places:
        word(page, *place)

    assert sorted(read_order(page, places, is_rtl=False)) == sorted(places)


def test_a_numeral_alone_in_its_cell_is_a_line() -> None:
    page = paper()
    table(page)
    cv2.line(page, (140, 318), (140, 342), 0, 4)
    plain = without_drawings(page)

    assert len(find_lines(plain.ink, plain.tables).lines) == 1


@pytest.mark.parametrize("place", [(830, 400), (20, 340)])
def test_a_text_beside_a_table_leaves_both_to_the_cuts_of_a_page_without_rules(place: tuple[int, int]) -> None:
    page = paper()
    table(page)
    word(page, *place)
    plain = without_drawings(page)

    assert plain.tables
    assert not find_lines(plain.ink, plain.tables).table_bands


def without_its_left_rule(page: NDArray[np.uint8]) -> None:
    page[ROWS[0] : ROWS[-1] + 5, COLUMNS[0] - 3 : COLUMNS[0] + 4] = 255


def with_a_hole_in_its_outer_rule(page: NDArray[np.uint8]) -> None:
    page[ROWS[0] - 3 : ROWS[0] + 4, 150:165] = 255


def with_a_step_in_its_corner(page: NDArray[np.uint8]) -> None:
    page[ROWS[0] - 3 : ROWS[1] - 3, COLUMNS[0] - 3 : COLUMNS[1] - 3] = 255


def with_holes_in_two_inner_rules(page: NDArray[np.uint8]) -> None:
    page[ROWS[1] - 3 : ROWS[1] + 4, 280:300] = 255
    page[ROWS[0] + 20 : ROWS[0] + 40, COLUMNS[1] - 3 : COLUMNS[1] + 4] = 255


def within_a_frame_that_touches_it(page: NDArray[np.uint8]) -> None:
    cv2.rectangle(page, (20, 100), (COLUMNS[-1], ROWS[-1] + 200), 0, 2)


@pytest.mark.parametrize(
    "drawn_badly",
    [
        without_its_left_rule,
        with_a_hole_in_its_outer_rule,
        with_a_step_in_its_corner,
        with_holes_in_two_inner_rules,
        within_a_frame_that_touches_it,
    ],
)
def test_what_stands_in_a_table_that_is_drawn_badly_is_read_once(
    drawn_badly: Callable[[NDArray[np.uint8]], None],
) -> None:
    page = paper()
    table(page)
    drawn_badly(page)
    places = [(left + 15, top + 40) for left, top in LEFT]
    for place in places:
        word(page, *place)

    assert sorted(read_order(page, places, is_rtl=False)) == sorted(places)


def test_a_table_as_wide_as_its_page_is_one() -> None:
    page = paper()[:, COLUMNS[0] : COLUMNS[-1] + 1].copy()
    table(page, columns=tuple(column - COLUMNS[0] for column in COLUMNS))
    word(page, 15, ROWS[0] + 40)
    plain = without_drawings(page)

    assert len(find_lines(plain.ink, plain.tables).lines) == 1


def test_specks_around_a_table_are_no_lines() -> None:
    page = paper()
    table(page)
    for top in range(700, 1100, 40):
        cv2.rectangle(page, (400, top), (405, top + 10), 0, -1)
    plain = without_drawings(page)

    assert plain.tables
    assert not find_lines(plain.ink, plain.tables).lines


@pytest.mark.parametrize(
    ("columns", "rows"),
    [((100, 820), ROWS), ((100, 480, 820), (300, 400, 1000)), ((100, 820), (100, 1100))],
    ids=["four boxes, one over the other", "the boxes of a letterhead", "a frame"],
)
def test_rules_that_enclose_few_cells_draw_no_table(columns: tuple[int, ...], rows: tuple[int, ...]) -> None:
    page = paper()
    table(page, columns=columns, rows=rows)

    assert not without_drawings(page).tables


def test_a_double_frame_around_a_table_is_none_and_hides_none() -> None:
    page = paper()
    table(page)
    for gap in (40, 48):
        cv2.rectangle(page, (COLUMNS[0] - gap, ROWS[0] - gap), (COLUMNS[-1] + gap, ROWS[-1] + gap), 0, 2)

    (found,) = without_drawings(page).tables

    assert [len(row) for row in found.rows] == [3] * 4


def test_holes_in_rules_are_mended_and_a_cell_over_two_rows_is_of_the_first() -> None:
    rules = np.zeros((1200, 900), np.uint8)
    for column in COLUMNS:
        cv2.line(rules, (column, ROWS[0]), (column, ROWS[-1]), 1, 2)
    for row in ROWS:
        cv2.line(rules, (COLUMNS[1] if row == ROWS[2] else COLUMNS[0], row), (COLUMNS[-1], row), 1, 2)
    rules[ROWS[1] - 2 : ROWS[1] + 3, 300:304] = 0

    (found,) = ruled_tables(rules, mm=4.3)

    assert [len(row) for row in found.rows] == [3, 3, 2, 3]
