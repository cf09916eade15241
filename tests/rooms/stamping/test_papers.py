"""Papers that the product makes are sealed and proved like letters, without a stamp."""

from __future__ import annotations

import io

import pypdf

from docflow.registry.sheets import Sheet
from docflow.stamping.papers import keep_paper, seal_paper
from docflow.stamping.rules import Finding
from docflow.stamping.verification import verify_bytes
from docflow.storage.rules import BlobKind
from tests.conftest import actor

from .tampering import annotated


def paper() -> bytes:
    sheet = Sheet(title="Bordereau")
    sheet.add_page()
    sheet.write("ورقة الإرسال", x=20, y=20, width=170, size_pt=20)
    return sheet.content()


def sealed(runtime, *, is_kept: bool = True) -> bytes:
    made = seal_paper(runtime, paper())
    if is_kept:
        with runtime.transactions.writing(actor(runtime, "clerk")) as uow:
            keep_paper(uow, made, number="B-2026-000001")
            uow.record("registry.registered", subject_kind="register", subject_id="incoming")
    with runtime.blob_store.open(BlobKind.SEALED, made.blob.sha256) as stream:
        return stream.read()


def test_a_sealed_paper_is_authentic_and_looks_as_it_did(sqlite_runtime):
    content = sealed(sqlite_runtime)

    verdict = verify_bytes(sqlite_runtime, content)

    assert (verdict.finding, verdict.reason, verdict.register_number) == (
        Finding.AUTHENTIC, "kept_file", "B-2026-000001",
    )  # fmt: skip
    assert [(seal.kind, seal.intact, seal.later_changes) for seal in verdict.seals] == [("seal", True, "none")]
    (page,) = pypdf.PdfReader(io.BytesIO(content)).pages
    assert page.extract_text() == pypdf.PdfReader(io.BytesIO(paper())).pages[0].extract_text()


def test_what_is_added_to_a_sealed_paper_makes_it_altered(sqlite_runtime):
    assert verify_bytes(sqlite_runtime, annotated(sealed(sqlite_runtime))).finding is Finding.ALTERED


def test_a_paper_whose_hash_was_not_kept_is_unknown(sqlite_runtime):
    assert verify_bytes(sqlite_runtime, sealed(sqlite_runtime, is_kept=False)).finding is Finding.UNKNOWN
