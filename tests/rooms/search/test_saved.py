"""Searches kept under a name, and what is new in them."""

from __future__ import annotations

from functools import partial
from uuid import UUID

import pytest

from docflow.accounts.visibility import Confidentiality
from docflow.core.errors import Conflict, InvalidInput, NotFound
from docflow.search.saved import kept_searches, with_news
from docflow.search.saving import MOST_SAVED, SearchSetup, change_search, drop_search, keep_search, look_at_search
from docflow.search.views.saved import question_of
from tests.conftest import actor, run_jobs
from tests.factories.documents import change, read_document, unit_id
from tests.factories.sessions import signed_in_client, token_of


def kept(runtime, by: str, name: str = "Égouts", *, text: str = "égout", filters: str = "", unit: str = "") -> UUID:
    setup = SearchSetup(name, unit_id(runtime, unit) if unit else None)
    with runtime.transactions.writing(actor(runtime, by)) as uow:
        return keep_search(uow, setup, text=text, filters=filters).id


def look(runtime, by: str, saved_search_id: UUID) -> None:
    with runtime.transactions.writing(actor(runtime, by)) as uow:
        look_at_search(uow, saved_search_id)


def news(runtime, by: str) -> dict[str, int]:
    who = actor(runtime, by)
    with runtime.transactions.reading() as session:
        found = kept_searches(session, who)
    found = with_news(runtime, who, found, read=partial(question_of, now=runtime.clock.now()), now=runtime.clock.now())
    return {one.saved.name: one.news for one in found}


def test_what_comes_or_is_shown_to_somebody_after_they_looked_is_new_to_them_alone(runtime):
    read_document(runtime, "un égout", unit="EC")
    routed = read_document(runtime, "un égout", unit="TRV")
    run_jobs(runtime)
    runtime.clock.move(hours=1)
    saved = kept(runtime, "agent2", "\x00Égouts\u202e ", text="égout\x00", unit="EC")
    kept(runtime, "agent2", "Plaintes", filters="kind=complaint")

    assert news(runtime, "agent2") == {"Égouts": 0, "Plaintes": 0}

    runtime.clock.move(minutes=5)
    read_document(runtime, "un égout", unit="EC", kind="complaint")
    read_document(runtime, "un trottoir", unit="EC")
    hidden = read_document(runtime, "un égout", unit="EC")
    change(runtime, hidden, confidentiality=Confidentiality.CONFIDENTIAL)
    change(runtime, routed, unit_id=unit_id(runtime, "EC"))
    run_jobs(runtime)

    assert news(runtime, "agent2") == {"Égouts": 2, "Plaintes": 1}
    # A colleague of the unit is offered the shared one, and looks for themselves.
    assert news(runtime, "temp") == {"Égouts": 2}
    assert news(runtime, "agent") == {}

    runtime.clock.move(minutes=5)
    look(runtime, "agent2", saved)

    assert news(runtime, "agent2") == {"Égouts": 0, "Plaintes": 1}
    assert news(runtime, "temp") == {"Égouts": 2}

    runtime.clock.move(days=40)
    assert news(runtime, "temp") == {"Égouts": 0}


def test_only_whoever_keeps_a_search_changes_it_and_nobody_else_knows_of_it(sqlite_runtime):
    runtime = sqlite_runtime
    saved = kept(runtime, "agent2")

    for act in (
        lambda uow: change_search(uow, saved, SearchSetup("Autre")),
        lambda uow: drop_search(uow, saved),
        lambda uow: look_at_search(uow, saved),
    ):
        with (
            pytest.raises(NotFound, match="saved_search_unknown"),
            runtime.transactions.writing(actor(runtime, "temp")) as uow,
        ):
            act(uow)

    with runtime.transactions.writing(actor(runtime, "agent2")) as uow:
        change_search(uow, saved, SearchSetup("  Les   égouts ", unit_id(runtime, "EC")))
    look(runtime, "temp", saved)
    assert list(news(runtime, "temp")) == ["Les égouts"]
    with runtime.transactions.writing(actor(runtime, "agent2")) as uow:
        drop_search(uow, saved)
    assert news(runtime, "temp") == news(runtime, "agent2") == {}


def test_a_search_without_a_name_or_a_question_or_with_one_taken_is_refused(sqlite_runtime):
    runtime = sqlite_runtime
    kept(runtime, "agent2")
    refused = {
        "saved_name_missing": {"name": " "},
        "saved_question_empty": {"text": " "},
        "field_too_long": {"text": "x" * 1001},
        "choice_unknown": {"unit": "TRV"},
        "saved_name_taken": {},
    }
    for code, said in refused.items():
        with pytest.raises((InvalidInput, Conflict), match=code):
            kept(runtime, "agent2", **said)
    kept(runtime, "temp")
    for number in range(1, MOST_SAVED):
        kept(runtime, "agent2", str(number))
    with pytest.raises(Conflict, match="saved_too_many"):
        kept(runtime, "agent2", "Encore")


def test_a_search_is_kept_opened_and_refused_on_its_pages(sqlite_runtime):
    client = signed_in_client(sqlite_runtime, "agent2")
    token = {"csrf_token": token_of(client)}
    asked = {"q": "=égout", "among": "kind=complaint&page=7&sort=date", "name": "A"}

    answer = client.post("/search/saved", data=token | asked)
    again = client.post("/search/saved", data=token | asked)

    assert answer.headers["Location"] == "/search?q=%3D%C3%A9gout&kind=complaint&sort=date"
    assert again.status_code == 409
    listed = client.get("/search/saved").get_data(as_text=True)
    address = listed.partition('class="chip" href="')[2].partition('"')[0]
    assert client.get(address).headers["Location"] == answer.headers["Location"]
    assert signed_in_client(sqlite_runtime, "temp").get(address).status_code == 404
    assert client.get("/search").get_data(as_text=True).count(address) == 1
    # What was searched is kept for this person until they sign out, and for nobody else in the same browser.
    client.get("/search?q=trottoir")
    assert "trottoir" in client.get("/search/suggestions").get_data(as_text=True)
