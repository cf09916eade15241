"""The registration screen, registers and their administration, as plain forms, and who is let in."""

from __future__ import annotations

import re

import pytest
from sqlalchemy import event, select

from docflow.accounts.visibility import Confidentiality
from docflow.documents.models import Document
from docflow.ingest.operations import open_batch
from docflow.registry.drafts import draft_of
from docflow.registry.models import Entry
from docflow.registry.operations import Arrival
from docflow.registry.rules import EntryState
from tests.conftest import actor
from tests.factories.documents import read_document, unit_id
from tests.factories.registry import registered, version_of
from tests.factories.sessions import signed_in_client, token_of


def page(answer):
    assert answer.status_code == 200, answer.status
    return answer.get_data(as_text=True)


def sent(client, address, **fields):
    return client.post(address, data={"csrf_token": token_of(client), **fields})


def form(runtime, document_id, **changes):
    return {
        "version": str(version_of(runtime, document_id)),
        "action": "register",
        "register": "incoming",
        "subject": "طلب رخصة بناء",
        "sender": "محمد الإدريسي",
        "unit": str(unit_id(runtime, "URB")),
        "kind": "request",
        "confidentiality": "normal",
        "enclosure_count": "٣",
        "cin": "bk 482913",
        **changes,
    }


def entries(runtime):
    with runtime.transactions.reading() as session:
        return session.scalars(select(Entry).order_by(Entry.number)).all()


def test_a_letter_is_registered_and_the_next_one_of_the_list_is_shown(runtime):
    first, second = read_document(runtime, "Une."), read_document(runtime, "Deux.")
    client = signed_in_client(runtime, "clerk")

    answer = sent(client, f"/register/{first}", **form(runtime, first))

    assert (answer.status_code, answer.location) == (303, f"/register/{second}")
    entry = entries(runtime)[0]
    assert (entry.label, entry.enclosure_count, entry.sender_cin) == ("A-2026-000001", 3, "BK482913")
    assert "A-2026-000001" in page(client.get(answer.location))
    last = sent(client, f"/register/{second}", **form(runtime, second))
    assert last.location == "/register/end"
    assert "empty" in page(client.get(last.location))


