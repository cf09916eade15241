"""Readers that crash, hang, take too much memory or answer nonsense cost one page, never the file."""

from __future__ import annotations

import io
from collections.abc import Sequence
from typing import NoReturn
from uuid import UUID

import pytest
from pypdf import PdfReader, PdfWriter
from sqlalchemy import select

from docflow.bootstrap import Runtime
from docflow.core.errors import Conflict, InvalidInput, NotFound, PermissionDenied
from docflow.core.jobs import Job, JobState
from docflow.documents.doubt import count_doubtful
from docflow.documents.models import Document
from docflow.documents.queries import page_views, pages_of
from docflow.documents.rules import DocumentState, PageState
from docflow.ingest.operations import read_page_again, read_page_job, settle_abandoned
from docflow.jobs.ports import FailureKind
from docflow.ocr.adapters import tesseract
from docflow.ocr.adapters.tesseract import TesseractLineReader
from docflow.ocr.ports import EngineState, GreyImage, Language, LineReading
from docflow.search.finding import Question, find
from docflow.texts import error_message
from tests.conftest import GOLDEN, FrozenClock, actor, deposit, run_jobs
from tests.factories.documents import page_id
from tests.factories.registry import registered
from tests.rooms.ingest.letters import letter_about

SCAN = "fr_fax_2026_0000.pdf"
PHRASE = '"accidents de la circulation"'
MISBEHAVIOUR = {
    "crashes": ("kill -SEGV $$", "tesseract_failed"),
    "is killed for its memory": ("kill -KILL $$", "tesseract_failed"),
    "exceeds its memory": (
        "ulimit -v 400000\nexec python3 -c 'bytearray(2 ** 31)' 2>/dev/null", "tesseract_failed"
    ),
    "hangs": ("exec sleep 30", "tesseract_too_slow"),
    "answers bad UTF-8": (r"""while read -r request; do printf '[2]\n\377\376'; done""", "tesseract_answer_unreadable"),
    "answers nothing": ("exit 0", "tesseract_failed"),
}  # fmt: skip


def letter_with_a_scan() -> bytes:
    """Three pages, of which the second is the picture of a fax and the only one that needs a reader."""
    writer = PdfWriter()
    typed, scanned = PdfReader(io.BytesIO(letter_about("la voirie", pages=2))), PdfReader(GOLDEN / "scans" / SCAN)
    for page in (typed.pages[0], scanned.pages[0], typed.pages[1]):
        writer.add_page(page)
    content = io.BytesIO()
    writer.write(content)
    return content.getvalue()


