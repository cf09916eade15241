from __future__ import annotations

import io
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pikepdf
import pypdf
import pytest
from PIL import Image

from docflow.pdf.searchable import write_searchable_pdf

from . import hostile
from .clauses import broken_clauses, has_claim
from .test_searchable import page_text
from .truth import NAMES, found_by_pypdf, page_texts, scan_of

PAGE = page_text(595, 842, lines=["Objet : demande", "الموضوع: طلب"])


@pytest.mark.parametrize("name", NAMES)
def test_the_copy_of_a_scan_keeps_every_clause_of_pdf_a(tmp_path: Path, name: str) -> None:
    out = tmp_path / "copy.pdf"

    copy = write_searchable_pdf([scan_of(name)], page_texts(name), out)

    assert (copy.conformance, copy.obstacles) == ("PDF/A-2u", ())
    assert broken_clauses(out) == []


@pytest.mark.parametrize("mode", ["1", "L", "P", "LA", "RGB", "RGBA", "CMYK", "I;16"])
@pytest.mark.parametrize("kind", ["png", "tiff", "jpeg", "webp"])
def test_a_picture_of_any_kind_becomes_pdf_a(tmp_path: Path, mode: str, kind: str) -> None:
    stream, out = io.BytesIO(), tmp_path / "copy.pdf"
    try:
        Image.linear_gradient("L").convert(mode if mode != "I;16" else "I").save(stream, kind)
    except (OSError, ValueError):
        return
    source = hostile.written(tmp_path, "picture", stream.getvalue())

    copy = write_searchable_pdf([source], [page_text(256, 256, lines=["Objet"])], out)

    assert copy.conformance == "PDF/A-2u"
    assert broken_clauses(out) == []


def test_the_same_copy_is_the_same_bytes(tmp_path: Path) -> None:
    name, first, second = "ar_fax_2026_0000", tmp_path / "first.pdf", tmp_path / "second.pdf"

    write_searchable_pdf([scan_of(name)], page_texts(name), first)
    write_searchable_pdf([scan_of(name)], page_texts(name), second)

    assert first.read_bytes() == second.read_bytes()


def test_the_copy_says_in_xmp_what_its_source_says_of_itself(tmp_path: Path) -> None:
    source, out = tmp_path / "letter.pdf", tmp_path / "copy.pdf"
    with pikepdf.open(io.BytesIO(hostile.plain_pdf())) as pdf:
        pdf.docinfo["/Title"] = "طلب <رخصة> & co"
        pdf.docinfo["/Author"] = "Hassan Cherkaoui"
        pdf.docinfo["/CreationDate"] = "D:20260102030405+01'00'"
        pdf.docinfo["/ModDate"] = "yesterday"
        pdf.docinfo["/Mystery"] = "kept by nobody"
        pdf.save(source)

    write_searchable_pdf([source], [PAGE], out)

    reader = pypdf.PdfReader(out)
    assert set(reader.metadata or {}) == {"/Title", "/Author", "/CreationDate"}
    xmp = reader.xmp_metadata
    assert xmp is not None
    assert xmp.dc_title == {"x-default": "طلب <رخصة> & co"}
    assert xmp.dc_creator == ["Hassan Cherkaoui"]
    assert str(xmp.xmp_create_date) == "2026-01-02 02:04:05"
    assert reader.trailer["/Root"]["/Lang"] == "fr"


def test_a_copy_does_nothing_by_itself(tmp_path: Path) -> None:
    source, out = tmp_path / "letter.pdf", tmp_path / "copy.pdf"
    with pikepdf.open(io.BytesIO(hostile.plain_pdf())) as pdf:
        script = pikepdf.Dictionary(S=pikepdf.Name.JavaScript, JS=pikepdf.String("app.alert(1)"))
        pdf.Root.OpenAction = script
        pdf.Root.AA = pikepdf.Dictionary(WC=script)
        pdf.Root.Names = pikepdf.Dictionary(JavaScript=pikepdf.Dictionary(Names=[pikepdf.String("a"), script]))
        pdf.pages[0].obj.AA = pikepdf.Dictionary(O=script)
        link = pikepdf.Dictionary(Type=pikepdf.Name.Annot, Subtype=pikepdf.Name.Link, Rect=[0, 0, 9, 9], A=script)
        pdf.pages[0].obj.Annots = pikepdf.Array([pdf.make_indirect(link)])
        pdf.save(source)

    copy = write_searchable_pdf([source], [PAGE], out)

    assert copy.conformance == "PDF/A-2u"
    assert broken_clauses(out) == []
    with pikepdf.open(out) as written:
        assert b"app.alert" not in b"".join(written.pages[0].obj.unparse() for _ in "x") + out.read_bytes()


