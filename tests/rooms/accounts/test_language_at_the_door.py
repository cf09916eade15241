"""The language chosen before signing in: kept after it, and nobody else's."""

from __future__ import annotations

import re

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from docflow.accounts.models import Person
from docflow.app import create_staff_app
from docflow.bootstrap import Runtime
from tests.conftest import DEMO_PASSWORD
from tests.rooms.accounts.test_second_factor import code_of, with_factor


@pytest.fixture
def browser(runtime: Runtime) -> FlaskClient:
    return create_staff_app(runtime).test_client()


def posted(browser, path, **form):
    page = browser.get("/sign-in", follow_redirects=True).get_data(as_text=True)
    token = re.search(r'name="csrf-token" content="([^"]+)"', page)[1]
    return browser.post(path, data=form | {"csrf_token": token})


def enter(browser, username="agent"):
    return posted(browser, "/sign-in", username=username, password=DEMO_PASSWORD)


def shown(browser):
    return re.search(r'<html lang="(..)"', browser.get("/account").get_data(as_text=True))[1]


def kept(runtime, username="agent"):
    with runtime.transactions.reading() as session:
        return session.scalars(select(Person.locale).where(Person.username == username)).one()


def test_a_language_chosen_at_the_door_is_that_of_the_session_and_of_the_account(runtime, browser):
    before = kept(runtime)
    posted(browser, "/lang", locale="fr", next="/sign-in")

    enter(browser)

    assert (before, shown(browser), kept(runtime)) == ("ar", "fr", "fr")


def test_where_nothing_is_chosen_the_account_keeps_its_own_language_whatever_the_last_reader_had(runtime, browser):
    enter(browser, "clerk")
    posted(browser, "/lang", locale="fr")
    posted(browser, "/sign-out")
    door = browser.get("/sign-in").get_data(as_text=True)

    enter(browser)

    assert '<html lang="fr"' in door
    assert (shown(browser), kept(runtime), kept(runtime, "clerk")) == ("ar", "ar", "fr")


def test_a_choice_is_worth_nothing_after_signing_out(runtime, browser):
    posted(browser, "/lang", locale="fr")
    enter(browser, "clerk")
    posted(browser, "/sign-out")

    enter(browser)

    assert (kept(runtime, "clerk"), kept(runtime)) == ("fr", "ar")


def test_a_choice_lasts_through_a_refused_password_and_the_page_of_the_code(sqlite_runtime, clock):
    browser = create_staff_app(sqlite_runtime).test_client()
    secret, _codes = with_factor(sqlite_runtime, "agent")
    clock.move(seconds=30)

    posted(browser, "/lang", locale="fr")
    refused = posted(browser, "/sign-in", username="agent", password="wrong")
    enter(browser)
    before = kept(sqlite_runtime)
    page = browser.get("/sign-in/code").get_data(as_text=True)
    token = re.search(r'name="csrf-token" content="([^"]+)"', page)[1]
    browser.post("/sign-in/code", data={"csrf_token": token, "code": code_of(sqlite_runtime, secret)})

    assert refused.status_code == 403
    assert before == "ar"
    assert (shown(browser), kept(sqlite_runtime)) == ("fr", "fr")
