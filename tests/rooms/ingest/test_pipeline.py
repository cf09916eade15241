"""A file from its deposit to the index, with the real reader, the real index and both databases."""

from __future__ import annotations

import io
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any, NoReturn
from uuid import UUID

import pypdfium2
import pytest
from PIL import Image
from sqlalchemy import func, select

from docflow.accounts.queries import OPERATOR
from docflow.bootstrap import Runtime
from docflow.core.capability import JobContext
from docflow.core.errors import Conflict, Unavailable
from docflow.core.jobs import Job, JobState
from docflow.documents.models import Document, Page
from docflow.documents.queries import PageView, page_views, pages_of
from docflow.documents.rules import DocumentState, PageState, TextSource
from docflow.ingest import pipeline
from docflow.ingest.operations import finish_job, inspect_job, read_page_job, retry_document, settle_abandoned
from docflow.jobs.ports import FailureKind
from docflow.search.finding import Question, find
from docflow.search.indexing import index_difference
from docflow.storage.rules import BlobKind
from tests.conftest import GOLDEN, FrozenClock, actor, deposit, run_jobs
from tests.rooms.ingest.letters import letter_about

SCANS = GOLDEN / "scans"
ADMIN = replace(OPERATOR, permissions=OPERATOR.permissions | {"documents.deposit"})


def loaded(runtime: Runtime, document_id: UUID) -> Document:
    with runtime.transactions.reading() as session:
        document = session.get(Document, document_id)
        assert document is not None
        return document


def views(runtime: Runtime, document_id: UUID) -> list[PageView]:
    with runtime.transactions.reading() as session:
        return list(page_views(session, document_id))


def found(runtime: Runtime, text: str, *, by: str = "clerk") -> list[UUID]:
    answer = find(runtime, actor(runtime, by), Question(text), now=runtime.clock.now())
    return [result.document.id for result in answer.results]


def dead_jobs(runtime: Runtime) -> list[str]:
    with runtime.transactions.reading() as session:
        return list(session.scalars(select(Job.name).where(Job.state == JobState.DEAD)))


def settle(runtime: Runtime) -> int:
    with runtime.transactions.writing(ADMIN) as uow:
        return settle_abandoned(uow)


@contextmanager
def opened(runtime: Runtime, kind: BlobKind, sha256: str | None) -> Iterator[bytes]:
    assert sha256 is not None
    with runtime.blob_store.open(kind, sha256) as stream:
        yield stream.read()


@pytest.mark.parametrize(
    ("name", "phrase", "subject", "language"),
    [
        ("ar_clean_2026_0000.pdf", '"لجنة التتبع الخاصة بالشكايات"', "اجتماع لجنة التتبع الخاصة بالشكايات", "ar"),
        ("fr_fax_2026_0000.pdf", '"accidents de la circulation"', "Dégradation de la chaussée, rue des Jasmins", "fr"),
    ],
)
def test_a_scan_is_read_and_found_by_a_phrase(
    runtime: Runtime, name: str, phrase: str, subject: str, language: str
) -> None:
    document_id = deposit(runtime, (SCANS / name).read_bytes(), name=name).id

    run_jobs(runtime)

    document = loaded(runtime, document_id)
    assert (document.state, document.page_count, document.error_code) == (DocumentState.READY, 1, None)
    assert language in document.languages.split()
    assert document.subject == subject
    assert found(runtime, phrase) == [document_id]
    assert index_difference(runtime) == (0, 0)
    assert dead_jobs(runtime) == []


def test_a_scan_has_its_pictures_its_words_and_a_copy_that_extracts(sqlite_runtime: Runtime) -> None:
    content = (SCANS / "fr_fax_2026_0000.pdf").read_bytes()
    document_id = deposit(sqlite_runtime, content, name="fr_fax_2026_0000.pdf").id

    run_jobs(sqlite_runtime)

    document, (view,) = loaded(sqlite_runtime, document_id), views(sqlite_runtime, document_id)
    with opened(sqlite_runtime, BlobKind.ORIGINAL, document.original_sha256) as original:
        assert original == content
    with (
        opened(sqlite_runtime, BlobKind.PAGE, view.page.image_sha256) as picture,
        Image.open(io.BytesIO(picture)) as image,
    ):
        assert image.format == "WEBP"
        assert abs(image.width / image.height - view.page.width / view.page.height) < 0.01
    with (
        opened(sqlite_runtime, BlobKind.THUMBNAIL, view.page.thumbnail_sha256) as picture,
        Image.open(io.BytesIO(picture)) as thumbnail,
    ):
        assert thumbnail.width < image.width
    assert all(
        0 <= word.box[0] < word.box[2] <= view.page.width and 0 <= word.box[1] < word.box[3] <= view.page.height
        for word in view.words
    )
    with opened(sqlite_runtime, BlobKind.SEARCHABLE, document.searchable_sha256) as searchable:
        pdf = pypdfium2.PdfDocument(searchable)
        text = pdf[0].get_textpage().get_text_range()
        pdf.close()
    assert "accidents de la circulation" in text