def with_resources(content: bytes, **resources: str) -> bytes:
    """Return a page of this content whose resources are given in PDF's own notation."""
    written = b" ".join(f"/{key} {value}".encode() for key, value in resources.items())
    return hostile.assembled(
        [
            b"<< /Type /Catalog /Pages 2 0 R >>",
            b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
            b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 300 200] /Contents 4 0 R /Resources << %s >> >>" % written,
            b"<< /Length %d >>\nstream\n%s\nendstream" % (len(content), content),
        ]
    )


def attached() -> bytes:
    stream = io.BytesIO()
    with pikepdf.open(io.BytesIO(hostile.plain_pdf())) as pdf:
        pdf.attachments["list.csv"] = b"1;2"
        pdf.save(stream)
    return stream.getvalue()


HELVETICA = "<< /F1 << /Type /Font /Subtype /Type1 /BaseFont /Helvetica >> >>"
NOT_ARCHIVAL: dict[str, tuple[Callable[[], bytes], str]] = {
    "a font that is not in the file": (
        lambda: with_resources(b"BT /F1 12 Tf (Objet) Tj ET", Font=HELVETICA),
        "font_not_embedded",
    ),
    "ink of a printing press": (lambda: hostile.plain_pdf(content=b"0 0 0 1 k 0 0 9 9 re f"), "cmyk"),
    "a separation into such ink": (
        lambda: with_resources(
            b"/S cs 1 scn 0 0 9 9 re f",
            ColorSpace="<< /S [/Separation /Black /DeviceCMYK << /FunctionType 2 /Domain [0 1] /N 1 "
            "/C0 [0 0 0 0] /C1 [0 0 0 1] >>] >>",
        ),
        "cmyk",
    ),
    "an unknown operator": (lambda: hostile.plain_pdf(content=b"BX 1 2 zap EX"), "construct"),
    "a resource that is not there": (lambda: hostile.plain_pdf(content=b"/Nowhere gs 0 0 9 9 re f"), "construct"),
    "a transfer function": (
        lambda: with_resources(b"/G gs", ExtGState="<< /G << /Type /ExtGState /TR /Identity >> >>"),
        "construct",
    ),
    "too many nested states": (lambda: hostile.plain_pdf(content=b"q " * 40 + b"Q " * 40), "construct"),
    "an attachment": (attached, "attachment"),
    "a page of a hair's breadth": (lambda: hostile.plain_pdf(media_box="0 0 2 200"), "page_size"),
    "a broken inline image": (lambda: hostile.plain_pdf(content=b"BI /W 1 /H 1 /CS /CMYK /BPC 8 ID aaaa EI"), "cmyk"),
}


@pytest.mark.parametrize("trick", NOT_ARCHIVAL)
def test_what_cannot_be_kept_for_good_is_never_called_pdf_a(tmp_path: Path, trick: str) -> None:
    make, obstacle = NOT_ARCHIVAL[trick]
    source, out = hostile.written(tmp_path, "letter.pdf", make()), tmp_path / "copy.pdf"

    copy = write_searchable_pdf([source], [PAGE], out)

    assert copy.conformance == ""
    assert obstacle in copy.obstacles
    assert not has_claim(out)
    assert "Objet" in found_by_pypdf(out)[0]


def test_a_claim_of_the_source_is_not_repeated_unchecked(tmp_path: Path) -> None:
    source, out = tmp_path / "letter.pdf", tmp_path / "copy.pdf"
    false_claim = b'<x:xmpmeta xmlns:x="adobe:ns:meta/"><pdfaid:part>1</pdfaid:part></x:xmpmeta>'
    with pikepdf.open(io.BytesIO(with_resources(b"BT /F1 12 Tf (Objet) Tj ET", Font=HELVETICA))) as pdf:
        pdf.Root.Metadata = pdf.make_stream(false_claim)
        pdf.save(source)

    write_searchable_pdf([source], [replace(PAGE, is_embedded=True)], out)

    assert not has_claim(out)
