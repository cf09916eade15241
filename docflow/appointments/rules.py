"""Slots, seats, who is called next, how long one waits; plain Python."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from itertools import pairwise
from typing import Final

from docflow.core.clock import CASABLANCA
from docflow.core.errors import InvalidInput

DAY_MINUTES: Final = 24 * 60
SLOT_MINUTES: Final = (5, 120)
"""Shortest and longest slot."""
HORIZON_DAYS: Final = (1, 120)
"""How far ahead an office may let itself be booked."""
MOST_PLACES: Final = 50
"""Most appointments in one slot."""
MOST_DESKS: Final = 50
NAME_LIMIT: Final = 120
CODE_FORM: Final = re.compile(r"[a-z][a-z0-9-]{1,38}")
LETTER_FORM: Final = re.compile(r"[A-Z]")
WAIT_STEP: Final = 5
"""A wait is told in steps of so many minutes: nobody knows it better."""


class AppointmentState(StrEnum):
    """Where an appointment stands."""

    BOOKED = "booked"
    ARRIVED = "arrived"
    """Its citizen came and has a ticket."""
    CANCELLED = "cancelled"


class TicketState(StrEnum):
    """Where a ticket stands."""

    WAITING = "waiting"
    CALLED = "called"
    """Its holder is at a desk, or on the way there."""
    SERVED = "served"
    ABSENT = "absent"
    """Its holder did not come when called."""


@dataclass(frozen=True, slots=True)
class Opening:
    """From when until when an office receives on a weekday (Monday is 0), and how many appointments a slot holds."""

    weekday: int
    start_minute: int
    end_minute: int
    places: int


@dataclass(frozen=True, slots=True)
class Slot:
    """A stretch of a day in minutes from midnight in Casablanca, with the appointments that it holds and has left."""

    start_minute: int
    end_minute: int
    places: int
    taken: int = 0

    @property
    def free(self) -> int:
        """How many more it takes; none where more were given than it holds now."""
        return max(0, self.places - self.taken)


@dataclass(frozen=True, slots=True)
class Queued:
    """A ticket that waits, as the order of calling asks of it; ``due_minute`` of one with an appointment."""

    number: int
    is_priority: bool
    due_minute: int | None


def slots_of(openings: Iterable[Opening], *, weekday: int, slot_minutes: int) -> list[Slot]:
    """Return the slots of a weekday in their order; what is left of an opening and too short for a slot is none."""
    return [
        Slot(start, start + slot_minutes, one.places)
        for one in sorted(openings, key=lambda one: one.start_minute)
        if one.weekday == weekday
        for start in range(one.start_minute, one.end_minute - slot_minutes + 1, slot_minutes)
    ]


def check_openings(openings: Sequence[Opening]) -> None:
    """Refuse hours that no week can have.

    Raises:
        InvalidInput: ``hours_invalid`` with ``places``, ``hours_overlap``.
    """
    for one in openings:
        is_in_day = 0 <= one.start_minute < one.end_minute <= DAY_MINUTES
        if not (0 <= one.weekday <= 6 and is_in_day and 1 <= one.places <= MOST_PLACES):
            raise InvalidInput("hours_invalid", places=MOST_PLACES)
    ordered = sorted(openings, key=lambda one: (one.weekday, one.start_minute))
    for before, after in pairwise(ordered):
        if before.weekday == after.weekday and after.start_minute < before.end_minute:
            raise InvalidInput("hours_overlap")


def local_now(now: datetime) -> tuple[date, int]:
    """Return the day of an instant in Casablanca and its minute of the day."""
    here = now.astimezone(CASABLANCA)
    return here.date(), here.hour * 60 + here.minute


def minute_text(minute: int) -> str:
    """Return a minute of the day as ``08:30``."""
    return f"{minute // 60:02}:{minute % 60:02}"


def minute_of(text: str) -> int:
    """Return the minute of the day of ``08:30``, ``8h30`` or ``8``, in any digits.

    Raises:
        InvalidInput: ``time_not_understood`` with ``text``.
    """
    western = "".join(str(int(char)) if char.isdecimal() else char for char in text.strip()[:10])
    found = re.fullmatch(r"(\d{1,2})(?:[:hH.](\d{2})?)?", western)
    minute = -1 if found is None else int(found[1]) * 60 + int(found[2] or 0)
    if not 0 <= minute <= DAY_MINUTES or (found is not None and int(found[2] or 0) > 59):
        raise InvalidInput("time_not_understood", text=text[:10])
    return minute


def ticket_label(letter: str, number: int) -> str:
    """Return a ticket's number as it is called: ``A042``."""
    return f"{letter}{number:03}"


def call_key(ticket: Queued, now_minute: int) -> tuple[int, int]:
    """Return the key that puts tickets in the order of calling, the same for everybody who asks.

    An appointment whose hour has come goes first, by its hour; then whoever has priority (age, disability, pregnancy, a
    child in arms); then the others by number; at last those who are early for their appointment.
    """
    if ticket.due_minute is not None:
        return (0 if ticket.due_minute <= now_minute else 3, ticket.due_minute * 10_000 + ticket.number)
    return (1 if ticket.is_priority else 2, ticket.number)


def wait_minutes(*, before: float, desks: int, service_minutes: float) -> int | None:
    """Return how long whoever has ``before`` people in front waits, in steps of five minutes; none without a desk."""
    if desks < 1:
        return None
    minutes = before / desks * service_minutes
    return math.ceil(minutes / WAIT_STEP) * WAIT_STEP


def horizon(today: date, days: int) -> list[date]:
    """Return the days, today first, within which an office lets itself be booked."""
    return [today + timedelta(days=number) for number in range(days + 1)]
