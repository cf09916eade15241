from __future__ import annotations

import subprocess
from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import pikepdf
import pypdf
import pypdfium2
import pytest

from docflow.core.errors import InvalidInput
from docflow.ocr.imaging import deskewed, ink_grey, turned
from docflow.pdf.raster import extract_page
from docflow.pdf.searchable import PageText, TextWord, write_searchable_pdf
from tests.rooms.ingest.letters import typed_letter

from . import hostile
from .truth import READERS, found_by_pypdf

SCANS = Path(__file__).parents[2] / "golden" / "scans"
LINE = "حرر بوجدة في 18 رمضان 1433 الموافق 6 غشت 2012"


def page_text(
    width: int, height: int, *, lines: list[str], rotation_deg: int = 0, skew_deg: float = 0, page_index: int = 0
) -> PageText:
    """Lay words out from the right for Arabic, from the left for French, as an engine would box them."""
    words = []
    for line_index, line in enumerate(lines):
        is_arabic = any("\u0600" <= character <= "\u06ff" for character in line)
        edge, top = (width - 150 if is_arabic else 150), 200 + 90 * line_index
        for word in line.split():
            length = 14 * len(word)
            x0 = edge - length if is_arabic else edge
            words.append(TextWord(word, (x0, top, x0 + length, top + 40), line_index))
            edge += -length - 16 if is_arabic else length + 16
    return PageText(page_index, width, height, rotation_deg, skew_deg, tuple(words))


@pytest.mark.parametrize(
    "name", ["ar_office_2026_0000.pdf", "ar_fax_2026_0000.pdf", "ar_office_2028_0000.tiff", "fr_poor_2029_0000.jpg"]
)
def test_the_layer_comes_back_in_logical_order(tmp_path: Path, name: str) -> None:
    out = tmp_path / "copy.pdf"
    lines = [LINE, "Objet : Demande de permis de construire", "شكاية حول الإنارة العمومية"]
    rest = [page_text(1654, 2338, lines=[], page_index=1)] if name.endswith(".tiff") else []

    write_searchable_pdf([SCANS / name], [page_text(1654, 2338, lines=lines), *rest], out)

    assert {reader: found(out)[0] for reader, found in READERS.items()} == dict.fromkeys(READERS, " ".join(lines))


def test_the_copy_is_sound_and_hardly_larger_than_the_scan(tmp_path: Path) -> None:
    source, out = SCANS / "ar_office_2026_0000.pdf", tmp_path / "copy.pdf"

    write_searchable_pdf([source], [page_text(1654, 2338, lines=[LINE] * 30)], out)

    assert subprocess.run(["qpdf", "--check", out], capture_output=True, check=False).returncode == 0
    assert out.stat().st_size <= 1.1 * source.stat().st_size


def test_the_bytes_of_a_jpeg_are_embedded_as_they_are(tmp_path: Path) -> None:
    source, out = SCANS / "fr_poor_2029_0000.jpg", tmp_path / "copy.pdf"

    write_searchable_pdf([source], [page_text(1654, 2338, lines=[])], out)

    with pikepdf.open(out) as pdf:
        image = pdf.pages[0].Resources.XObject.Scan
        assert image.read_raw_bytes() == source.read_bytes()


