from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np
import pytest

from docflow.ocr.ink import ink_map
from docflow.ocr.layout import find_lines
from docflow.ocr.ports import Box
from docflow.ocr.reading_order import in_reading_order

Places = dict[str, tuple[int, int]]
"""Left and baseline of each line, in pixels of a page of 900 by 1200: 4.3 are a millimetre."""


def lines_at(left: int, first: int, step: int, count: int) -> Places:
    return {f"{left}:{number}": (left, first + step * number) for number in range(count)}


def read_order(places: Places, *, is_rtl: bool = False, stroke: tuple[int, int, int] | None = None) -> list[str]:
    """The names of the lines drawn at their places, in the order in which they are read."""
    page = np.full((1200, 900), 255, np.uint8)
    for left, baseline in places.values():
        cv2.putText(page, "colonne", (left, baseline), cv2.FONT_HERSHEY_SIMPLEX, 0.8, 0, 2)
    if stroke is not None:
        x, top, bottom = stroke
        cv2.line(page, (x, top), (x, bottom), 0, 3)
    layout = find_lines(ink_map(page))
    boxes = [line.box for line in in_reading_order(layout, layout.lines, is_rtl=is_rtl)]
    return [min(places, key=lambda name: abs(places[name][0] - x) + abs(places[name][1] - y)) for x, _, _, y in boxes]


def test_a_column_goes_on_when_the_one_beside_it_has_ended() -> None:
    long, short = lines_at(60, 100, 56, 5), lines_at(600, 100, 26, 5)

    assert read_order(long | short) == [*long, *short]


@pytest.mark.parametrize("other_step", [24, 36])
def test_a_row_set_apart_under_two_columns_is_read_after_both(other_step: int) -> None:
    sender, other = lines_at(60, 100, 24, 4), lines_at(600, 100, other_step, 2)
    below = {"reference": (60, 202), "date": (600, 202)}

    assert read_order(sender | other | below) == [*sender, *other, *below]


def test_a_step_that_is_usual_in_its_column_sets_nothing_apart() -> None:
    tops = [100, 124, 155, 179, 210]
    left = {f"left {top}": (60, top) for top in tops}
    right = {f"right {top}": (600, top) for top in tops[:4]}

    assert read_order(left | right) == [*left, *right]


def order_of_boxes(boxes: Sequence[Box], *, tie: Box | None = None, specks: Sequence[Box] = ()) -> list[int]:
    """The numbers of boxes, filled with letters of an Arabic page, in the order in which they are read."""
    page = np.full((1200, 900), 255, np.uint8)
    for x0, _, x1, y1 in boxes:
        for x in range(x0, x1 - 14, 40):
            cv2.putText(page, "dg", (x, y1 - 6), cv2.FONT_HERSHEY_SIMPLEX, 0.8, 0, 2)
    if tie is not None:
        cv2.rectangle(page, tie[:2], tie[2:], 0, -1)
    for speck in specks:
        cv2.rectangle(page, speck[:2], speck[2:], 0, -1)
    layout = find_lines(ink_map(page))
    lines = in_reading_order(layout, layout.lines, is_rtl=True)
    return [
        min(range(len(boxes)), key=lambda place: sum(np.abs(np.subtract(boxes[place], line.box)))) for line in lines
    ]


def test_single_lines_that_change_sides_below_two_addresses_are_read_after_both() -> None:
    sender = [(595, 61, 829, 85), (457, 90, 829, 116), (662, 122, 829, 144), (646, 154, 829, 175)]
    other = [(88, 58, 264, 75), (88, 85, 245, 100)]
    date, addressee, subject, greeting = (
        (89, 195, 272, 219), (329, 238, 589, 261), (370, 283, 829, 309), (395, 327, 522, 349)
    )  # fmt: skip
    letter = [*sender, *other, date, addressee, subject, greeting, (102, 360, 794, 387)]

    assert order_of_boxes(letter) == list(range(len(letter)))


def test_specks_in_an_empty_column_do_not_hold_single_lines_in_the_other() -> None:
    sender = [(left, 56 + 31 * row, 748, 80 + 31 * row) for row, left in enumerate((585, 391, 708, 545, 579))]
    other = [(79, 56 + 31 * row, right, 80 + 31 * row) for row, right in enumerate((173, 273, 140))]
    number, date, addressee, subject, greeting = (
        (570, 222, 748, 246), (79, 256, 258, 280), (301, 300, 527, 324), (326, 344, 747, 368), (308, 388, 519, 412)
    )  # fmt: skip
    letter = [*sender, *other, number, date, addressee, subject, greeting, (84, 432, 748, 456)]
    specks = [(120, 310, 124, 314), (160, 352, 164, 356), (100, 396, 104, 400)]

    assert order_of_boxes(letter, specks=specks) == list(range(len(letter)))


def test_what_a_wiped_rule_left_is_no_line_above_a_reference_that_is_set_apart() -> None:
    right = [(590, 78 + 47 * row, 750, 98 + 47 * row) for row in range(5)]
    left = [(110, 70 + 23 * row, 380, 88 + 23 * row) for row in range(5)]
    below = [(625, 332, 813, 356), (90, 382, 340, 406)]
    body = [(120, top, 780, top + 26) for top in range(480, 900, 43)]
    letter = [*right, *left, *below, *body]

    assert order_of_boxes(letter, specks=[(650, 306, 678, 308)]) == list(range(len(letter)))


