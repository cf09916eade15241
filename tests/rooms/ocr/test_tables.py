from __future__ import annotations

import pytest

from docflow.ocr.layout import LineBox, PageLayout
from docflow.ocr.ports import Box
from docflow.ocr.reading_order import in_reading_order
from docflow.ocr.tables import is_grid, is_table, rows_of_boxes


def cell(left: int, right: int, row: int, *, down: int = 0) -> Box:
    return left, 60 * row + down, right, 60 * row + down + 30


NUMBERS = [cell(100, 160, row) for row in range(12)]
TEXTS = [cell(300, 900, row, down=5) for row in range(12)]


def layout(columns: list[list[Box]]) -> PageLayout:
    """Return lines whose places say that the columns are read one after the other."""
    return PageLayout(
        tuple(
            LineBox(box, ((0.0, side), (float(row), 0)))
            for side, boxes in enumerate(columns)
            for row, box in enumerate(boxes)
        ),
        mm_px=8,
    )


def test_a_table_is_read_row_by_row_from_the_side_where_its_script_begins() -> None:
    table = layout([NUMBERS, TEXTS])

    from_left = [line.box for line in in_reading_order(table, table.lines, is_rtl=False)]
    from_right = [line.box for line in in_reading_order(table, table.lines, is_rtl=True)]

    assert from_left == [box for row in zip(NUMBERS, TEXTS, strict=True) for box in row]
    assert from_right == [box for row in zip(TEXTS, NUMBERS, strict=True) for box in row]


def test_two_columns_of_text_are_read_one_after_the_other() -> None:
    sides = [[cell(100, 480, row) for row in range(12)], [cell(520, 900, row) for row in range(12)]]

    text = layout(sides)

    assert [line.box for line in in_reading_order(text, text.lines, is_rtl=False)] == [*sides[0], *sides[1]]


def test_the_head_of_a_letter_is_no_table() -> None:
    head = [box for row in range(8) for box in (cell(100, 200, row), cell(500, 900, row))]
    body = [cell(100, 900, row) for row in range(8, 20)]

    assert not is_table(rows_of_boxes([*head, *body]))


def test_a_cell_of_two_lines_has_a_row_for_each() -> None:
    assert rows_of_boxes([cell(300, 900, 0), cell(100, 160, 0), cell(300, 500, 1)]) == [
        [cell(300, 900, 0), cell(100, 160, 0)],
        [cell(300, 500, 1)],
    ]


def words(row: int, *edges: int) -> list[Box]:
    """Return the boxes of a row from their left and right edges."""
    return [cell(left, right, row) for left, right in zip(edges[::2], edges[1::2], strict=True)]


def test_goods_with_numbers_and_prices_are_a_table() -> None:
    goods = [words(row, 140, 400 + 40 * (row % 3), 800, 830, 1000, 1080, 1300, 1400) for row in range(4)]

    assert is_grid(goods, mm_px=8)


def test_cells_that_stand_too_near_to_be_told_apart_hide_no_column() -> None:
    people = [words(row, 140, 420, 620, 760, 800, 1100) for row in range(6)]
    people += [words(row, 140, 400, 620, 1060) for row in range(6, 10)]

    assert is_grid(people, mm_px=8)


def test_three_columns_of_text_are_no_table() -> None:
    text = [words(row, 140, 540, 620, 1030, 1110, 1510) for row in range(20)]
    # Words of a short line set from edge to edge stand as far apart as cells.
    text[3] = words(3, 140, 200, 300, 360, 460, 540, 620, 1030, 1110, 1510)

    assert not is_grid(text, mm_px=8)


def test_two_short_columns_are_a_head_and_long_ones_with_a_column_of_numbers_a_table() -> None:
    def rows(count: int) -> list[list[Box]]:
        return [words(row, 140, 260, 700, 1300) for row in range(count)]

    assert not is_grid(rows(7), mm_px=8)
    assert is_grid(rows(8), mm_px=8)


def test_a_table_between_two_texts_is_read_by_rows_and_the_texts_stay_around_it() -> None:
    above, below = (LineBox(cell(140, 1500, row), ((float(row), 0),)) for row in (0, 8))
    cells = {
        (row, side): LineBox(box, ((1.0, side), (float(row), 0)))
        for row in range(2, 7)
        for side, box in enumerate(words(row, 140, 400, 800, 860, 1300, 1400))
    }

    page = PageLayout((above, *(cells[row, side] for side in range(3) for row in range(2, 7)), below), mm_px=8)

    assert in_reading_order(page, page.lines, is_rtl=False) == [above, *cells.values(), below]


def two_columns(top: float, rows: range) -> tuple[list[LineBox], list[LineBox]]:
    left, right = (
        [LineBox(cell(*edges, row), ((top, side), (float(row), 0))) for row in rows]
        for side, edges in enumerate(((140, 780), (860, 1500)))
    )
    return left, right


def test_columns_of_text_go_on_below_a_step_in_both_of_them() -> None:
    (left, right), (lower_left, lower_right) = two_columns(0.0, range(5)), two_columns(1.0, range(6, 10))

    page = PageLayout((*left, *right, *lower_left, *lower_right), mm_px=8)

    assert in_reading_order(page, page.lines, is_rtl=False) == [*left, *lower_left, *right, *lower_right]


def test_a_reference_and_a_date_under_two_addresses_are_read_after_both() -> None:
    (left, right), (reference, date) = two_columns(0.0, range(5)), two_columns(1.0, range(6, 7))

    page = PageLayout((*left, *right, *reference, *date), mm_px=8)

    assert in_reading_order(page, page.lines, is_rtl=False) == [*left, *right, *reference, *date]


@pytest.mark.parametrize("is_rtl", [False, True])
def test_a_date_beside_a_reference_is_read_with_it_though_what_follows_leaves_its_side_free(is_rtl: bool) -> None:
    left, right = two_columns(0.0, range(5))
    long, date = (right, left[0]) if is_rtl else (left, right[0])

    page = PageLayout((*long, date), mm_px=8)

    assert in_reading_order(page, page.lines, is_rtl=is_rtl) == [long[0], date, *long[1:]]
