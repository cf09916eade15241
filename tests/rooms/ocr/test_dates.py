from __future__ import annotations

from datetime import date, timedelta

import pytest
from hijridate import Gregorian
from hypothesis import given
from hypothesis import strategies as st

from docflow.ocr.dates import (
    CALENDARS_APART_DAYS,
    HIJRI_MONTHS,
    MONTHS,
    SEEN_AFTER_CALCULATED_DAYS,
    Calendar,
    find_dates,
)
from docflow.ocr.likeness import is_within_one_edit

DAYS = st.dates(date(1950, 1, 1), date(2049, 12, 31))
INDIC = str.maketrans("0123456789", "٠١٢٣٤٥٦٧٨٩")
NUMERIC = (
    "{d:02}/{m:02}/{y}",
    "{d}/{m}/{y}",
    "{d:02}.{m:02}.{y}",
    "{d:02}-{m:02}-{y}",
    "{y}/{m:02}/{d:02}",
    "{y}-{m:02}-{d:02}",
)


def days(text: str, calendar: Calendar = Calendar.GREGORIAN) -> list[str]:
    return [found.value.isoformat() for found in find_dates(text) if found.calendar is calendar]


@pytest.mark.parametrize(
    ("text", "iso"),
    [
        ("في 3 يناير 2024", "2024-01-03"),
        ("27 ماي 2022", "2022-05-27"),
        ("12 مايو 2022", "2022-05-12"),
        ("٦ غشت ٢٠١٢", "2012-08-06"),
        ("6 آب 2012", "2012-08-06"),
        ("فاتح 1 شتنبر 2020", "2020-09-01"),
        ("26 من شهر دجنبر سنة 2022", "2022-12-26"),
        ("9 كانون الأول 2021", "2021-12-09"),
        ("le 1er février 2023", "2023-02-01"),
        ("LE 3 SEPT. 2021", "2021-09-03"),
        ("14/01/2016", "2016-01-14"),
        ("14 / 01 / 2016", "2016-01-14"),
        ("2020/02/06", "2020-02-06"),
        ("٠٢/٠٥/٢٠٢٣", "2023-05-02"),
        ("le 12/03/24", "2024-03-12"),
        ("1 شتتبر 2020", "2020-09-01"),
        ("12 novenbre 2020", "2020-11-12"),
    ],
)
def test_a_date_is_understood_however_it_is_written(text: str, iso: str) -> None:
    assert days(text) == [iso]


@pytest.mark.parametrize(
    "text",
    [
        "31/02/2020",
        "7214/2020",
        "12/13/2020",
        "0579890127",
        "12/03/24",
        "12 يوبيو 2020",
        "12 mars 20214",
        "05.22.98.76.54",
        "2020/2021",
        "رمضان 1445",
        "32 مارس 2020",
        "12 mars 1445",
    ],
)
def test_what_is_no_date_or_could_be_two_is_left_out(text: str) -> None:
    assert find_dates(text) == []


@pytest.mark.parametrize(
    ("text", "iso"),
    [
        ("1 رمضان 1445", "2024-03-12"),
        ("فاتح 1 شوال 1446 هـ", "2025-03-31"),
        ("١٠ ذي الحجة ١٤٤٥", "2024-06-17"),
        ("10 dou al hijja 1446", "2025-06-07"),
        ("01/09/1445", "2024-03-12"),
    ],
)
def test_a_hijri_day_is_the_one_that_morocco_announced(text: str, iso: str) -> None:
    assert days(text, Calendar.HIJRI) == [iso]


def test_a_seen_month_may_have_a_thirtieth_day_that_was_not_calculated() -> None:
    last, extra = (date.fromisoformat(days(f"{day} شعبان 1444", Calendar.HIJRI)[0]) for day in (29, 30))

    assert extra - last == timedelta(days=1)


@given(day=DAYS, form=st.sampled_from(NUMERIC), is_indic=st.booleans())
def test_a_date_in_figures_comes_back(day: date, form: str, is_indic: bool) -> None:
    written = form.format(d=day.day, m=day.month, y=day.year)

    assert days(f"في {written.translate(INDIC) if is_indic else written}") == [day.isoformat()]


@given(day=DAYS, data=st.data(), is_indic=st.booleans())
def test_a_date_with_the_name_of_its_month_comes_back(day: date, data: st.DataObject, is_indic: bool) -> None:
    month = data.draw(st.sampled_from(MONTHS[day.month - 1]))
    number, year = (str(part).translate(INDIC) if is_indic else str(part) for part in (day.day, day.year))

    assert days(f"بتاريخ {number} {month} {year}.") == [day.isoformat()]


@given(day=DAYS, data=st.data())
def test_a_hijri_date_comes_back_within_what_the_calendars_are_apart(day: date, data: st.DataObject) -> None:
    hijri = Gregorian(day.year, day.month, day.day).to_hijri()
    month = data.draw(st.sampled_from(HIJRI_MONTHS[hijri.month - 1]))

    [found] = find_dates(f"{hijri.day} {month} {hijri.year}")

    assert found.calendar is Calendar.HIJRI
    assert 0 <= (found.value - day).days <= SEEN_AFTER_CALCULATED_DAYS + CALENDARS_APART_DAYS


@given(day=DAYS, data=st.data())
def test_a_month_with_one_letter_wrong_is_never_another_month(day: date, data: st.DataObject) -> None:
    name = data.draw(st.sampled_from(MONTHS[day.month - 1]))
    place = data.draw(st.integers(0, len(name) - 1))
    letter = data.draw(st.sampled_from("ابتثنيوزرسشمل" + "abcdeijlmnorstu"))

    found = days(f"{day.day} {name[:place]}{letter}{name[place + 1 :]} {day.year}")

    other_names = {_plain(one) for number, names in enumerate(MONTHS, 1) if number != day.month for one in names}
    assert found in ([], [day.isoformat()]) or _plain(name[:place] + letter + name[place + 1 :]) in other_names


def _plain(name: str) -> str:
    """Return the name of a month as it is read: a short one without its dot, an alef without its hamza."""
    return name.rstrip(".").translate(str.maketrans("أإآ", "ااا"))


def test_a_date_tells_where_it_stands() -> None:
    [found] = find_dates("Fait à Fès, le 12 mars 2024.")

    assert "Fait à Fès, le 12 mars 2024."[found.start : found.end] == "12 mars 2024"


@pytest.mark.parametrize(
    ("one", "other", "is_like"),
    [("objet", "objet", True), ("objct", "objet", True), ("objt", "objet", True), ("obbjet", "objet", True),
     ("sujet", "objet", False), ("obj", "objet", False), ("", "a", True), ("ab", "ba", False)],
)  # fmt: skip
def test_words_are_alike_within_one_letter(one: str, other: str, is_like: bool) -> None:
    assert is_within_one_edit(one, other) is is_like
    assert is_within_one_edit(other, one) is is_like
