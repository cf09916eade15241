"""How a term is counted, day by day, and what is said about it; plain Python."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from enum import StrEnum
from typing import Final

DAY: Final = timedelta(days=1)
WEEKEND: Final = frozenset({5, 6})
"""Saturday and Sunday, as ``date.weekday`` counts."""
LONGEST_DAYS: Final = 3660
"""No term of the law is longer than ten years; a count that comes so far has an error in it."""


class DayKind(StrEnum):
    """Which days a term counts."""

    CALENDAR = "calendar"
    WORKING = "working"


@dataclass(frozen=True, slots=True)
class DeadlineRule:
    """A term of a procedure.

    Attributes:
        code: names it in texts.
        days: how many days.
        kind: which days count.
        source: the law it is taken from.
        extension_days: by how many days it may be extended once, with reasons; 0: not at all.
        counts_first_day: whether the day of the deposit is the first day.
        moves_to_open_day: whether a term that ends on a closed day ends on the next open one.
    """

    code: str
    days: int
    kind: DayKind
    source: str
    extension_days: int = 0
    counts_first_day: bool = False
    moves_to_open_day: bool = True


COMPLAINT = DeadlineRule("complaint", 60, DayKind.CALENDAR, "décret 2-17-265")
REQUEST = DeadlineRule("request", 60, DayKind.CALENDAR, "loi 55-19")
INVESTMENT = DeadlineRule("investment", 30, DayKind.CALENDAR, "loi 55-19")
INFORMATION = DeadlineRule("information", 20, DayKind.WORKING, "loi 31-13", extension_days=20)
URGENT_INFORMATION = DeadlineRule("urgent_information", 3, DayKind.WORKING, "loi 31-13", extension_days=3)
RULES: Final[Mapping[str, DeadlineRule]] = {
    rule.code: rule for rule in (COMPLAINT, REQUEST, INVESTMENT, INFORMATION, URGENT_INFORMATION)
}


@dataclass(frozen=True, slots=True)
class Feast:
    """Why a day is closed: a feast or a closure of the district, by its name in each language."""

    name_ar: str
    name_fr: str


@dataclass(frozen=True, slots=True)
class OpenDays:
    """Which days the district is open: neither the end of the week nor a feast or closure."""

    closed: Mapping[date, Feast] = field(default_factory=dict)
    weekend: frozenset[int] = WEEKEND

    def is_open(self, day: date) -> bool:
        """Return whether the district is open on a day."""
        return day.weekday() not in self.weekend and day not in self.closed

    def next_open(self, day: date) -> date:
        """Return the day itself when it is open, else the next open one."""
        while not self.is_open(day):
            day += DAY
        return day


@dataclass(frozen=True, slots=True)
class Suspension:
    """Days on which a term stands still, because something is waited for; ``end`` is the first day that counts again.

    None: it stands still yet.
    """

    start: date
    end: date | None = None

    def holds(self, day: date) -> bool:
        """Return whether the term stands still on a day."""
        return self.start <= day and (self.end is None or day < self.end)


class StepKind(StrEnum):
    """What a step of the calculation says."""

    START = "start"
    FIRST = "first"
    COUNTED = "counted"
    CLOSED = "closed"
    SUSPENDED = "suspended"
    STANDING = "standing"
    EXTENDED = "extended"
    MOVED = "moved"


@dataclass(frozen=True, slots=True)
class Step:
    """A step of the calculation.

    Attributes:
        kind: what it says.
        day: the day it leads to, or that it is about.
        days: a number of days.
        until: the end of a span.
        feasts: the feasts met on the way, each with its day.
        is_counted: of ``START``, whether that day is the first of the term.
    """

    kind: StepKind
    day: date
    days: int = 0
    until: date | None = None
    feasts: tuple[tuple[date, Feast], ...] = ()
    is_counted: bool = False


@dataclass(frozen=True, slots=True)
class Deadline:
    """The last day of a term, or none while it stands still, and how it was found."""

    rule: DeadlineRule
    due: date | None
    steps: tuple[Step, ...]

    def days_left(self, today: date) -> int | None:
        """Return how many days are left; negative when it is over; none while the term stands still."""
        return None if self.due is None else (self.due - today).days


def deadline_of(
    rule: DeadlineRule,
    *,
    start: date,
    open_days: OpenDays,
    suspensions: Sequence[Suspension] = (),
    extension_days: int = 0,
) -> Deadline:
    """Count a term from the day of the deposit.

    Args:
        rule: the term.
        start: the day of the deposit, in Casablanca.
        open_days: when the district is open.
        suspensions: when the term stood still, or stands still yet.
        extension_days: by how many days it was extended.
    """
    first = start if rule.counts_first_day else start + DAY
    steps = [
        Step(StepKind.START, start, is_counted=rule.counts_first_day),
        Step(StepKind.FIRST, _first_counted(rule, first, open_days)),
    ]
    wanted = rule.days + extension_days
    counted: list[date] = []
    met: list[tuple[date, Feast]] = []
    for day in _days_from(first):
        if any(pause.holds(day) for pause in suspensions):
            if any(pause.end is None and pause.holds(day) for pause in suspensions):
                steps += _paused(suspensions, until=day)
                return Deadline(rule, None, (*steps, Step(StepKind.STANDING, day, days=wanted - len(counted))))
            continue
        if rule.kind is DayKind.WORKING and not open_days.is_open(day):
            if day in open_days.closed:
                met.append((day, open_days.closed[day]))
            continue
        counted.append(day)
        if len(counted) == wanted:
            break
    last = counted[-1]
    steps += _paused(suspensions, until=last)
    if extension_days:
        steps.append(Step(StepKind.EXTENDED, last, days=extension_days))
    if met:
        steps.append(Step(StepKind.CLOSED, last, days=len(met), feasts=tuple(met)))
    steps.append(Step(StepKind.COUNTED, last, days=wanted))
    due = open_days.next_open(last) if rule.moves_to_open_day else last
    if due != last:
        closed = tuple((day, open_days.closed[day]) for day in _span(last, due) if day in open_days.closed)
        steps.append(Step(StepKind.MOVED, last, until=due, feasts=closed))
    return Deadline(rule, due, tuple(steps))


def _first_counted(rule: DeadlineRule, first: date, open_days: OpenDays) -> date:
    return open_days.next_open(first) if rule.kind is DayKind.WORKING else first


def _paused(suspensions: Sequence[Suspension], *, until: date) -> list[Step]:
    """Return a step for each pause that begins before a day."""
    return [
        Step(
            StepKind.SUSPENDED,
            pause.start,
            days=0 if pause.end is None else (pause.end - pause.start).days,
            until=pause.end,
        )
        for pause in sorted(suspensions, key=lambda pause: pause.start)
        if pause.start <= until and pause.start != pause.end
    ]


def _days_from(day: date) -> Iterator[date]:
    for number in range(LONGEST_DAYS):
        yield day + number * DAY
    message = "a term without end"
    raise ValueError(message)


def _span(first: date, last: date) -> Iterator[date]:
    while first < last:
        yield first
        first += DAY