class FakeTesseract:
    """A program in the place of the one that reads with Tesseract, which misbehaves."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self._monkeypatch = monkeypatch
        self._real = tesseract.ENGINE

    def does(self, deed: str) -> None:
        self._monkeypatch.setattr(tesseract, "ENGINE", ("/bin/sh", "-c", deed))

    def goes(self) -> None:
        self._monkeypatch.setattr(tesseract, "ENGINE", self._real)


@pytest.fixture
def fake(monkeypatch: pytest.MonkeyPatch) -> FakeTesseract:
    return FakeTesseract(monkeypatch)


def run_with_time(runtime: Runtime, clock: FrozenClock, *, turns: int = 5) -> None:
    for _ in range(turns):
        run_jobs(runtime)
        clock.move(minutes=10)


def impatient(runtime: Runtime) -> Runtime:
    """Let the reader hang for a second only."""
    runtime.__dict__["line_reader"] = TesseractLineReader(timeout_s=1)
    return runtime


def document_of(runtime: Runtime, document_id: UUID) -> Document:
    with runtime.transactions.reading() as session:
        return session.get_one(Document, document_id)


def states(runtime: Runtime, document_id: UUID) -> list[tuple[str, str | None]]:
    with runtime.transactions.reading() as session:
        return [(page.state, page.error_code) for page in pages_of(session, document_id)]


def found(runtime: Runtime, text: str) -> list[UUID]:
    answer = find(runtime, actor(runtime, "clerk"), Question(text), now=runtime.clock.now())
    return [result.document.id for result in answer.results]


def again(runtime: Runtime, document_id: UUID, page_index: int = 1, *, by: str = "clerk") -> None:
    with runtime.transactions.writing(actor(runtime, by)) as uow:
        read_page_again(uow, page_id(runtime, document_id, page_index))


def dead_jobs(runtime: Runtime) -> list[str]:
    with runtime.transactions.reading() as session:
        return list(session.scalars(select(Job.name).where(Job.state == JobState.DEAD)))


@pytest.mark.parametrize("misbehaviour", MISBEHAVIOUR)
def test_a_reader_that_misbehaves_costs_its_page_until_it_is_read_again(
    sqlite_runtime: Runtime, clock: FrozenClock, fake: FakeTesseract, misbehaviour: str
) -> None:
    deed, code = MISBEHAVIOUR[misbehaviour]
    fake.does(deed)
    document_id = deposit(impatient(sqlite_runtime), letter_with_a_scan()).id

    run_with_time(sqlite_runtime, clock)

    document = document_of(sqlite_runtime, document_id)
    assert (document.state, document.searchable_sha256 is None) == (DocumentState.READY, False)
    assert states(sqlite_runtime, document_id) == [
        (PageState.READ, None), (PageState.FAILED, code), (PageState.READ, None)
    ]  # fmt: skip
    assert found(sqlite_runtime, '"feuillet 2"') == [document_id]
    assert found(sqlite_runtime, PHRASE) == dead_jobs(sqlite_runtime) == []

    fake.goes()
    sqlite_runtime.__dict__["line_reader"] = TesseractLineReader()
    again(sqlite_runtime, document_id)
    run_with_time(sqlite_runtime, clock)

    assert states(sqlite_runtime, document_id) == [(PageState.READ, None)] * 3
    assert found(sqlite_runtime, PHRASE) == [document_id]
    assert document_of(sqlite_runtime, document_id).searchable_sha256 != document.searchable_sha256
    assert dead_jobs(sqlite_runtime) == []


class Broken:
    """A plug-in reader that raises whatever it is told to."""

    def __init__(self, error: Exception) -> None:
        self.error = error

    def read_lines(self, crops: Sequence[GreyImage], *, language: Language) -> list[LineReading]:
        self.fail(len(crops), language)

    def fail(self, *_: object) -> NoReturn:
        raise self.error

    def state(self) -> EngineState:
        return EngineState((), frozenset())


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (MemoryError(), "page_too_demanding"),
        (UnicodeDecodeError("utf-8", b"\xff", 0, 1, "invalid start byte"), "page_answer_unreadable"),
        (RuntimeError("segment"), "page_reader_crashed"),
        (OSError(28, "no space left"), "page_reader_crashed"),
    ],
)
def test_whatever_a_plug_in_reader_raises_the_page_says_why_in_both_languages_and_keeps_its_picture(
    sqlite_runtime: Runtime, clock: FrozenClock, error: Exception, code: str
) -> None:
    sqlite_runtime.__dict__["line_reader"] = Broken(error)
    document_id = deposit(sqlite_runtime, letter_with_a_scan()).id

    run_with_time(sqlite_runtime, clock)

    assert states(sqlite_runtime, document_id)[1] == (PageState.FAILED, code)
    assert document_of(sqlite_runtime, document_id).state == DocumentState.READY
    with sqlite_runtime.transactions.reading() as session:
        failed = pages_of(session, document_id)[1]
        assert count_doubtful(session, actor(sqlite_runtime, "clerk")) == 1
    assert failed.image_sha256 is not None
    assert failed.width < failed.height
    reason = InvalidInput(code, **failed.error_params)
    texts = {error_message(reason, locale=locale) for locale in ("ar", "fr", "en")}
    general = {error_message(InvalidInput("no_such_code"), locale=locale) for locale in ("ar", "fr", "en")}
    assert len(texts) == 3
    assert not texts & general


def test_a_document_of_one_page_that_could_not_be_read_is_read_again_from_its_page(
    runtime: Runtime, clock: FrozenClock, fake: FakeTesseract
) -> None:
    fake.does("exit 3")
    document_id = deposit(runtime, (GOLDEN / "scans" / SCAN).read_bytes()).id
    run_with_time(runtime, clock)
    assert document_of(runtime, document_id).state == DocumentState.FAILED

    fake.goes()
    again(runtime, document_id, 0)
    run_with_time(runtime, clock)

    document = document_of(runtime, document_id)
    assert (document.state, document.error_code) == (DocumentState.READY, None)
    assert document.subject
    assert found(runtime, PHRASE) == [document_id]


def test_a_page_read_again_in_vain_is_marked_again(
    sqlite_runtime: Runtime, clock: FrozenClock, fake: FakeTesseract
) -> None:
    fake.does("exit 3")
    document_id = deposit(sqlite_runtime, letter_with_a_scan()).id
    run_with_time(sqlite_runtime, clock)

    again(sqlite_runtime, document_id)
    assert states(sqlite_runtime, document_id)[1] == (PageState.WAITING, None)
    run_with_time(sqlite_runtime, clock)

    assert states(sqlite_runtime, document_id)[1] == (PageState.FAILED, "tesseract_failed")
    assert document_of(sqlite_runtime, document_id).state == DocumentState.READY


def test_a_page_read_again_by_workers_that_all_died_is_marked_and_not_settled_by_its_past(
    sqlite_runtime: Runtime, clock: FrozenClock, fake: FakeTesseract
) -> None:
    fake.does("exit 3")
    document_id = deposit(sqlite_runtime, letter_with_a_scan()).id
    run_with_time(sqlite_runtime, clock)
    again(sqlite_runtime, document_id)
    job = sqlite_runtime.job_queue.claim("killed")
    assert job is not None
    sqlite_runtime.job_queue.fail(job, error="lease_expired", kind=FailureKind.PERMANENT)

    with sqlite_runtime.transactions.writing(actor(sqlite_runtime, "clerk")) as uow:
        assert (settle_abandoned(uow), settle_abandoned(uow)) == (1, 0)

    assert states(sqlite_runtime, document_id)[1] == (PageState.FAILED, "page_reading_stopped")
    fake.goes()
    again(sqlite_runtime, document_id)
    with sqlite_runtime.transactions.writing(actor(sqlite_runtime, "clerk")) as uow:
        assert settle_abandoned(uow) == 0
    run_with_time(sqlite_runtime, clock)
    assert states(sqlite_runtime, document_id)[1] == (PageState.READ, None)


def test_only_a_page_that_failed_is_read_again_and_only_by_who_may(
    sqlite_runtime: Runtime, clock: FrozenClock, fake: FakeTesseract
) -> None:
    fake.does("exit 3")
    document_id = deposit(sqlite_runtime, letter_with_a_scan()).id
    run_with_time(sqlite_runtime, clock)

    for page_index, by, refusal in (
        (0, "clerk", Conflict), (1, "president", PermissionDenied), (1, "agent", NotFound),
        (1, "auditor", PermissionDenied),
    ):  # fmt: skip
        with pytest.raises(refusal):
            again(sqlite_runtime, document_id, page_index, by=by)
    with pytest.raises(PermissionDenied):
        again(sqlite_runtime, document_id, by="archivist")
    registered(sqlite_runtime, document_id)
    again(sqlite_runtime, document_id, by="archivist")
    with pytest.raises(Conflict, match="page_not_failed"):
        again(sqlite_runtime, document_id)


def test_a_page_already_read_is_not_read_twice_by_a_late_job(
    sqlite_runtime: Runtime, clock: FrozenClock, fake: FakeTesseract
) -> None:
    fake.does("exit 3")
    document_id = deposit(sqlite_runtime, letter_with_a_scan()).id
    run_with_time(sqlite_runtime, clock)
    fake.goes()
    again(sqlite_runtime, document_id)
    run_with_time(sqlite_runtime, clock)
    before = document_of(sqlite_runtime, document_id).content_version

    with sqlite_runtime.transactions.writing(actor(sqlite_runtime, "clerk")) as uow:
        uow.enqueue(read_page_job(document_id, 1))
    run_with_time(sqlite_runtime, clock)

    with sqlite_runtime.transactions.reading() as session:
        assert [view.text_version for view in page_views(session, document_id)] == [1, 1, 1]
    assert document_of(sqlite_runtime, document_id).content_version == before
