"""On which days those concerned are told that a term runs out."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from docflow.deadlines.rules import Feast, OpenDays
from docflow.deadlines.thresholds import SHARES, reached, threshold_days

PLAIN = OpenDays()
MONDAY = date(2026, 3, 2)


@pytest.mark.parametrize(
    ("due", "days"),
    [
        # Four open days: the second, the third, and the day after the last.
        (date(2026, 3, 6), {50: date(2026, 3, 4), 75: date(2026, 3, 5), 100: date(2026, 3, 9)}),
        # Two: the first, and the second for three quarters.
        (date(2026, 3, 4), {50: date(2026, 3, 3), 75: date(2026, 3, 4), 100: date(2026, 3, 5)}),
        # One: half and three quarters fall on one day, and the greater stands for both.
        (date(2026, 3, 3), {75: date(2026, 3, 3), 100: date(2026, 3, 4)}),
        # None: it is over tomorrow.
        (MONDAY, {100: date(2026, 3, 3)}),
    ],
)
def test_short_terms_are_told_on_these_days(due, days):
    assert threshold_days(MONDAY, due, PLAIN) == days


def test_a_feast_is_no_day_on_which_anybody_is_told():
    feast = OpenDays({date(2026, 3, 4): Feast("عيد", "Fête"), date(2026, 3, 9): Feast("عيد", "Fête")})
    days = threshold_days(MONDAY, date(2026, 3, 6), feast)
    assert days == {50: date(2026, 3, 5), 75: date(2026, 3, 6), 100: date(2026, 3, 10)}


@settings(deadline=None)
@given(
    start=st.dates(date(2020, 1, 1), date(2030, 1, 1)),
    length=st.integers(0, 120),
    closed=st.sets(st.integers(0, 150), max_size=30),
)
def test_days_are_open_in_order_and_never_twice_the_same(start, length, closed):
    open_days = OpenDays({start + timedelta(days=one): Feast("", "") for one in closed})
    due = start + timedelta(days=length)

    days = threshold_days(start, due, open_days)

    assert list(days) == sorted(days)
    assert set(days) <= set(SHARES)
    assert len(set(days.values())) == len(days)
    assert list(days.values()) == sorted(days.values())
    assert all(open_days.is_open(day) for day in days.values())
    assert days[100] > due
    assert all(start < day <= due for share, day in days.items() if share != 100)


@settings(deadline=None)
@given(length=st.integers(1, 200))
def test_half_of_the_open_days_have_begun_at_half(length):
    due = MONDAY + timedelta(days=length)
    days = threshold_days(MONDAY, due, PLAIN)
    between = [MONDAY + timedelta(days=one) for one in range(1, length + 1)]
    counted = [day for day in between if PLAIN.is_open(day)]
    for share in {50, 75} & set(days):
        begun = sum(day <= days[share] for day in counted)
        assert begun / len(counted) >= share / 100 > (begun - 1) / len(counted)


def test_the_greatest_share_reached_is_the_one_to_tell():
    days = threshold_days(MONDAY, date(2026, 3, 6), PLAIN)
    assert [reached(days, MONDAY + timedelta(days=one)) for one in range(8)] == [None, None, 50, 75, 75, 75, 75, 100]
