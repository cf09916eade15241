"""Days and times of day as people type them."""

from __future__ import annotations

from datetime import date, time

import pytest

from docflow.core.days import Bounds, day_and_time, read_day, read_time
from docflow.core.errors import InvalidInput

TODAY = date(2026, 3, 4)


@pytest.mark.parametrize(
    "text",
    [
        "04/12/2026", "4/12/2026", "04-12-2026", "04.12.2026", "04 12 2026", " 04 / 12 / 2026 ", "4/12/26", "04-12-26",
        "04122026", "041226", "2026-12-04", "2026/12/4", "٠٤/١٢/٢٠٢٦", "٠٤١٢٢٠٢٦", "٢٠٢٦/١٢/٠٤", "۰۴/۱۲/۲۰۲۶",
        "۴/۱۲/۲۶",
        "04–12–2026", "\u200f04/12/2026\u200f",
    ],
)  # fmt: skip
def test_every_way_of_writing_a_day_is_read(text):
    assert read_day(text, today=TODAY) == date(2026, 12, 4)


@pytest.mark.parametrize(
    ("words", "day"),
    [
        (["aujourd'hui", "Aujourd’hui", "اليوم", "اليَوْم", "today"], date(2026, 3, 4)),
        (["hier", "HIER", "أمس", "امس", "أمسِ", "yesterday"], date(2026, 3, 3)),
        (["avant-hier", "avant hier", "أول أمس", "اول امس", "أوّل أمس"], date(2026, 3, 2)),
        (["demain", "غدا", "غدًا", "Tomorrow"], date(2026, 3, 5)),
        (["après-demain", "apres demain", "بعد غد"], date(2026, 3, 6)),
    ],
)
def test_days_are_read_by_name_with_or_without_marks(words, day):
    assert [read_day(word, today=TODAY) for word in words] == [day] * len(words)


@pytest.mark.parametrize("text", ["31/02/2026", "29/02/2025", "00/01/2026", "12/13/2026", "31022026", "2026-02-30"])
def test_a_day_that_no_calendar_has_is_refused(text):
    with pytest.raises(InvalidInput, match="date_impossible"):
        read_day(text, today=TODAY)


@pytest.mark.parametrize("text", ["04/12/0026", "31/12/1899", "01/01/2037", "01/01/9999"])
def test_a_day_out_of_bounds_is_refused_with_the_bounds(text):
    with pytest.raises(InvalidInput, match="date_out_of_bounds") as refusal:
        read_day(text, today=TODAY)
    assert refusal.value.params == {"text": text, "first": "01/01/1900", "last": "31/12/2036"}


@pytest.mark.parametrize("text", ["", "bientôt", "4/12", "4/12/6", "4/12/026", "4122026", "4/12/2026/1", "4/12/20266"])
def test_what_is_no_day_is_refused(text):
    with pytest.raises(InvalidInput, match="date_not_understood"):
        read_day(text, today=TODAY)


def test_two_digits_are_this_century_unless_only_the_last_one_is_within_bounds():
    near = Bounds.around(TODAY, years_ahead=1)

    assert read_day("4/12/36", today=TODAY) == date(2036, 12, 4)
    assert read_day("4/12/98", today=TODAY) == date(1998, 12, 4)
    assert read_day("4/12/36", today=TODAY, bounds=near) == date(1936, 12, 4)
    assert read_day("4/12/27", today=TODAY, bounds=near) == date(2027, 12, 4)
    with pytest.raises(InvalidInput, match="date_out_of_bounds"):
        read_day("4/12/98", today=TODAY, bounds=Bounds(TODAY, date(2036, 12, 31)))


def test_a_leap_day_of_two_digits_is_read_in_the_century_that_has_it():
    assert read_day("29/02/00", today=TODAY) == date(2000, 2, 29)
    with pytest.raises(InvalidInput, match="date_impossible"):
        read_day("29/02/27", today=TODAY)


@pytest.mark.parametrize(
    ("text", "read"),
    [("08:30", time(8, 30)), ("8h30", time(8, 30)), ("8 H 30", time(8, 30)), ("0830", time(8, 30)),
     ("830", time(8, 30)),
     ("8h", time(8)), ("8", time(8)), ("٠٨:٣٠", time(8, 30)), ("23:59", time(23, 59))],
)  # fmt: skip
def test_times_of_day_are_read(text, read):
    assert read_time(text) == read


@pytest.mark.parametrize("text", ["", "24:00", "8:60", "8:3", "midi", "8:30:00"])
def test_what_is_no_time_of_day_is_refused(text):
    with pytest.raises(InvalidInput, match="time_not_understood"):
        read_time(text)


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("12/11/2026 10:42", ("12/11/2026", "10:42")),
        ("2026-11-12T10:42", ("2026-11-12", "10:42")),
        ("١٢/١١/٢٠٢٦ ١٠:٤٢", ("12/11/2026", "10:42")),
        ("أمس 10:42", ("امس", "10:42")),
        ("12 11 2026", ("12 11 2026", "")),
        ("", ("", "")),
    ],
)
def test_a_time_behind_a_day_is_told_from_it(text, parts):
    assert day_and_time(text) == parts
