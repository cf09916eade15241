"""The calendar of Morocco, what an administrator says of it, and that terms follow."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from flask import Flask
from flask_babel import Babel, force_locale

from docflow.accounts.queries import OPERATOR
from docflow.core.errors import Conflict, InvalidInput, NotFound, PermissionDenied
from docflow.deadlines.calendars import closures, computed_feasts, feast_days, open_days
from docflow.deadlines.labels import step_texts
from docflow.deadlines.operations import close_day, open_day, shift_feast
from docflow.deadlines.queries import deadline_from
from docflow.deadlines.rules import COMPLAINT, INFORMATION
from docflow.web.shell import TRANSLATIONS
from tests.conftest import actor
from tests.factories.sessions import signed_in_client, token_of


def days_of(runtime, year):
    with runtime.transactions.reading() as session:
        return {one.day: one.feast.name_fr for one in feast_days(session, year)}


def test_fixed_feasts_and_those_of_the_moon_are_known_in_both_languages():
    feasts = {one.day: one for one in computed_feasts(2026)}
    assert feasts[date(2026, 11, 6)].feast.name_ar == "ذكرى المسيرة الخضراء"
    assert (feasts[date(2026, 3, 20)].lunar, feasts[date(2026, 11, 6)].lunar) == ("eid_al_fitr", "")
    assert all("estim" not in one.feast.name_fr and "تقدير" not in one.feast.name_ar for one in computed_feasts(2026))


@pytest.mark.parametrize("year", range(2018, 2038))
def test_two_feasts_of_one_day_keep_their_own_names(year):
    for one in computed_feasts(year):
        is_of_the_throne = one.feast.name_fr == "Fête du Trône"
        assert is_of_the_throne == (one.feast.name_ar == "عيد العرش")
        assert not is_of_the_throne or one.lunar == ""


def test_a_feast_moved_by_a_day_moves_whole_and_back(runtime):
    with runtime.transactions.writing(actor(runtime, "admin")) as uow:
        shift_feast(uow, year=2026, feast="eid_al_fitr", days=1)
    moved = days_of(runtime, 2026)
    assert (date(2026, 3, 20) in moved, date(2026, 3, 21) in moved, date(2026, 3, 22) in moved) == (False, True, True)
    with runtime.transactions.writing(actor(runtime, "admin")) as uow:
        shift_feast(uow, year=2026, feast="eid_al_fitr", days=0)
    assert date(2026, 3, 20) in days_of(runtime, 2026)


def test_open_terms_follow_the_calendar_at_once(runtime):
    start = datetime(2026, 3, 2, 9, tzinfo=UTC)
    with runtime.transactions.reading() as session:
        before = deadline_from(session, INFORMATION, start).due
    with runtime.transactions.writing(OPERATOR) as uow:
        close_day(uow, date(2026, 3, 9), name_ar="إضراب", name_fr="Grève")
    with runtime.transactions.reading() as session:
        after = deadline_from(session, INFORMATION, start)
    assert before == date(2026, 3, 31)
    assert after.due == date(2026, 4, 1)
    assert any("Grève" in text for text in texts(after))


def texts(deadline, language="fr"):
    app = Flask("texts")
    Babel(app, default_translation_directories=str(TRANSLATIONS))
    with app.test_request_context(), force_locale(language):
        return step_texts(deadline, language=language)


@pytest.mark.parametrize("language", ["ar", "fr"])
def test_the_calculation_is_told_step_by_step_in_both_languages(runtime, language):
    with runtime.transactions.reading() as session:
        told = texts(deadline_from(session, COMPLAINT, datetime(2026, 3, 2, 9, tzinfo=UTC)), language)
    # Friday 1 May is the feast of work: the term ends on Monday 4 May.
    assert [sum(day in text for text in told) for day in ("02/03/2026", "03/03/2026", "01/05/2026", "04/05/2026")] == [
        1,
        1,
        2,
        1,
    ]
    assert any(("عيد العمال" if language == "ar" else "Fête du Travail") in text for text in told)


def test_the_day_of_the_deposit_is_that_of_casablanca(runtime):
    with runtime.transactions.reading() as session:
        late = deadline_from(session, COMPLAINT, datetime(2026, 3, 2, 23, 30, tzinfo=UTC))
    assert late.steps[0].day in {date(2026, 3, 2), date(2026, 3, 3)}
    assert late.due == date(2026, 5, 4)


def test_only_an_administrator_changes_the_calendar_and_only_so_far(runtime):
    with pytest.raises(PermissionDenied), runtime.transactions.writing(actor(runtime, "clerk")) as uow:
        shift_feast(uow, year=2026, feast="mawlid", days=1)
    for feast, days, code in (("mawlid", 2, "shift_invalid"), ("throne", 1, "feast_unknown")):
        with pytest.raises(InvalidInput) as refusal, runtime.transactions.writing(OPERATOR) as uow:
            shift_feast(uow, year=2026, feast=feast, days=days)
        assert refusal.value.code == code


def test_a_closure_is_noted_once_and_taken_back(runtime):
    with runtime.transactions.writing(OPERATOR) as uow:
        closure_id = close_day(uow, date(2026, 3, 9), name_ar="إضراب", name_fr="Grève").id
    with pytest.raises(Conflict), runtime.transactions.writing(OPERATOR) as uow:
        close_day(uow, date(2026, 3, 9), name_ar="إضراب", name_fr="Grève")
    with runtime.transactions.writing(OPERATOR) as uow:
        open_day(uow, closure_id)
    with pytest.raises(NotFound), runtime.transactions.writing(OPERATOR) as uow:
        open_day(uow, closure_id)
    with runtime.transactions.reading() as session:
        assert (closures(session, 2026), open_days(session, [2026]).is_open(date(2026, 3, 9))) == ([], True)


def test_the_calendar_page_shows_and_changes_it(runtime):
    client = signed_in_client(runtime, "admin")
    page = client.get("/admin/calendars?year=2026").get_data(as_text=True)
    assert "20/03/2026" in page
    token = token_of(client)
    moved = client.post(
        "/admin/calendars/feasts", data={"csrf_token": token, "year": "2026", "feast": "eid_al_fitr", "days": "-1"}
    )
    closed = client.post(
        "/admin/calendars/closures?year=2026",
        data={"csrf_token": token, "day": "09/03/2026", "name_ar": "إضراب", "name_fr": "Grève"},
    )
    refused = client.post("/admin/calendars/closures?year=2026", data={"csrf_token": token, "day": "demain"})
    assert (moved.status_code, closed.status_code, refused.status_code) == (303, 303, 422)
    page = client.get("/admin/calendars?year=2026").get_data(as_text=True)
    assert "19/03/2026" in page
    assert "Grève" in page
    assert signed_in_client(runtime, "clerk").get("/admin/calendars").status_code == 403
