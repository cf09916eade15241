"""Dates as Moroccan letters write them, Gregorian and Hijri, in Arabic and French, to the Gregorian calendar."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from hijridate import Hijri

from docflow.ocr.likeness import is_within_one_edit

DIGITS = str.maketrans("٠١٢٣٤٥٦٧٨٩۰۱۲۳۴۵۶۷۸۹", "01234567890123456789")
MONTHS = (
    ("يناير", "كانون الثاني", "جانفي", "janvier", "janv."),
    ("فبراير", "شباط", "فيفري", "février", "fevrier", "févr."),
    ("مارس", "آذار", "mars"),
    ("أبريل", "نيسان", "أفريل", "avril", "avr."),
    ("ماي", "مايو", "أيار", "mai"),
    ("يونيو", "يونيه", "حزيران", "جوان", "juin"),
    ("يوليوز", "يوليو", "تموز", "جويلية", "juillet", "juil."),
    ("غشت", "أغسطس", "آب", "أوت", "août", "aout"),
    ("شتنبر", "سبتمبر", "أيلول", "septembre", "sept."),
    ("أكتوبر", "تشرين الأول", "octobre", "oct."),
    ("نونبر", "نوفمبر", "تشرين الثاني", "novembre", "nov."),
    ("دجنبر", "ديسمبر", "كانون الأول", "décembre", "decembre", "déc."),
)
"""Morocco's names first, then the Mashriq's, the Maghreb's and the French."""
HIJRI_MONTHS = (
    ("محرم", "محرم الحرام", "moharram", "moharrem", "mouharram"),
    ("صفر", "صفر الخير", "safar"),
    ("ربيع الأول", "ربيع النبوي", "rabii i", "rabii 1er", "rabia i", "rabia 1er"),
    ("ربيع الثاني", "ربيع الآخر", "rabii ii", "rabii 2", "rabia ii", "rabia 2"),
    ("جمادى الأولى", "جمادى الأول", "joumada i", "joumada 1er", "joumada al oula"),
    ("جمادى الثانية", "جمادى الآخرة", "جمادى الثاني", "joumada ii", "joumada 2", "joumada al akhira"),
    ("رجب", "رجب الفرد", "rajab", "rejeb"),
    ("شعبان", "شعبان الأبرك", "chaabane", "chaabane al abrak"),
    ("رمضان", "رمضان المبارك", "رمضان المعظم", "ramadan", "ramadane"),
    ("شوال", "شوال الأبرك", "chaoual", "chawwal"),
    ("ذو القعدة", "ذي القعدة", "kaada", "dou al kaada", "dhou al qi'da", "dou el kaada"),
    ("ذو الحجة", "ذي الحجة", "hija", "hijja", "dou al hijja", "dhou al hijja", "dou el hijja"),
)
"""The Arabic names with the epithets that letters give them, then the spellings of the Bulletin officiel."""
FIRST_YEAR, LAST_YEAR = 1950, 2049
FIRST_HIJRI_YEAR, LAST_HIJRI_YEAR = 1369, 1472
"""The same years in the other calendar."""
SEEN_AFTER_CALCULATED_DAYS = 1
"""Morocco begins a month when the moon is seen there: in most months a day after the calculation of Umm al-Qura."""
CALENDARS_APART_DAYS = 1
"""How far that guess is from the day that was announced."""
LONGEST_LUNAR_MONTH_DAYS = 30
MIN_LETTERS_TO_REPAIR = 5
"""In a shorter name one letter is too much of it to be guessed."""


class Calendar(StrEnum):
    """How a date was written."""

    GREGORIAN = "gregorian"
    HIJRI = "hijri"


@dataclass(frozen=True, slots=True)
class FoundDate:
    """A date and where it stands in the text that was searched.

    Attributes:
        value: in the Gregorian calendar; of a Hijri date the likely day, which may be one off.
        start: first character.
        end: after the last one.
        calendar: the one that it was written in.
    """

    value: date
    start: int
    end: int
    calendar: Calendar = Calendar.GREGORIAN


def _folded(text: str) -> str:
    return text.translate(DIGITS).lower().translate(str.maketrans("أإآى", "اااي"))


def _numbers(names_by_month: Sequence[Sequence[str]]) -> dict[str, int]:
    return {_folded(name): number for number, names in enumerate(names_by_month, start=1) for name in names}


def _alternatives(names: Mapping[str, int]) -> str:
    longest_first = sorted(names, key=len, reverse=True)
    return "|".join(re.escape(name).replace(r"\ ", r"\s+") for name in longest_first)


