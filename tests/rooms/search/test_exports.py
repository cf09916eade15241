"""Results taken away: lists at once, archives of files while whoever asked may read them."""

from __future__ import annotations

import csv
import io
import zipfile
from datetime import timedelta
from uuid import UUID

from openpyxl import load_workbook
from sqlalchemy import select

from docflow.accounts.queries import OPERATOR
from docflow.accounts.visibility import Confidentiality
from docflow.audit.models import JournalEntry, Opening
from docflow.documents.models import Document
from docflow.search.exporting import KEPT_FOR, forget_exports
from docflow.search.models import SearchExport
from docflow.storage.models import Blob
from docflow.storage.rules import BlobKind
from tests.conftest import run_jobs
from tests.factories.documents import change, read_document, unit_id
from tests.factories.registry import registered
from tests.factories.sessions import signed_in_client, token_of

PDF = b"%PDF-1.7 the pages"


def with_copy(runtime, document_id: UUID, content: bytes = PDF) -> UUID:
    """Give a document its searchable copy."""
    copy = runtime.blob_store.put(BlobKind.SEARCHABLE, io.BytesIO(content), media_type="application/pdf")
    with runtime.transactions.writing(OPERATOR) as uow:
        document = uow.session.get_one(Document, document_id)
        document.searchable_sha256, document.searchable_size_bytes = copy.sha256, copy.size_bytes
    return document_id


def rows_of(answer) -> list[list[str]]:
    text = answer.get_data(as_text=True)
    assert text.startswith("\ufeff")
    return list(csv.reader(io.StringIO(text[1:])))


def test_a_list_holds_what_was_chosen_and_may_be_seen_and_no_formula(runtime):
    first = read_document(runtime, "permis", unit="TRV", subject="=HYPERLINK(1)", sender="@cmd", reference="+1-2")
    read_document(runtime, "permis", unit="TRV", subject="Deux")
    hidden = read_document(runtime, "permis", unit="EC", subject="Caché")
    run_jobs(runtime)
    client = signed_in_client(runtime, "agent")
    form = {"csrf_token": token_of(client), "q": "permis"}

    every = client.post("/search/export/csv", data=form | {"all": "1"})
    chosen = client.post("/search/export/xlsx", data=form | {"document": [str(first), str(hidden)]})
    nothing = client.post("/search/export/csv", data=form | {"document": str(hidden)})
    other = client.post("/search/export/csv", data=form | {"q": "égout", "document": str(first)})

    assert sorted(row[4] for row in rows_of(every)[1:]) == ["'=HYPERLINK(1)", "Deux"]
    row = next(row for row in rows_of(every) if row[4].startswith("'"))
    assert (row[5], row[7]) == ("'@cmd", "'+1-2")
    sheet = load_workbook(io.BytesIO(chosen.data)).active
    assert [cell.value for cell in sheet["E"]][1:] == ["=HYPERLINK(1)"]
    assert sheet["E2"].data_type == "s"
    assert sheet.sheet_view.rightToLeft
    assert [nothing.status_code, other.status_code] == [422, 422]
    with runtime.transactions.reading() as session:
        acts = session.scalars(select(JournalEntry).where(JournalEntry.verb == "search.listed")).all()
    assert [act.values["count"] for act in acts] == [2, 1]


