"""Files that would do harm, and names that would deceive: each fails alone, with a reason people can read."""

from __future__ import annotations

import io
import re

import pytest
from sqlalchemy import select

from docflow.bootstrap import Runtime
from docflow.core.errors import InvalidInput
from docflow.core.jobs import Job, JobState
from docflow.documents.models import Document
from docflow.documents.operations import Deposit
from docflow.documents.rules import DocumentState
from docflow.ingest.operations import IncomingFile, deposit_file
from docflow.texts import error_message
from tests.conftest import actor, deposit, run_jobs
from tests.rooms.ingest.letters import letter_about
from tests.rooms.pdf.hostile import REFUSED_AT_THE_DOOR, REFUSED_AT_THE_PAGE

ARABIC_LETTER = re.compile("[\u0621-\u064a]")
HOSTILE = {
    name: (make, code)
    for name, (make, code) in {**REFUSED_AT_THE_DOOR, **REFUSED_AT_THE_PAGE}.items()
    if code != "file_empty"
}


def states(runtime: Runtime) -> dict[str, tuple[str, str | None]]:
    with runtime.transactions.reading() as session:
        return {
            document.file_name: (document.state, document.error_code) for document in session.scalars(select(Document))
        }


def test_every_hostile_file_fails_with_a_reason_in_both_languages_and_the_letters_around_it_are_read(
    sqlite_runtime: Runtime,
) -> None:
    deposit(sqlite_runtime, letter_about("le premier"), name="first.pdf")
    for name, (make, _) in HOSTILE.items():
        deposit(sqlite_runtime, make(), name=name)
    deposit(sqlite_runtime, letter_about("le dernier"), name="last.pdf")

    run_jobs(sqlite_runtime)

    expected = {name: (DocumentState.FAILED, code) for name, (_, code) in HOSTILE.items()}
    letters = dict.fromkeys(("first.pdf", "last.pdf"), (DocumentState.READY, None))
    assert states(sqlite_runtime) == expected | letters
    with sqlite_runtime.transactions.reading() as session:
        assert session.scalars(select(Job.name).where(Job.state == JobState.DEAD)).all() == []
    with sqlite_runtime.transactions.reading() as session:
        documents = session.scalars(select(Document).where(Document.state == DocumentState.FAILED)).all()
    reasons = [InvalidInput(document.error_code or "", **document.error_params) for document in documents]
    reasons += [InvalidInput(code) for code in ("file_empty", "reading_stopped", "page_reading_stopped")]
    for reason in reasons:
        said = {locale: error_message(reason, locale=locale) for locale in ("ar", "fr", "en")}
        assert ARABIC_LETTER.search(said["ar"]), reason
        assert not ARABIC_LETTER.search(said["fr"]), reason
        assert said["fr"] != said["en"], reason
        assert reason.code not in said["fr"], reason
        assert "%(" not in said["ar"] + said["fr"], reason
        assert said["fr"] != error_message(InvalidInput("a_code_without_text"), locale="fr"), reason


def test_an_empty_file_is_refused_at_the_desk_and_leaves_no_document(sqlite_runtime: Runtime) -> None:
    with pytest.raises(InvalidInput, match="file_empty"):
        deposit(sqlite_runtime, b"")

    assert states(sqlite_runtime) == {}


def test_a_file_over_the_limit_is_refused_at_the_desk_and_leaves_nothing(sqlite_runtime: Runtime) -> None:
    incoming = IncomingFile(io.BytesIO(letter_about("un gros envoi")), Deposit(file_name="big.pdf"))

    with pytest.raises(InvalidInput, match="file_too_large"):
        deposit_file(
            sqlite_runtime.transactions,
            sqlite_runtime.blob_store,
            actor(sqlite_runtime, "clerk"),
            incoming=incoming,
            max_bytes=100,
        )

    assert states(sqlite_runtime) == {}
    assert list(sqlite_runtime.blob_store.objects()) == []


def test_a_wrong_ending_does_not_matter_the_bytes_do(sqlite_runtime: Runtime) -> None:
    deposit(sqlite_runtime, letter_about("une clôture"), name="letter.docx")

    run_jobs(sqlite_runtime)

    with sqlite_runtime.transactions.reading() as session:
        document = session.scalars(select(Document)).one()
    assert (document.state, document.media_type) == (DocumentState.READY, "application/pdf")


@pytest.mark.parametrize(
    ("given", "is_shown_as"),
    [
        ("../../etc/passwd.pdf", "passwd.pdf"),
        ("C:\\scans\\شكاية.pdf", "شكاية.pdf"),
        ("invoice\u202efdp.exe", "invoicefdp.exe"),
        ("a\x00b\r\nc.pdf", "abc.pdf"),
        ("\u2066\u200f\u2069", "document"),
        ("...", "document"),
        ("x" * 500 + ".pdf", "x" * 189 + ".pdf"),
    ],
)
def test_a_name_is_shown_without_what_deceives(sqlite_runtime: Runtime, given: str, is_shown_as: str) -> None:
    assert deposit(sqlite_runtime, letter_about("x"), name=given).file_name == is_shown_as
