"""Setting aside from the queue and from the registration screen, undoing it, and the list, as plain forms."""

from __future__ import annotations

import re

import pytest

from docflow.ingest.operations import open_batch
from docflow.registry.rules import SetAsideReason
from docflow.storage.rules import BlobKind
from tests.conftest import actor
from tests.factories.documents import blob, read_document
from tests.factories.registry import registered
from tests.factories.sessions import signed_in_client
from tests.rooms.registry.test_pages import form, page, sent
from tests.rooms.registry.test_setting_aside import aside, waiting

FORM = "/register/set-aside/new"
LIST = "/register/set-aside"


def chosen_reason(text):
    return re.findall(r'name="reason" value="(\w+)" checked', text)


def undo_address(text):
    return re.search(r'action="(/register/set-aside/undo/[^"]+)"', text)[1].replace("&amp;", "&")


def test_several_are_set_aside_from_the_queue_and_undone_by_the_notice(runtime):
    one, two, three = (read_document(runtime, text, subject=text) for text in ("Une.", "Deux.", "Trois."))
    client = signed_in_client(runtime, "clerk2")
    queue = page(client.get("/register"))
    assert f'action="{FORM}"' in queue
    assert f'href="{FORM}?document={one}"' in queue

    asked = page(client.get(f"{FORM}?document={one}&document={three}"))
    assert (str(one) in asked, str(two) in asked, chosen_reason(asked)) == (True, False, [])
    answer = sent(client, FORM, document=[str(one), str(three)], reason="no_mail")

    assert (answer.status_code, answer.location) == (303, "/register")
    after = page(client.get(answer.location))
    assert "1 document sans numéro" in after
    assert waiting(runtime) == [two]
    undone = sent(client, undo_address(after))
    assert (undone.status_code, undone.location) == (303, "/register")
    assert waiting(runtime) == [one, two, three]
    again = sent(client, undo_address(after))
    assert "de nouveau dans la file" in page(client.get(again.location))


def test_whoever_registers_one_after_the_other_goes_on_and_undo_leads_back(runtime):
    with runtime.transactions.writing(actor(runtime, "clerk")) as uow:
        batch_id = open_batch(uow).id
    one, two = (read_document(runtime, text, batch_id=batch_id) for text in ("", "Deux."))
    client = signed_in_client(runtime, "clerk2")
    address = re.search(rf'href="({FORM}[^"]+)"', page(client.get(f"/register/{one}?batch={batch_id}")))[1].replace(
        "&amp;", "&"
    )
    assert chosen_reason(page(client.get(address))) == ["unreadable"]

    answer = sent(client, f"{FORM}?batch={batch_id}&next=1", document=str(one), reason="unreadable")

    assert answer.location == f"/register/{two}?batch={batch_id}"
    shown = page(client.get(answer.location))
    assert "Document 1 sur 1" in shown
    back = sent(client, undo_address(shown))
    assert back.location == f"/register/{one}?batch={batch_id}"
    assert "Document 1 sur 2" in page(client.get(back.location))


def test_the_reason_of_a_copy_is_proposed_and_the_original_is_named(runtime):
    paper = blob(BlobKind.ORIGINAL, b"the same")
    first, second = (read_document(runtime, "Une.", original=paper, subject=subject) for subject in ("A", "B"))
    client = signed_in_client(runtime, "clerk2")
    assert f'href="/d/{first}"' in page(client.get("/register"))
    assert chosen_reason(page(client.get(f"{FORM}?document={second}"))) == ["duplicate"]
    sent(client, FORM, document=str(second), reason="duplicate")
    for address in (LIST, f"/d/{second}"):
        assert f'href="/d/{first}"' in page(client.get(address))


@pytest.mark.parametrize(
    ("reason", "note", "field"),
    [("", "gardé", "reason"), ("other", " ", "note"), ("blank", "x" * 301, "note")],
    ids=["no reason", "no note", "a long note"],
)
def test_what_is_missing_is_said_at_its_field_and_stays_typed(runtime, reason, note, field):
    document_id = read_document(runtime, "Une.")
    client = signed_in_client(runtime, "clerk2")
    answer = sent(client, FORM, document=str(document_id), reason=reason, note=note)
    text = answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert f'<a href="#{field}">' in text
    assert note.strip() in text
    assert chosen_reason(text) == ([reason] if reason else [])
    assert waiting(runtime) == [document_id]


