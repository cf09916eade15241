"""What a document says of its searchable copy and of the signatures in its file."""

from __future__ import annotations

import json
from typing import Any
from uuid import UUID

import pytest

from docflow.bootstrap import Runtime
from docflow.cli import main
from docflow.storage.rules import BlobKind
from tests.conftest import GOLDEN, deposit, run_jobs
from tests.rooms.ingest.letters import letter_about
from tests.rooms.ingest.test_pipeline import loaded, opened
from tests.rooms.pdf.signed import SIGNER, added_to, signed_letter


def read(runtime: Runtime, content: bytes) -> UUID:
    document_id = deposit(runtime, content, name="letter.pdf").id
    run_jobs(runtime)
    return document_id


def shown(
    runtime: Runtime, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, *arguments: str
) -> Any:
    monkeypatch.setenv("DOCFLOW_HOME", str(runtime.settings.home))
    # What was logged until now.
    capsys.readouterr()
    assert main(["show", *arguments, "--json"]) == 0
    return json.loads(capsys.readouterr().out)


def test_the_copy_of_a_scan_is_kept_as_pdf_a(runtime: Runtime) -> None:
    document = loaded(runtime, read(runtime, (GOLDEN / "scans" / "fr_fax_2026_0000.pdf").read_bytes()))

    assert (document.searchable_conformance, document.searchable_obstacles) == ("PDF/A-2u", [])
    assert (document.is_signed, document.signatures) == (False, [])


def test_a_copy_that_cannot_be_pdf_a_says_why(runtime: Runtime) -> None:
    document = loaded(runtime, read(runtime, letter_about("la voirie")))

    assert document.searchable_sha256 is not None
    assert (document.searchable_conformance, document.searchable_obstacles) == ("", ["font_not_embedded"])


def test_a_signed_original_is_never_altered_and_its_signatures_are_listed(
    sqlite_runtime: Runtime, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    content = added_to(signed_letter())
    document_id = read(sqlite_runtime, content)

    document = loaded(sqlite_runtime, document_id)
    with opened(sqlite_runtime, BlobKind.ORIGINAL, document.original_sha256) as original:
        assert original == content
    assert document.searchable_sha256 not in {None, document.original_sha256}
    answer = shown(sqlite_runtime, capsys, monkeypatch, str(document_id))
    assert answer["is_signed"] is True
    assert answer["signatures"] == [
        {
            "field": "Signature1",
            "signer": SIGNER,
            "claimed_at": "2026-02-03T10:15:00+01:00",
            "covers_whole_file": False,
            "kind": "signature",
            "verified": False,
        }
    ]
    assert answer["searchable"]["conformance"] is None
    assert answer["searchable"]["obstacles"] == ["font_not_embedded"]


def test_who_sees_no_content_is_told_no_signer(
    sqlite_runtime: Runtime, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    document_id = read(sqlite_runtime, signed_letter())

    answer = shown(sqlite_runtime, capsys, monkeypatch, str(document_id), "--as", "auditor")

    assert (answer["signatures"], answer["searchable"]) == ([], None)
