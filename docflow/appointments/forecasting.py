"""How many people are expected at an office, and how many desks they need; plain Python.

The rule, which the page tells too: walk-ins of an hour are the mean of that hour over the last six open days of the
same weekday (of all open days while fewer than two such are known), times how the last five open days compare with what
was usual before (between half and twice: the weeks before school begins are not like those of May). The appointments of
the hour are added. A desk is busy for five sixths of an hour at most; the rest keeps a queue from growing.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from statistics import fmean
from typing import Final

SAME_WEEKDAYS: Final = 6
RECENT_DAYS: Final = 5
LEAST_SAME: Final = 2
TREND_BOUNDS: Final = (0.5, 2.0)
BUSY_SHARE: Final = 5 / 6

History = Mapping[date, Mapping[int, int]]
"""Of each past open day, how many came in each hour without an appointment."""


@dataclass(frozen=True, slots=True)
class HourForecast:
    """What is expected of an hour of a day: people, of whom so many by appointment, and the desks that they need."""

    hour: int
    walk_ins: float
    booked: int
    desks: int

    @property
    def people(self) -> int:
        """How many are expected, rounded up: half a person needs a desk too."""
        return math.ceil(self.walk_ins + self.booked)


@dataclass(frozen=True, slots=True)
class DayForecast:
    """A day hour by hour."""

    day: date
    hours: tuple[HourForecast, ...]

    @property
    def people(self) -> int:
        """How many are expected on the whole day."""
        return sum(one.people for one in self.hours)

    @property
    def desks(self) -> int:
        """How many desks the fullest hour needs."""
        return max((one.desks for one in self.hours), default=0)


def forecast_day(
    history: History, day: date, *, open_hours: Sequence[int], booked: Mapping[int, int], service_minutes: float
) -> DayForecast:
    """Return what is expected of a day that has not come yet.

    Args:
        history: walk-ins of past open days, without the day itself.
        day: which day.
        open_hours: the hours at which the office receives on it.
        booked: appointments of that day by hour.
        service_minutes: how long one is served.
    """
    change = trend(history)
    usual = usual_hours(history, day.weekday())
    found = []
    for hour in open_hours:
        walk_ins, by_appointment = usual.get(hour, 0.0) * change, booked.get(hour, 0)
        needed = desks_needed(walk_ins + by_appointment, service_minutes=service_minutes)
        found.append(HourForecast(hour, walk_ins, by_appointment, max(1, needed)))
    return DayForecast(day, tuple(found))


def desks_needed(people: float, *, service_minutes: float) -> int:
    """Return how many desks serve so many people in an hour."""
    return math.ceil(round(people * service_minutes / (60 * BUSY_SHARE), 6))


def usual_hours(history: History, weekday: int) -> dict[int, float]:
    """Return the mean of each hour over the last days of a weekday, or of all days while too few are known."""
    same = sorted((day for day in history if day.weekday() == weekday), reverse=True)[:SAME_WEEKDAYS]
    days = same if len(same) >= LEAST_SAME else sorted(history)
    hours = {hour for day in days for hour in history[day]}
    return {hour: fmean(history[day].get(hour, 0) for day in days) for hour in hours}


def trend(history: History) -> float:
    """Return how the last open days compare with what the days before let expect of them."""
    recent = sorted(history)[-RECENT_DAYS:]
    earlier = {day: hours for day, hours in history.items() if day not in recent}
    if len(recent) < RECENT_DAYS or len(earlier) < RECENT_DAYS:
        return 1.0
    expected = sum(sum(usual_hours(earlier, day.weekday()).values()) for day in recent)
    came = sum(sum(history[day].values()) for day in recent)
    if not expected:
        return 1.0
    least, most = TREND_BOUNDS
    return min(most, max(least, came / expected))


def quantile(counts: Mapping[int, int], share: float) -> int | None:
    """Return the value below or at which a share of all lies, of values counted; none of nothing."""
    total = sum(counts.values())
    seen = 0
    for value in sorted(counts):
        seen += counts[value]
        if seen >= share * total:
            return value
    return None