def test_the_second_clerk_is_told_and_what_still_waits_stays_chosen(runtime):
    one, two, three = (read_document(runtime, text, subject=text) for text in ("Une.", "Deux.", "Trois."))
    client = signed_in_client(runtime, "clerk2")
    aside(runtime, one)
    answer = sent(client, FORM, document=[str(one), str(two)], reason="blank")
    text = answer.get_data(as_text=True)
    assert answer.status_code == 409
    assert "a déjà été écarté" in text
    assert f'name="document" value="{two}"' in text
    assert f'name="document" value="{one}"' not in text

    registered(runtime, three)
    answer = sent(client, FORM, document=str(three), reason="blank")
    assert answer.status_code == 409
    assert "A-2026-000001" in answer.get_data(as_text=True)

    late = sent(client, f"/register/{one}", **form(runtime, one))
    assert late.status_code == 409
    assert "a été écarté" in late.get_data(as_text=True)
    assert client.get(f"/register/{one}").location == f"/d/{one}"


def test_nothing_chosen_is_no_mistake_and_what_cannot_be_chosen_is_refused(runtime):
    client = signed_in_client(runtime, "clerk2")
    assert "Aucun document choisi" in page(client.get(FORM))
    assert client.get(f"{FORM}?document=x").status_code == 422


def test_the_list_says_who_when_and_why_by_reason_and_in_pages(runtime, monkeypatch):
    monkeypatch.setattr("docflow.registry.views.setting_aside.PAGE_SIZE", 2)
    ids = [read_document(runtime, "Une.", subject=f"Sujet {number}") for number in range(3)]
    for document_id in ids:
        aside(runtime, document_id, reason=SetAsideReason.OTHER, note="reçu par erreur")
    blank = read_document(runtime, "", subject="Feuille", kind="letter")
    aside(runtime, blank, reason=SetAsideReason.BLANK)
    client = signed_in_client(runtime, "clerk2")

    first, second = page(client.get(LIST)), page(client.get(f"{LIST}?page=2"))
    filtered = page(client.get(f"{LIST}?reason=blank"))

    assert "4 documents" in first
    assert ("Feuille" in first, "Sujet 0" in first, "Sujet 0" in second) == (True, False, True)
    assert "reçu par erreur" in second
    assert actor(runtime, "clerk").name in second
    assert f"/d/{ids[0]}/thumbnails/1.webp" in second
    assert ("Feuille" in filtered, "Sujet" in filtered) == (True, False)
    assert "Aucun document" in page(client.get(f"{LIST}?reason=mistake"))

    answer = sent(client, f"/register/{blank}/put-back", **{"from": "list"})
    assert answer.location == LIST
    assert waiting(runtime) == [blank]
    answer = sent(client, f"/register/{blank}/put-back")
    assert answer.location == f"/d/{blank}"
    assert "de nouveau dans la file" in page(client.get(answer.location))


def test_the_page_of_the_document_says_it_and_lets_the_desk_alone_put_it_back(runtime):
    document_id = read_document(runtime, "Une.", unit="TRV")
    aside(runtime, document_id, reason=SetAsideReason.OTHER, note="courrier personnel")
    desk = page(signed_in_client(runtime, "clerk2").get(f"/d/{document_id}"))
    auditor = page(signed_in_client(runtime, "auditor").get(f"/d/{document_id}"))
    assert "courrier personnel" in desk
    assert f'action="/register/{document_id}/put-back"' in desk
    assert "a été écarté" in auditor
    assert "courrier personnel" not in auditor
    assert "put-back" not in auditor
    assert signed_in_client(runtime, "agent").get(f"/d/{document_id}").status_code == 404


def test_others_come_to_no_page_of_it(runtime):
    document_id = read_document(runtime, "Une.", unit="TRV")
    act_id = aside(runtime, document_id)[0].act_id
    for name in ("agent", "head", "archivist", "auditor", "admin"):
        client = signed_in_client(runtime, name)
        assert [client.get(address).status_code for address in (LIST, FORM)] == [403, 403]
        refused = (FORM, f"/register/set-aside/undo/{act_id}", f"/register/{document_id}/put-back")
        assert [sent(client, address).status_code for address in refused] == [403, 403, 403]
    assert waiting(runtime) == []


def test_the_batch_says_which_of_its_documents_was_set_aside(runtime):
    with runtime.transactions.writing(actor(runtime, "clerk")) as uow:
        batch_id = open_batch(uow).id
    document_id = read_document(runtime, "Une.", batch_id=batch_id)
    aside(runtime, document_id)
    client = signed_in_client(runtime, "clerk2")
    text = page(client.get(f"/batches/{batch_id}"))
    assert "Écarté" in text
    assert "Enregistrer le lot" not in text
    assert "Écarté" in page(client.get(f"/batches/{batch_id}/arrange"))
