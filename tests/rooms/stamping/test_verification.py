"""What was sealed here is authentic, whatever was done to it since is not, and nothing untouched is accused."""

from __future__ import annotations

import json

import pikepdf
import pytest
from pyhanko.sign.fields import MDPPerm

from docflow.cli.verifying import as_object
from docflow.core.errors import InvalidInput
from docflow.stamping.models import SealedRevision
from docflow.stamping.operations import seal_arrival
from docflow.stamping.rules import Finding
from docflow.stamping.verification import verify_bytes
from docflow.storage.rules import BlobKind

from .faces import face
from .letters import LETTER, letter
from .odd_files import FULL, Sender, put, written
from .tampering import annotated, drawn_over, incremental, tampered_files, without_page


def sealed(runtime, content: bytes = LETTER, number: str = "A-2026-000145") -> bytes:
    revision = seal_arrival(runtime, document_id=letter(runtime, content).id, face=face(number))
    with runtime.blob_store.open(BlobKind.SEALED, revision.blob.sha256) as stream:
        return stream.read()


def test_an_untouched_file_is_authentic_and_names_its_number(sqlite_runtime):
    verdict = verify_bytes(sqlite_runtime, sealed(sqlite_runtime))

    (seal,) = verdict.seals
    assert (verdict.finding, verdict.reason) == (Finding.AUTHENTIC, "kept_file")
    assert verdict.register_number == "A-2026-000145"
    assert (seal.kind, seal.level, seal.time_source) == ("seal", "B-B", "local")
    assert seal.intact
    assert seal.trusted
    assert seal.covers_whole_file
    assert seal.time == "2026-03-02T09:00:00+00:00"


def test_the_answer_has_the_shape_that_scripts_rely_on(sqlite_runtime):
    answer = json.loads(json.dumps(as_object(verify_bytes(sqlite_runtime, sealed(sqlite_runtime)))))

    assert {"verdict", "seals", "changes", "register_number"} <= answer.keys()
    assert {"kind", "signer", "time", "time_source", "level", "intact", "trusted", "covers_whole_file"} <= (
        answer["seals"][0].keys()
    )


def test_every_tampering_is_altered_or_unknown(sqlite_runtime, tmp_path):
    original = written(pages=3, content=b"0 0 0 rg 60 300 400 300 re f")
    content, other = sealed(sqlite_runtime, original), sealed(sqlite_runtime, LETTER, "A-2026-000146")
    stranger = Sender(tmp_path / "stranger").signer

    believed = [
        tampered.name
        for tampered in tampered_files(content, other, stranger)
        if verify_bytes(sqlite_runtime, tampered.content).finding is Finding.AUTHENTIC
    ]

    assert believed == []


@pytest.mark.parametrize(
    ("change", "code", "detail"),
    [
        (lambda content: incremental(content, drawn_over), "page_changed", "1"),
        (annotated, "notes_changed", "1"),
        (lambda content: incremental(content, without_page), "pages_removed", "3"),
    ],
)
def test_what_changed_is_named_with_its_page_and_state(sqlite_runtime, change, code, detail):
    content = sealed(sqlite_runtime, written(pages=3))

    verdict = verify_bytes(sqlite_runtime, change(content))

    assert (verdict.finding, verdict.reason) == (Finding.ALTERED, "changed_since")
    assert (code, 3, detail) in {(item.code, item.revision, item.detail) for item in verdict.changes}
    assert verdict.register_number == "A-2026-000145"


def test_a_changed_byte_of_what_was_sealed_is_altered(sqlite_runtime):
    content = bytearray(sealed(sqlite_runtime))
    content[content.index(b"595 842")] ^= 1

    verdict = verify_bytes(sqlite_runtime, bytes(content))

    assert verdict.finding is Finding.ALTERED
    assert [change.code for change in verdict.changes] == ["bytes_changed"]


@pytest.mark.parametrize("kind", ["plain", "turned", "full", "protected", "signed", "certified"])
def test_odd_files_are_authentic_as_well(sqlite_runtime, tmp_path, kind):
    content = {
        "plain": written,
        "turned": lambda: written(page=put(Rotate=90)),
        "full": lambda: written(content=FULL),
        "protected": lambda: written(encryption=pikepdf.Encryption(owner="x", user="", R=6)),
        "signed": lambda: Sender(tmp_path / "stranger").sign(written()),
        "certified": lambda: Sender(tmp_path / "stranger").sign(written(), permissions=MDPPerm.NO_CHANGES),
    }[kind]()

    assert verify_bytes(sqlite_runtime, sealed(sqlite_runtime, content)).finding is Finding.AUTHENTIC


def test_a_file_without_a_seal_is_unknown(sqlite_runtime):
    verdict = verify_bytes(sqlite_runtime, LETTER)

    assert (verdict.finding, verdict.reason, verdict.seals) == (Finding.UNKNOWN, "no_seal", ())


def test_a_file_of_another_registry_is_unknown(sqlite_runtime, tmp_path):
    verdict = verify_bytes(sqlite_runtime, Sender(tmp_path / "stranger").sign(LETTER))

    assert (verdict.finding, verdict.reason) == (Finding.UNKNOWN, "other_seal")
    assert not verdict.seals[0].trusted


@pytest.mark.parametrize("content", [b"", b"not a PDF", b"%PDF-1.7\n%%EOF\n", b"\x89PNG\r\n\x1a\n" + b"\0" * 99])
def test_what_is_no_pdf_is_unknown(sqlite_runtime, content):
    assert verify_bytes(sqlite_runtime, content).reason == "unreadable"


def test_a_seal_of_which_nothing_was_kept_is_unknown(sqlite_runtime):
    content = sealed(sqlite_runtime)
    with sqlite_runtime.transactions.engine.begin() as connection:
        connection.execute(SealedRevision.__table__.delete())

    verdict = verify_bytes(sqlite_runtime, content)

    assert (verdict.finding, verdict.reason) == (Finding.UNKNOWN, "not_kept")


def test_a_seal_outlives_its_certificate(sqlite_runtime, clock):
    content = sealed(sqlite_runtime)
    clock.move(days=365 * 12)

    verdict = verify_bytes(sqlite_runtime, content)

    assert verdict.finding is Finding.AUTHENTIC
    assert verdict.seals[0].intact


def test_a_file_larger_than_the_limit_is_refused(sqlite_runtime):
    with pytest.raises(InvalidInput) as refused:
        verify_bytes(sqlite_runtime, bytes(sqlite_runtime.settings.max_file_bytes + 1))

    assert refused.value.code == "file_too_large"


def test_a_bit_anywhere_in_the_seal_itself_is_noticed(sqlite_runtime):
    content = sealed(sqlite_runtime)
    start = content.rindex(b"/Contents <")
    believed = []
    for at in range(start, start + 6000, 150):
        changed = bytearray(content)
        changed[at] = ord("0") if changed[at] != ord("0") else ord("1")
        if verify_bytes(sqlite_runtime, bytes(changed)).finding is Finding.AUTHENTIC:
            believed.append(at)

    assert believed == []
