from __future__ import annotations

import cv2
import numpy as np
import pytest
from threadpoolctl import threadpool_info

from docflow.ocr.adapters.tesseract import TesseractLineReader
from docflow.ocr.imaging import deskewed, skew_of
from docflow.ocr.ink import ink_map
from docflow.ocr.layout import find_lines
from docflow.ocr.reading import read_page
from docflow.ocr.reading_order import in_reading_order
from docflow.pdf.embedded_text import EmbeddedWord, TextState
from docflow.pdf.raster import PageImage, extract_page

from .scoring import SCANS, error_rate, folded, truth_of

READ = [
    "ar_office_2026_0000.pdf",
    "fr_clean_2026_0001.pdf",
    "mixed_office_2026_0004.pdf",
    "ar_rotated_2026_0001.pdf",
    "fr_rotated_2026_0000.pdf",
    "fr_poor_2029_0000.jpg",
]


@pytest.mark.parametrize("name", READ)
def test_a_letter_is_read_upright_and_nearly_without_error(name: str) -> None:
    page = truth_of(name)["pages"][0]

    reading = read_page(extract_page(SCANS / name, 0), TesseractLineReader())

    assert error_rate(page, reading.text) < 0.08
    assert (reading.rotation_deg - page["rotation"]) % 360 == 0
    assert name.startswith((reading.languages[0], "mixed"))
    assert len(reading.words) == len(reading.text.split())
    assert all(
        0 <= x0 < x1 <= reading.width and 0 <= y0 < y1 <= reading.height
        for x0, y0, x1, y1 in (word.box for word in reading.words)
    )


def test_a_page_is_the_work_of_one_processor() -> None:
    read_page(extract_page(SCANS / READ[0], 0), TesseractLineReader())

    assert {pool["num_threads"] for pool in threadpool_info() if pool["user_api"] == "blas"} == {1}
    assert cv2.getNumThreads() == 1


def test_a_word_is_boxed_where_it_is_printed() -> None:
    page = truth_of("ar_office_2026_0000.pdf")["pages"][0]
    subject = next(line for line in page["lines"] if line["text"].startswith("الموضوع"))

    reading = read_page(extract_page(SCANS / "ar_office_2026_0000.pdf", 0), TesseractLineReader())

    label = next(word for word in reading.words if folded(word.text).startswith("الموضوع"))
    x0, y0, x1, y1 = subject["bbox"]
    assert y0 - 25 <= (label.box[1] + label.box[3]) / 2 <= y1 + 25
    assert x1 - 250 < label.box[2] < x1 + 40
    assert label.box[0] > (x0 + x1) / 2


def test_a_page_without_ink_has_no_text_and_needs_review() -> None:
    blank = PageImage(np.full((800, 600), 255, np.uint8), 100, "picture", ())

    reading = read_page(blank, TesseractLineReader())

    assert (reading.text, reading.words, reading.needs_review) == ("", (), True)


def test_a_born_digital_page_keeps_its_own_text() -> None:
    words = tuple(
        EmbeddedWord(text, (10.2, 10.0, 40.0, 20.0), line_index)
        for text, line_index in (("Objet", 0), (":", 0), ("demande", 0), ("Monsieur,", 2))
    )

    reading = read_page(PageImage(np.full((80, 60), 255, np.uint8), 100, "rendered", words), TesseractLineReader())

    assert reading.text == "Objet : demande\nMonsieur,"
    assert reading.source == "embedded"
    assert [word.line_index for word in reading.words] == [0, 0, 0, 1]
    assert not reading.needs_review


@pytest.mark.parametrize(
    ("state", "has_words", "source"),
    [
        (TextState.KEPT, True, "embedded"),
        (TextState.REPAIRED, True, "repaired"),
        (TextState.REFUSED, False, "reread"),
        (TextState.ABSENT, False, "ocr"),
    ],
)
def test_a_page_says_how_it_came_by_its_text(state: TextState, has_words: bool, source: str) -> None:
    words = (EmbeddedWord("Objet", (10, 10, 40, 20), 0),) if has_words else ()
    image = PageImage(np.full((80, 60), 255, np.uint8), 100, "rendered", words, state)

    reading = read_page(image, TesseractLineReader())

    assert (reading.source, reading.has_own_text) == (source, has_words)


@pytest.mark.parametrize("angle_deg", [-2.5, 0.0, 1.3])
def test_skew_is_measured_to_a_fifth_of_a_degree(angle_deg: float) -> None:
    page = np.full((1200, 900), 255, np.uint8)
    for top in range(100, 1100, 40):
        cv2.putText(page, "le texte d'une lettre ordinaire", (80, top), cv2.FONT_HERSHEY_SIMPLEX, 1.2, 0, 2)

    assert skew_of(deskewed(page, skew_deg=angle_deg)) == pytest.approx(-angle_deg, abs=0.2)


def test_two_columns_are_read_one_after_the_other_from_the_side_of_the_script() -> None:
    page = np.full((1200, 900), 255, np.uint8)
    for top in range(100, 364, 44):
        for left in (60, 560):
            cv2.putText(page, "colonne", (left, top), cv2.FONT_HERSHEY_SIMPLEX, 1.2, 0, 3)

    layout = find_lines(ink_map(page))

    from_left, from_right = (in_reading_order(layout, layout.lines, is_rtl=is_rtl) for is_rtl in (False, True))
    assert [line.box[0] < 450 for line in from_left] == [True] * 6 + [False] * 6
    assert [line.box[0] < 450 for line in from_right] == [False] * 6 + [True] * 6
