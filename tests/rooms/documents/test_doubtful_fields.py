"""What was read with doubt is shown to be checked, and filled in by nobody but a person."""

from __future__ import annotations

import pytest

from docflow.accounts.queries import OPERATOR
from docflow.documents.models import Document
from docflow.documents.rereading import fill_empty_fields
from tests.factories.documents import read_document
from tests.factories.sessions import signed_in_client


def proposed(value: str, *, is_sure: bool = False, confidence: float = 50.0) -> dict[str, object]:
    return {
        "value": value, "confidence": confidence, "page_number": 1, "box": [10, 10, 60, 40], "is_sure": is_sure,
    }  # fmt: skip


def document_with(runtime, proposals, **values):
    document_id = read_document(runtime, "une page lue", **values)
    with runtime.transactions.writing(OPERATOR) as uow:
        uow.session.get_one(Document, document_id).proposals = proposals
    return document_id


def fill(runtime, document_id, proposals, **values):
    with runtime.transactions.writing(OPERATOR) as uow:
        filled = fill_empty_fields(uow, document_id, proposals=proposals, values=values)
        document = uow.session.get_one(Document, document_id)
        return filled, document.subject, {name: one["value"] for name, one in document.proposals.items()}


def test_the_page_shows_what_is_doubtful_beside_an_empty_field_in_both_languages(sqlite_runtime):
    doubts = {
        "date": proposed("2024-03-12"),
        "kind": proposed("complaint"),
        "cin": proposed("BK123456"),
        "subject": proposed("Objet lu", is_sure=True),
    }
    document_id = document_with(sqlite_runtime, doubts, subject="Objet lu")
    french, arabic = signed_in_client(sqlite_runtime, "clerk2"), signed_in_client(sqlite_runtime, "clerk")

    shown = french.get(f"/d/{document_id}").get_data(as_text=True)
    form = french.get(f"/d/{document_id}/edit").get_data(as_text=True)

    for value in ("12/03/2024", "Réclamation", "BK123456"):
        assert f"Peut-être <bdi>{value}</bdi>" in shown
    assert "Peut-être <bdi>Objet lu" not in shown
    assert "Peut-être <bdi>12/03/2024</bdi>" in form
    assert 'value="12/03/2024"' not in form
    assert "ربما <bdi>12/03/2024</bdi>" in arabic.get(f"/d/{document_id}").get_data(as_text=True)


def test_who_may_not_read_the_document_sees_no_doubtful_field_either(sqlite_runtime):
    document_id = document_with(sqlite_runtime, {"cin": proposed("BK123456")})

    assert "BK123456" not in signed_in_client(sqlite_runtime, "auditor").get(f"/d/{document_id}").get_data(as_text=True)


def test_a_doubtful_field_gives_way_to_what_a_corrected_text_says(sqlite_runtime):
    document_id = document_with(sqlite_runtime, {"subject": proposed("Objct lu"), "cin": proposed("8K123456")})
    corrected = {"subject": proposed("Objet lu", is_sure=True), "cin": proposed("BK123456", is_sure=True)}

    filled, subject, kept = fill(sqlite_runtime, document_id, corrected, subject="Objet lu")

    assert filled == ("cin", "subject")
    assert subject == "Objet lu"
    assert kept == {"subject": "Objet lu", "cin": "BK123456"}


@pytest.mark.parametrize("told", [{"is_sure": True}, {}])
def test_a_sure_field_stays_also_when_it_was_kept_before_doubts_were_told_apart(sqlite_runtime, told):
    former = {key: value for key, value in proposed("Objet lu").items() if key != "is_sure"} | told
    document_id = document_with(sqlite_runtime, {"subject": former}, subject="Objet lu")

    filled, subject, _ = fill(
        sqlite_runtime, document_id, {"subject": proposed("Autre", is_sure=True)}, subject="Autre"
    )

    assert (filled, subject) == ((), "Objet lu")
