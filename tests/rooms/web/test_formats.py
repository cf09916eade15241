"""Dates, sizes, shares, names and addresses."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from flask import Flask
from flask_babel import force_locale

from docflow.core.directions import text_direction
from docflow.web import formats
from docflow.web.urls import safe_next
from docflow.web.viewer import PageView, WordView, ZoneView, place_lines, place_zones


@pytest.mark.parametrize(
    ("instant", "shown"),
    [
        (datetime(2026, 11, 12, 23, 30, tzinfo=UTC), "13/11/2026 00:30"),
        # Morocco leaves UTC+1 for UTC+0 during Ramadan (18 February to 22 March 2026).
        (datetime(2026, 3, 1, 23, 30, tzinfo=UTC), "01/03/2026 23:30"),
        (None, ""),
    ],
)
def test_instants_are_shown_in_the_time_of_casablanca(instant: datetime | None, shown: str) -> None:
    assert formats.local_datetime(instant) == shown


def test_a_day_is_not_moved_and_an_instant_is() -> None:
    assert formats.local_date(date(2026, 11, 12)) == "12/11/2026"
    assert formats.local_date(datetime(2026, 11, 12, 23, 30, tzinfo=UTC)) == "13/11/2026"


@pytest.mark.parametrize(
    ("size_bytes", "french", "arabic"),
    [
        (0, "0 octets", "0 بايت"),
        (999, "999 octets", "999 بايت"),
        (1000, "1 Ko", "1 كيلو"),
        (999_700, "1 Mo", "1 ميغا"),
        (1_500_000, "1,5 Mo", "1,5 ميغا"),
        (32_400_000, "32 Mo", "32 ميغا"),
        (2_000_000_000, "2 Go", "2 جيغا"),
    ],
)
def test_sizes_are_short_and_in_the_readers_language(app: Flask, size_bytes: int, french: str, arabic: str) -> None:
    with app.test_request_context():
        with force_locale("fr"):
            assert formats.file_size(size_bytes) == french
        with force_locale("ar"):
            assert formats.file_size(size_bytes) == arabic


def test_shares_and_numbers_use_western_digits_and_unbreakable_spaces(app: Flask) -> None:
    with app.test_request_context():
        with force_locale("fr"):
            assert formats.percent(0.974) == "97\u00a0%"
        with force_locale("ar"):
            assert formats.percent(0.974) == "97%"
    assert formats.number(1234567.5, 2) == "1\u00a0234\u00a0567,50"


@pytest.mark.parametrize(
    ("given", "shown"),
    [
        ("invoice\u202efdp.exe", "invoicefdp.exe"),
        ("a\x00b\n c\u2067.pdf", "ab c.pdf"),
        ("شكاية 12.pdf", "شكاية 12.pdf"),
        ("\u200b", "ملف بدون اسم"),
    ],
)
def test_a_file_name_cannot_hide_its_extension(app: Flask, given: str, shown: str) -> None:
    with app.test_request_context(), force_locale("ar"):
        assert formats.safe_name(given) == shown


@pytest.mark.parametrize("path", ["/", "/d/A-2026-1?page=2#x", "/بحث?q=شكاية"])
def test_a_path_of_the_site_may_be_returned_to(path: str) -> None:
    assert safe_next(path) == path


@pytest.mark.parametrize(
    "address",
    [None, "", "tasks",
     "//evil.example", "/\\evil.example", "https://evil.example", "/\t/evil.example", "/a\nb", "javascript:alert(1)",
     "/" * 3000],
)  # fmt: skip
def test_any_other_address_is_not(address: str | None) -> None:
    assert safe_next(address) is None


def test_words_keep_their_logical_order_and_begin_where_their_line_begins() -> None:
    arabic = [WordView("محمد", (900, 10, 1000, 50)), WordView("2026", (800, 12, 880, 48))]
    latin = [WordView("Rabat", (10, 100, 90, 140)), WordView("  ", (95, 100, 99, 140))]

    first, second = place_lines([arabic, latin, []])

    assert [(word.text, word.x, word.length) for word in first.words] == [("محمد", 1000, 100), ("2026", 880, 80)]
    assert (first.direction, second.direction) == ("rtl", "ltr")
    assert [(word.text, word.x) for word in second.words] == [("Rabat", 10)]


def test_the_badge_of_a_zone_stands_where_no_word_is() -> None:
    page = PageView(number=1, image_url="", thumb_url="", width=1000, height=1400)
    zone = ZoneView(box=(100, 200, 300, 230), label="1")
    after, before = WordView("after", (300, 200, 400, 230)), WordView("before", (40, 200, 98, 230))

    free, alone, between = (place_zones([zone], lines, page)[0][1] for lines in ([], [[after]], [[after, before]]))

    assert free is not None
    assert free.x == 300
    assert alone is not None
    assert alone.x + alone.width == 100
    assert between is not None
    assert between.y + between.height == pytest.approx(200, abs=0.1)


def test_badges_stay_on_the_page_and_off_each_other() -> None:
    page = PageView(number=1, image_url="", thumb_url="", width=1000, height=1400)
    wide, under = ZoneView(box=(0, 0, 1000, 30), label="1"), ZoneView(box=(0, 34, 1000, 60), label="2")

    (_, first), (_, second), (_, none) = place_zones([wide, under, ZoneView(box=(5, 5, 9, 9), kind="hit")], [], page)

    assert first is not None
    assert second is not None
    assert none is None
    assert first.y >= 30
    assert (second.x, second.y) != (first.x, first.y)


@pytest.mark.parametrize(
    ("text", "direction"),
    [
        ("Objet : éclairage public, شكرا", "ltr"),
        ("الموضوع: إصلاح الإنارة LED", "rtl"),
        ("118/2026", "ltr"),
        ("", "ltr"),
    ],
)
def test_a_page_is_shown_from_the_side_where_most_of_its_text_begins(text, direction):
    assert text_direction(text) == direction
