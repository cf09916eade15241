"""Stamping and sealing documents of the registry."""

from __future__ import annotations

import io
import subprocess
from pathlib import Path

import pikepdf
import pytest
from pyhanko.keys import load_cert_from_pemder
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.fields import MDPPerm
from pyhanko.sign.validation import read_certification_data, validate_pdf_signature
from pyhanko_certvalidator import ValidationContext
from sqlalchemy import func, select

from docflow.audit.queries import verify_journal
from docflow.core.errors import Conflict, DocFlowError
from docflow.stamping.keys import LocalKeys
from docflow.stamping.models import SealedRevision
from docflow.stamping.operations import seal_arrival
from docflow.stamping.queries import sealed_revision_of
from docflow.stamping.rules import SealLevel, SealSource, StampPlacement
from docflow.storage.rules import BlobKind
from tests.conftest import deposit, run_jobs

from .faces import face
from .letters import LETTER, letter, page_of

SCAN = Path(__file__).parents[2] / "golden" / "scans"


def bytes_of(runtime, revision) -> bytes:
    with runtime.blob_store.open(BlobKind.SEALED, revision.blob.sha256) as stream:
        return stream.read()


def is_valid(runtime, content: bytes) -> bool:
    keys = LocalKeys(runtime.settings.home, institution=lambda: "")
    roots = [load_cert_from_pemder(str(path)) for path in keys.authorities()]
    context = ValidationContext(trust_roots=roots, allow_fetching=False, moment=runtime.clock.now())
    (signature,) = PdfFileReader(io.BytesIO(content)).embedded_signatures
    return validate_pdf_signature(signature, signer_validation_context=context).bottom_line


def test_a_letter_is_stamped_and_sealed_as_one_certifying_update(sqlite_runtime):
    document = letter(sqlite_runtime)

    revision = seal_arrival(sqlite_runtime, document_id=document.id, face=face())

    content = bytes_of(sqlite_runtime, revision)
    reader = PdfFileReader(io.BytesIO(content))
    assert content.startswith(LETTER), "the deposited bytes are the beginning of the sealed file"
    assert reader.xrefs.total_revisions == 2
    assert read_certification_data(reader).permission is MDPPerm.NO_CHANGES
    assert is_valid(sqlite_runtime, content)
    assert (revision.source, revision.placement) == (SealSource.ORIGINAL, StampPlacement.FREE)
    assert (revision.level, revision.time_source) == (SealLevel.BASIC, "local")
    assert "non qualifié" in revision.signer


def test_asking_twice_gives_what_was_sealed_first_and_writes_one_line(sqlite_runtime):
    document = letter(sqlite_runtime)

    first = seal_arrival(sqlite_runtime, document_id=document.id, face=face())
    again = seal_arrival(sqlite_runtime, document_id=document.id, face=face())

    assert again == first
    with sqlite_runtime.transactions.reading() as session:
        assert session.scalar(select(func.count()).select_from(SealedRevision)) == 1
        assert verify_journal(session).ok
        assert sealed_revision_of(session, document.id) == first


def test_another_register_number_is_another_seal(sqlite_runtime):
    document = letter(sqlite_runtime)

    first = seal_arrival(sqlite_runtime, document_id=document.id, face=face("A-2026-000001"))
    second = seal_arrival(sqlite_runtime, document_id=document.id, face=face("A-2026-000002"))

    assert first.blob.sha256 != second.blob.sha256


def test_a_picture_is_sealed_as_its_searchable_copy(sqlite_runtime):
    source = next(SCAN.glob("*.tiff"))
    document = deposit(sqlite_runtime, source.read_bytes(), name=source.name)
    run_jobs(sqlite_runtime)

    revision = seal_arrival(sqlite_runtime, document_id=document.id, face=face())

    assert revision.source is SealSource.SEARCHABLE
    assert is_valid(sqlite_runtime, bytes_of(sqlite_runtime, revision))


def test_a_document_that_is_not_read_yet_waits(sqlite_runtime):
    document = deposit(sqlite_runtime, LETTER)

    with pytest.raises(Conflict) as refused:
        seal_arrival(sqlite_runtime, document_id=document.id, face=face())

    assert refused.value.code == "document_not_read"


def test_a_page_without_room_gets_a_strip_and_loses_nothing(sqlite_runtime):
    lines = b"".join(b"0 0 0 rg 10 %d 575 8 re f\n" % y for y in range(5, 835, 14))
    document = letter(sqlite_runtime, page_of(lines))

    revision = seal_arrival(sqlite_runtime, document_id=document.id, face=face())

    assert revision.placement is StampPlacement.STRIP
    with pikepdf.open(io.BytesIO(bytes_of(sqlite_runtime, revision))) as sealed:
        assert float(sealed.pages[0].cropbox[3]) > 842 + 60
    assert is_valid(sqlite_runtime, bytes_of(sqlite_runtime, revision))


def test_the_key_is_nowhere_but_in_its_folder(sqlite_runtime, tmp_path):
    document = letter(sqlite_runtime)
    seal_arrival(sqlite_runtime, document_id=document.id, face=face())
    keys = LocalKeys(sqlite_runtime.settings.home, institution=lambda: "")
    secret = keys.current(sqlite_runtime.clock.now()).key_path.read_text().splitlines()[1]

    found = subprocess.run(["grep", "-rlF", secret, str(tmp_path)], capture_output=True, text=True, check=False)

    assert [Path(line).parent.name for line in found.stdout.splitlines()] == ["keys"]


def test_a_lost_key_fails_with_its_reason_and_keeps_nothing(sqlite_runtime):
    document = letter(sqlite_runtime)
    LocalKeys(sqlite_runtime.settings.home, institution=lambda: "x").current(
        sqlite_runtime.clock.now()
    ).key_path.unlink()

    with pytest.raises(DocFlowError) as refused:
        seal_arrival(sqlite_runtime, document_id=document.id, face=face())

    assert refused.value.code == "keys_unusable"
    with sqlite_runtime.transactions.reading() as session:
        assert sealed_revision_of(session, document.id) is None
