from __future__ import annotations

import cv2
import numpy as np
import pytest

from docflow.ocr.ink import ink_map
from docflow.ocr.layout import find_lines

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
    boxes = [line.box for line in find_lines(ink_map(page)).in_reading_order(is_rtl=is_rtl)]
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