def test_the_copy_of_a_sideways_leaning_page_is_upright_and_level(tmp_path: Path) -> None:
    source, out = SCANS / "ar_rotated_2026_0001.pdf", tmp_path / "copy.pdf"
    page = extract_page(source, 0)
    upright = deskewed(turned(page.pixels, rotation_deg=90), skew_deg=1.5)
    height, width = upright.shape[:2]

    write_searchable_pdf([source], [page_text(width, height, lines=[LINE], rotation_deg=90, skew_deg=1.5)], out)

    shown = extract_page(out, 0)
    size = (200, 200 * height // width)
    expected, drawn = (
        cv2.resize(ink_grey(pixels), size, interpolation=cv2.INTER_AREA).astype(float)[10:-10, 10:-10].ravel()
        for pixels in (upright, shown.pixels)
    )
    assert np.corrcoef(expected, drawn)[0, 1] > 0.9


@pytest.mark.parametrize("rotation_deg", [0, 90, 180, 270])
def test_the_layer_of_a_turned_page_comes_back(tmp_path: Path, rotation_deg: int) -> None:
    out = tmp_path / "copy.pdf"
    width, height = (1654, 2338) if rotation_deg % 180 == 0 else (2338, 1654)

    write_searchable_pdf(
        [SCANS / "ar_office_2026_0000.pdf"], [page_text(width, height, lines=[LINE], rotation_deg=rotation_deg)], out
    )

    assert {reader: found(out) for reader, found in READERS.items()} == {reader: [LINE] for reader in READERS}


def test_a_word_is_selected_where_it_stands(tmp_path: Path) -> None:
    out = tmp_path / "copy.pdf"
    text = page_text(2338, 1654, lines=["Objet"])
    source = SCANS / "ar_office_2026_0000.pdf"

    write_searchable_pdf([source], [PageText(0, 2338, 1654, 270, 0, text.words)], out)

    document = pypdfium2.PdfDocument(out)
    page = document[0]
    text_page = page.get_textpage()
    box = text_page.get_charbox(0, loose=True)
    assert page.get_rotation() == 0
    assert text_page.get_text_range() == "Objet"
    points_per_pixel = page.get_size()[0] / 2338
    assert abs(box[0] / points_per_pixel - 150) < 10
    assert 190 < (page.get_size()[1] - box[3]) / points_per_pixel < 250


def test_a_page_with_sound_text_gets_no_second_layer(tmp_path: Path) -> None:
    source, out = hostile.written(tmp_path, "digital.pdf", hostile.plain_pdf()), tmp_path / "copy.pdf"
    text = page_text(200, 200, lines=["Objet"])

    write_searchable_pdf([source], [PageText(0, 200, 200, 0, 0, text.words, is_embedded=True)], out)

    assert pypdf.PdfReader(out).pages[0].extract_text() == ""


def test_the_source_is_never_altered(tmp_path: Path) -> None:
    content = hostile.plain_pdf()
    source = hostile.written(tmp_path, "letter.pdf", content)

    write_searchable_pdf([source], [page_text(200, 200, lines=["Objet"])], tmp_path / "copy.pdf")

    assert source.read_bytes() == content


def test_a_text_for_a_page_that_is_not_there_is_refused(tmp_path: Path) -> None:
    source = hostile.written(tmp_path, "letter.pdf", hostile.plain_pdf())

    with pytest.raises(InvalidInput, match="page_not_found"):
        write_searchable_pdf([source], [page_text(200, 200, lines=["Objet"], page_index=3)], tmp_path / "copy.pdf")


def test_a_copy_holds_the_pages_asked_for_of_several_sources_in_their_order_and_nothing_of_the_others(
    tmp_path: Path,
) -> None:
    typed = hostile.written(tmp_path, "typed.pdf", typed_letter(["premier"], ["confidentiel"], ["dernier"]))
    scanned, out = SCANS / "ar_office_2028_0000.tiff", tmp_path / "copy.pdf"
    pages = [
        PageText(2, 595, 842, 0, 0, (), is_embedded=True),
        replace(page_text(1654, 2338, lines=[LINE], page_index=1), source_index=1),
        PageText(0, 595, 842, 0, 0, (), is_embedded=True),
    ]

    write_searchable_pdf([typed, scanned], pages, out)

    texts = found_by_pypdf(out)
    assert texts == ["dernier", LINE, "premier"]
    with pikepdf.open(out) as pdf:
        streams = [
            item.read_bytes() for item in pdf.objects if isinstance(item, pikepdf.Stream) and "/Subtype" not in item
        ]
    assert not any(b"confidentiel" in stream for stream in streams)