def test_sending_the_form_twice_gives_one_number(runtime):
    document_id = read_document(runtime, "Une.")
    client = signed_in_client(runtime, "clerk")
    said = form(runtime, document_id)
    answers = [sent(client, f"/register/{document_id}", **said) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [303, 303]
    assert len(entries(runtime)) == 1


def test_what_is_refused_stays_typed_and_names_its_field(runtime):
    document_id = read_document(runtime, "Une.")
    client = signed_in_client(runtime, "clerk")
    answer = sent(client, f"/register/{document_id}", **form(runtime, document_id, unit="", sender="سعيد"))
    text = answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert 'href="#unit"' in text
    assert 'value="سعيد"' in text
    assert entries(runtime) == []


def test_a_letter_that_somebody_else_changed_is_shown_again(runtime):
    document_id = read_document(runtime, "Une.")
    client = signed_in_client(runtime, "clerk")
    assert sent(client, f"/register/{document_id}", **form(runtime, document_id, version="99")).status_code == 409


def test_a_letter_scanned_while_the_clock_ran_ahead_is_proposed_as_arrived_now(runtime, clock):
    clock.move(hours=5)
    document_id = read_document(runtime, "Une.")
    clock.move(hours=-4, minutes=-59)

    shown = page(signed_in_client(runtime, "clerk").get(f"/register/{document_id}"))

    assert re.search(r'name="arrived_at"[^>]*value="02/03/2026"', shown)
    assert re.search(r'name="arrived_at_time"[^>]*value="09:01"', shown)


def test_a_draft_keeps_what_was_typed_and_gives_no_number(runtime):
    document_id = read_document(runtime, "Une.")
    client = signed_in_client(runtime, "clerk")
    sent(client, f"/register/{document_id}", **form(runtime, document_id, action="draft", phone="0661248730"))
    shown = page(signed_in_client(runtime, "clerk2").get(f"/register/{document_id}"))
    assert 'value="0661248730"' in shown
    assert entries(runtime) == []
    sent(client, f"/register/{document_id}", **form(runtime, document_id))
    with runtime.transactions.reading() as session:
        assert draft_of(session, document_id) is None


def test_what_was_read_is_proposed_with_its_badge_and_what_is_doubtful_is_named(runtime):
    proposal = {"confidence": 61.0, "page_number": 1, "box": [10, 10, 90, 40], "is_sure": False}
    document_id = read_document(runtime, "Une.", subject="Voirie")
    with runtime.transactions.writing(actor(runtime, "clerk")) as uow:
        document = uow.session.get_one(Document, document_id)
        document.proposals = {"cin": {"value": "BK482913", **proposal}}
    shown = page(signed_in_client(runtime, "clerk").get(f"/register/{document_id}"))
    assert 'href="#cin"' in shown
    assert re.search(r"<bdi>BK482913</bdi>", shown)
    assert "Voirie" in shown


def test_the_sender_and_the_matter_are_known_as_the_clerk_types(runtime):
    registered(runtime, sender="محمد الإدريسي", subject="Une fuite")
    document_id = read_document(runtime, "Une.")
    client = signed_in_client(runtime, "clerk")
    shown = page(client.get(f"/register/{document_id}/matter", query_string={"sender": "محمد الادريسي"}))
    assert "Une fuite" in shown
    assert '<option value="محمد الإدريسي">' in shown


def test_a_batch_is_registered_letter_after_letter(runtime):
    with runtime.transactions.writing(actor(runtime, "clerk")) as uow:
        batch_id = open_batch(uow).id
    other = read_document(runtime, "Hors du lot.")
    first, second = (read_document(runtime, text, batch_id=batch_id) for text in ("Une.", "Deux."))
    client = signed_in_client(runtime, "clerk")
    listed = page(client.get(f"/register?batch={batch_id}"))
    assert (str(first) in listed, str(other) in listed) == (True, False)
    answer = sent(client, f"/register/{first}?batch={batch_id}", **form(runtime, first))
    assert answer.location == f"/register/{second}?batch={batch_id}"
    assert f"/register/end?batch={batch_id}" in page(client.get(answer.location))


@pytest.mark.parametrize("username", ["agent", "head", "archivist", "auditor", "admin", "president"])
def test_nobody_but_a_clerk_comes_to_the_registration(runtime, username):
    document_id = read_document(runtime, "Une.", unit="TRV")
    client = signed_in_client(runtime, username)
    addresses = ["/register", f"/register/{document_id}", f"/register/{document_id}/matter", "/register/end"]
    assert [client.get(address).status_code for address in addresses] == [403] * 4
    assert sent(client, f"/register/{document_id}", **form(runtime, document_id)).status_code == 403


def test_the_register_lists_what_the_reader_may_know_of_and_no_more(runtime):
    registered(runtime, subject="Une fuite d'eau")
    registered(
        runtime,
        subject="Secret",
        confidentiality=Confidentiality.CONFIDENTIAL,
        arrival=Arrival(named_people=(actor(runtime, "president").person_id,)),
    )
    clerk = page(signed_in_client(runtime, "clerk2").get("/registers/incoming"))
    assert ("Une fuite" in clerk, "Secret" in clerk, "A-2026-000002" in clerk) == (True, False, False)
    president = page(signed_in_client(runtime, "president").get("/registers/incoming"))
    assert "Secret" in president
    found = page(signed_in_client(runtime, "clerk2").get("/registers/incoming?q=fuite"))
    nothing = page(signed_in_client(runtime, "clerk2").get("/registers/incoming?q=Secret"))
    assert ("A-2026-000001" in found, "A-2026-0000" in nothing) == (True, False)


def test_numbers_are_set_aside_and_cancelled_on_the_pages(runtime):
    client = signed_in_client(runtime, "clerk")
    assert sent(client, "/registers/incoming/reserve", count="2", reason="").status_code == 422
    assert sent(client, "/registers/incoming/reserve", count="2", reason="Panne").status_code == 303
    first = entries(runtime)[0]
    assert "Panne" in page(client.get("/registers/incoming?state=reserved"))
    assert page(client.get(f"/entries/{first.id}/cancel"))
    assert sent(client, f"/entries/{first.id}/cancel", reason="Inutile").status_code == 303
    assert [entry.state for entry in entries(runtime)] == [EntryState.CANCELLED, EntryState.RESERVED]


def test_a_number_set_aside_is_given_on_the_form(runtime):
    client = signed_in_client(runtime, "clerk")
    sent(client, "/registers/incoming/reserve", count="2", reason="Panne")
    second = entries(runtime)[1]
    document_id = read_document(runtime, "Une.")
    assert f'value="{second.id}"' in page(client.get(f"/register/{document_id}"))
    sent(client, f"/register/{document_id}", **form(runtime, document_id, reserved=str(second.id)))
    assert entries(runtime)[1].document_id == document_id


def test_the_document_page_says_its_number_to_whoever_may_know_of_it(runtime):
    entry = registered(runtime)
    address = f"/d/{entry.document_id}"
    assert "A-2026-000001" in page(signed_in_client(runtime, "clerk2").get(address))
    assert f"/entries/{entry.id}/cancel" not in page(signed_in_client(runtime, "agent").get(address))
    assert signed_in_client(runtime, "agent2").get(address).status_code == 404


def test_the_place_of_the_paper_is_changed_by_the_desk_alone(runtime):
    entry = registered(runtime)
    clerk, agent = signed_in_client(runtime, "clerk"), signed_in_client(runtime, "agent")
    address = f"/entries/{entry.id}/paper"
    assert sent(agent, address, paper_place="kept", paper_note="Chez moi").status_code == 403
    assert sent(clerk, address, paper_place="returned", paper_note="").status_code == 422
    assert sent(clerk, address, paper_place="returned", paper_note="Au porteur").status_code == 303
    assert entries(runtime)[0].paper_note == "Au porteur"


def test_an_administrator_opens_and_changes_registers(runtime):
    client = signed_in_client(runtime, "admin")
    said = {
        "code": "urbanism", "kind": "incoming", "name_ar": "سجل التعمير", "name_fr": "Registre de l'urbanisme",
        "number_format": "U-{year}-{number:05}", "unit": str(unit_id(runtime, "URB")), "is_active": "1",
    }  # fmt: skip
    assert sent(client, "/admin/registers", **said).status_code == 303
    assert "U-2026-00001" in page(client.get("/admin/registers"))
    assert sent(client, "/admin/registers", **said).status_code == 409
    assert sent(client, "/admin/registers", **{**said, "code": "b", "number_format": "x"}).status_code == 422
    assert signed_in_client(runtime, "clerk").get("/admin/registers").status_code == 403


@pytest.mark.parametrize("locale", ["ar", "fr"])
def test_every_page_is_shown_in_both_languages(runtime, locale):
    entry = registered(runtime)
    waiting = read_document(runtime, "Une.")
    client = signed_in_client(runtime, "clerk")
    client.post("/lang", data={"locale": locale, "csrf_token": token_of(client)})
    for address in (
        "/register", f"/register/{waiting}", "/register/end", "/registers", "/registers/incoming",
        f"/entries/{entry.id}/cancel", f"/entries/{entry.id}/paper",
    ):  # fmt: skip
        assert f'lang="{locale}"' in page(client.get(address))


def test_a_complaint_says_by_when_it_is_answered_and_how_that_was_counted(runtime):
    # Registered on Monday 2 March: sixty days later is the feast of work, a Friday.
    entry = registered(runtime, register="complaints")
    shown = page(signed_in_client(runtime, "clerk2").get(f"/d/{entry.document_id}"))
    assert "04/05/2026" in shown
    assert "عيد العمال" in shown or "Fête du Travail" in shown
    plain = registered(runtime)
    assert "04/05/2026" not in page(signed_in_client(runtime, "clerk2").get(f"/d/{plain.document_id}"))
    waiting = read_document(runtime, "Une.")
    assert "04/05/2026" in page(signed_in_client(runtime, "clerk").get(f"/register/{waiting}"))


def test_what_waits_for_a_reader_is_counted_in_one_statement_of_the_page(runtime):
    read_document(runtime, "Une.")
    client = signed_in_client(runtime, "clerk")
    statements: list[str] = []
    event.listen(runtime.transactions.engine, "before_cursor_execute", lambda *call: statements.append(call[2]))

    shown = page(client.get("/account"))

    counting = [statement for statement in statements if "count(" in statement]
    assert len(counting) == 1
    assert all(f" {table}" in counting[0] for table in ("documents", "notices", "assignments"))
    assert re.search(r'href="/register"[^>]*>.*?<span class="count">1<', shown, re.DOTALL)
