"""Texts, addresses and hours, without a database."""

from __future__ import annotations

from datetime import date, datetime, time

import pytest

from docflow.core.clock import CASABLANCA
from docflow.core.errors import InvalidInput
from docflow.publications.hours import Interval, Season, openness, parsed_day, parsed_week
from docflow.publications.markup import blocks_of, plain_text
from docflow.publications.rules import PostText, slug_of

USUAL = Season(parsed_week([*["08:30-12:00, 14:00-16:30"] * 4, "08:30-16:30", "", ""]))


def addresses(text):
    return [span.address for block in blocks_of(text) for line in block.lines for span in line if span.address]


def test_a_text_is_read_into_headings_lists_and_paragraphs():
    text = "## Titre\nUn **mot** et [un lien](https://casablanca.ma).\nSuite\n\n- un\n- deux"
    assert [(block.kind, len(block.lines)) for block in blocks_of(text)] == [
        ("heading", 1),
        ("paragraph", 2),
        ("list", 2),
    ]
    assert plain_text(text) == "Titre\nUn mot et un lien.\nSuite\nun\ndeux"


def test_a_link_leads_only_where_no_script_can_be():
    safe = ["https://a.ma/x?y=1", "mailto:a@b.ma", "tel:+212522", "/news"]
    bad = [
        "javascript:alert",
        "JavaScript:x",
        "data:text/html,x",
        "//evil.ma",
        "/\\evil.ma",
        "vbscript:x",
        'https://a"b',
    ]
    assert [addresses(f"[x]({one})") for one in safe] == [[one] for one in safe]
    assert [addresses(f"[x]({one})") for one in bad] == [[]] * len(bad)


@pytest.mark.parametrize(
    ("title", "slug"),
    [("Fête de l'œuvre : 3 jours !", "fete-de-l-oeuvre-3-jours"), ("محضر", "news"), ("x" * 200, "x" * 80)],
)
def test_an_address_is_made_of_the_french_title(title, slug):
    assert slug_of(title, otherwise="news") == slug


def test_a_post_is_complete_in_both_languages_only():
    PostText("ع", "F", body_ar="ن", body_fr="T").check_complete()
    with pytest.raises(InvalidInput, match="post_incomplete"):
        PostText("ع", "F", body_ar="ن").check_complete()
    with pytest.raises(InvalidInput, match="post_too_long"):
        PostText(title_fr="x" * 201).cleaned()


def test_hours_are_typed_as_people_write_them_and_refused_where_they_make_no_sense():
    assert parsed_day("٠٨:٣٠ - ١٢:٠٠، 14h00–16h30") == (
        Interval(time(8, 30), time(12)),
        Interval(time(14), time(16, 30)),
    )
    assert parsed_day(" ") == ()
    for wrong in ("8-12", "16:30-08:30", "08:30-12:00, 11:00-13:00", "25:00-26:00"):
        with pytest.raises(InvalidInput, match="hours_not_understood"):
            parsed_day(wrong)


@pytest.mark.parametrize(
    ("now", "is_open", "then"),
    [
        ((2026, 3, 2, 8, 30), True, (2026, 3, 2, 12, 0)),
        ((2026, 3, 2, 12, 0), False, (2026, 3, 2, 14, 0)),
        ((2026, 3, 6, 16, 30), False, (2026, 3, 10, 8, 30)),
        ((2026, 2, 20, 10, 0), True, (2026, 2, 20, 15, 0)),
    ],
)
def test_it_is_open_by_the_hours_of_the_day_of_the_season_and_of_the_calendar(now, is_open, then):
    ramadan = Season(parsed_week([*["09:00-15:00"] * 5, "", ""]), date(2026, 2, 18), date(2026, 2, 28))
    closed = {date(2026, 3, 9)}
    found = openness([USUAL, ramadan], datetime(*now, tzinfo=CASABLANCA), closed)
    assert found.is_open is is_open
    assert (found.until or found.opens_at) == datetime(*then, tzinfo=CASABLANCA)
