"""Terms counted by hand, and what holds for every term."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from docflow.deadlines.rules import (
    COMPLAINT,
    INFORMATION,
    INVESTMENT,
    RULES,
    URGENT_INFORMATION,
    DayKind,
    DeadlineRule,
    Feast,
    OpenDays,
    StepKind,
    Suspension,
    deadline_of,
)

FEAST = Feast("عيد", "Fête")
DAYS = st.dates(date(2020, 1, 1), date(2035, 12, 31))


def closed(*days: date) -> OpenDays:
    return OpenDays(dict.fromkeys(days, FEAST))


def due(rule, start, **how):
    return deadline_of(rule, start=start, open_days=how.pop("open_days", closed()), **how).due


@pytest.mark.parametrize(
    ("rule", "start", "expected"),
    [
        # The day of deposit is not counted: 60 days after Monday 2 March are Friday 1 May.
        (COMPLAINT, date(2026, 3, 2), date(2026, 5, 1)),
        # Saturday 2 May: the next open day is Monday 4 May.
        (COMPLAINT, date(2026, 3, 3), date(2026, 5, 4)),
        (COMPLAINT, date(2026, 11, 12), date(2027, 1, 11)),
        # Across the 29th of February of a leap year, and of a year that has none.
        (COMPLAINT, date(2028, 1, 3), date(2028, 3, 3)),
        (COMPLAINT, date(2027, 1, 4), date(2027, 3, 5)),
        (INVESTMENT, date(2026, 12, 7), date(2027, 1, 6)),
        # Twenty working days after Monday 2 March: four weeks later.
        (INFORMATION, date(2026, 3, 2), date(2026, 3, 30)),
        (INFORMATION, date(2026, 3, 7), date(2026, 4, 3)),
        (URGENT_INFORMATION, date(2026, 3, 5), date(2026, 3, 10)),
        (URGENT_INFORMATION, date(2026, 3, 8), date(2026, 3, 11)),
    ],
)
def test_terms_counted_by_hand(rule, start, expected):
    assert due(rule, start) == expected


def test_a_term_that_ends_on_a_feast_ends_on_the_next_open_day_and_says_why():
    found = deadline_of(COMPLAINT, start=date(2026, 3, 2), open_days=closed(date(2026, 5, 1)))
    moved = next(step for step in found.steps if step.kind is StepKind.MOVED)
    assert (found.due, moved.day, moved.feasts) == (date(2026, 5, 4), date(2026, 5, 1), ((date(2026, 5, 1), FEAST),))


def test_feasts_on_the_way_lengthen_working_days_and_not_calendar_days():
    feasts = closed(date(2026, 3, 20), date(2026, 3, 23))
    assert due(INFORMATION, date(2026, 3, 2), open_days=feasts) == date(2026, 4, 1)
    assert due(COMPLAINT, date(2026, 3, 2), open_days=feasts) == date(2026, 5, 1)


def test_a_term_stands_still_while_the_citizen_is_waited_for():
    pause = Suspension(date(2026, 3, 10), date(2026, 3, 20))
    assert due(COMPLAINT, date(2026, 3, 2), suspensions=(pause,)) == date(2026, 5, 11)
    standing = deadline_of(
        COMPLAINT, start=date(2026, 3, 2), open_days=closed(), suspensions=(Suspension(date(2026, 3, 10)),)
    )
    assert standing.due is None
    assert standing.steps[-1].kind is StepKind.STANDING
    assert standing.steps[-1].days == 53


def test_a_pause_that_begins_after_the_end_changes_nothing():
    assert due(COMPLAINT, date(2026, 3, 2), suspensions=(Suspension(date(2026, 6, 1)),)) == date(2026, 5, 1)


def test_pauses_that_overlap_stand_still_once():
    pauses = (Suspension(date(2026, 3, 10), date(2026, 3, 20)), Suspension(date(2026, 3, 15), date(2026, 3, 22)))
    assert due(COMPLAINT, date(2026, 3, 2), suspensions=pauses) == date(2026, 5, 13)


def test_an_extension_is_counted_as_the_term_is():
    assert due(INFORMATION, date(2026, 3, 2), extension_days=20) == date(2026, 4, 27)


def test_days_left_are_negative_once_it_is_over():
    found = deadline_of(COMPLAINT, start=date(2026, 3, 2), open_days=closed())
    assert (found.days_left(date(2026, 4, 29)), found.days_left(date(2026, 5, 3))) == (2, -2)


@given(
    rule=st.sampled_from(sorted(RULES.values(), key=lambda rule: rule.code)),
    start=DAYS,
    feasts=st.sets(DAYS, max_size=40),
    pause=st.none() | st.tuples(DAYS, st.integers(1, 90)),
    extension_days=st.integers(0, 30),
)
def test_a_term_is_as_long_as_it_says_whatever_comes_between(rule, start, feasts, pause, extension_days):
    open_days = closed(*feasts)
    pauses = () if pause is None else (Suspension(pause[0], pause[0] + timedelta(days=pause[1])),)
    found = deadline_of(rule, start=start, open_days=open_days, suspensions=pauses, extension_days=extension_days)
    last = next(step.day for step in found.steps if step.kind is StepKind.COUNTED)
    days = [start + timedelta(days=number) for number in range(1, (last - start).days + 1)]
    counting = [
        day
        for day in days
        if not any(pause.holds(day) for pause in pauses) and (rule.kind is DayKind.CALENDAR or open_days.is_open(day))
    ]
    assert len(counting) == rule.days + extension_days
    assert counting[-1] == last
    assert found.due is not None
    assert open_days.is_open(found.due)
    assert not any(open_days.is_open(last + timedelta(days=n)) for n in range((found.due - last).days))


@given(start=DAYS, days=st.integers(1, 200), feasts=st.sets(DAYS, max_size=40))
def test_a_longer_term_never_ends_earlier_and_a_later_deposit_never_either(start, days, feasts):
    open_days = closed(*feasts)

    def end(length: int, begin: date) -> date:
        rule = DeadlineRule("x", length, DayKind.WORKING, "")
        found = deadline_of(rule, start=begin, open_days=open_days).due
        assert found is not None
        return found

    assert end(days, start) <= end(days + 1, start)
    assert end(days, start) <= end(days, start + timedelta(days=1))
