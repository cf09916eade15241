from __future__ import annotations

from pathlib import Path

import pikepdf
import pypdfium2
import pytest

from docflow.pdf.searchable import PageText, TextWord, write_searchable_pdf
from docflow.pdf.word_order import Way, contrary_stretches, runs_of_word, way_of_line

from . import hostile
from .truth import NAMES, READERS, page_texts, plain, scan_of, share_of_lines, truth_of, words_of_line

SHARE_FOUND = {"pypdf": 1.0, "pdfium": 0.95, "pdftotext": 0.9}
"""Of the lines of a page, letter for letter: pdfium mirrors a bracket within an Arabic word, poppler moves a number on
an Arabic line of a page that is mostly French."""


@pytest.mark.parametrize("name", NAMES)
def test_three_readers_find_the_lines_of_a_scan_in_its_layer(tmp_path: Path, name: str) -> None:
    out = tmp_path / "copy.pdf"

    write_searchable_pdf([scan_of(name)], page_texts(name), out)

    for reader, found in READERS.items():
        shares = [share_of_lines(page, text) for page, text in zip(truth_of(name), found(out), strict=True)]
        assert min(shares) >= SHARE_FOUND[reader], reader


@pytest.mark.parametrize(
    "line",
    [
        "الموضوع: طلب رخصة",
        "عدد: ٧٨٨٦/٢٠٢٠ بتاريخ ٢٦ ماي ٢٠٢٤",
        "الهاتف: 0520975186 - الفاكس: 0520975187",
        "ويتعلق الأمر بالسيدة فاطمة (Fatima Aït Lahcen) الساكنة بالدار البيضاء",
        "(Ahmed El Fassi) الساكن بشارع الجيش الملكي (avenue des FAR).",
        "رقم البطاقة الوطنية: BK123456 المسلمة بتاريخ 12/03/2019",
        "Vu la demande du 3 mai de السيد محمد العلوي reçue par nos services",
        "Réf. : N° 229/2019 du 05/11/2020 (copie)",
        "و 4 أشخاص",
        "100% من 1.250,50 درهم",
    ],
)
def test_three_readers_find_a_line_as_it_is_read(tmp_path: Path, line: str) -> None:
    out = tmp_path / "copy.pdf"
    language = "fr" if line[0] in "VR" else "ar"
    # poppler takes the direction of most letters of a page for that of all its lines.
    rest = {
        "fr": "Monsieur le Président du conseil de l'arrondissement de Hay Hassani",
        "ar": "إلى السيد رئيس مجلس مقاطعة الحي الحسني بالدار البيضاء",
    }[language]
    boxes = []
    for index, text in enumerate([rest, line]):
        left = 100 if language == "fr" else 1500 - 18 * len(text)
        box = [left, 200 + 90 * index, left + 18 * len(text), 260 + 90 * index]
        boxes += words_of_line(index, {"text": text, "bbox": box, "lang": language})
    source = hostile.written(tmp_path, "page.pdf", hostile.plain_pdf(media_box="0 0 595 842"))

    write_searchable_pdf([source], [PageText(0, 1654, 2338, 0, 0, tuple(boxes))], out)

    assert {reader: found(out) for reader, found in READERS.items()} == {
        reader: [f"{rest} {line}"] for reader in READERS
    }


def test_a_word_can_be_picked_by_a_double_click_and_stands_in_its_box(tmp_path: Path) -> None:
    name, out = "ar_clean_2026_0000", tmp_path / "copy.pdf"
    page = page_texts(name)[0]

    write_searchable_pdf([scan_of(name)], [page], out)

    text_page = pypdfium2.PdfDocument(out)[0].get_textpage()
    scale = pypdfium2.PdfDocument(out)[0].get_size()[1] / page.height
    for word in page.words:
        left, top, right, bottom = (edge * scale for edge in word.box)
        height = page.height * scale
        inside = plain(text_page.get_text_bounded(left, height - bottom, right, height - top))
        assert plain(word.text).strip("،.:()") in inside


def test_hostile_words_are_written_without_what_no_archive_may_hold(tmp_path: Path) -> None:
    out = tmp_path / "copy.pdf"
    source = hostile.written(tmp_path, "page.pdf", hostile.plain_pdf(media_box="0 0 595 842"))
    texts = ["nul\0", "bom\ufeff", "half\ud800", "😀", "()\\", "٧" * 5000, "".join(map(chr, range(0x4E00, 0x4F00)))]
    words = tuple(TextWord(text, (10, 50 * index, 500, 50 * index + 30), index) for index, text in enumerate(texts))

    copy = write_searchable_pdf([source], [PageText(0, 595, 842, 0, 0, words)], out)

    assert copy.conformance == "PDF/A-2u"
    with pikepdf.open(out) as pdf:
        fonts = pdf.pages[0].Resources.Font
        maps = "".join(font.ToUnicode.read_bytes().decode("ascii") for font in fonts.values())
    assert len(fonts) == 2
    assert "<0000>" not in maps
    assert "<feff>" not in maps
    assert "d83dde00" in maps


def test_a_word_without_height_or_width_is_no_obstacle(tmp_path: Path) -> None:
    source = hostile.written(tmp_path, "page.pdf", hostile.plain_pdf(media_box="0 0 595 842"))
    out = tmp_path / "copy.pdf"

    write_searchable_pdf([source], [PageText(0, 595, 842, 0, 0, (TextWord("Objet", (10, 20, 10, 20), 0),))], out)

    assert READERS["pypdf"](out) == ["Objet"]


def test_the_line_of_an_arabic_letter_runs_from_where_its_first_word_stands() -> None:
    words = ["(Ahmed", "El", "Fassi)", "الساكن", "بشارع"]
    from_right = [(400.0, 450.0), (455.0, 470.0), (475.0, 500.0), (300.0, 390.0), (200.0, 290.0)]
    from_left = [(100.0, 150.0), (155.0, 170.0), (175.0, 200.0), (300.0, 390.0), (205.0, 290.0)]

    assert way_of_line(words, from_right) is Way.RIGHT_TO_LEFT
    assert way_of_line(words, from_left) is Way.LEFT_TO_RIGHT
    assert contrary_stretches(words, Way.RIGHT_TO_LEFT) == [range(3)]


def test_a_word_is_divided_where_its_direction_changes() -> None:
    assert [run.text for run in runs_of_word("م.ش/7343-A")] == ["م", ".", "ش", "/", "7343-A"]
