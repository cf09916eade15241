"""Days and times of day as people type them, whatever the keyboard; plain Python."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from datetime import date, time, timedelta
from typing import Final, Self

from docflow.core.errors import InvalidInput

OLDEST_YEAR: Final = 1900
YEARS_AHEAD: Final = 10
CENTURY: Final = 100
LONGEST: Final = 40
"""No day is said in more characters."""

DAYS_FROM_TODAY: Final = {
    0: "today|aujourd'hui|aujourdhui|اليوم",
    -1: "yesterday|hier|أمس|البارحة",
    1: "tomorrow|demain|غدا",
    -2: "day before yesterday|avant-hier|أول أمس|أمس الأول|قبل أمس",
    2: "day after tomorrow|après-demain|بعد غد|بعد الغد",
}
"""Words for a day, as they are written with their marks."""

BETWEEN: Final = r"(?:\s*[/.\-]\s*|\s+)"
DAY_FIRST: Final = re.compile(rf"(?P<day>\d{{1,2}}){BETWEEN}(?P<month>\d{{1,2}}){BETWEEN}(?P<year>\d{{4}}|\d{{2}})")
YEAR_FIRST: Final = re.compile(rf"(?P<year>\d{{4}}){BETWEEN}(?P<month>\d{{1,2}}){BETWEEN}(?P<day>\d{{1,2}})")
TOGETHER: Final = re.compile(r"(?P<day>\d\d)(?P<month>\d\d)(?P<year>\d{4}|\d\d)")
TIME: Final = re.compile(r"(?P<hour>\d{1,2})(?:\s*[:h.]\s*(?P<minute>\d\d)?|(?P<together>\d\d))?")
DAY_AND_TIME: Final = re.compile(r"(?P<day>.*?\S)(?:[\s,،]+|(?<=\d)t)(?P<time>\d{1,2}[:h]\d{2})")


@dataclass(frozen=True, slots=True)
class Bounds:
    """The first and the last day that a field takes."""

    first: date
    last: date

    @classmethod
    def around(cls, today: date, *, years_ahead: int = YEARS_AHEAD) -> Self:
        """Return the bounds of a field: from 1900 to the end of some year from now."""
        return cls(date(OLDEST_YEAR, 1, 1), date(today.year + years_ahead, 12, 31))

    def has_year(self, year: int) -> bool:
        """Return whether any day of a year is within."""
        return self.first.year <= year <= self.last.year


def read_day(text: str, *, today: date, bounds: Bounds | None = None) -> date:
    """Return the day that a text says.

    Digits may be Western, Arabic-Indic (``٠١٢``) or Persian (``۰۱۲``). Read are:

    - day, month, year with ``/``, ``-``, ``.`` or spaces between: ``4/12/2026``, ``04-12-26``, ``04 12 2026``;
    - year, month, day with a year of four digits: ``2026-12-04``, ``2026/12/04``;
    - eight or six digits, which a numeric pad can type: ``04122026``, ``041226``;
    - words: *aujourd'hui, hier, avant-hier, demain, après-demain*, *اليوم، أمس، أول أمس، غدا، بعد غد* with or without
      hamza and marks, and the English ones, whatever the case.

    A year of two digits is one of this century; where that is out of ``bounds`` and the same year of the last century
    is not, it is that one. Without bounds a field takes 1900 to the end of the tenth year from now.

    Raises:
        InvalidInput: ``date_not_understood`` for what has none of these forms, ``date_impossible`` for a day that no
            calendar has, both with ``text``; ``date_out_of_bounds`` with ``text``, ``first`` and ``last``.
    """
    bounds = bounds or Bounds.around(today)
    shown, said = text.strip()[:LONGEST], plain(text)
    ago = WORDS.get(re.sub(r"[\s\-]+", " ", said))
    if ago is not None:
        return _within(bounds, today + timedelta(days=ago), shown=shown)
    match = DAY_FIRST.fullmatch(said) or YEAR_FIRST.fullmatch(said) or TOGETHER.fullmatch(said)
    if match is None:
        raise InvalidInput("date_not_understood", text=shown)
    year = int(match["year"])
    if len(match["year"]) < 4:
        year += today.year - today.year % CENTURY
        if not bounds.has_year(year) and bounds.has_year(year - CENTURY):
            year -= CENTURY
    try:
        day = date(year, int(match["month"]), int(match["day"]))
    except ValueError as error:
        raise InvalidInput("date_impossible", text=shown) from error
    return _within(bounds, day, shown=shown)


def read_time(text: str) -> time:
    """Return the time of day that a text says: ``08:30``, ``8h30``, ``8h``, ``0830``, ``8``, in any digits.

    Raises:
        InvalidInput: ``time_not_understood`` with ``text``.
    """
    match = TIME.fullmatch(plain(text))
    try:
        if match is not None:
            return time(int(match["hour"]), int(match["minute"] or match["together"] or 0))
    except ValueError:
        pass
    raise InvalidInput("time_not_understood", text=text.strip()[:LONGEST])


def day_and_time(text: str) -> tuple[str, str]:
    """Return what a text says of a day and of a time typed behind it; the second is empty where there is none."""
    said = plain(text)
    match = DAY_AND_TIME.fullmatch(said)
    return (text.strip(), "") if match is None else (match["day"], match["time"])


def plain(text: str) -> str:
    """Return a short text with Western digits, simple dashes, and neither marks, hamzas, directions nor capitals."""
    kept = []
    for sign in unicodedata.normalize("NFKD", text.strip()[: 2 * LONGEST]).casefold():
        kind = unicodedata.category(sign)
        if kind == "Nd":
            kept.append(str(unicodedata.decimal(sign)))
        elif kind == "Pd":
            kept.append("-")
        elif sign == "\u2019":
            kept.append("'")
        elif kind not in {"Mn", "Cf"} and sign != "\u0640":
            kept.append(sign)
    return " ".join("".join(kept).split())


def _within(bounds: Bounds, day: date, *, shown: str) -> date:
    if bounds.first <= day <= bounds.last:
        return day
    first, last = (f"{end.day:02}/{end.month:02}/{end.year:04}" for end in (bounds.first, bounds.last))
    raise InvalidInput("date_out_of_bounds", text=shown, first=first, last=last)


WORDS: Final = {
    re.sub(r"[\s\-]+", " ", plain(word)): ago for ago, words in DAYS_FROM_TODAY.items() for word in words.split("|")
}
