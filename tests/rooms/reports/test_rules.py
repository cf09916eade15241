"""Periods, and what is said of many durations."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from docflow.core.errors import InvalidInput
from docflow.reports.rules import Period, Step, chosen_period, quantile, step_time
from docflow.web.charts import LABEL, VALUE, WIDTH, Bar, bar_chart


@given(st.lists(st.integers(0, 50), min_size=1, max_size=60), st.sampled_from([0.5, 0.9, 1.0]))
def test_a_quantile_is_the_least_duration_that_so_many_do_not_exceed(hours, share):
    histogram = {hour: hours.count(hour) for hour in set(hours)}
    found = quantile(histogram, share)
    assert sum(hour <= found for hour in hours) >= share * len(hours)
    assert sum(hour < found for hour in hours) < share * len(hours)


def test_nothing_measured_has_no_duration():
    assert quantile({}, 0.5) is None
    assert step_time(Step.WHOLE, {}).median_hours is None


def test_a_period_counts_its_days_in_casablanca():
    period = Period(date(2026, 6, 1), date(2026, 6, 1))
    assert (period.since, period.until) == (
        datetime(2026, 5, 31, 23, tzinfo=UTC), datetime(2026, 6, 1, 23, tzinfo=UTC),
    )  # fmt: skip


def test_a_period_is_chosen_by_name_or_by_two_days():
    today = date(2026, 3, 2)
    assert chosen_period("30", today, first=None, last=None) == Period(date(2026, 2, 1), today)
    assert chosen_period("x", today, first=None, last=None) == Period(date(2025, 12, 3), today)
    typed = chosen_period("30", today, first=date(2026, 1, 1), last=date(2026, 1, 31))
    assert typed == Period(date(2026, 1, 1), date(2026, 1, 31))
    for first, last, code in (
        (date(2026, 2, 1), date(2026, 1, 1), "period_reversed"), (date(1990, 1, 1), today, "period_too_long"),
    ):  # fmt: skip
        with pytest.raises(InvalidInput) as refusal:
            chosen_period("30", today, first=first, last=last)
        assert refusal.value.code == code


@pytest.mark.parametrize("is_rtl", [False, True])
def test_bars_keep_their_proportions_and_stay_in_the_drawing(is_rtl):
    bars = [Bar("A" * 60, (("late", 1), ("plain", 3)), "4", mark=8), Bar("B", (("late", 0), ("plain", 8)), "8")]
    first, second = bar_chart(bars, is_rtl=is_rtl).bars
    assert first.parts[1].width == pytest.approx(3 * first.parts[0].width, abs=0.1)
    assert second.parts[0].width == WIDTH - LABEL - VALUE
    assert [part.colour for part in second.parts] == ["plain"]
    assert all(part.x >= 0 and part.x + part.width <= WIDTH for bar in (first, second) for part in bar.parts)
    starts = [part.x for part in first.parts]
    assert starts == sorted(starts, reverse=is_rtl)
    assert first.label.endswith("…")
    assert bar_chart([], is_rtl=is_rtl).bars == []
