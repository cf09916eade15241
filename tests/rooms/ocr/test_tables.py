from __future__ import annotations

from docflow.ocr.layout import LineBox, PageLayout
from docflow.ocr.ports import Box
from docflow.ocr.reading_order import in_reading_order
from docflow.ocr.tables import is_table, rows_of_boxes


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
