"""A case file printed as one PDF: contents that lead to the letters, nothing that the reader may not read, one seal."""

from __future__ import annotations

import io
import re

import pikepdf
import pypdf
import pytest
from fpdf import FPDF

from docflow.accounts.queries import OPERATOR
from docflow.core.errors import NotFound, Unavailable
from docflow.core.making import MakingState
from docflow.documents.models import Document
from docflow.documents.registering import show_to
from docflow.records import prints
from docflow.records.models import CaseFilePrint
from docflow.records.operations import remove_document
from docflow.records.prints import ask_print, forget_prints, make_print, print_for, prints_of
from docflow.routing.rules import Instruction
from docflow.stamping.rules import Finding
from docflow.stamping.verification import verify_bytes
from docflow.storage.operations import name_blob
from docflow.storage.rules import BlobKind
from tests.conftest import actor, deposit, run_jobs
from tests.factories.documents import unit_id
from tests.factories.registry import registered
from tests.factories.sessions import signed_in_client, token_of
from tests.rooms.ingest.letters import letter_about
from tests.rooms.records.test_case_files import filed, letter_of, opened
from tests.rooms.routing.test_routing import sent, to_person


def sealed_letter(runtime, about, unit="TRV", **how):
    """A letter of text, registered, sealed and sent to its unit."""
    document_id = deposit(runtime, letter_about(about)).id
    run_jobs(runtime)
    entry = registered(runtime, document_id, unit_id=unit_id(runtime, unit), subject=about, **how)
    run_jobs(runtime)
    return entry


def copied_letter(runtime, about, unit="TRV"):
    """A letter without a seal of which there is a searchable copy."""
    pdf = FPDF()
    pdf.set_font("helvetica", size=20)
    pdf.add_page()
    pdf.text(40, 60, about)
    entry = letter_of(runtime, unit=unit, subject=about)
    blob = runtime.blob_store.put(BlobKind.SEARCHABLE, io.BytesIO(bytes(pdf.output())), media_type="application/pdf")
    with runtime.transactions.writing(OPERATOR) as uow:
        name_blob(uow, blob, media_type="application/pdf")
        document = uow.session.get_one(Document, entry.document_id)
        document.searchable_sha256, document.searchable_size_bytes = blob.sha256, blob.size_bytes
    return entry


def asked(runtime, kept, by="agent"):
    with runtime.transactions.writing(actor(runtime, by)) as uow:
        return ask_print(uow, kept.id).id


def found(runtime, print_id):
    with runtime.transactions.reading() as session:
        return session.get(CaseFilePrint, print_id)


def taken(runtime, print_id, by="agent"):
    with runtime.transactions.reading() as session:
        _, _, blob = print_for(session, actor(runtime, by), print_id)
    with runtime.blob_store.open(blob.kind, blob.sha256) as stream:
        return stream.read()


def texts(content):
    return [" ".join(page.extract_text().split()) for page in pypdf.PdfReader(io.BytesIO(content)).pages]


def test_it_has_a_cover_contents_letters_and_route_sheets_and_is_sealed(runtime):
    first, second = sealed_letter(runtime, "la voirie"), copied_letter(runtime, "les espaces verts")
    kept = opened(runtime, title="Entretien du quartier")
    filed(runtime, kept, first, second)
    print_id = asked(runtime, kept)
    run_jobs(runtime)
    content = taken(runtime, print_id)
    cover, contents, *rest = texts(content)
    for part in (kept.label, "Entretien du quartier", "Dossier", "copies", "Hassan El Idrissi"):
        assert part in cover, part
    for entry in (first, second):
        assert entry.label in contents
        assert entry.verification_code in contents
    assert "la voirie" in rest[0]
    assert "Fiche de circulation" in rest[1]
    assert "c'est elle qui porte le cachet" in rest[1]
    assert "les espaces verts" in rest[2]
    assert f"{kept.label} 3 / 6" in rest[0]
    assert verify_bytes(runtime, content).finding == Finding.AUTHENTIC
    with pikepdf.open(io.BytesIO(content)) as pdf, pdf.open_outline() as outline:
        assert [item.title.partition(" ")[0] for item in outline.root][1:] == [first.label, second.label]
        starts = [pdf.pages.index(pikepdf.Page(note.Dest[0])) + 1 for note in pdf.pages[1].Annots]
        assert starts == [3, 5]
        assert re.findall(r"(?<= )[35](?= )", contents + " ")[-1] == "5"
    row = found(runtime, print_id)
    assert (row.state, row.page_count, row.entry_count, row.done_count) == (MakingState.MADE, 6, 2, 2)


def test_what_the_reader_may_not_read_is_named_and_not_bound_and_what_is_hidden_is_not_named(runtime):
    own, other = copied_letter(runtime, "la voirie"), copied_letter(runtime, "les naissances", unit="EC")
    kept = opened(runtime, by="director")
    filed(runtime, kept, own, other, by="director")
    for name, sees in (("agent", [own]), ("auditor", [own, other])):
        print_id = asked(runtime, kept, by=name)
        run_jobs(runtime)
        said = texts(taken(runtime, print_id, by=name))
        assert [entry.label for entry in (own, other) if entry.label in said[1]] == [entry.label for entry in sees]
        if name == "agent":
            assert "les naissances" not in " ".join(said)
        else:
            assert said[2:] == []
            assert said[1].count("Contenu non communiqué") == 2


def test_a_letter_without_seal_is_printed_from_its_copy_or_named_without_a_page(runtime):
    bare, copied, kept = letter_of(runtime), copied_letter(runtime, "la voirie"), opened(runtime)
    filed(runtime, kept, bare, copied)
    print_id = asked(runtime, kept)
    run_jobs(runtime)
    said = texts(taken(runtime, print_id))
    assert said[1].count("Sans cachet") == 2
    assert said[1].count("Aucun fichier imprimable") == 1
    assert "Fiche de circulation" in said[2]
    assert "la voirie" in said[3]


