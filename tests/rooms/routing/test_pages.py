"""The page of tasks and the route on the page of a document, as plain forms."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy import event

from docflow.accounts.visibility import Confidentiality
from docflow.routing.operations import claim
from docflow.routing.rules import Instruction
from tests.conftest import run_jobs
from tests.factories.documents import unit_id
from tests.factories.registry import registered
from tests.factories.sessions import signed_in_client, token_of
from tests.rooms.routing.test_reminding import morning
from tests.rooms.routing.test_routing import does, sent, tasks, to_person, to_unit


def page(answer):
    assert answer.status_code == 200, answer.status
    return answer.get_data(as_text=True)


def route_part(shown):
    return shown[shown.index('aria-labelledby="route-title"') :].partition("</section>")[0]


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
    # Whoever reads the way of the letter is told who of the unit holds it.
    assert "Hassan El Idrissi" in route_part(page(signed_in_client(runtime, "clerk2").get(address)))
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
    for username in ("clerk2", "auditor"):
        assert "Une note confidentielle" not in page(signed_in_client(runtime, username).get(address))


def test_whoever_may_not_send_a_letter_on_is_shown_no_way_to(runtime):
    normal = registered(runtime)
    restricted = registered(runtime, confidentiality=Confidentiality.RESTRICTED)
    colleague, to = signed_in_client(runtime, "clerk2"), f"unit:{unit_id(runtime, 'EC')}"

    assert f'/d/{normal.document_id}/route"' in page(colleague.get(f"/d/{normal.document_id}"))
    assert f'/d/{restricted.document_id}/route"' not in page(colleague.get(f"/d/{restricted.document_id}"))
    assert posted(colleague, f"/d/{restricted.document_id}/route", instruction="information", to=to).status_code == 403


@pytest.mark.parametrize("view", ["mine", "basket", "others"])
def test_the_page_of_tasks_takes_ten_statements_whatever_is_on_it(runtime, view):
    for number in range(3):
        entry = registered(runtime)
        run_jobs(runtime)
        mine, *_ = sent(
            runtime,
            entry.document_id,
            to_unit(runtime, "TRV", Instruction.ACTION, due_on=date(2026, 3, 6)),
            to_person(runtime, "agent2", Instruction.ACTION, due_on=date(2026, 3, 6)),
            by="agent",
        )
        if number:
            does(runtime, "agent", claim, mine.id)
    morning(runtime, date(2026, 3, 9))
    client = signed_in_client(runtime, "agent")
    client.get("/tasks")
    said = []

    def note(*call):
        said.append(call[2].split()[0])

    event.listen(runtime.transactions.engine, "before_cursor_execute", note)
    shown = page(client.get(f"/tasks?view={view}"))
    event.remove(runtime.transactions.engine, "before_cursor_execute", note)
    assert 'class="reminded"' in shown
    assert said.count("SELECT") <= 10


def test_a_long_list_of_tasks_is_shown_by_pages_and_what_a_colleague_took_is_not_counted(runtime):
    entry = registered(runtime)
    people = [to_unit(runtime, "EC", Instruction.INFORMATION, note=str(number)) for number in range(30)]
    for _ in range(2):
        sent(runtime, entry.document_id, *people, by="agent")
    client = signed_in_client(runtime, "agent2")
    first, second = (page(client.get(f"/tasks?view=basket&page={number}")) for number in (1, 2))
    assert [shown.count("data-row") for shown in (first, second)] == [50, 10]
    assert '<span class="count">60</span>' in first
    assert page(client.get("/tasks?page=99999999999999")).count("data-row") == 0
    does(runtime, "temp", claim, tasks(runtime, "temp")[0].id)
    assert '<span class="count">59</span>' in page(client.get("/tasks?view=basket"))
