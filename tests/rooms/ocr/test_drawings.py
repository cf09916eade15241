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


def pen_note(page: NDArray[np.uint8]) -> None:
    turn = np.linspace(0, 18 * np.pi, 400)
    points = np.stack([700 + 20 * turn / np.pi + 15 * np.cos(turn), 1850 + 18 * np.sin(turn)], axis=1)
    cv2.polylines(page, [points.round().astype(np.int32)], isClosed=False, color=60, thickness=3)


@pytest.mark.parametrize(
    "draw", [level_rule, grey_rule, broken_rule, streak_through_the_text, dark_edge, ring, pen_note]
)
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


def test_a_word_drawn_out_on_its_base_line_is_print() -> None:
    page = letter()
    for left in (600, 740, 880):
        cv2.rectangle(page, (left, 1846), (left + 100, 1858), 0, -1)
    for middle in (720, 860):
        cv2.ellipse(page, (middle, 1846), (26, 24), 0, 0, 360, 0, 10)

    assert without_drawings(page).grey is page


def test_a_word_whose_letters_rise_from_one_straight_base_line_is_print() -> None:
    page = letter()
    cv2.rectangle(page, (600, 1850), (770, 1856), 0, -1)
    for left in range(600, 770, 24):
        cv2.rectangle(page, (left, 1820), (left + 8, 1850), 0, -1)

    assert without_drawings(page).grey is page


def test_a_short_rule_that_a_few_letters_touch_is_wiped() -> None:
    page = letter()
    for left in (640, 720):
        cv2.rectangle(page, (left, 1820), (left + 6, 1850), 0, -1)
    letters = ink(page)
    cv2.rectangle(page, (600, 1851), (770, 1854), 0, -1)

    assert ink(without_drawings(page).grey) == pytest.approx(letters, rel=0.005)


def test_a_long_stroke_without_loops_may_be_letters_that_hang_together() -> None:
    page = letter()
    along = np.arange(600, 900, 2)
    points = np.stack([along, 1850 + 18 * np.sin(along / 8)], axis=1)
    cv2.polylines(page, [points.round().astype(np.int32)], isClosed=False, color=0, thickness=3)

    assert without_drawings(page).grey is page


def test_lines_are_found_beside_the_dark_edge_of_a_scan() -> None:
    page = letter()
    dark_edge(page)

    lines = find_lines(without_drawings(page).ink).lines

    assert len(lines) == len(BASELINES)
    assert all(LEFT - 20 < line.box[0] < line.box[2] < RIGHT for line in lines)


def test_shadows_at_the_side_of_a_page_tie_no_lines_to_one_another() -> None:
    page, without = letter(), find_lines(without_drawings(letter()).ink).lines
    for top in range(310, 1400, 120):
        cv2.rectangle(page, (1562, top), (1580, top + 50), 0, -1)

    assert find_lines(without_drawings(page).ink).lines == without


def test_print_that_a_sheet_was_cropped_to_stays() -> None:
    page = letter()[:, LEFT - 10 :]

    lines = find_lines(without_drawings(np.ascontiguousarray(page)).ink).lines

    assert len(lines) == len(BASELINES)
    assert all(line.box[0] < 30 for line in lines)


def test_few_large_lines_are_not_cut_for_the_dirt_beside_them() -> None:
    page = np.full((2200, 1600), PAPER, np.uint8)
    baselines = range(400, 1200, 200)
    for baseline in baselines:
        cv2.putText(page, "agenda", (400, baseline), cv2.FONT_HERSHEY_SIMPLEX, 3.2, 0, 9)
    for top in range(1300, 2000, 40):
        cv2.rectangle(page, (400, top), (404, top + 14), 0, -1)

    lines = [line for line in find_lines(without_drawings(page).ink).lines if line.box[1] < 1200]

    assert len(lines) == len(baselines)


def test_close_lines_whose_letters_touch_are_told_apart_by_their_regular_distance() -> None:
    page = np.full((2200, 1600), PAPER, np.uint8)
    baselines = range(300, 1500, 36)
    for baseline in baselines:
        cv2.putText(page, "pgqj" + TEXT + "bdlk", (LEFT, baseline), cv2.FONT_HERSHEY_SIMPLEX, 1.2, 0, 3)

    lines = find_lines(without_drawings(page).ink).lines

    assert len(lines) == len(baselines)