def test_a_letter_typed_on_a_computer_keeps_its_own_text(sqlite_runtime: Runtime) -> None:
    document_id = deposit(sqlite_runtime, letter_about("la réfection du trottoir", pages=2)).id

    run_jobs(sqlite_runtime)

    first, second = views(sqlite_runtime, document_id)
    assert (first.source, second.source) == (TextSource.EMBEDDED, TextSource.EMBEDDED)
    assert "Objet : la réfection du trottoir" in first.text.splitlines()
    assert "feuillet 2." in second.text
    assert found(sqlite_runtime, '"salutations distinguées" trottoirs') == [document_id]


def test_a_step_that_runs_twice_keeps_its_work_once(sqlite_runtime: Runtime) -> None:
    document_id = deposit(sqlite_runtime, letter_about("une fuite d'eau", pages=2)).id
    run_jobs(sqlite_runtime)
    before = loaded(sqlite_runtime, document_id)

    with sqlite_runtime.transactions.writing(ADMIN) as uow:
        for request in (inspect_job(document_id), read_page_job(document_id, 0), finish_job(document_id)):
            uow.enqueue(request)
    run_jobs(sqlite_runtime)

    after = loaded(sqlite_runtime, document_id)
    assert (after.content_version, after.version) == (before.content_version, before.version)
    assert [view.text_version for view in views(sqlite_runtime, document_id)] == [1, 1]
    assert dead_jobs(sqlite_runtime) == []


def test_an_ending_asked_for_too_early_does_not_end_the_reading(sqlite_runtime: Runtime) -> None:
    document_id = deposit(sqlite_runtime, letter_about("une fuite d'eau", pages=2)).id
    pipeline.inspect_document(sqlite_runtime, document_id)

    pipeline.finish_document(sqlite_runtime, document_id, is_last_attempt=False)

    assert loaded(sqlite_runtime, document_id).state == DocumentState.READING
    run_jobs(sqlite_runtime)
    assert loaded(sqlite_runtime, document_id).state == DocumentState.READY


def run_with_time(runtime: Runtime, clock: FrozenClock, *, turns: int = 8) -> None:
    for _ in range(turns):
        run_jobs(runtime)
        clock.move(minutes=10)


