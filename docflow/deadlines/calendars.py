"""The calendar of Morocco: fixed feasts, feasts of the moon as computed and as seen, closures of the district."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from typing import Final

import holidays
from sqlalchemy import extract, select
from sqlalchemy.orm import Session

from docflow.core.remembering import asked_once
from docflow.deadlines.models import FeastShift, LocalClosure
from docflow.deadlines.rules import Feast, OpenDays

LUNAR: Final[Mapping[str, str]] = {
    "Eid al-Fitr": "eid_al_fitr",
    "Eid al-Adha": "eid_al_adha",
    "Islamic New Year": "islamic_new_year",
    "Prophet's Birthday": "mawlid",
}
"""Codes of the feasts that follow the moon, by their English names in the library."""
ESTIMATED: Final = re.compile(r"\s*\((?:estimated|estimé|تقديري)\)\s*$")
YEARS_AHEAD: Final = 12
"""A term of the law ends within so many years."""


@dataclass(frozen=True, slots=True)
class FeastDay:
    """A feast on a day; ``lunar`` is its code when the moon decides, ``shift`` by how many days it was moved."""

    day: date
    feast: Feast
    lunar: str = ""
    shift: int = 0


@asked_once
def feast_days(session: Session, year: int) -> Sequence[FeastDay]:
    """Return the feasts of a year as they are kept, by day; several may fall on one day."""
    shifts = {shift.feast: shift.days for shift in session.scalars(select(FeastShift).where(FeastShift.year == year))}
    return sorted(
        (
            FeastDay(one.day + timedelta(days=shifts.get(one.lunar, 0)), one.feast, one.lunar, shifts.get(one.lunar, 0))
            for one in computed_feasts(year)
        ),
        key=lambda one: (one.day, one.feast.name_fr),
    )


@asked_once
def closures(session: Session, year: int) -> Sequence[LocalClosure]:
    """Return the closures of the district in a year, by day."""
    statement = select(LocalClosure).where(extract("year", LocalClosure.day) == year)
    return session.scalars(statement.order_by(LocalClosure.day)).all()


def open_days(session: Session, years: Iterable[int]) -> OpenDays:
    """Return when the district is open in some years."""
    closed: dict[date, Feast] = {}
    for year in sorted(set(years)):
        for one in feast_days(session, year):
            closed.setdefault(one.day, one.feast)
        for closure in closures(session, year):
            closed.setdefault(closure.day, Feast(closure.name_ar, closure.name_fr))
    return OpenDays(closed)


@cache
def computed_feasts(year: int) -> tuple[FeastDay, ...]:
    """Return the feasts of Morocco in a year as the library computes them, names in both languages."""
    calendars = {
        language: holidays.country_holidays("MA", years=[year], language=language) for language in ("en_US", "ar", "fr")
    }
    found: list[FeastDay] = []
    for day in sorted(calendars["en_US"]):
        names = zip(*(_names(calendars[language].get(day, "")) for language in ("en_US", "ar", "fr")), strict=True)
        for english, arabic, french in names:
            found.append(FeastDay(day, Feast(arabic, french), LUNAR.get(english, "")))
    return tuple(found)


def _names(text: str) -> list[str]:
    """Return the names of a day's feasts, those of the moon last.

    The library orders two feasts of one day by their names, differently in each language; the moon's are marked.
    """
    return [ESTIMATED.sub("", name) for name in sorted(text.split("; "), key=lambda name: bool(ESTIMATED.search(name)))]
