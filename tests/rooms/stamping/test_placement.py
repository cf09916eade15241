"""Where stamps find room."""

from __future__ import annotations

import numpy as np
import pytest

from docflow.stamping.display import DisplayedPage
from docflow.stamping.placement import SEARCH_DPI, free_spot
from docflow.stamping.rules import StampPlace

A4_PX = (421, 298)
SIZE = (227.0, 88.0)


def page(*inked: tuple[int, int, int, int]) -> np.ndarray:
    """White paper with grey boxes (top, left, bottom, right), in pixels at the search's resolution."""
    levels = np.full(A4_PX, 250, dtype=np.uint8)
    for top, left, bottom, right in inked:
        levels[top:bottom, left:right] = 40
    return levels


def is_over_ink(levels: np.ndarray, spot) -> bool:
    px = SEARCH_DPI / 72
    top, left = int(spot.top * px), int(spot.left * px)
    bottom, right = int((spot.top + SIZE[1] * spot.scale) * px), int((spot.left + SIZE[0] * spot.scale) * px)
    return bool((levels[top:bottom, left:right] < 200).any())


@pytest.mark.parametrize(
    ("place", "is_left", "is_top"),
    [
        (StampPlace.TOP_LEFT, True, True),
        (StampPlace.TOP_RIGHT, False, True),
        (StampPlace.BOTTOM_LEFT, True, False),
        (StampPlace.BOTTOM_RIGHT, False, False),
    ],
)
def test_an_empty_page_takes_the_stamp_in_the_wanted_corner(place, is_left, is_top):
    spot = free_spot(page(), size=SIZE, place=place)

    assert (spot.left < 100) is is_left
    assert (spot.top < 100) is is_top


def test_the_stamp_goes_beside_a_letterhead():
    levels = page((10, 10, 80, 150), (100, 20, 400, 280))

    spot = free_spot(levels, size=SIZE, place=StampPlace.AUTOMATIC)

    assert not is_over_ink(levels, spot)
    assert spot.left > 150 * 2


def test_a_smaller_stamp_is_taken_where_the_wanted_one_has_no_room():
    levels = page(*((row, 10, row + 5, 290) for row in [*range(5, 60, 9), *range(107, 410, 9)]))

    spot = free_spot(levels, size=SIZE, place=StampPlace.AUTOMATIC)

    assert spot.scale < 1
    assert not is_over_ink(levels, spot)


def test_a_full_page_has_no_room():
    levels = page(*((row, 5, row + 6, 290) for row in range(5, 410, 12)))

    assert free_spot(levels, size=SIZE, place=StampPlace.AUTOMATIC) is None


def test_a_page_smaller_than_the_stamp_has_no_room():
    assert free_spot(np.full((60, 90), 255, dtype=np.uint8), size=SIZE, place=StampPlace.AUTOMATIC) is None


def test_pale_paper_with_dust_counts_as_free():
    levels = np.random.default_rng(3).normal(200, 4, A4_PX).clip(0, 255).astype(np.uint8)
    levels[3::97, 5::83] = 90

    assert free_spot(levels, size=SIZE, place=StampPlace.TOP_RIGHT) is not None


@pytest.mark.parametrize("turn", [0, 90, 180, 270])
def test_a_displayed_rectangle_keeps_its_corner_whatever_the_turn(turn):
    shown = DisplayedPage((30, 40, 430, 640), turn)

    left, bottom, right, top = shown.box_of(10, 20, 100, 50)

    expected = {0: (40, 570, 140, 620), 90: (50, 50, 100, 150), 180: (320, 60, 420, 110), 270: (360, 530, 410, 630)}
    assert (left, bottom, right, top) == expected[turn]


@pytest.mark.parametrize("turn", [0, 90, 180, 270])
def test_a_strip_is_above_what_was_displayed(turn):
    shown = DisplayedPage((0, 0, 400, 600), turn)

    grown = shown.with_strip(height=80, least_width=100)

    assert grown.size == (shown.size[0], shown.size[1] + 80)
    before, after = shown.box_of(10, 10, 50, 50), grown.box_of(10, 90, 50, 50)
    assert after == before


def test_points_of_a_page_with_a_unit_of_its_own():
    shown = DisplayedPage((0, 0, 300, 400), 0, unit=2.0)

    assert shown.size == (600, 800)
    assert shown.box_of(0, 0, 100, 40) == (0, 380, 50, 400)
