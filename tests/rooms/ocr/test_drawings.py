from __future__ import annotations

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from docflow.ocr.drawings import without_drawings
from docflow.ocr.layout import find_lines

PAPER = 250
TEXT = "le texte d'une lettre ordinaire"
LEFT, RIGHT = 200, 1400
BASELINES = range(300, 1500, 60)


def letter() -> NDArray[np.uint8]:
    page = np.full((2200, 1600), PAPER, np.uint8)
    for baseline in BASELINES:
        cv2.putText(page, TEXT, (LEFT, baseline), cv2.FONT_HERSHEY_SIMPLEX, 1.4, 0, 3)
    return page


def ink(page: NDArray[np.uint8]) -> int:
    return int((page < 128).sum())


def level_rule(page: NDArray[np.uint8]) -> None:
    cv2.line(page, (150, 1750), (1450, 1753), 0, 3)


def grey_rule(page: NDArray[np.uint8]) -> None:
    cv2.line(page, (150, 1750), (1450, 1750), 190, 3)


def broken_rule(page: NDArray[np.uint8]) -> None:
    for left in range(150, 1450, 24):
        cv2.line(page, (left, 1750), (left + 18, 1750), 0, 3)


def streak_through_the_text(page: NDArray[np.uint8]) -> None:
    cv2.line(page, (800, 0), (790, 2199), 0, 2)


def dark_edge(page: NDArray[np.uint8]) -> None:
    page[:, :30] = 20
    page[100:160, 34:44] = 0


def ring(page: NDArray[np.uint8]) -> None:
    cv2.circle(page, (800, 1850), 130, 0, 4)


@pytest.mark.parametrize("draw", [level_rule, grey_rule, broken_rule, streak_through_the_text, dark_edge, ring])
def test_a_drawing_is_wiped_and_the_letters_stay(draw: object) -> None:
    page = letter()
    letters = ink(page)
    draw(page)  # type: ignore[operator]

    plain = without_drawings(page)

    assert ink(plain.grey) == pytest.approx(letters, rel=0.02)
    assert [round(line.box[3] / 60) for line in find_lines(plain.ink).lines] == [
        round(line.box[3] / 60) for line in find_lines(without_drawings(letter()).ink).lines
    ]


def test_a_letter_without_drawings_is_left_as_it_is() -> None:
    page = letter()

    assert without_drawings(page).grey is page


def test_lines_are_found_beside_the_dark_edge_of_a_scan() -> None:
    page = letter()
    dark_edge(page)

    lines = find_lines(without_drawings(page).ink).lines

    assert len(lines) == len(BASELINES)
    assert all(LEFT - 20 < line.box[0] < line.box[2] < RIGHT for line in lines)


def test_close_lines_whose_letters_touch_are_told_apart_by_their_regular_distance() -> None:
    page = np.full((2200, 1600), PAPER, np.uint8)
    baselines = range(300, 1500, 36)
    for baseline in baselines:
        cv2.putText(page, "pgqj" + TEXT + "bdlk", (LEFT, baseline), cv2.FONT_HERSHEY_SIMPLEX, 1.2, 0, 3)

    lines = find_lines(without_drawings(page).ink).lines

    assert len(lines) == len(baselines)
