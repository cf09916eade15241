"""The pages of case files, asked as a browser asks them, with and without scripts."""

from __future__ import annotations

import pytest

from docflow.accounts.visibility import Confidentiality
from tests.conftest import actor
from tests.factories.sessions import signed_in_client, token_of
from tests.rooms.records.test_case_files import filed, letter_of, numbers_seen, opened


@pytest.fixture
def client(runtime):
    return signed_in_client(runtime, "agent")


def post(client, address, **data):
    return client.post(address, data={"csrf_token": token_of(client)} | data)


def text(answer):
    return answer.get_data(as_text=True)


def test_a_file_is_opened_for_a_letter_which_is_filed_in_it(runtime, client):
    entry = letter_of(runtime)
    form = text(client.get(f"/records/new?document={entry.document_id}"))
    assert entry.label in form
    unit = next(token for token in actor(runtime, "agent").tokens if token.startswith("unit:")).partition(":")[2]
    answer = post(
        client, "/records/new", title="إنارة الزنقة 14", unit=unit, confidentiality="normal", letter=entry.document_id
    )
    page = text(client.get(answer.headers["Location"]))
    assert answer.status_code == 303
    assert "DOS-2026-000001" in page
    assert entry.label in page
    assert "DOS-2026-000001" in text(client.get(f"/d/{entry.document_id}"))
    assert "DOS-2026-000001" in text(client.get("/records?q=انارة"))
    assert "DOS-2026-000001" not in text(client.get("/records?state=closed"))


def test_what_is_missing_is_said_and_what_was_typed_stays(client):
    answer = post(client, "/records/new", title="", unit="", confidentiality="normal")
    assert answer.status_code == 422
    assert 'href="#title"' in text(answer)
    answer = post(client, "/records/new", title="Voirie", unit="", confidentiality="normal")
    assert 'href="#unit"' in text(answer)
    assert "Voirie" in text(answer)


def test_letters_are_filed_by_their_numbers_and_found_while_typing(runtime, client):
    kept, first, second = opened(runtime), letter_of(runtime), letter_of(runtime)
    found = text(client.get(f"/records/{kept.id}/letters?q={first.label}"))
    assert str(first.document_id) in found
    assert "<html" not in found
    assert str(first.document_id) in text(client.get(f"/records/{kept.id}?q={first.label}"))
    answer = post(client, f"/records/{kept.id}/letters", q=f"{first.label} {second.label}")
    assert answer.status_code == 303
    assert numbers_seen(runtime, kept, "agent") == [first.label, second.label]
    answer = post(client, f"/records/{kept.id}/letters", q="A-2026-999999")
    assert answer.status_code == 422
    assert "A-2026-999999" in text(answer)


def test_a_letter_is_filed_from_its_own_page_with_those_that_belong_to_it(runtime, client):
    kept, entry = opened(runtime), letter_of(runtime)
    page = text(client.get(f"/d/{entry.document_id}/records?q={kept.label}"))
    assert str(kept.id) in page
    part = client.get(f"/d/{entry.document_id}/records?q={kept.label}", headers={"HX-Request": "true"})
    assert "<html" not in text(part)
    assert post(client, f"/d/{entry.document_id}/records").status_code == 422
    answer = post(client, f"/d/{entry.document_id}/records", case_file=kept.id)
    assert answer.status_code == 303
    assert numbers_seen(runtime, kept, "agent") == [entry.label]


def test_a_letter_is_taken_out_and_the_file_closed_and_opened_again(runtime, client):
    kept, entry = opened(runtime), letter_of(runtime)
    filed(runtime, kept, entry)
    address = f"/records/{kept.id}/letters/{entry.document_id}/remove"
    assert client.get(address).status_code == 200
    assert post(client, address, reason="").status_code == 422
    assert post(client, address, reason="Erreur").status_code == 303
    assert "Erreur" in text(client.get(f"/records/{kept.id}"))
    assert post(client, f"/records/{kept.id}/state", to="closed", reason="Fini").status_code == 303
    assert post(client, f"/records/{kept.id}/letters", q=entry.label).status_code == 409
    assert post(client, f"/records/{kept.id}/state", to="closed", reason="Fini").status_code == 409
    assert post(client, f"/records/{kept.id}/state", to="open", reason="Recours").status_code == 303


def test_a_hidden_file_answers_like_one_that_does_not_exist(runtime, client):
    named = (actor(runtime, "head2").person_id,)
    kept = opened(runtime, by="head2", unit="TRV", confidentiality=Confidentiality.CONFIDENTIAL, named_people=named)
    nowhere = "00000000-0000-7000-8000-000000000000"
    for path in ("", "/edit", "/state", "/letters?q=x"):
        shown, missing = client.get(f"/records/{kept.id}{path}"), client.get(f"/records/{nowhere}{path}")
        assert shown.status_code == missing.status_code == 404
    assert kept.label not in text(client.get("/records"))
    assert kept.title not in text(client.get("/records"))


def test_whoever_gives_a_file_away_is_led_to_the_list(runtime, client):
    kept = opened(runtime, by="head", unit="TRV")
    elsewhere = next(token for token in actor(runtime, "agent2").tokens if token.startswith("unit:"))
    answer = post(
        client,
        f"/records/{kept.id}/edit",
        title="T",
        unit=elsewhere.partition(":")[2],
        confidentiality="normal",
        version="1",
    )
    assert answer.headers["Location"] == "/records"


def test_an_auditor_reads_and_files_nothing(runtime):
    kept, auditor = opened(runtime), signed_in_client(runtime, "auditor")
    assert auditor.get(f"/records/{kept.id}").status_code == 200
    assert auditor.get("/records/new").status_code == 403
    assert post(auditor, f"/records/{kept.id}/letters", q="A-2026-000001").status_code == 403
