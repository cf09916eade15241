"""Slots, the order of calling, how many desks: as said on the pages."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from docflow.appointments.forecasting import desks_needed, forecast_day, quantile, trend, usual_hours
from docflow.appointments.rules import (
    Opening,
    Queued,
    call_key,
    check_openings,
    minute_of,
    minute_text,
    slots_of,
    wait_minutes,
)
from docflow.core.errors import InvalidInput

MONDAY = date(2026, 3, 2)


@given(
    start=st.integers(0, 1400),
    length=st.integers(1, 600),
    slot_minutes=st.integers(5, 120),
)
def test_slots_lie_within_their_hours_and_touch_without_overlapping(start, length, slot_minutes):
    end = min(1440, start + length)
    slots = slots_of([Opening(0, start, end, 1)], weekday=0, slot_minutes=slot_minutes)
    assert all(start <= one.start_minute and one.end_minute <= end for one in slots)
    assert [one.end_minute for one in slots[:-1]] == [one.start_minute for one in slots[1:]]
    assert len(slots) == (end - start) // slot_minutes


def test_whoever_is_due_is_called_first_then_priority_then_numbers_then_who_is_early():
    tickets = [Queued(1, False, None), Queued(2, True, None), Queued(3, False, 540), Queued(4, False, 600)]
    ordered = sorted(tickets, key=lambda one: call_key(one, 545))
    assert [one.number for one in ordered] == [3, 2, 1, 4]


@pytest.mark.parametrize(
    ("openings", "code"),
    [
        ([Opening(0, 600, 600, 1)], "hours_invalid"),
        ([Opening(0, 600, 1500, 1)], "hours_invalid"),
        ([Opening(0, 600, 700, 0)], "hours_invalid"),
        ([Opening(0, 600, 700, 1), Opening(0, 690, 800, 1)], "hours_overlap"),
    ],
)
def test_hours_that_no_week_can_have_are_refused(openings, code):
    with pytest.raises(InvalidInput, match=code):
        check_openings(openings)


def test_times_are_read_as_people_write_them_and_nothing_else_is():
    assert [minute_of(text) for text in ("8", "08:30", "8h", "16H45", "٠٨:٣٠")] == [480, 510, 480, 1005, 510]
    for text in ("", "25:00", "8:75", "huit", "8:3"):
        with pytest.raises(InvalidInput, match="time_not_understood"):
            minute_of(text)
    assert minute_text(510) == "08:30"


def test_a_forecast_is_the_mean_of_the_weekday_times_the_trend_with_the_appointments_added():
    steady = {MONDAY - timedelta(days=back): {9: 10, 10: 4} for back in range(1, 57) if back % 7 not in {1, 2}}
    assert usual_hours(steady, 0) == {9: 10.0, 10: 4.0}
    assert trend(steady) == 1.0
    rising = steady | {MONDAY - timedelta(days=back): {9: 40, 10: 16} for back in (3, 4, 5, 6, 7)}
    assert trend(rising) == 2.0
    day = forecast_day(steady, MONDAY, open_hours=[9, 10, 11], booked={9: 5}, service_minutes=10)
    assert [(one.hour, one.people, one.desks) for one in day.hours] == [(9, 15, 3), (10, 4, 1), (11, 0, 1)]
    assert (day.people, day.desks) == (19, 3)


@given(people=st.integers(0, 500), minutes=st.integers(1, 60))
def test_the_desks_needed_are_the_fewest_that_are_busy_for_fifty_minutes_at_most(people, minutes):
    desks = desks_needed(people, service_minutes=minutes)
    assert people * minutes <= desks * 50
    assert desks == 0 or people * minutes > (desks - 1) * 50


def test_a_wait_is_told_in_steps_and_not_at_all_without_a_desk():
    assert [wait_minutes(before=7, desks=2, service_minutes=9), wait_minutes(before=0, desks=1, service_minutes=9)] == [
        35,
        0,
    ]
    assert wait_minutes(before=7, desks=0, service_minutes=9) is None
    assert quantile({1: 5, 9: 5}, 0.5) == 1
    assert quantile({}, 0.5) is None
