"""Files bound into one: pages in their order, numbered, linked and named; no signature is claimed by the whole."""

from __future__ import annotations

import pikepdf
import pypdfium2
import pytest
from fpdf import FPDF

from docflow.core.errors import InvalidInput
from docflow.pdf.binding import BoundPart, PartLink, bind_files
from tests.rooms.pdf.signed import signed_letter


def made(path, *texts, rotation_deg=0, box=None):
    pdf = FPDF(unit="pt", format=(300, 400))
    pdf.set_font("helvetica", size=20)
    for text in texts:
        pdf.add_page()
        pdf.text(40, 200, text)
    pdf.output(path)
    if rotation_deg or box:
        with pikepdf.open(path, allow_overwriting_input=True) as kept:
            for page in kept.pages:
                page.rotate(rotation_deg, relative=False)
                if box:
                    page.mediabox = page.cropbox = pikepdf.Array(box)
            kept.save(path)
    return path


def texts(path):
    with pypdfium2.PdfDocument(path) as pdf:
        return [page.get_textpage().get_text_bounded() for page in pdf]


def test_pages_come_in_their_order_and_each_has_its_number(tmp_path):
    parts = [
        BoundPart(made(tmp_path / "front.pdf", "Cover", "Contents"), "Contents"),
        BoundPart(made(tmp_path / "a.pdf", "Alpha", "Beta"), "A-2026-000001 · إنارة"),
        BoundPart(made(tmp_path / "r.pdf", "Route"), "Route", is_below=True),
        BoundPart(made(tmp_path / "b.pdf", "Gamma"), "B"),
    ]
    out = tmp_path / "out.pdf"
    count = bind_files(
        parts, [PartLink(1, (10, 10, 100, 40), 1)], out, title="T", running_text="DOS-2026-000001", first_numbered=2
    )
    found = texts(out)
    assert count == len(found) == 6
    assert [next(word for word in text.split() if word != "DOS-2026-000001") for text in found] == [
        "Cover", "Contents", "Alpha", "Beta", "Route", "Gamma",
    ]  # fmt: skip
    assert "DOS-2026-000001" not in found[0]
    assert all(f"{number} / 6" in text for number, text in enumerate(found[1:], start=2))
    with pikepdf.open(out) as pdf, pdf.open_outline() as outline:
        assert [item.title for item in outline.root] == ["Contents", "A-2026-000001 · إنارة", "B"]
        assert [item.title for item in outline.root[1].children] == ["Route"]
        link = pdf.pages[1].obj.Annots[0]
        assert link.Dest[0].objgen == pdf.pages[2].obj.objgen


@pytest.mark.parametrize("rotation_deg", [0, 90, 180, 270])
def test_the_number_stands_at_the_foot_of_the_page_as_it_is_shown(tmp_path, rotation_deg):
    box = [20, 30, 320, 430]
    part = BoundPart(made(tmp_path / "a.pdf", "Alpha", rotation_deg=rotation_deg, box=box), "A")
    out = tmp_path / "out.pdf"
    bind_files([part], [], out, title="", running_text="DOS", first_numbered=1)
    with pypdfium2.PdfDocument(out) as pdf:
        page = pdf[0]
        width, height = page.get_size()
        assert (width, height) == ((400, 300) if rotation_deg in {90, 270} else (300, 400))
        bitmap = page.render(scale=1).to_numpy()[:, :, 0]
        dark = (bitmap < 128).nonzero()
        foot = dark[0] > height - 20
        assert foot.any()
        assert abs(dark[1][foot].mean() - width / 2) < 12


def test_a_signature_is_claimed_no_more(tmp_path):
    out, letter = tmp_path / "out.pdf", tmp_path / "signed.pdf"
    letter.write_bytes(signed_letter())
    bind_files([BoundPart(letter, "A")], [], out, title="", running_text="DOS")
    with pikepdf.open(out) as pdf:
        assert "/AcroForm" not in pdf.Root
        kinds = [note.get("/Subtype") for page in pdf.pages for note in page.obj.get("/Annots", [])]
        assert "/Widget" not in kinds


def test_what_is_no_pdf_is_refused_by_its_code(tmp_path):
    broken = tmp_path / "broken.pdf"
    broken.write_bytes(b"%PDF-1.7 nothing")
    with pytest.raises(InvalidInput) as refusal:
        bind_files([BoundPart(broken, "A")], [], tmp_path / "out.pdf", title="", running_text="DOS")
    assert refusal.value.code == "file_damaged"


def test_two_hundred_files_are_open_at_once(tmp_path):
    path = made(tmp_path / "a.pdf", "Alpha")
    parts = [BoundPart(path, str(at)) for at in range(200)]
    assert bind_files(parts, [], tmp_path / "out.pdf", title="", running_text="DOS") == 200