def test_an_empty_case_file_is_printed_and_says_so(runtime):
    kept = opened(runtime)
    print_id = asked(runtime, kept)
    run_jobs(runtime)
    assert "Aucun courrier" in texts(taken(runtime, print_id))[1]


def test_a_print_is_of_whoever_asked_and_only_while_they_may_read_all_of_it(runtime):
    entry, kept = copied_letter(runtime, "la voirie"), opened(runtime)
    sent(runtime, entry.document_id, to_person(runtime, "agent2", Instruction.OPINION), by="agent")
    filed(runtime, kept, entry)
    print_id = asked(runtime, kept)
    run_jobs(runtime)
    with pytest.raises(NotFound):
        taken(runtime, print_id, by="head")
    assert taken(runtime, print_id)
    with runtime.transactions.writing(actor(runtime, "director")) as uow:
        document = uow.session.get_one(Document, entry.document_id)
        document.unit_id = unit_id(runtime, "EC")
        show_to(uow, document, unit_ids=[unit_id(runtime, "EC")], person_ids=[])
    with pytest.raises(NotFound) as refusal:
        taken(runtime, print_id)
    assert refusal.value.code == "case_print_unknown"
    with runtime.transactions.reading() as session:
        assert prints_of(session, actor(runtime, "agent"), kept.id) == []


def test_a_print_asked_by_somebody_who_lost_the_file_meanwhile_says_why(runtime):
    kept = opened(runtime, by="head", unit="TRV")
    print_id = asked(runtime, kept, by="agent")
    with runtime.transactions.writing(actor(runtime, "head")) as uow:
        row = uow.session.get_one(CaseFilePrint, print_id)
        row.asked_by = actor(runtime, "agent2").person_id
    run_jobs(runtime)
    row = found(runtime, print_id)
    assert (row.state, row.error_code) == (MakingState.FAILED, "case_file_unknown")


def test_a_worker_that_dies_while_it_binds_leaves_the_print_to_the_next(runtime, monkeypatch):
    entry, kept = copied_letter(runtime, "la voirie"), opened(runtime)
    filed(runtime, kept, entry)
    print_id = asked(runtime, kept)

    class Killed(BaseException):
        """What ends a worker without a word."""

    def dies(*_args, **_how):
        raise Killed

    with monkeypatch.context() as patch:
        patch.setattr(prints, "bind_files", dies)
        with pytest.raises(Killed):
            make_print(runtime, print_id, is_last_attempt=False)
    assert (found(runtime, print_id).state, found(runtime, print_id).done_count) == (MakingState.WAITING, 1)
    run_jobs(runtime)
    assert found(runtime, print_id).state == MakingState.MADE
    # Whoever comes after it finds it made, and makes no other.
    made = found(runtime, print_id).sha256
    prints.make_print(runtime, print_id, is_last_attempt=True)
    assert found(runtime, print_id).sha256 == made


def test_a_sealing_that_is_away_is_tried_again_and_at_last_told(runtime, monkeypatch):
    kept = opened(runtime)
    print_id = asked(runtime, kept)

    def away(*_args, **_how):
        raise Unavailable("keys_unusable", reason="away")

    monkeypatch.setattr(prints, "seal_paper_file", away)
    with pytest.raises(Unavailable):
        make_print(runtime, print_id, is_last_attempt=False)
    assert found(runtime, print_id).state == MakingState.WAITING
    make_print(runtime, print_id, is_last_attempt=True)
    assert found(runtime, print_id).error_code == "keys_unusable"


def test_too_many_letters_are_refused_with_the_limit(runtime, monkeypatch):
    first, second, kept = letter_of(runtime), letter_of(runtime), opened(runtime)
    filed(runtime, kept, first, second)
    monkeypatch.setattr(prints, "MOST_LETTERS", 1)
    print_id = asked(runtime, kept)
    run_jobs(runtime)
    row = found(runtime, print_id)
    assert (row.error_code, row.error_params) == ("case_print_too_long", {"limit": "1"})


def test_prints_go_after_a_week_and_their_hash_stays(runtime, clock):
    kept = opened(runtime)
    print_id = asked(runtime, kept)
    run_jobs(runtime)
    content = taken(runtime, print_id)
    clock.move(days=8)
    assert forget_prints(runtime) == 1
    assert found(runtime, print_id) is None
    assert verify_bytes(runtime, content).finding == Finding.AUTHENTIC
    assert forget_prints(runtime) == 0


def test_the_page_shows_how_far_it_is_and_gives_the_file(runtime):
    entry, kept = letter_of(runtime), opened(runtime)
    filed(runtime, kept, entry)
    client = signed_in_client(runtime, "agent")
    answer = client.post(f"/records/{kept.id}/print", data={"csrf_token": token_of(client)})
    assert answer.status_code == 303
    assert "data-live" in client.get(f"/records/{kept.id}/print").get_data(as_text=True)
    run_jobs(runtime)
    shown = client.get(f"/records/{kept.id}/print").get_data(as_text=True)
    address = re.search(r'href="(/records/prints/[^"]+)"', shown)[1]
    answer = client.get(address)
    assert (answer.status_code, answer.mimetype) == (200, "application/pdf")
    assert signed_in_client(runtime, "head").get(address).status_code == 404
    with runtime.transactions.writing(actor(runtime, "agent")) as uow:
        remove_document(uow, kept.id, entry.document_id, reason="Erreur")
    # What was printed when the letter was in the file stays the reader's: they may still read it.
    assert client.get(address).status_code == 200