GREGORIAN_NUMBERS = _numbers(MONTHS)
HIJRI_NUMBERS = _numbers(HIJRI_MONTHS)
_DAY = r"(?<![\d/.-])(?P<day>\d{1,2})(?:er|ème)?\s+(?:من\s+)?(?:شهر\s+)?"
_BEFORE_YEAR = r"\s*[,،]?\s*(?:(?:سنة|عام|لسنة)\s+)?"
LONG = re.compile(
    rf"{_DAY}(?P<month>{_alternatives(GREGORIAN_NUMBERS)})(?![^\W\d_]){_BEFORE_YEAR}(?P<year>\d{{4}})(?!\d)"
)
HIJRI_LONG = re.compile(
    rf"{_DAY}(?P<month>{_alternatives(HIJRI_NUMBERS)})(?![^\W\d_]){_BEFORE_YEAR}(?P<year>1[345]\d\d)(?!\d)"
)
MISSPELT = re.compile(rf"{_DAY}(?P<month>[^\W\d_]{{4,10}})\s+(?P<year>\d{{4}})(?!\d)")
_SEPARATOR = r"\s?(?P<sign>[/.-])\s?"
YEAR_FIRST = re.compile(
    rf"(?<![\d/.-])(?P<year>\d{{4}}){_SEPARATOR}(?P<month>\d{{1,2}})\s?(?P=sign)\s?(?P<day>\d{{1,2}})(?![\d/-]|\.\d)"
)
DAY_FIRST = re.compile(
    rf"(?<![\d/.-])(?P<day>\d{{1,2}}){_SEPARATOR}(?P<month>\d{{1,2}})\s?(?P=sign)\s?(?P<year>\d{{4}})(?![\d/-]|\.\d)"
)
SHORT_YEAR = re.compile(
    rf"(?<!\w)(?:le|du)\s*:?\s*(?P<day>\d{{1,2}}){_SEPARATOR}(?P<month>\d{{1,2}})\s?(?P=sign)\s?(?P<year>\d{{2}})(?![\d/-]|\.\d)"
)
"""Only after a French article: in an Arabic line nobody can tell which end of 03/04/05 is the year."""


@dataclass(frozen=True, slots=True)
class _Form:
    """A way of writing a date: its pattern, how its month is told, the calendars that it serves."""

    pattern: re.Pattern[str]
    month_of: Callable[[str], int | None]
    calendars: frozenset[Calendar]

    def dates(self, folded: str) -> Iterator[FoundDate]:
        """Yield the dates of a folded text that are written in this way."""
        for match in self.pattern.finditer(folded):
            month = self.month_of(" ".join(match["month"].split()))
            dated = None if month is None else _day(match["year"], month, int(match["day"]))
            if dated is not None and dated[1] in self.calendars:
                start = min(match.start("day"), match.start("year"))
                yield FoundDate(dated[0], start, max(match.end("day"), match.end("year")), dated[1])


def _nearest_month(name: str) -> int | None:
    """Return the month whose name is one letter away, unless there are several or the name is right as it is."""
    if name in GREGORIAN_NUMBERS:
        return None
    near = {
        number
        for known, number in GREGORIAN_NUMBERS.items()
        if len(known) >= MIN_LETTERS_TO_REPAIR and is_within_one_edit(name, known)
    }
    return near.pop() if len(near) == 1 else None


def _day(year_digits: str, month: int, day: int) -> tuple[date, Calendar] | None:
    year = int(year_digits)
    if len(year_digits) == len("24"):
        year += 2000 if year <= LAST_YEAR % 100 else 1900
    try:
        if FIRST_HIJRI_YEAR <= year <= LAST_HIJRI_YEAR:
            return _likely_day(year, month, day), Calendar.HIJRI
        return (date(year, month, day), Calendar.GREGORIAN) if FIRST_YEAR <= year <= LAST_YEAR else None
    except ValueError:
        return None


def _likely_day(year: int, month: int, day: int) -> date:
    """Return the day on which Morocco most likely had a Hijri date.

    Raises:
        ValueError: there is no such day in any month.
    """
    # A month that is seen may have a thirtieth day where the calculated one has none.
    is_extra = day == LONGEST_LUNAR_MONTH_DAYS and Hijri(year, month, 1).month_length() < day
    calculated = Hijri(year, month, day - is_extra).to_gregorian()
    later = timedelta(days=is_extra + SEEN_AFTER_CALCULATED_DAYS)
    return date(calculated.year, calculated.month, calculated.day) + later


_NUMERIC = frozenset(Calendar)
_FORMS = (
    _Form(LONG, GREGORIAN_NUMBERS.__getitem__, frozenset({Calendar.GREGORIAN})),
    _Form(HIJRI_LONG, HIJRI_NUMBERS.__getitem__, frozenset({Calendar.HIJRI})),
    _Form(MISSPELT, _nearest_month, frozenset({Calendar.GREGORIAN})),
    _Form(YEAR_FIRST, int, _NUMERIC),
    _Form(DAY_FIRST, int, _NUMERIC),
    _Form(SHORT_YEAR, int, frozenset({Calendar.GREGORIAN})),
)


def find_dates(text: str) -> list[FoundDate]:
    """Return the dates of a line, in the order of the text."""
    folded = _folded(text)
    return sorted((found for form in _FORMS for found in form.dates(folded)), key=lambda one: one.start)


def are_same_day(one: FoundDate, other: FoundDate) -> bool:
    """Tell whether two calendars may name the same day."""
    return abs((one.value - other.value).days) <= CALENDARS_APART_DAYS
