"""The approval queue as plain pages: what it lists, decisions by posted forms, undoing, approving together, the key."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from sqlalchemy import event

from docflow.accounts.power_rules import PowerKind
from docflow.approvals.models import Ask
from docflow.approvals.rules import AskState, RunState
from docflow.core.actor import SYSTEM
from docflow.documents.queries import pages_of
from docflow.routing.rules import Instruction
from docflow.stamping.verification import verify_bytes
from tests.conftest import run_jobs
from tests.factories.acts import (
    PIN,
    decides,
    drafted,
    make_circuit,
    open_asks,
    settled,
    short,
    standard,
    started,
    view_of,
    with_key,
)
from tests.factories.registry import registered
from tests.factories.sessions import signed_in_client, token_of
from tests.rooms.approvals.test_standing import given
from tests.rooms.routing.test_routing import sent, to_unit


def page(answer, status=200):
    assert answer.status_code == status, (answer.status, answer.get_data(as_text=True)[:2000])
    return answer.get_data(as_text=True)


def posted(client, address, **fields):
    return client.post(address, data={"csrf_token": token_of(client), **fields})


def act_of(runtime, subject, **how):
    return started(runtime, drafted(runtime, subject=subject, **how), **how)


def lists(client, address="/approvals"):
    """The titles of the list, in their order."""
    return re.findall(r'<p class="t" dir="auto"><a href="[^"]*">([^<]*)</a>', page(client.get(address)))


def ask_of(runtime, run_id):
    return open_asks(runtime, run_id)[0].id


@pytest.fixture
def acts(sqlite_runtime):
    make_circuit(sqlite_runtime, standard(sqlite_runtime))
    return sqlite_runtime


def test_the_queue_shows_what_is_asked_and_a_decision_leads_to_the_next(acts):
    first, second, third = (act_of(acts, f"Acte {number}") for number in (1, 2, 3))
    with_key(acts, "head")
    client = signed_in_client(acts, "head")

    assert lists(client) == ["Acte 1", "Acte 2", "Acte 3"]
    shown = page(client.get(f"/approvals?item={ask_of(acts, second)}"))
    following = re.search(r'name="next" value="([0-9a-f-]{36})"', shown)[1]
    assert following == str(ask_of(acts, third))
    answer = posted(client, f"/approvals/{ask_of(acts, second)}", choice="approve", pin=PIN, next=following)
    assert (answer.status_code, answer.location) == (303, f"/approvals?item={following}")
    shown = page(client.get(answer.location))
    assert "/undo" in shown
    assert lists(client) == ["Acte 1", "Acte 3"]
    settled(acts)
    assert view_of(acts, second).row.step_index == 1
    assert view_of(acts, first).row.step_index == 0


def test_an_act_whose_picture_is_not_made_yet_is_no_broken_picture(acts):
    document_id = view_of(acts, act_of(acts, "Sans image")).row.document_id
    with acts.transactions.writing(SYSTEM) as uow:
        for one in pages_of(uow.session, document_id):
            one.image_sha256 = None
    shown = page(signed_in_client(acts, "head").get("/approvals"))
    assert "viewer--empty" in shown
    assert 'class="sheet"' not in shown


def test_after_the_last_comes_the_end_of_the_list(acts):
    run_id = act_of(acts, "Acte")
    act_of(acts, "Autre")
    client = signed_in_client(acts, "head")
    last = ask_of(acts, run_id)

    answer = posted(client, f"/approvals/{last}", choice="reject", comment="Non")
    assert answer.location == "/approvals?end=1"
    assert "/approvals" in page(client.get(answer.location))
    assert 'class="rest"' in page(client.get(answer.location))


def test_undoing_from_the_page_puts_it_back(acts):
    run_id = act_of(acts, "Acte")
    client = signed_in_client(acts, "head")
    ask_id = ask_of(acts, run_id)
    posted(client, f"/approvals/{ask_id}", choice="return", comment="Revoir", back_to="0")
    undo = re.search(r'action="(/approvals/decisions/[^"]+/undo)"', page(client.get("/approvals")))[1]

    assert lists(client) == []
    assert posted(client, undo).location == f"/approvals?item={ask_id}"
    assert lists(client) == ["Acte"]
    acts.clock.move(seconds=11)
    posted(client, f"/approvals/{ask_id}", choice="return", comment="Revoir", back_to="0")
    undo = re.search(r'action="(/approvals/decisions/[^"]+/undo)"', page(client.get("/approvals")))[1]
    acts.clock.move(seconds=11)
    assert posted(client, undo).status_code == 303
    page(client.get("/approvals"))
    assert view_of(acts, run_id).state is RunState.RETURNED


@pytest.mark.parametrize(
    "fields",
    [
        {"choice": "return", "back_to": "0"},
        {"choice": "reject"},
        {"choice": "approve"},
        {"choice": "approve", "pin": "wrong-1"},
        {"choice": "return", "comment": "Revoir", "back_to": "7"},
        {"choice": "return", "comment": "Revoir"},
        {"choice": "nothing"},
    ],
)
def test_what_is_refused_stays_typed(acts, fields):
    run_id = act_of(acts, "Acte")
    with_key(acts, "head")
    client = signed_in_client(acts, "head")

    shown = page(posted(client, f"/approvals/{ask_of(acts, run_id)}", **fields), 422)

    assert "data-error-summary" in shown
    assert fields.get("comment", "") in shown
    assert "wrong-1" not in shown
    assert open_asks(acts, run_id)


def test_without_a_key_one_is_led_to_make_it_and_comes_back(acts):
    run_id = act_of(acts, "Acte")
    client = signed_in_client(acts, "head")
    assert "/approvals/signature?next=" in page(client.get("/approvals"))
    assert page(posted(client, f"/approvals/{ask_of(acts, run_id)}", choice="approve", pin=PIN), 422)

    assert page(posted(client, "/approvals/signature", pin=PIN, again="other-1"), 422)
    assert page(posted(client, "/approvals/signature", pin="123456", again="123456"), 422)
    made = posted(client, "/approvals/signature", pin=PIN, again=PIN, next="/approvals")
    assert (made.status_code, made.location) == (303, "/approvals")
    assert PIN not in page(client.get("/approvals/signature"))
    assert posted(client, f"/approvals/{ask_of(acts, run_id)}", choice="approve", pin=PIN).status_code == 303


def test_tabs_are_kinds_of_registers_and_what_is_asked_of_others(acts):
    run_id = act_of(acts, "Acte")
    entry = registered(acts, register="complaints", subject="Une plainte")
    sent(acts, entry.document_id, to_unit(acts, "TRV", Instruction.SIGNATURE), by="clerk")
    given(acts, "head", "head2", PowerKind.DELEGATION)
    client, delegate = signed_in_client(acts, "head"), signed_in_client(acts, "head2")

    assert lists(client) == ["Acte", "Une plainte"]
    assert lists(client, "/approvals?shelf=complaints") == ["Une plainte"]
    assert lists(client, "/approvals?shelf=outgoing") == ["Acte"]
    assert lists(client, "/approvals?shelf=stead") == []
    assert lists(delegate, "/approvals?shelf=stead") == ["Acte", "Une plainte"]
    assert run_id


def test_others_have_an_empty_queue_and_no_way_in(acts):
    run_id = act_of(acts, "Acte secret")
    ask_id = ask_of(acts, run_id)
    for username in ("agent", "agent2", "head2", "director", "president"):
        client = signed_in_client(acts, username)
        assert lists(client) == []
        assert "Acte secret" not in page(client.get(f"/approvals?item={ask_id}"))
        assert posted(client, f"/approvals/{ask_id}", choice="approve", pin=PIN).status_code in {403, 404}
    for username in ("admin", "auditor", "archivist"):
        client = signed_in_client(acts, username)
        for address in ("/approvals", "/approvals/review", "/approvals/signature"):
            assert client.get(address).status_code == 403
        assert posted(client, f"/approvals/{ask_id}", choice="approve").status_code == 403


def test_several_of_one_kind_are_approved_together_with_one_pin(acts):
    runs = [act_of(acts, f"Acte {number}") for number in range(3)]
    with_key(acts, "head")
    client = signed_in_client(acts, "head")
    ids = [str(ask_of(acts, run_id)) for run_id in runs]

    review = page(client.get("/approvals/review", query_string={"ask": ids}))
    assert review.count('name="ask"') == 3
    assert page(posted(client, "/approvals/review", ask=ids, pin="wrong-1"), 422)
    decides(acts, "head", runs[1])
    outcome = page(posted(client, "/approvals/review", ask=ids[:2], pin=PIN))
    assert outcome.count("/undo") == 1
    settled(acts)

    assert [view_of(acts, run_id).row.step_index for run_id in runs] == [1, 1, 0]


def test_kinds_are_not_mixed_and_nothing_is_not_approved(acts):
    entry = registered(acts, subject="Une lettre")
    sent(acts, entry.document_id, to_unit(acts, "TRV", Instruction.SIGNATURE), by="clerk")
    run_id = act_of(acts, "Acte")
    client = signed_in_client(acts, "head")
    with acts.transactions.reading() as session:
        ids = [str(ask.id) for ask in session.query(Ask).where(Ask.state == AskState.OPEN)]

    assert len(ids) == 2
    assert client.get("/approvals/review", query_string={"ask": ids}).status_code == 303
    assert client.get("/approvals/review").status_code == 303
    assert posted(client, "/approvals/review", ask=ids).status_code == 422
    assert run_id


def test_the_document_page_shows_its_line_and_lets_the_drafter_take_it_back(acts):
    run_id = act_of(acts, "Acte")
    document_id = view_of(acts, run_id).row.document_id
    client = signed_in_client(acts, "agent")
    decides(acts, "head", run_id)
    settled(acts)

    shown = page(client.get(f"/d/{document_id}"))
    assert "Karim Tazi" in shown or "كريم التازي" in shown
    withdrawal = f"/approvals/runs/{run_id}/withdraw"
    assert withdrawal in shown
    assert posted(signed_in_client(acts, "president"), withdrawal).status_code == 403
    assert posted(signed_in_client(acts, "agent2"), withdrawal).status_code == 404
    assert posted(client, withdrawal).status_code == 303
    assert view_of(acts, run_id).state is RunState.WITHDRAWN


def test_the_signed_file_is_given_to_those_who_read_the_act_alone(acts):
    run_id = act_of(acts, "Acte")
    decides(acts, "head", run_id)
    settled(acts)
    address = f"/approvals/runs/{run_id}/act.pdf"

    answer = signed_in_client(acts, "agent").get(address)
    assert (answer.status_code, answer.mimetype, answer.data[:5]) == (200, "application/pdf", b"%PDF-")
    verdict = verify_bytes(acts, answer.data)
    assert [item.field for item in verdict.seals] == ["Cachet", "Visa1"]
    for username in ("agent2", "clerk", "head2", "auditor", "archivist"):
        assert signed_in_client(acts, username).get(address).status_code in {403, 404}
    assert signed_in_client(acts, "admin").get(address).status_code == 403


@pytest.mark.parametrize("locale", ["ar", "fr"])
def test_every_page_is_shown_in_both_languages(acts, locale):
    run_id = act_of(acts, "Acte")
    client = signed_in_client(acts, "head")
    client.post("/lang", data={"locale": locale, "csrf_token": token_of(client)})
    for path in (
        "/approvals",
        f"/approvals?item={ask_of(acts, run_id)}",
        "/approvals?end=1",
        "/approvals?shelf=stead",
        "/approvals/signature",
        f"/approvals/review?ask={ask_of(acts, run_id)}",
        f"/d/{view_of(acts, run_id).row.document_id}",
    ):
        assert f'lang="{locale}"' in page(client.get(path))


def test_a_letter_is_decided_without_a_pin(sqlite_runtime):
    entry = registered(sqlite_runtime, subject="Une lettre")
    sent(sqlite_runtime, entry.document_id, to_unit(sqlite_runtime, "TRV", Instruction.SIGNATURE), by="clerk")
    client = signed_in_client(sqlite_runtime, "head")
    shown = page(client.get("/approvals"))
    ask_id = re.search(r'name="ask" value="([^"]+)"', shown)[1]

    assert 'id="pin"' not in shown
    assert posted(client, f"/approvals/{ask_id}", choice="return", back_to="0", comment="Incomplet").status_code == 303
    settled(sqlite_runtime)
    run_jobs(sqlite_runtime)
    assert "Incomplet" in page(signed_in_client(sqlite_runtime, "clerk").get("/tasks"))


def test_groups_say_what_is_late(acts):
    run_id = act_of(acts, "Acte")
    with acts.transactions.writing(SYSTEM) as uow:
        ask = uow.session.get_one(Ask, ask_of(acts, run_id))
        ask.due_on = acts.clock.now().date() - timedelta(days=2)

    assert "grp--bad" in page(signed_in_client(acts, "head").get("/approvals"))


def test_the_page_takes_few_statements_whatever_waits(acts):
    make_circuit(acts, short(acts), "direct")
    for number in range(12):
        act_of(acts, f"Acte {number}")
    client = signed_in_client(acts, "head")
    page(client.get("/approvals"))
    said = []
    event.listen(acts.transactions.engine, "before_cursor_execute", lambda *call: said.append(call[2]))

    for address in ("/approvals", "/approvals?shelf=outgoing"):
        said.clear()
        page(client.get(address))
        statements = [one for one in said if one.split()[0] not in {"BEGIN", "COMMIT", "ROLLBACK"}]
        assert len(statements) <= 10, statements
