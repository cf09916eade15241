"""The acknowledgement by mail: sealed, to one address, from the desk of the register alone."""

from __future__ import annotations

import io

import pypdf
import pytest

from docflow.accounts.visibility import Confidentiality
from docflow.registry.operations import Arrival
from docflow.stamping.rules import Finding
from docflow.stamping.verification import verify_bytes
from tests.conftest import actor, run_jobs
from tests.factories.registry import registered
from tests.factories.sessions import signed_in_client
from tests.mail_server import mail_server, with_mail
from tests.rooms.registry.test_pages import sent


@pytest.fixture
def box():
    with mail_server() as box:
        yield box


@pytest.fixture
def mailing(runtime, box):
    return with_mail(runtime, f"smtp://127.0.0.1:{box.port}")


def mailed(runtime, entry, *, by="clerk", recipient="nadia@example.ma"):
    answer = sent(signed_in_client(runtime, by), f"/d/{entry.document_id}/receipt/mail", recipient=recipient)
    run_jobs(runtime)
    return answer


def test_the_receipt_arrives_sealed_in_both_languages_with_the_secret_inside_only(mailing, box):
    entry = registered(mailing, sender="Nadia Cherkaoui", subject="Une fuite d'eau")

    assert mailed(mailing, entry).status_code == 303

    ((recipients, message),) = box.taken
    body = message.get_body().get_content()
    assert recipients == ["nadia@example.ma"]
    assert entry.label in message["Subject"]
    for part in (
        entry.label,
        "02/03/2026 09:00",
        f"/track/{entry.label}",
        entry.verification_code,
        "مقاطعة الحي الحسني",
    ):
        assert part in body, part
    for kept_back in (entry.tracking_secret, "Une fuite d'eau", "Nadia Cherkaoui"):
        assert kept_back not in body
    (paper,) = message.iter_attachments()
    content = paper.get_content()
    assert entry.tracking_secret in pypdf.PdfReader(io.BytesIO(content)).pages[0].extract_text()
    assert verify_bytes(mailing, content).finding == Finding.AUTHENTIC


def test_the_page_says_how_far_the_mail_is(mailing, box):
    entry = registered(mailing)
    box.answer = "550 mailbox full for ever"
    mailed(mailing, entry)
    page = signed_in_client(mailing, "clerk").get(f"/d/{entry.document_id}/receipt/mail").get_data(as_text=True)
    assert "mailbox full for ever" in page
    assert "nadia@" not in page
    assert "n•••@example.ma" in page


def test_a_wrong_address_is_said_beside_its_field_and_nothing_goes(mailing, box):
    answer = mailed(mailing, registered(mailing), recipient="nadia@example.ma, tous@example.ma")
    page = answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert 'value="nadia@example.ma, tous@example.ma"' in page
    assert box.taken == []


@pytest.mark.parametrize(("username", "expected"), [("clerk2", 303), ("head", 403), ("agent", 403), ("auditor", 403)])
def test_only_who_keeps_the_desk_sends_the_secret(mailing, box, username, expected):
    entry = registered(mailing)
    assert mailed(mailing, entry, by=username).status_code == expected
    assert len(box.taken) == (1 if expected == 303 else 0)


def test_nothing_is_said_of_confidential_mail_to_clerks_who_may_not_know_of_it(mailing, box):
    arrival = Arrival(named_people=(actor(mailing, "president").person_id,))
    entry = registered(mailing, confidentiality=Confidentiality.CONFIDENTIAL, arrival=arrival)
    assert mailed(mailing, entry, by="clerk2").status_code == 404
    assert box.taken == []


def test_without_a_mail_server_nothing_is_offered(runtime):
    entry = registered(runtime)
    client = signed_in_client(runtime, "clerk")
    assert "/receipt/mail" not in client.get(f"/d/{entry.document_id}").get_data(as_text=True)
    assert sent(client, f"/d/{entry.document_id}/receipt/mail", recipient="n@example.ma").status_code == 409
    assert client.get(f"/d/{entry.document_id}/receipt/mail").status_code == 409
