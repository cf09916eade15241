"""What follows a correction: the searchable copy says what the text says, and no other bytes are kept or lost."""

from __future__ import annotations

from functools import partial
from uuid import UUID

import pypdfium2
from sqlalchemy import select

from docflow.core.errors import Conflict
from docflow.core.jobs import Job, JobState
from docflow.corrections.operations import Seen, correct_page
from docflow.corrections.rules import Edit
from docflow.documents.models import Document
from docflow.documents.queries import page_views
from docflow.documents.rules import TextSource
from docflow.storage.models import Blob
from docflow.storage.rules import BlobKind
from tests.conftest import GOLDEN, actor, deposit, run_jobs
from tests.factories.documents import page_id
from tests.rooms.ingest.letters import letter_about
from tests.threads import at_once

FAX = (GOLDEN / "scans" / "fr_fax_2026_0000.pdf").read_bytes()


def read(runtime, content, *, name="letter.pdf"):
    document_id = deposit(runtime, content, name=name).id
    run_jobs(runtime)
    return document_id


def document_of(runtime, document_id) -> Document:
    with runtime.transactions.reading() as session:
        return session.get_one(Document, document_id)


def text_of_copy(runtime, document_id):
    with runtime.blob_store.open(BlobKind.SEARCHABLE, document_of(runtime, document_id).searchable_sha256) as stream:
        pdf = pypdfium2.PdfDocument(stream.read())
    text = "\n".join(pdf[number].get_textpage().get_text_range() for number in range(len(pdf)))
    pdf.close()
    return text


def correct(runtime, document_id: UUID, old, new, *, by="clerk"):
    """Put a word in the place of another on the first page."""
    with runtime.transactions.writing(actor(runtime, by)) as uow:
        view = page_views(uow.session, document_id, page_index=0)[0]
        place = next(at for at, word in enumerate(view.words) if old in word.text)
        seen = Seen(view.text_version, view.text_version)
        return correct_page(uow, view.page.id, edit=Edit(words={place: new}), seen=seen)


def named(runtime, sha256):
    with runtime.transactions.reading() as session:
        return session.scalar(select(Blob.sha256).where(Blob.kind == BlobKind.SEARCHABLE, Blob.sha256 == sha256))


def dead_jobs(runtime):
    with runtime.transactions.reading() as session:
        return list(session.scalars(select(Job.name).where(Job.state == JobState.DEAD)))


def test_the_copy_says_what_was_corrected_and_its_former_bytes_are_kept_as_long_as_something_names_them(runtime):
    first, second = read(runtime, FAX), read(runtime, FAX, name="again.pdf")
    former = document_of(runtime, first).searchable_sha256
    assert document_of(runtime, second).searchable_sha256 == former

    correct(runtime, first, "accidents", "incidents")
    run_jobs(runtime)

    assert "incidents" in text_of_copy(runtime, first)
    assert "accidents" not in text_of_copy(runtime, first)
    assert "accidents" in text_of_copy(runtime, second)
    assert named(runtime, former) == former
    correct(runtime, second, "accidents", "incidents")
    run_jobs(runtime)
    assert named(runtime, former) is None
    assert document_of(runtime, second).searchable_sha256 == document_of(runtime, first).searchable_sha256
    assert dead_jobs(runtime) == []


def test_a_page_that_brought_its_own_text_gets_no_second_layer(sqlite_runtime):
    document_id = read(sqlite_runtime, letter_about("la vorie"))

    correct(sqlite_runtime, document_id, "vorie", "voirie")
    run_jobs(sqlite_runtime)

    with sqlite_runtime.transactions.reading() as session:
        (view,) = page_views(session, document_id)
    assert (view.source, "la voirie" in view.text) == (TextSource.CORRECTED, True)
    assert text_of_copy(sqlite_runtime, document_id).count("Monsieur le Président de") == 1
    assert dead_jobs(sqlite_runtime) == []


def test_a_copy_written_while_the_text_changed_is_set_aside_for_the_newer_one(sqlite_runtime, monkeypatch):
    document_id = read(sqlite_runtime, FAX)
    correct(sqlite_runtime, document_id, "accidents", "incidents")
    put, late = sqlite_runtime.blob_store.put, []

    def put_and_be_overtaken(kind, *arguments, **options):
        if kind is BlobKind.SEARCHABLE and not late:
            late.append(correct(sqlite_runtime, document_id, "incidents", "sinistres", by="clerk2"))
        return put(kind, *arguments, **options)

    monkeypatch.setattr(sqlite_runtime.blob_store, "put", put_and_be_overtaken)
    run_jobs(sqlite_runtime)

    assert late == [3]
    assert "sinistres" in text_of_copy(sqlite_runtime, document_id)
    assert dead_jobs(sqlite_runtime) == []


def test_of_people_who_save_one_page_at_the_same_moment_one_is_kept_and_the_others_are_told(runtime):
    document_id = read(runtime, letter_about("la vorie"))
    seen = Seen(1, 1)

    def save(number):
        with runtime.transactions.writing(actor(runtime, "clerk")) as uow:
            correct_page(uow, page_id(runtime, document_id), edit=Edit(words={0: f"mot{number}"}), seen=seen)

    refusals = at_once(*(partial(save, number) for number in range(4)))

    assert [(type(refusal), refusal.code) for refusal in refusals] == [(Conflict, "text_changed")] * 3
    with runtime.transactions.reading() as session:
        assert page_views(session, document_id)[0].text_version == 2


def test_fields_that_were_filled_in_stay_when_another_word_is_corrected(sqlite_runtime):
    document_id = read(sqlite_runtime, FAX)
    before = document_of(sqlite_runtime, document_id)

    correct(sqlite_runtime, document_id, "accidents", "incidents")
    run_jobs(sqlite_runtime)

    after = document_of(sqlite_runtime, document_id)
    assert before.subject
    assert (after.subject, after.reference, after.proposals) == (before.subject, before.reference, before.proposals)
