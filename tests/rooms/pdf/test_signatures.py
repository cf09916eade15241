from __future__ import annotations

from pathlib import Path

import pypdf
import pytest

from docflow.pdf.searchable import PageText, TextWord, write_searchable_pdf
from docflow.pdf.source import ClaimedSignature, inspect_source

from . import hostile
from .signed import SIGNER, added_to, signed_letter


def signatures_of(folder: Path, content: bytes) -> tuple[ClaimedSignature, ...]:
    source = inspect_source(hostile.written(folder, "signed.pdf", content))
    assert source.is_signed
    return source.signatures


def test_a_signature_is_listed_with_what_it_claims(tmp_path: Path) -> None:
    (signature,) = signatures_of(tmp_path, signed_letter())

    assert signature == ClaimedSignature(
        field="Signature1",
        signer=SIGNER,
        claimed_at="2026-02-03T10:15:00+01:00",
        covers_whole_file=True,
        kind="signature",
    )


def test_the_name_in_the_signature_comes_before_that_in_the_certificate(tmp_path: Path) -> None:
    (signature,) = signatures_of(tmp_path, signed_letter(name="Le Directeur"))

    assert signature.signer == "Le Directeur"


def test_a_signature_that_something_was_added_to_covers_an_earlier_state(tmp_path: Path) -> None:
    (signature,) = signatures_of(tmp_path, added_to(signed_letter()))

    assert not signature.covers_whole_file


@pytest.mark.parametrize(
    ("time", "shown"),
    [
        ("D:20260203101500Z", "2026-02-03T10:15:00+00:00"),
        ("D:20260203101500", "2026-02-03T10:15:00"),
        ("D:20261340101500", ""),
        ("yesterday", ""),
        ("", ""),
    ],
)
def test_a_time_is_told_as_far_as_it_can_be_understood(tmp_path: Path, time: str, shown: str) -> None:
    (signature,) = signatures_of(tmp_path, signed_letter(time=time))

    assert signature.claimed_at == shown


def test_a_name_loses_what_could_deceive(tmp_path: Path) -> None:
    (signature,) = signatures_of(tmp_path, signed_letter(signer="Dire\u202ecteur\n" + "x" * 40))

    assert signature.signer == "Directeur" + "x" * 40


def test_a_broken_signature_is_counted_and_told_as_far_as_it_can_be(tmp_path: Path) -> None:
    content = signed_letter()
    broken = content.replace(b"/Contents <30", b"/Contents <31").replace(b"/ByteRange [0", b"/ByteRange [7")

    (signature,) = signatures_of(tmp_path, broken)

    assert (signature.signer, signature.covers_whole_file) == ("", False)


def test_fields_that_loop_are_no_trap(tmp_path: Path) -> None:
    content = signed_letter().replace(b"/Rect [0 0 0 0]", b"/Kids [6 0 R] ")

    assert {signature.field for signature in signatures_of(tmp_path, content)} >= {"Signature1"}


def test_the_copy_of_a_signed_letter_is_another_file_without_a_signature(tmp_path: Path) -> None:
    content, out = signed_letter(), tmp_path / "copy.pdf"
    source = hostile.written(tmp_path, "signed.pdf", content)

    write_searchable_pdf([source], [PageText(0, 595, 842, 0, 0, (TextWord("Objet", (40, 130, 90, 145), 0),))], out)

    assert source.read_bytes() == content
    assert inspect_source(out).signature_count == 0
    assert "/AcroForm" not in pypdf.PdfReader(out).trailer["/Root"]