def stamped(page: NDArray[np.uint8], *, share: float) -> NDArray[np.uint8]:
    """The page under a round stamp with letters, which takes this share of the light of what lies under it."""
    stamp = np.zeros_like(page)
    cv2.circle(stamp, (700, 900), 150, 255, 4)
    cv2.putText(stamp, "COMMUNE", (600, 890), cv2.FONT_HERSHEY_SIMPLEX, 1.3, 255, 4)
    return (page * (1 - share * (stamp > 0))).astype(np.uint8)


@pytest.mark.parametrize("share", [0.2, 0.6])
def test_a_stamp_lighter_than_print_is_wiped_from_the_text_under_it(share: float) -> None:
    page = letter()

    plain = without_drawings(stamped(page, share=share))

    letters = page < 128
    assert (plain.grey[letters] < 128).mean() > 0.98
    assert (plain.grey < 128).sum() < 1.03 * letters.sum()
    assert len(find_lines(plain.ink).lines) == len(BASELINES)


def test_the_darkest_places_of_an_unevenly_inked_stamp_go_with_it() -> None:
    page = letter()
    page[740:1060] = PAPER
    page = stamped(page, share=0.6)
    top = page[740:790]
    top[top < PAPER] = 50

    plain = without_drawings(page)

    assert ink(plain.grey[740:1060]) == 0


def test_a_circle_through_the_letters_of_a_dense_page_is_no_stamp() -> None:
    page = np.full((2200, 1600), PAPER, np.uint8)
    for baseline in range(200, 2000, 26):
        cv2.putText(page, 4 * TEXT, (150, baseline), cv2.FONT_HERSHEY_SIMPLEX, 0.7, 0, 2)

    plain = without_drawings(page)

    assert ink(plain.grey) == ink(page)


def test_the_circles_of_a_pattern_are_no_stamps() -> None:
    page = np.full((2200, 1600), PAPER, np.uint8)
    for x in range(100, 1500, 150):
        for y in range(100, 2100, 150):
            cv2.circle(page, (x, y), 70, 0, 2)

    plain = without_drawings(page)

    assert plain.stamps == ()
    assert ink(plain.grey) == ink(page)


def test_of_a_stamp_as_black_as_print_what_is_print_stays() -> None:
    page, stamp = letter(), np.zeros((2200, 1600), np.uint8)
    cv2.circle(stamp, (700, 900), 150, 255, 4)
    cv2.circle(stamp, (700, 900), 100, 255, 3)
    cv2.putText(stamp, "DISTRICT", (635, 910), cv2.FONT_HERSHEY_SIMPLEX, 0.9, 255, 3)
    turn = cv2.getRotationMatrix2D((700, 900), 25, 1)
    stamped_too = cv2.warpAffine(stamp, turn, (1600, 2200)) > 127

    plain = without_drawings(np.where(stamped_too, 0, page).astype(np.uint8))

    letters = page < 128
    assert (plain.grey[letters] < 128).mean() > 0.98
    assert (plain.grey[stamped_too & ~letters] < 128).mean() < 0.1
    assert len(plain.stamps) == 1
    assert len(find_lines(plain.ink).lines) == len(BASELINES)


def test_the_circles_of_one_stamp_are_one() -> None:
    page = letter()
    for radius in (100, 150):
        cv2.circle(page, (700, 900), radius, 0, 4)

    (stamp,) = without_drawings(page).stamps

    assert stamp == pytest.approx((550, 750, 850, 1050), abs=6)


def test_a_faint_circle_through_letters_as_dark_as_it_is_no_stamp() -> None:
    page = np.full((2200, 1600), PAPER, np.uint8)
    for baseline in range(300, 1500, 30):
        cv2.putText(page, 3 * TEXT, (150, baseline), cv2.FONT_HERSHEY_SIMPLEX, 0.8, 0, 2)
    drawn = page.copy()
    cv2.circle(drawn, (700, 900), 150, 190, 2)
    drawn = np.minimum(page, drawn)

    plain = without_drawings(drawn)

    assert plain.stamps == ()
    assert (plain.grey[page < 128] < 128).all()
