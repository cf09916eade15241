"""The first page of each role, and the page of all places."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import delete

from docflow.accounts.queries import OPERATOR
from docflow.bootstrap import Runtime
from docflow.publications.models import PublicContact
from docflow.routing.operations import claim
from tests.conftest import run_jobs
from tests.factories.documents import read_document
from tests.factories.registry import registered
from tests.factories.sessions import signed_in_client
from tests.rooms.routing.test_routing import does, sent, tasks, to_person
from tests.rooms.search.test_search_page import statements_of

MOST_STATEMENTS = 24


def part(runtime: Runtime, username: str, section: str) -> str:
    """Return the part of somebody's first page under one heading, or nothing when it is not there."""
    client = signed_in_client(runtime, username)
    answer = client.get("/")
    assert answer.status_code == 200
    shown = answer.get_data(as_text=True)
    mark = f'aria-labelledby="home-{section}"'
    return shown.partition(mark)[2].partition("</section>")[0]


def test_what_waits_for_the_unit_is_on_the_first_page_and_then_what_is_ones_own(runtime):
    entry = registered(runtime, subject="Une fuite")
    run_jobs(runtime)
    in_basket = part(runtime, "agent", "unit")
    does(runtime, "agent", claim, tasks(runtime, "agent")[0].id)

    assert "Une fuite" in in_basket
    assert "/tasks?view=basket" in in_basket
    assert "Une fuite" in part(runtime, "agent", "mine")
    assert part(runtime, "agent", "unit") == ""
    assert f"/d/{entry.document_id}" in part(runtime, "agent", "mine")


def test_what_is_late_is_told_apart(runtime, clock):
    entry = registered(runtime, subject="Une fuite")
    run_jobs(runtime)
    due_on = clock.now().date() + timedelta(days=3)
    sent(runtime, entry.document_id, to_person(runtime, "agent", due_on=due_on))

    before = part(runtime, "agent", "late")
    clock.move(days=6)

    assert before == ""
    assert "/tasks" in part(runtime, "agent", "late")


def test_what_was_sent_says_who_has_it(runtime):
    entry = registered(runtime, subject="Une fuite")
    run_jobs(runtime)
    sent(runtime, entry.document_id, to_person(runtime, "agent2"), by="agent")
    said = part(runtime, "agent", "sent")

    assert "Une fuite" in said
    assert "نادية الشرقاوي" in said
    assert part(runtime, "agent2", "sent") == ""


def test_letters_that_wait_for_a_number_are_on_the_first_page_of_who_may_register(runtime):
    read_document(runtime, "Une lettre.", by="clerk")

    assert 'href="/register"' in part(runtime, "clerk", "mine")
    assert part(runtime, "agent", "mine") == ""


def test_a_head_sees_the_load_of_the_units_they_lead_and_others_do_not(runtime):
    registered(runtime, subject="Une fuite")
    run_jobs(runtime)

    assert "/handovers" in part(runtime, "head", "load")
    assert part(runtime, "agent", "load") == ""


def test_an_administrator_is_told_the_state_of_the_system_and_nobody_else(sqlite_runtime):
    client = signed_in_client(sqlite_runtime, "admin")

    assert "/state" in part(sqlite_runtime, "admin", "state")
    assert client.get("/state").status_code == 200
    assert part(sqlite_runtime, "clerk", "state") == ""
    assert signed_in_client(sqlite_runtime, "clerk").get("/state").status_code == 403


@pytest.mark.parametrize("username", ["clerk", "agent", "head", "director", "archivist", "admin", "auditor"])
def test_the_page_of_all_places_leads_only_where_one_may_go(sqlite_runtime, username):
    client = signed_in_client(sqlite_runtime, username)
    shown = client.get("/more").get_data(as_text=True).partition('<div class="places">')[2].partition("</main>")[0]
    addresses = {piece.partition('"')[0] for piece in shown.split('href="')[1:]} - {""}

    assert addresses
    for address in addresses:
        if not address.startswith("/assets"):
            assert client.get(address).status_code in {200, 302, 303}, address


def test_places_are_found_by_their_name_in_the_other_language(sqlite_runtime):
    client = signed_in_client(sqlite_runtime, "clerk")
    client.set_cookie("lang", "ar")

    found = client.get("/more?q=registre").get_data(as_text=True).partition('<div class="places">')[2]

    assert 'href="/registers"' in found
    assert 'href="/tasks"' not in found.partition("</main>")[0]


def test_the_first_page_asks_the_database_few_questions_whatever_waits(runtime):
    for at in range(8):
        registered(runtime, subject=f"Lettre {at}")
    run_jobs(runtime)
    client = signed_in_client(runtime, "head")
    client.get("/")

    with statements_of(runtime.transactions.engine) as asked:
        assert client.get("/").status_code == 200

    assert len(asked) <= MOST_STATEMENTS, asked


def test_an_administrator_sees_what_is_still_to_be_set_up_and_finds_each_setting(sqlite_runtime):
    admin = signed_in_client(sqlite_runtime, "admin")
    with sqlite_runtime.transactions.writing(OPERATOR) as uow:
        uow.session.execute(delete(PublicContact))

    first, every = (admin.get(address).get_data(as_text=True) for address in ("/", "/settings"))
    missing = part(sqlite_runtime, "admin", "missing")
    found = admin.get("/settings?q=timbre").get_data(as_text=True)

    assert 'href="/admin/office-hours"' in missing
    assert 'href="/admin/identity"' not in missing
    assert ('href="/admin/identity"' in every, first.count('aria-current="page"')) == (True, 2)
    assert ('href="/admin/stamps"' in found, 'href="/admin/complaints"' in found.split("<main")[1]) == (True, False)
    assert signed_in_client(sqlite_runtime, "director").get("/settings").status_code == 403
