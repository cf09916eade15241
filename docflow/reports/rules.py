"""Periods, and what is said of many durations by a few; plain Python."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from typing import Final

from docflow.core.clock import CASABLANCA
from docflow.core.errors import InvalidInput

PERIODS: Final = {"30": 30, "90": 90, "365": 365}
"""Periods to choose from, in days up to today, by their name in the address."""
USUAL_PERIOD: Final = "90"
LONGEST_DAYS: Final = 3660


class Step(StrEnum):
    """A part of the way of a letter whose length is measured."""

    ROUTING = "routing"
    """From registration to the first thing asked."""
    ANSWER = "answer"
    """From the first thing asked to the answer of the responsible unit."""
    SIGNATURE = "signature"
    """From an act's sending on its circuit to its signature."""
    DEPARTURE = "departure"
    """From the signature to the departure number."""
    WHOLE = "whole"
    """From the registration of a letter to the departure of the act that answers it."""


@dataclass(frozen=True, slots=True)
class Period:
    """Days in Casablanca, both included."""

    first: date
    last: date

    @property
    def since(self) -> datetime:
        """Its first instant."""
        return datetime.combine(self.first, time.min, tzinfo=CASABLANCA).astimezone(UTC)

    @property
    def until(self) -> datetime:
        """The first instant after it."""
        return datetime.combine(self.last + timedelta(days=1), time.min, tzinfo=CASABLANCA).astimezone(UTC)


@dataclass(frozen=True, slots=True)
class StepTime:
    """How long a step took: how often it ended in the period, and the hours within which half and nine in ten did."""

    step: Step
    count: int
    median_hours: int | None
    ninetieth_hours: int | None


def chosen_period(name: str, today: date, *, first: date | None, last: date | None) -> Period:
    """Return the period of a name, or that of two days.

    Raises:
        InvalidInput: ``period_reversed``; ``period_too_long`` with ``limit``.
    """
    if first is None and last is None:
        days = PERIODS.get(name, PERIODS[USUAL_PERIOD])
        return Period(today - timedelta(days=days - 1), today)
    end = last or today
    period = Period(first or end - timedelta(days=PERIODS[USUAL_PERIOD] - 1), end)
    if period.last < period.first:
        raise InvalidInput("period_reversed")
    if (period.last - period.first).days > LONGEST_DAYS:
        raise InvalidInput("period_too_long", limit=LONGEST_DAYS // 366)
    return period


def quantile(histogram: Mapping[int, int], share: float) -> int | None:
    """Return the least value that at least a share of the counted does not exceed (nearest rank); none of nothing."""
    total = sum(histogram.values())
    if not total:
        return None
    reached = 0
    for value in sorted(histogram):
        reached += histogram[value]
        if reached >= share * total:
            return value
    return max(histogram)


def step_time(step: Step, histogram: Mapping[int, int]) -> StepTime:
    """Return what is said of the durations of a step, counted by whole hours."""
    return StepTime(step, sum(histogram.values()), quantile(histogram, 0.5), quantile(histogram, 0.9))