def test_dirt_along_the_margin_is_no_column_beside_two_addresses() -> None:
    sender = [(606, 74, 813, 98), (419, 108, 813, 132), (638, 150, 814, 174), (599, 192, 814, 216)]
    other = [(86, 76, 252, 98), (86, 106, 294, 130)]
    below = [(629, 254, 814, 278), (86, 252, 276, 280), (315, 310, 585, 333)]
    body = [(120, top, 780, top + 26) for top in range(370, 900, 43)]
    dirt = [(24, y, 28, y + 5) for y in (68, 74, 235, 300, 420, 480, 600, 700, 860)]

    assert order_of_boxes([*sender, *other, *below, *body], specks=dirt) == list(range(9 + len(body)))


def test_what_ties_the_first_lines_of_two_columns_does_not_hide_the_columns_below() -> None:
    first = [(146, 69, 345, 84), (605, 76, 704, 96)]
    right = [(610, 113, 698, 132), (581, 147, 728, 167), (621, 182, 688, 202), (595, 216, 714, 237)]
    left = [(132, 87, 358, 104), (125, 108, 365, 127), (171, 148, 321, 163)]
    letter = [*first, *right, *left, (613, 286, 814, 314), (87, 334, 312, 359)]

    assert order_of_boxes(letter, tie=(330, 60, 700, 75)) == list(range(len(letter)))


def test_a_closing_line_beside_a_paragraph_that_a_stroke_ties_to_the_signature_is_read_between_them() -> None:
    letter = lines_at(60, 100, 60, 5)
    end = {"paragraph": (60, 500), "closing": (600, 545), "signature": (60, 590)}

    assert read_order(letter | end, is_rtl=True, stroke=(150, 495, 600)) == [*letter, *end]


def test_a_colon_set_far_from_its_label_holds_the_line_together() -> None:
    page = np.full((1200, 900), 255, np.uint8)
    cv2.putText(page, "ref", (60, 300), cv2.FONT_HERSHEY_SIMPLEX, 0.8, 0, 2)
    cv2.putText(page, "2019", (154, 300), cv2.FONT_HERSHEY_SIMPLEX, 0.8, 0, 2)
    assert len(find_lines(ink_map(page)).lines) == 2

    for top in (289, 297):
        page[top : top + 3, 125:128] = 0

    assert len(find_lines(ink_map(page)).lines) == 1


@pytest.mark.parametrize(
    ("left", "top", "is_stop"),
    [(810, 397, True), (826, 397, False), (810, 381, False), (80, 397, True), (62, 397, False)],
)
def test_a_stop_that_a_typewriter_sets_far_from_its_letter_belongs_to_the_line(
    left: int, top: int, is_stop: bool
) -> None:
    page = np.full((2200, 1600), 250, np.uint8)
    for x in range(100, 800, 20):
        cv2.rectangle(page, (x, 376), (x + 12, 400), 0, -1)
    cv2.rectangle(page, (left, top), (left + 3, top + 3), 0, -1)

    (line,) = find_lines(ink_map(page)).lines

    x0, _, x1, _ = line.box
    assert (x0 <= left + 2 and x1 >= left + 3) == is_stop


def test_blanks_drawn_out_in_a_narrow_column_of_justified_text_are_no_gaps_between_columns() -> None:
    def line(baseline: int, gaps: Sequence[int]) -> list[Box]:
        edges = [60, *(edge for middle in gaps for edge in (middle - 24, middle + 24)), 400]
        return [(left, baseline - 22, right, baseline) for left, right in zip(edges[::2], edges[1::2], strict=True)]

    loose = [line(200, [180, 290]), line(230, [190, 300])]
    column = [[(60, top - 22, 400, top)] for top in (110, 140, 170)] + loose + [[(60, 238, 400, 260)]]
    beside = [[(480, top - 22, 820, top)] for top in range(110, 270, 30)]
    page = np.full((1200, 900), 255, np.uint8)
    for x0, y0, x1, y1 in (box for row in (*column, *beside) for box in row):
        for x in range(x0, x1 - 14, 14):
            cv2.rectangle(page, (x, y0 + 4), (x + 9, y1 - 2), 0, 2)

    layout = find_lines(ink_map(page))
    lines = in_reading_order(layout, layout.lines, is_rtl=False)

    assert len(lines) == len(column) + len(beside)
    assert all(line.box[0] < 100 and line.box[2] > 370 for line in lines[: len(column)])


def test_marks_between_two_columns_of_text_make_no_table_of_them() -> None:
    left, right = lines_at(60, 100, 40, 14), lines_at(500, 100, 40, 14)
    page = np.full((1200, 900), 255, np.uint8)
    for x, baseline in (left | right).values():
        cv2.putText(page, "une colonne", (x, baseline), cv2.FONT_HERSHEY_SIMPLEX, 1.1, 0, 2)
    for baseline in range(100, 660, 40):
        cv2.rectangle(page, (380, baseline - 10), (385, baseline), 0, -1)

    layout = find_lines(ink_map(page))

    assert len(layout.lines) == 28


@pytest.mark.parametrize(("blanks", "lines"), [((16, 16, 16, 16), 3), ((-8, 24, -8, -8), 4)])
def test_equal_blanks_of_a_line_are_no_gap_though_the_next_line_leaves_one_of_them_free(
    blanks: Sequence[int], lines: int
) -> None:
    page, x = np.full((1200, 900), 255, np.uint8), 60
    for blank in (*blanks, 0):
        cv2.putText(page, "mots", (x, 300), cv2.FONT_HERSHEY_SIMPLEX, 0.9, 0, 2)
        x += 78 + blank
    for left in (60, x - 70):
        cv2.putText(page, "fin", (left, 332), cv2.FONT_HERSHEY_SIMPLEX, 0.9, 0, 2)

    assert len(find_lines(ink_map(page)).lines) == lines
