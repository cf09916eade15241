"""The public site asked by somebody who means harm: nothing is carried out, and no answer tells more than it says."""

from __future__ import annotations

import re
from urllib.parse import quote
from uuid import uuid4

import pytest
from sqlalchemy import event

from docflow.allowances.operations import count_attempt, require_allowance
from docflow.allowances.rules import MOST_IN_WINDOW, Purpose
from docflow.core.errors import TooManyRequests
from docflow.registry.models import Entry
from tests.factories.complaints import citizen, deposited, open_deposit, post, public_token
from tests.factories.requests import fill_catalogue
from tests.factories.sessions import signed_in_client

SCRIPT = '"><script>alert(1)</script>'
"""What would run if it were written as it is, in a text or in an attribute."""


@pytest.fixture
def site(sqlite_runtime):
    open_deposit(sqlite_runtime)
    fill_catalogue(sqlite_runtime)
    return sqlite_runtime, citizen(sqlite_runtime, "fr")


def rules_of(client, method):
    return [rule for rule in client.application.url_map.iter_rules() if method in rule.methods]


def address_of(rule, text):
    """Return an address with a text in each of its places."""

    def filled(place):
        if place[1] == "uuid":
            return str(uuid4())
        return place[2].split(",")[0] if place[2] else quote(text, safe="")

    return re.sub(r"<(?:(\w+)(?:\(([^)]*)\))?:)?\w+>", filled, rule.rule)


def test_no_form_is_taken_without_its_token_but_where_the_address_is_the_secret(site):
    _runtime, client = site
    views, answers = client.application.view_functions, {}
    for rule in rules_of(client, "POST"):
        answers[rule.endpoint] = client.post(address_of(rule, "x"), headers={"Accept": "application/json"}).json
    taken = {name for name, answer in answers.items() if answer["code"] != "form_expired"}
    assert len(answers) > 20
    assert taken == {"publications.ended"} == {name for name in views if hasattr(views[name], "takes_foreign_forms")}


def test_nothing_that_stands_in_an_address_is_written_as_a_tag(site):
    _runtime, client = site
    said = "&".join(f"{name}={quote(SCRIPT)}" for name in ("q", "kind", "page", "lang", "theme", "day", "quarter"))
    pages = [rule for rule in rules_of(client, "GET") if not rule.rule.startswith("/readyz")]
    assert len(pages) > 30
    for rule in pages:
        address = address_of(rule, SCRIPT)
        answer = client.get(f"{address}?{said}")
        assert (answer.status_code == 500, SCRIPT in answer.get_data(as_text=True)) == (False, False), address


def test_what_a_citizen_typed_is_words_on_the_pages_of_the_staff(site):
    runtime, _client = site
    complaint = deposited(runtime, place=SCRIPT, text=SCRIPT, name=SCRIPT)
    staff = signed_in_client(runtime, "clerk")
    for path in (f"/d/{complaint.document_id}", f"/d/{complaint.document_id}?tab=edit"):
        page = staff.get(path).get_data(as_text=True)
        assert (SCRIPT in page, "&lt;script&gt;alert(1)" in page) == (False, True), path


def test_the_site_leads_to_no_other(site):
    _runtime, client = site
    for elsewhere in ("https://evil.example/", "//evil.example", "/\\evil.example", "/\tevil.example"):
        answer = post(client, "/lang", locale="ar", next=elsewhere)
        assert (answer.status_code, answer.headers["Location"]) == (303, "/")
    assert "evil.example" not in client.get("/complaints/new", headers={"Host": "evil.example"}).headers["Location"]


def test_a_wrong_number_and_a_wrong_secret_are_the_same_work(site):
    runtime, client = site
    complaint = deposited(runtime)
    with runtime.transactions.reading() as session:
        number = session.get_one(Entry, complaint.entry_id).label
    form = {"csrf_token": public_token(client), "secret": "0" * 10}
    client.post("/track", data=form | {"number": "none"})
    said: list[str] = []
    event.listen(runtime.transactions.engine, "before_cursor_execute", lambda *call: said.append(call[2]))
    for path in ("/track", "/requests/receipt", "/appointments/mine"):
        works = []
        for asked in (number, "R-2026-999999", "' OR 1=1 --"):
            said.clear()
            assert client.post(path, data=form | {"number": asked}).status_code == 404
            works.append(list(said))
        assert works[0] == works[1] == works[2], path


def test_the_search_answers_an_address_only_so_often_and_says_when_to_come_back_in_both_languages(site):
    runtime, client = site
    for _ in range(MOST_IN_WINDOW[Purpose.SEARCH]):
        count_attempt(runtime.transactions, "127.0.0.1", Purpose.SEARCH)
    runtime.clock.move(minutes=5)
    told = [client.get(f"/find?q=eau&lang={locale}") for locale in ("fr", "ar")]
    assert [one.status_code for one in told] == [429, 429]
    assert told[0].headers["Retry-After"] == "600"
    assert all(re.search(r"\d\d:\d\d", one.get_data(as_text=True)) for one in told)
    assert 'lang="ar"' in told[1].get_data(as_text=True)
    assert client.get("/find").status_code == 200


def test_whoever_has_one_address_of_a_network_of_ipv6_has_them_all(site):
    runtime, _client = site
    for number in range(MOST_IN_WINDOW[Purpose.SECRET]):
        count_attempt(runtime.transactions, f"2001:db8:0:1::{number:x}", Purpose.SECRET)
    with pytest.raises(TooManyRequests):
        require_allowance(runtime.transactions, "2001:db8:0:1:ffff::1", Purpose.SECRET)
    require_allowance(runtime.transactions, "2001:db8:0:2::1", Purpose.SECRET)


def test_a_clock_that_ran_ahead_shuts_nobody_out_until_the_time_that_it_told(site):
    runtime, _client = site
    runtime.clock.move(days=400)
    for _ in range(MOST_IN_WINDOW[Purpose.MAIL]):
        count_attempt(runtime.transactions, "10.0.0.9", Purpose.MAIL)
    with pytest.raises(TooManyRequests):
        require_allowance(runtime.transactions, "10.0.0.9", Purpose.MAIL)
    runtime.clock.move(days=-400)

    require_allowance(runtime.transactions, "10.0.0.9", Purpose.MAIL)
    for _ in range(MOST_IN_WINDOW[Purpose.MAIL]):
        count_attempt(runtime.transactions, "10.0.0.9", Purpose.MAIL)
    with pytest.raises(TooManyRequests):
        require_allowance(runtime.transactions, "10.0.0.9", Purpose.MAIL)
