"""The page of tasks and the route on the page of a document, as plain forms."""

from __future__ import annotations

import pytest

from tests.conftest import run_jobs
from tests.factories.documents import unit_id
from tests.factories.registry import registered
from tests.factories.sessions import signed_in_client, token_of
from tests.rooms.routing.test_routing import tasks


def page(answer):
    assert answer.status_code == 200, answer.status
    return answer.get_data(as_text=True)


def posted(client, address, **fields):
    return client.post(address, data={"csrf_token": token_of(client), **fields})


def test_a_letter_goes_its_way_on_the_pages(runtime):
    entry = registered(runtime, subject="Une fuite")
    run_jobs(runtime)
    agent, agent2 = signed_in_client(runtime, "agent"), signed_in_client(runtime, "agent2")
    address = f"/d/{entry.document_id}"

    assert "Une fuite" in page(agent.get("/tasks?view=basket"))
    assert "Une fuite" not in page(agent2.get("/tasks?view=basket"))
    task = tasks(runtime, "agent")[0]
    assert posted(agent, f"/assignments/{task.id}/claim").status_code == 303
    assert "Une fuite" in page(agent.get("/tasks"))
    sent = posted(
        agent, f"{address}/route", instruction="opinion", to=f"unit:{unit_id(runtime, 'EC')}", note="Votre avis ?"
    )
    assert sent.status_code == 303
    assert "Une fuite" in page(agent.get("/tasks?view=others"))
    asked = tasks(runtime, "agent2")[0]
    assert "Votre avis ?" in page(agent2.get(address))
    assert posted(agent2, f"/assignments/{asked.id}/finish", answer="Favorable").status_code == 303
    assert "Favorable" in page(agent.get(address))
    assert posted(agent, f"/assignments/{task.id}/finish", answer="Réparé").status_code == 303
    assert f'{address}/route"' not in page(agent.get(address))


def test_what_cannot_be_sent_stays_typed(runtime):
    entry = registered(runtime)
    client = signed_in_client(runtime, "clerk")
    answer = posted(client, f"/d/{entry.document_id}/route", instruction="action", note="Une note")
    assert answer.status_code == 422
    assert "Une note" in answer.get_data(as_text=True)


def test_an_act_on_the_task_of_another_is_not_found(runtime):
    entry = registered(runtime)
    run_jobs(runtime)
    task = tasks(runtime, "agent")[0]
    client = signed_in_client(runtime, "agent2")
    for act in ("claim", "finish", "return"):
        assert posted(client, f"/assignments/{task.id}/{act}", answer="x").status_code == 404
    assert signed_in_client(runtime, "agent2").get(f"/d/{entry.document_id}/route").status_code == 404


@pytest.mark.parametrize("locale", ["ar", "fr"])
def test_every_page_is_shown_in_both_languages(runtime, locale):
    entry = registered(runtime)
    run_jobs(runtime)
    client = signed_in_client(runtime, "agent")
    client.post("/lang", data={"locale": locale, "csrf_token": token_of(client)})
    for path in (
        "/tasks",
        "/tasks?view=basket",
        "/tasks?view=others",
        f"/d/{entry.document_id}",
        f"/d/{entry.document_id}/route",
    ):
        assert f'lang="{locale}"' in page(client.get(path))


@pytest.mark.parametrize("username", ["admin", "auditor"])
def test_those_without_tasks_have_no_page_of_them(runtime, username):
    assert signed_in_client(runtime, username).get("/tasks").status_code == 403


def test_what_is_written_on_the_way_is_content(runtime):
    entry = registered(runtime)
    run_jobs(runtime)
    agent = signed_in_client(runtime, "agent")
    address = f"/d/{entry.document_id}"
    civil_status = f"unit:{unit_id(runtime, 'EC')}"
    posted(agent, f"{address}/route", instruction="opinion", to=civil_status, note="Une note confidentielle")
    assert "Une note confidentielle" in page(agent.get(address))
    for username in ("clerk2", "auditor", "archivist"):
        assert "Une note confidentielle" not in page(signed_in_client(runtime, username).get(address))
