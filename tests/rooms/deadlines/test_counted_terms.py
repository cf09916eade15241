"""Two hundred terms counted by other means than the product's, with what is said about each in both languages.

``golden/terms/cases.jsonl``: days counted by the business days of another library over ``closed.txt``, the closures of
five years typed by hand; ``ar`` and ``fr`` keep the steps as the product told them, so that a change of words is seen.
Their fifty-four kinds of sentences were read in both languages; that every text holds the right days is compared here.
"""

from __future__ import annotations

import json
import re
from datetime import date

import pytest
from flask import Flask
from flask_babel import Babel, force_locale

from docflow.deadlines.calendars import computed_feasts
from docflow.deadlines.labels import counted_term, step_texts
from docflow.deadlines.rules import RULES, Deadline, Feast, OpenDays, Suspension, deadline_of
from docflow.web.catalogues import TRANSLATIONS
from tests.conftest import GOLDEN

CASES = [json.loads(line) for line in (GOLDEN / "terms" / "cases.jsonl").read_text(encoding="utf-8").splitlines()]
CLOSED = {date.fromisoformat(line) for line in (GOLDEN / "terms" / "closed.txt").read_text().split()}
DAY = re.compile(r"\d\d/\d\d/\d{4}")
ISOLATES = re.compile("[\u2066-\u2069]")


def feasts() -> dict[date, Feast]:
    found: dict[date, Feast] = {}
    for year in sorted({day.year for day in CLOSED}):
        for one in computed_feasts(year):
            found.setdefault(one.day, one.feast)
    return found


def counted(case: dict) -> Deadline:
    pause = [date.fromisoformat(day) for day in case["paused"] or ()]
    return deadline_of(
        RULES[case["rule"]],
        start=date.fromisoformat(case["deposited"]),
        open_days=OpenDays(feasts()),
        suspensions=[Suspension(*pause)] if pause else (),
        extension_days=case["extended"],
    )


def test_there_are_two_hundred_of_every_kind():
    assert len(CASES) == 200
    assert {case["rule"] for case in CASES} == set(RULES)
    assert len({case["why"] for case in CASES}) >= 10


def test_the_calendar_of_five_years_is_the_one_that_was_typed_by_hand():
    assert set(feasts()) == CLOSED


@pytest.mark.parametrize("rule", sorted(RULES))
def test_terms_end_on_the_day_that_was_counted_otherwise(rule):
    apart = [case for case in CASES if case["rule"] == rule and str(counted(case).due) != case["due"]]
    assert apart == []


def test_both_languages_name_the_same_days_and_end_with_the_one_that_was_counted():
    for case in CASES:
        named = [[sorted(DAY.findall(text)) for text in case[language]] for language in ("ar", "fr")]
        due = date.fromisoformat(case["due"]).strftime("%d/%m/%Y")
        assert named[0] == named[1], case["fr"]
        assert due in named[0][-1], case["fr"]


@pytest.mark.parametrize("language", ["ar", "fr"])
def test_the_calculation_is_told_as_it_was_kept(language):
    app = Flask("texts")
    Babel(app, default_translation_directories=str(TRANSLATIONS))
    with app.test_request_context(), force_locale(language):
        told = [[ISOLATES.sub("", text) for text in step_texts(counted(case), language=language)] for case in CASES]
        laws = {counted_term(counted(case), language=language).source for case in CASES}
    assert told == [case[language] for case in CASES]
    assert {law.split()[0] for law in laws} == {"ar": {"القانون", "المرسوم"}, "fr": {"loi", "décret"}}[language]
