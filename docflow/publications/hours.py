"""When the district receives the public: hours of the week, seasons with hours of their own; plain Python."""

from __future__ import annotations

import re
from collections.abc import Container, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from itertools import pairwise
from typing import Final

from docflow.core.errors import InvalidInput

WEEK_DAYS: Final = 7
LOOKED_AHEAD_DAYS: Final = 15
INTERVAL: Final = re.compile(r"(\d{1,2})[:hH.](\d{2})\s*[-–—]\s*(\d{1,2})[:hH.](\d{2})")
MOST_INTERVALS: Final = 3


@dataclass(frozen=True, slots=True, order=True)
class Interval:
    """From when until when, in the time of the district."""

    opens: time
    closes: time

    def __str__(self) -> str:
        """Return it as it is written: ``08:30-16:30``."""
        return f"{self.opens:%H:%M}-{self.closes:%H:%M}"


Week = tuple[tuple[Interval, ...], ...]
"""The hours of each day from Monday to Sunday; none: closed."""


@dataclass(frozen=True, slots=True)
class Season:
    """Hours of the week: the usual ones, or those of some days such as Ramadan, both days included."""

    week: Week
    first_day: date | None = None
    last_day: date | None = None

    def covers(self, day: date) -> bool:
        """Return whether these are the hours of a day, as far as its dates say."""
        return self.first_day is None or (self.last_day is not None and self.first_day <= day <= self.last_day)


@dataclass(frozen=True, slots=True)
class Openness:
    """Whether it is open at an instant; until when, or from when again, in the time of the district."""

    is_open: bool
    until: datetime | None = None
    opens_at: datetime | None = None


def parsed_day(text: str) -> tuple[Interval, ...]:
    """Return the hours of a day typed as ``08:30-12:00, 14:00-16:30`` in any digits; nothing: closed.

    Raises:
        InvalidInput: ``hours_not_understood`` with ``text``.
    """
    western = "".join(str(int(char)) if char.isdecimal() else char for char in text.strip()[:100])
    if not western:
        return ()
    found: list[Interval] = []
    for part in re.split(r"\s*[,،;/]\s*", western):
        match = INTERVAL.fullmatch(part)
        try:
            first, first_minute, last, last_minute = (int(number) for number in (match.groups() if match else ()))
            found.append(Interval(time(first, first_minute), time(last, last_minute)))
        except ValueError as error:
            raise InvalidInput("hours_not_understood", text=part[:40]) from error
    is_ordered = all(one.opens < one.closes for one in found) and all(
        before.closes < after.opens for before, after in pairwise(found)
    )
    if not is_ordered or len(found) > MOST_INTERVALS:
        raise InvalidInput("hours_not_understood", text=text.strip()[:40])
    return tuple(found)


def parsed_week(days: Sequence[str]) -> Week:
    """Return the hours of a week, a text a day from Monday.

    Raises:
        InvalidInput: ``hours_not_understood``.
    """
    return tuple(parsed_day(day) for day in days)


def written_week(week: Week) -> list[str]:
    """Return the hours of a week as they are kept and typed."""
    return [", ".join(str(one) for one in day) for day in week]


def season_of(seasons: Sequence[Season], day: date) -> Season | None:
    """Return whose hours hold on a day: those with dates before the usual ones, the latest begun first."""
    covering = [season for season in seasons if season.covers(day)]
    return max(covering, key=lambda season: season.first_day or date.min, default=None)


def hours_on(seasons: Sequence[Season], day: date, closed: Container[date]) -> tuple[Interval, ...]:
    """Return the hours of a day; none when it is closed."""
    season = season_of(seasons, day)
    return () if season is None or day in closed else season.week[day.weekday()]


def openness(seasons: Sequence[Season], now: datetime, closed: Container[date]) -> Openness:
    """Return whether it is open; ``now`` is in the time of the district, ``closed`` holds its feasts and closures."""
    for ahead in range(LOOKED_AHEAD_DAYS):
        day = now.date() + timedelta(days=ahead)
        for one in hours_on(seasons, day, closed):
            opens, closes = (datetime.combine(day, at, tzinfo=now.tzinfo) for at in (one.opens, one.closes))
            if opens <= now < closes:
                return Openness(is_open=True, until=closes)
            if now < opens:
                return Openness(is_open=False, opens_at=opens)
    return Openness(is_open=False)
