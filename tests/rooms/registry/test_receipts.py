"""Receipts: what they say, to whom, and that they can be read by people and by machines."""

from __future__ import annotations

import io

import pypdf
import pypdfium2
import pytest
import zxingcpp
from sqlalchemy import select

from docflow.accounts.visibility import Confidentiality
from docflow.audit.models import Opening
from docflow.registry.operations import Arrival, cancel_entry
from docflow.registry.sheets import Sheet, starts_rtl
from tests.conftest import actor
from tests.factories.documents import read_document
from tests.factories.registry import registered
from tests.factories.sessions import signed_in_client
from tests.rooms.registry.test_pages import form, sent

KINDS = ["receipt", "a4"]


def printed(runtime, entry, *, by="clerk", kind="receipt"):
    answer = signed_in_client(runtime, by).get(f"/d/{entry.document_id}/print/{kind}")
    assert (answer.status_code, answer.mimetype) == (200, "application/pdf")
    return answer.data


def text_of(content):
    return "\n".join(page.extract_text() for page in pypdf.PdfReader(io.BytesIO(content)).pages)


def status(runtime, entry, *, by):
    return signed_in_client(runtime, by).get(f"/d/{entry.document_id}/print/receipt").status_code


@pytest.mark.parametrize("kind", KINDS)
def test_a_receipt_says_in_both_languages_what_was_deposited(runtime, kind):
    arrival = Arrival(enclosure_count=3, enclosures="Deux photos et un plan")
    entry = registered(runtime, arrival=arrival, sender="Société du Littoral", subject="Une fuite d'eau")

    said = text_of(printed(runtime, entry, kind=kind))

    for part in (
        "A-2026-000001", "02/03/2026", "09:00", "Société du Littoral", "Une fuite d'eau", "3", "Deux photos et un plan",
        "مقاطعة الحي الحسني", "Arrondissement Hay Hassani", "مصلحة الأشغال والصيانة",
        "Service des travaux et de l'entretien", entry.tracking_secret,
        f"http://127.0.0.1:8001/v/A-2026-000001/{entry.verification_code}",
    ):  # fmt: skip
        assert part in said, part
    assert "(clerk)" not in said


@pytest.mark.parametrize(("kind", "width_mm"), [("receipt", 80), ("a4", 210)])
def test_the_code_leads_to_the_page_that_follows_the_matter(runtime, kind, width_mm):
    entry = registered(runtime)
    with pypdfium2.PdfDocument(printed(runtime, entry, kind=kind)) as opened:
        assert len(opened) == 1
        assert round(opened[0].get_width() * 25.4 / 72) == width_mm
        picture = opened[0].render(scale=150 / 72).to_numpy()
    assert [code.text for code in zxingcpp.read_barcodes(picture)] == ["http://127.0.0.1:8001/track/A-2026-000001"]


def test_only_the_desk_reads_the_secret(runtime):
    entry = registered(runtime)
    assert entry.tracking_secret in text_of(printed(runtime, entry, by="clerk2"))
    assert entry.tracking_secret not in text_of(printed(runtime, entry, by="head"))


@pytest.mark.parametrize(("username", "expected"), [("head", 200), ("head2", 404), ("agent", 403), ("auditor", 403)])
def test_others_print_what_they_may_read_and_no_more(runtime, username, expected):
    assert status(runtime, registered(runtime), by=username) == expected


def test_a_receipt_of_confidential_mail_says_that_and_nothing_of_the_matter(runtime):
    arrival = Arrival(named_people=(actor(runtime, "president").person_id,), enclosures="Rapport secret")
    entry = registered(runtime, subject="Une affaire", confidentiality=Confidentiality.CONFIDENTIAL, arrival=arrival)

    said = text_of(printed(runtime, entry, by="president", kind="a4"))

    assert "Courrier confidentiel" in said
    for part in ("Une affaire", "Rapport secret", "travaux"):
        assert part not in said
    assert status(runtime, entry, by="clerk2") == 404


def test_a_cancelled_number_has_no_receipt(runtime):
    entry = registered(runtime)
    with runtime.transactions.writing(actor(runtime, "clerk")) as uow:
        cancel_entry(uow, entry.id, reason="Erreur")
    assert status(runtime, entry, by="clerk") == 404


def test_a_printed_receipt_is_noted_as_an_opening(runtime):
    entry = registered(runtime)
    printed(runtime, entry)
    runtime.access_log.flush()
    with runtime.transactions.reading() as session:
        assert session.scalars(select(Opening.what)).all() == ["receipt"]


def test_the_receipt_is_offered_right_after_the_registration_and_on_the_page_of_the_document(runtime):
    document_id = read_document(runtime, "Une.")
    client = signed_in_client(runtime, "clerk")
    answer = sent(client, f"/register/{document_id}", **form(runtime, document_id))
    address = f"/d/{document_id}/print/receipt"
    assert address in client.get(answer.location).get_data(as_text=True)
    assert address in client.get(f"/d/{document_id}").get_data(as_text=True)
    assert address not in signed_in_client(runtime, "auditor").get(f"/d/{document_id}").get_data(as_text=True)


def test_what_strangers_type_neither_turns_a_line_nor_leaves_the_paper():
    sheet = Sheet(title="t")
    sheet.add_page()
    assert sheet.printable("a\u202egpj.exe \uff21\u0644\u0651\u0647 \U0001f600\x00") == "agpj.exe A\u0644\u0647 ?"
    lines = sheet.wrapped("x" * 500 + " طلب", width=50, size_pt=10)
    assert all(sheet.width_of(line, size_pt=10) <= 50 for line in lines)
    assert "".join(lines).replace(" ", "") == "x" * 500 + "طلب"
    cut = sheet.wrapped("mot " * 100, width=50, size_pt=10, most=2)
    assert (len(cut), cut[-1][-1]) == (2, "…")
    sheet.close()
    assert [starts_rtl(text) for text in ("12 طلب", "Rue طلب", "12/3")] == [True, False, False]