def test_a_page_whose_reading_fails_at_the_last_attempt_is_marked_and_the_file_goes_on(
    sqlite_runtime: Runtime, clock: FrozenClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    extract = pipeline.extract_page

    def extract_but_the_second(path: Path, page_index: int, **options: Any) -> Any:
        if page_index == 1:
            raise Unavailable("page_child_failed", exit_code=1)
        return extract(path, page_index, **options)

    monkeypatch.setattr(pipeline, "extract_page", extract_but_the_second)
    document_id = deposit(sqlite_runtime, letter_about("un arbre tombé", pages=3)).id

    run_with_time(sqlite_runtime, clock)

    with sqlite_runtime.transactions.reading() as session:
        pages = pages_of(session, document_id)
    assert [page.state for page in pages] == [PageState.READ, PageState.FAILED, PageState.READ]
    assert (pages[1].error_code, pages[1].needs_review) == ("page_child_failed", True)
    document = loaded(sqlite_runtime, document_id)
    assert document.state == DocumentState.READY
    assert document.searchable_sha256 is not None
    assert found(sqlite_runtime, '"feuillet 3"') == [document_id]
    assert dead_jobs(sqlite_runtime) == []


def test_a_document_of_which_no_page_can_be_read_has_failed_with_their_reason(
    sqlite_runtime: Runtime, clock: FrozenClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    def never(*_: Any, **__: Any) -> NoReturn:
        raise Unavailable("page_child_failed", exit_code=1)

    monkeypatch.setattr(pipeline, "extract_page", never)
    document_id = deposit(sqlite_runtime, letter_about("un arbre tombé", pages=2)).id

    run_with_time(sqlite_runtime, clock)

    document = loaded(sqlite_runtime, document_id)
    assert (document.state, document.error_code) == (DocumentState.FAILED, "page_child_failed")


def test_a_storage_that_is_away_for_an_hour_costs_nothing(
    sqlite_runtime: Runtime, clock: FrozenClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    document_id = deposit(sqlite_runtime, letter_about("un arbre tombé", pages=2)).id

    def away(*_: Any, **__: Any) -> NoReturn:
        raise Unavailable("storage_unavailable", reason="MaxRetryError")

    with monkeypatch.context() as patched:
        patched.setattr(sqlite_runtime.blob_store, "local_copy", away)
        patched.setattr(sqlite_runtime.blob_store, "put", away)
        run_with_time(sqlite_runtime, clock)
    assert loaded(sqlite_runtime, document_id).state == DocumentState.QUEUED

    run_with_time(sqlite_runtime, clock, turns=3)

    document = loaded(sqlite_runtime, document_id)
    assert (document.state, document.searchable_sha256 is None) == (DocumentState.READY, False)
    assert dead_jobs(sqlite_runtime) == []


def kill_every_attempt(runtime: Runtime, clock: FrozenClock, name: str) -> None:
    """Claim a job as workers would that are killed each time, until it is dead; run the others."""
    handlers = {key: handler for room in runtime.capabilities for key, handler in room.jobs.items()}
    for _ in range(60):
        job = runtime.job_queue.claim("killed")
        if job is None:
            if name in dead_jobs(runtime):
                return
            clock.move(seconds=runtime.settings.job_lease_s + 1)
        elif job.name != name:
            handlers[job.name](runtime, job.payload, JobContext(job.id, job.attempt, is_last_attempt=False))
            runtime.job_queue.finish(job)


@pytest.mark.parametrize("name", ["ingest.inspect", "ingest.finish"])
def test_a_document_whose_workers_all_died_fails_instead_of_waiting_for_ever(
    sqlite_runtime: Runtime, clock: FrozenClock, name: str
) -> None:
    document_id = deposit(sqlite_runtime, letter_about("un arbre tombé")).id
    kill_every_attempt(sqlite_runtime, clock, name)

    assert settle(sqlite_runtime) == 1
    assert settle(sqlite_runtime) == 0

    document = loaded(sqlite_runtime, document_id)
    assert (document.state, document.error_code) == (DocumentState.FAILED, "reading_stopped")


def test_a_page_whose_workers_all_died_is_marked_and_the_others_are_read(
    sqlite_runtime: Runtime, clock: FrozenClock
) -> None:
    document_id = deposit(sqlite_runtime, letter_about("un arbre tombé", pages=2)).id
    pipeline.inspect_document(sqlite_runtime, document_id)
    while (job := sqlite_runtime.job_queue.claim("killed")) is not None:
        is_first_page = job.payload.get("page_index") == 0
        kind = FailureKind.PERMANENT if is_first_page else FailureKind.FAULT
        sqlite_runtime.job_queue.fail(job, error="lease_expired", kind=kind)

    settle(sqlite_runtime)
    assert loaded(sqlite_runtime, document_id).state == DocumentState.READING
    clock.move(minutes=5)
    run_with_time(sqlite_runtime, clock, turns=2)

    with sqlite_runtime.transactions.reading() as session:
        pages = pages_of(session, document_id)
    assert [(page.state, page.error_code) for page in pages] == [
        (PageState.FAILED, "page_reading_stopped"),
        (PageState.READ, None),
    ]
    assert loaded(sqlite_runtime, document_id).state == DocumentState.READY


def test_a_failed_document_tried_again_is_read_and_not_settled_by_its_past(
    runtime: Runtime, clock: FrozenClock
) -> None:
    document_id = deposit(runtime, letter_about("un arbre tombé", pages=2)).id
    kill_every_attempt(runtime, clock, "ingest.inspect")
    settle(runtime)
    assert loaded(runtime, document_id).state == DocumentState.FAILED

    with runtime.transactions.writing(actor(runtime, "clerk")) as uow:
        retry_document(uow, document_id)
    assert settle(runtime) == 0
    run_jobs(runtime)

    assert loaded(runtime, document_id).state == DocumentState.READY
    assert loaded(runtime, document_id).error_code is None
    assert found(runtime, '"feuillet 2"') == [document_id]
    assert index_difference(runtime) == (0, 0)


def test_only_a_failed_document_is_tried_again(sqlite_runtime: Runtime) -> None:
    document_id = deposit(sqlite_runtime, letter_about("un arbre tombé")).id

    with pytest.raises(Conflict, match="document_not_failed"), sqlite_runtime.transactions.writing(ADMIN) as uow:
        retry_document(uow, document_id)


def test_no_row_of_a_page_is_left_without_its_document(sqlite_runtime: Runtime, clock: FrozenClock) -> None:
    document_id = deposit(sqlite_runtime, b"%PDF-1.7\n" + letter_about("x")[9:200]).id
    run_jobs(sqlite_runtime)
    assert loaded(sqlite_runtime, document_id).state == DocumentState.FAILED

    with sqlite_runtime.transactions.writing(actor(sqlite_runtime, "clerk")) as uow:
        retry_document(uow, document_id)
    run_jobs(sqlite_runtime)

    with sqlite_runtime.transactions.reading() as session:
        orphans = select(func.count()).select_from(Page).where(Page.document_id.not_in(select(Document.id)))
        assert session.scalar(orphans) == 0