def test_an_archive_is_its_askers_alone_and_goes_out_while_all_of_it_may_be_read(sqlite_runtime):
    runtime = sqlite_runtime
    first = with_copy(runtime, read_document(runtime, "permis", unit="TRV", subject="../../Un \u202e permis"))
    read_document(runtime, "permis", unit="TRV", subject="Sans fichier")
    with_copy(runtime, read_document(runtime, "permis", unit="EC"))
    run_jobs(runtime)
    client = signed_in_client(runtime, "agent")
    form = {"csrf_token": token_of(client), "q": "permis", "all": "1"}

    client.post("/search/exports", data=form)
    run_jobs(runtime)

    with runtime.transactions.reading() as session:
        export = session.scalars(select(SearchExport)).one()
    address = f"/search/exports/{export.id}/file"
    assert address in client.get("/search/exports").get_data(as_text=True)
    archive = zipfile.ZipFile(io.BytesIO(client.get(address).data))
    pdf, lines = archive.namelist()
    assert (archive.read(pdf), lines) == (PDF, "list.csv")
    assert not set(pdf) & set("/\\\u202e")
    assert pdf.endswith("Un_permis.pdf")
    assert archive.read(lines).decode().count("permis") + archive.read(lines).decode().count("Sans fichier") == 2
    runtime.access_log.flush()
    with runtime.transactions.reading() as session:
        opened = session.scalars(select(Opening).where(Opening.what == "export")).all()
    assert [(one.document_id, one.person_id) for one in opened] == [(first, export.asked_by)]
    assert signed_in_client(runtime, "head").get(address).status_code == 404

    # What became confidential meanwhile takes the archive with it, at once.
    change(runtime, first, confidentiality=Confidentiality.CONFIDENTIAL)
    assert client.get(address).status_code == 404
    assert address not in client.get("/search/exports").get_data(as_text=True)


def test_an_archive_that_is_too_large_says_so_and_old_ones_go(sqlite_runtime, monkeypatch):
    runtime = sqlite_runtime
    with_copy(runtime, read_document(runtime, "permis", unit="TRV"))
    run_jobs(runtime)
    client = signed_in_client(runtime, "agent")
    form = {"csrf_token": token_of(client), "q": "permis", "all": "1"}
    client.post("/search/exports", data=form)
    run_jobs(runtime)
    monkeypatch.setattr("docflow.search.exporting.MOST_BYTES", 3)

    for _ in range(4):
        last = client.post("/search/exports", data=form)
    run_jobs(runtime)

    assert last.status_code == 409
    with runtime.transactions.reading() as session:
        states = [one.state for one in session.scalars(select(SearchExport))]
    assert sorted(states) == ["failed"] * 3 + ["made"]
    runtime.clock.move(seconds=(KEPT_FOR + timedelta(hours=1)).total_seconds())
    assert forget_exports(runtime) == 4
    with runtime.transactions.reading() as session:
        assert session.scalars(select(Blob).where(Blob.kind == BlobKind.EXPORT)).all() == []


def test_results_are_filed_together_but_for_those_without_a_number_or_out_of_sight(sqlite_runtime):
    runtime = sqlite_runtime
    letters = [registered(runtime, subject=f"Voirie {at}").document_id for at in range(3)]
    read_document(runtime, "voirie", unit="TRV", subject="Voirie sans numéro")
    hidden = registered(runtime, subject="Voirie cachée").document_id
    change(runtime, hidden, confidentiality=Confidentiality.CONFIDENTIAL)
    run_jobs(runtime)
    client = signed_in_client(runtime, "agent")
    token = {"csrf_token": token_of(client)}
    opened = client.post("/records/new", data=token | {"title": "Voirie", "unit": str(unit_id(runtime, "TRV"))})
    case_file = opened.headers["Location"].rpartition("/")[2]

    choice = client.post("/records/found", data=token | {"q": "voirie", "all": "1"}).get_data(as_text=True)
    filed = client.post(
        "/records/found",
        data=token | {"letter": [str(one) for one in [*letters, hidden]], "case_file": case_file, "file": "1"},
    )
    unnamed = client.post("/records/found", data=token | {"letter": str(letters[0]), "file": "1"})

    assert choice.count('name="letter"') == 3
    assert choice.count("note--info") == 1
    assert filed.headers["Location"].endswith(case_file)
    page = client.get(filed.headers["Location"]).get_data(as_text=True)
    assert "Voirie 0" in page
    assert "Voirie cachée" not in page
    assert unnamed.status_code == 422
