"""Dates as Moroccan letters write them, in Arabic and French, to ISO 8601."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date

DIGITS = str.maketrans("٠١٢٣٤٥٦٧٨٩۰۱۲۳۴۵۶۷۸۹", "01234567890123456789")
MONTHS = (
    ("يناير", "كانون الثاني", "جانفي", "janvier"),
    ("فبراير", "شباط", "فيفري", "février", "fevrier"),
    ("مارس", "آذار", "mars"),
    ("أبريل", "ابريل", "نيسان", "أفريل", "avril"),
    ("ماي", "مايو", "أيار", "mai"),
    ("يونيو", "يونيه", "حزيران", "جوان", "juin"),
    ("يوليوز", "يوليو", "تموز", "جويلية", "juillet"),
    ("غشت", "أغسطس", "آب", "أوت", "août", "aout"),
    ("شتنبر", "سبتمبر", "أيلول", "septembre"),
    ("أكتوبر", "اكتوبر", "تشرين الأول", "octobre"),
    ("نونبر", "نوفمبر", "تشرين الثاني", "novembre"),
    ("دجنبر", "ديسمبر", "كانون الأول", "décembre", "decembre"),
)
"""Morocco's names first, then the Mashriq's, the Maghreb's and the French; letters folded by ``_folded`` before use."""
FIRST_YEAR, LAST_YEAR = 1950, 2099


def _folded(text: str) -> str:
    return text.translate(DIGITS).lower().translate(str.maketrans("أإآ", "ااا"))


MONTH_NUMBERS = {_folded(name): number for number, names in enumerate(MONTHS, start=1) for name in names}
_NAMES = "|".join(sorted(map(re.escape, MONTH_NUMBERS), key=len, reverse=True))
LONG = re.compile(rf"(?<!\d)(\d{{1,2}})(?:er)?\s+(?:من\s+)?({_NAMES})\s+(?:سنة\s+)?(\d{{4}})(?!\d)")
YEAR_FIRST = re.compile(r"(?<![\d/.-])(\d{4})([/.-])(\d{1,2})\2(\d{1,2})(?![\d/.-]*\d)")
DAY_FIRST = re.compile(r"(?<![\d/.-])(\d{1,2})([/.-])(\d{1,2})\2(\d{4})(?![\d/.-]*\d)")


@dataclass(frozen=True, slots=True)
class FoundDate:
    """A date of the Gregorian calendar and where it stands in the text that was searched."""

    value: date
    start: int
    end: int


def _valid(year: str, month: int, day: str) -> date | None:
    try:
        found = date(int(year), month, int(day))
    except ValueError:
        return None
    return found if FIRST_YEAR <= found.year <= LAST_YEAR else None


def find_dates(text: str) -> list[FoundDate]:
    """Return the Gregorian dates of a line, in the order of the text; Hijri dates are left out."""
    folded = _folded(text)
    candidates = [(match, _valid(match[3], MONTH_NUMBERS[match[2]], match[1])) for match in LONG.finditer(folded)]
    candidates += [(match, _valid(match[1], int(match[3]), match[4])) for match in YEAR_FIRST.finditer(folded)]
    candidates += [(match, _valid(match[4], int(match[3]), match[1])) for match in DAY_FIRST.finditer(folded)]
    found = [FoundDate(value, match.start(), match.end()) for match, value in candidates if value is not None]
    return sorted(found, key=lambda one: one.start)
