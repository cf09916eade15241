"""Days and ranges of days as they are typed in a query."""

from __future__ import annotations

import re
from calendar import monthrange
from datetime import MAXYEAR, MINYEAR, date, timedelta

from docflow.search.language.analyser import analyse
from docflow.search.query import DateRange

_MONTHS = (
    "janvier january يناير",
    "fevrier february فبراير",
    "mars march مارس",
    "avril april ابريل",
    "mai may ماي مايو",
    "juin june يونيو",
    "juillet july يوليوز يوليو",
    "aout august غشت اغسطس",
    "septembre september شتنبر سبتمبر",
    "octobre october اكتوبر",
    "novembre november نونبر نوفمبر",
    "decembre december دجنبر ديسمبر",
)
_MONTH_BY_NAME = {name: number for number, names in enumerate(_MONTHS, start=1) for name in names.split()}
_LAST_DAYS = re.compile(
    r"(?:(?<!\w)|^)(?:(\d{1,4})\s+derniers\s+jours|(?:آخر|اخر)\s+(\d{1,4})\s+(?:يوما|يوم|أيام|ايام)|last\s+(\d{1,4})\s+days)(?!\w)",
    re.IGNORECASE,
)
_YEAR_LENGTH = 4


def parse_days(text: str) -> DateRange | None:
    """Return the days meant by a day, a month, a year, or two of them joined by ``..``; None when it is no date.

    Figures may be of any script; a month may be a number or a name in French, Arabic or English.
    """
    first_text, dots, last_text = text.partition("..")
    if not dots:
        return _single(text)
    first = _single(first_text) if first_text.strip() else DateRange(None, None)
    last = _single(last_text) if last_text.strip() else DateRange(None, None)
    if first is None or last is None:
        return None
    return DateRange(first.first, last.last)


def _single(text: str) -> DateRange | None:
    parts = [_MONTH_BY_NAME.get(token, token) for token in analyse(text).exact]
    try:
        match [str(part) for part in parts]:
            case [year] if len(year) == _YEAR_LENGTH:
                return DateRange(date(int(year), 1, 1), date(int(year), 12, 31))
            case [month, year] if len(year) == _YEAR_LENGTH:
                return _month(int(year), int(month))
            case [year, month] if len(year) == _YEAR_LENGTH:
                return _month(int(year), int(month))
            case [day, month, year] if len(year) == _YEAR_LENGTH:
                return _day(int(year), int(month), int(day))
            case [year, month, day] if len(year) == _YEAR_LENGTH:
                return _day(int(year), int(month), int(day))
    except ValueError:
        return None
    return None


def _month(year: int, month: int) -> DateRange:
    first = date(year, month, 1)
    return DateRange(first, date(year, month, monthrange(year, month)[1]))


def _day(year: int, month: int, day: int) -> DateRange:
    return DateRange(date(year, month, day), date(year, month, day))


def before(days: DateRange) -> DateRange:
    """Return all the days before a range."""
    return DateRange(None, days.first - timedelta(days=1) if days.first and days.first.year > MINYEAR else None)


def after(days: DateRange) -> DateRange:
    """Return all the days after a range."""
    return DateRange(days.last + timedelta(days=1) if days.last and days.last.year < MAXYEAR else None, None)


def replace_last_days(text: str, *, today: date) -> str:
    """Write ``30 derniers jours`` (``آخر 30 يوما``) as a range of days that ends today."""

    def written(match: re.Match[str]) -> str:
        count = int(next(group for group in match.groups() if group))
        return f" date:{(today - timedelta(days=count)).isoformat()}..{today.isoformat()} "

    return _LAST_DAYS.sub(written, text)
