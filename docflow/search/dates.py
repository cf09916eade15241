"""Days and ranges of days as they are typed in a query."""

from __future__ import annotations

import re
from calendar import monthrange
from datetime import MAXYEAR, MINYEAR, date, timedelta

from docflow.core.days import read_day
from docflow.core.errors import InvalidInput
from docflow.search.fields import FIELD_BY_NAME, OPTIONAL_COLON
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
_NAMES_OF_MONTHS = "|".join(
    sorted((*_MONTH_BY_NAME, "février", "août", "décembre", "أبريل", "أكتوبر", "أغسطس"), key=len)
)
_DATE = (
    rf"(?:(?:\d{{1,2}}(?:er)?\s+|فاتح\s+)?(?:{_NAMES_OF_MONTHS})\s+\d{{4}}"
    r"|\d{1,2}[/.-]\d{1,2}[/.-]\d{4}|\d{4}-\d{1,2}-\d{1,2}|\d{1,2}/\d{4}|(?:19|20|١٩|٢٠)\d{2})"
)
_BEFORE, _AFTER = "avant|before|قبل", "après|apres|after|depuis|بعد|منذ"
_ONE_SIDED = re.compile(
    rf"(?<!\w)(?:(?P<before>{_BEFORE})|(?P<after>{_AFTER})|(?P<on>date|التاريخ))"
    rf"(?:\s*:\s*|\s+)(?:le\s+)?(?P<day>{_DATE})(?![\w/.-])",
    re.IGNORECASE,
)
_BETWEEN = re.compile(
    rf"(?<!\w)(?:du|de|entre|from|between|من|بين|ما بين)\s+(?:le\s+)?(?P<first>{_DATE})"
    rf"\s+(?:au|à|et|to|and|إلى|الى|حتى|و)\s*(?:le\s+)?(?P<last>{_DATE})(?![\w/.-])",
    re.IGNORECASE,
)
_UNITS_IN_DAYS = {
    1: "jours|jour|days|day|يوما|يوم|أيام|ايام",
    7: "semaines|semaine|weeks|week|أسبوعا|أسبوع|اسبوع|أسابيع|اسابيع",
    30: "mois|months|month|شهرا|شهر|أشهر|اشهر|شهور",
    365: "années|annees|ans|years|year|سنة|سنوات|عاما|أعوام",
}
_UNITS = "|".join(_UNITS_IN_DAYS.values())
_LAST_DAYS = re.compile(
    rf"(?<!\w)(?:(?:les\s+|ces\s+)?(?P<fr>\d{{1,4}})\s+derni(?:ers|ères|eres)\s+(?P<fr_unit>{_UNITS})"
    rf"|(?:آخر|اخر|last)\s+(?P<other>\d{{1,4}})\s+(?P<other_unit>{_UNITS}))(?!\w)",
    re.IGNORECASE,
)
_NAMES_OF_DAYS = "|".join(name for name, field in FIELD_BY_NAME.items() if field in OPTIONAL_COLON)
_NAME_AND_NUMBER = re.compile(rf"(?<!\w)(?:{_NAMES_OF_DAYS})\s+\d{{1,4}}[-/.]", re.IGNORECASE)
_SAID_OF_DAYS = [
    re.compile(rf'[^\s:()"]*{said.pattern}', said.flags)
    for said in (_LAST_DAYS, _BETWEEN, _ONE_SIDED, _NAME_AND_NUMBER)
]
_QUOTED = re.compile(r'("[^"]*")')
_LONGEST_AGO_DAYS = 36_500
_FIRST_DAY = {"1er": "1", "فاتح": "1"}
_FIRST_YEAR = 1900
_YEAR_LENGTH = 4


def parse_days(text: str, *, today: date) -> DateRange | None:
    """Return the days meant by a day, a month, a year, or two of them joined by ``..``; None when it is no date.

    Figures may be of any script; a month may be a number or a name in French, Arabic or English. A day may also be
    said as in a date field: ``04/12/26``, ``04122026``, ``hier``.
    """
    first_text, dots, last_text = text.partition("..")
    if not dots:
        return _said(text, today=today)
    first = _said(first_text, today=today) if first_text.strip() else DateRange(None, None)
    last = _said(last_text, today=today) if last_text.strip() else DateRange(None, None)
    if first is None or last is None:
        return None
    return DateRange(first.first, last.last)


def _said(text: str, *, today: date) -> DateRange | None:
    days = _single(text)
    if days is not None:
        return days
    try:
        day = read_day(text, today=today)
    except InvalidInput:
        return None
    return DateRange(day, day)


def _single(text: str) -> DateRange | None:
    parts = [_MONTH_BY_NAME.get(token, _FIRST_DAY.get(token, token)) for token in analyse(text).exact]
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
    except (ValueError, OverflowError):
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


def days_or_words(text: str, *, today: date) -> DateRange | None:
    """Return the days that some plain words also mean: a year until today's, a month with its year, a whole day.

    ``12/2024`` is more often a number than a month, and ``2050`` no year yet: both are words only.
    """
    tokens = analyse(text).exact
    is_named = any(token in _MONTH_BY_NAME for token in tokens)
    days = _single(text) if len(tokens) in (1, 3) or (len(tokens) == 2 and is_named) else None
    if days is None or days.first is None or not _FIRST_YEAR <= days.first.year <= today.year:
        return None
    return days


def with_ranges(text: str, *, today: date) -> str:
    """Write what is said of days as fields: ``30 derniers jours``, ``من 2023 إلى 2024``, ``avant mars 2024``.

    What stands between quotes is left as it is.
    """
    return "".join(
        piece if piece.startswith('"') else _with_ranges(piece, today=today) for piece in _QUOTED.split(text)
    )


def kept_as_words(text: str) -> str:
    """Put between quotes the first of the words that :func:`with_ranges` would take for something said of days."""
    pieces = _QUOTED.split(text)
    for said in _SAID_OF_DAYS:
        pieces = [
            part
            for piece in pieces
            for part in _QUOTED.split(piece if piece.startswith('"') else said.sub(_first_word_quoted, piece))
        ]
    return "".join(pieces)


def _first_word_quoted(match: re.Match[str]) -> str:
    word, *others = re.split(r"(\s)", match[0], maxsplit=1)
    return "".join((f'"{word}"', *others))


def _with_ranges(text: str, *, today: date) -> str:
    def last(match: re.Match[str]) -> str:
        unit = (match["fr_unit"] or match["other_unit"]).casefold()
        length = next(days for days, names in _UNITS_IN_DAYS.items() if unit in names.split("|"))
        count = min(int(match["fr"] or match["other"]) * length, _LONGEST_AGO_DAYS)
        return f" date:{(today - timedelta(days=count)).isoformat()}..{today.isoformat()} "

    def one_sided(match: re.Match[str]) -> str:
        name = "before" if match["before"] else "after" if match["after"] else "date"
        return f' {name}:"{match["day"]}" '

    text = _LAST_DAYS.sub(last, text)
    text = _BETWEEN.sub(lambda match: f' date:"{match["first"]}..{match["last"]}" ', text)
    return _ONE_SIDED.sub(one_sided, text)
