"""Numbers in Arabic-Indic digits, told from the shapes of their marks where the engine misread them."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

import cv2
import numpy as np
import pytest

from docflow.ocr.adapters.tesseract import TesseractLineReader
from docflow.ocr.arabic_digits import with_arabic_digits
from docflow.ocr.digit_model import CLASSES, DigitModel, digit_model
from docflow.ocr.digit_shapes import band_of, marks_of, pictures_of, stacks_of
from docflow.ocr.layout import LineBox
from docflow.ocr.ports import GreyImage, Language, LineReading, ReadWord
from docflow.ocr.reading import read_page
from docflow.ocr.recognition import LineImages, RecognisedLine
from docflow.pdf.raster import extract_page

GOLDEN = Path(__file__).parents[2] / "golden"
LINES = {line["name"]: line for line in json.loads((GOLDEN / "number_lines/lines.json").read_text("utf-8"))}
MM_PX = 200 / 25.4
ARABIC_PRINT = ["date_lateef", "long_date_sahel", "reference_tehreer", "date_amiri"]


def picture(name: str) -> GreyImage:
    return np.asarray(cv2.imread(str(GOLDEN / f"number_lines/{name}.png"), cv2.IMREAD_GRAYSCALE), dtype=np.uint8)


def reread(
    grey: GreyImage, words: Sequence[ReadWord], *, language: Language = Language.ARABIC, left: int = 28
) -> tuple[LineReading, LineReading]:
    """Return what the engine read of a line, and what it becomes."""
    height, width = grey.shape
    box = LineBox((left, round(0.2 * height), width - 28, round(0.85 * height)), ())
    line = RecognisedLine(box, LineReading(tuple(words)), language)
    images = LineImages(grey, MM_PX, [box], TesseractLineReader())
    return line.reading, with_arabic_digits([line], images)[0].reading


def words_of(name: str, *, confidence: float | None = None) -> list[ReadWord]:
    height = picture(name).shape[0]
    return [
        ReadWord(text, (x0, height // 4, x1, 3 * height // 4), sure if confidence is None else confidence)
        for text, x0, x1, sure in LINES[name]["words"]
    ]


@pytest.mark.parametrize("name", ARABIC_PRINT)
def test_a_misread_number_becomes_what_is_printed(name: str) -> None:
    _, after = reread(picture(name), words_of(name))

    assert after.text == LINES[name]["printed"]


def test_a_single_digit_is_told_by_the_size_of_the_year_beside_it() -> None:
    _, after = reread(picture("long_date_amiri"), words_of("long_date_amiri"))

    assert after.text == "حرر في ٦ يونيو ٢٠١٤"


def test_an_alef_beside_a_digit_which_is_drawn_like_a_one_is_no_one() -> None:
    _, after = reread(picture("date_before_alef"), words_of("date_before_alef"))

    assert after.text in {"حرر في ” أبريل ٢٠١٤", "حرر في ٦ أبريل ٢٠١٤"}


def test_the_new_word_stands_on_its_ink_and_is_as_sure_as_its_signs() -> None:
    grey = picture("date_amiri")

    _, after = reread(grey, words_of("date_amiri"))

    left, _, right, _ = after.words[-1].box
    columns = np.flatnonzero((grey[:, :230] < 128).any(axis=0))
    assert abs(left - columns[0]) <= 2
    assert right < after.words[-2].box[0]
    assert 60 <= after.words[-1].confidence <= 100


@pytest.mark.parametrize("name", ["western_date_dejavu", "western_ones_and_nines", "letters_only"])
def test_what_is_printed_in_western_digits_or_letters_is_left_as_it_was_read(name: str) -> None:
    before, after = reread(picture(name), words_of(name))

    assert after is before


def test_a_number_that_was_read_surely_is_not_looked_at() -> None:
    words = words_of("date_amiri")
    words[-1] = ReadWord("05/01/2015", words[-1].box, 96)

    before, after = reread(picture("date_amiri"), words)

    assert after is before


def test_a_line_of_the_other_language_is_left_alone() -> None:
    before, after = reread(picture("date_amiri"), words_of("date_amiri"), language=Language.FRENCH)

    assert after is before


def test_a_stroke_through_a_number_leaves_it_unchanged() -> None:
    grey = picture("date_amiri")
    cv2.line(grey, (40, 46), (250, 46), 20, 3)

    before, after = reread(grey, words_of("date_amiri"))

    assert after is before


def test_a_digit_under_a_stain_leaves_the_whole_number_unchanged() -> None:
    grey = picture("reference_freefarsi")
    cv2.rectangle(grey, (60, 20), (78, 44), 20, -1)

    before, after = reread(grey, words_of("reference_freefarsi"))

    assert after is before


def test_the_comma_after_a_number_stays() -> None:
    words = words_of("long_date_sahel")
    words[-1] = ReadWord("٠1،", words[-1].box, words[-1].confidence)

    _, after = reread(picture("long_date_sahel"), words)

    assert after.words[-1].text == "٢٠١٥،"


def test_the_stop_after_a_number_stays() -> None:
    grey = picture("long_date_sahel")
    cv2.circle(grey, (34, 42), 2, 20, -1)

    _, after = reread(grey, words_of("long_date_sahel"))

    assert after.words[-1].text == "٢٠١٥."


def test_the_zero_at_the_end_of_a_line_that_was_found_too_short_is_not_lost() -> None:
    words = words_of("date_amiri")
    _, top, right, bottom = words[-1].box
    words[-1] = ReadWord("5/01/٠١15", (60, top, right, bottom), 25)

    _, after = reread(picture("date_amiri"), words, left=60)

    assert after.words[-1].text == "٠٦/٠٧/٢٠١٩"


def test_numbers_that_a_hyphen_joins_are_read_from_the_right_as_a_text_shows_them() -> None:
    grey = picture("reference_freefarsi")
    slash = grey[:, 112:124]
    slash[:] = 250
    slash[32:35, 2:10] = 30

    _, after = reread(grey, words_of("reference_freefarsi"))

    assert after.words[-1].text == "٢٠٢٤-٥٣٨٧"


def test_the_two_dots_of_a_colon_are_no_zeros() -> None:
    grey = np.full((60, 120), 250, np.uint8)
    cv2.rectangle(grey, (20, 10), (24, 40), 20, -1)
    for top in (15, 32):
        cv2.rectangle(grey, (60, top), (64, top + 4), 20, -1)

    marks = marks_of(grey, (0, 0, 120, 60), mm_px=MM_PX)

    stroke, upper, lower = sorted(marks, key=lambda mark: mark.box)
    assert dict(zip(map(id, marks), stacks_of(marks), strict=True)) == {
        id(stroke): [],
        id(upper): [lower],
        id(lower): [upper],
    }


def test_a_four_that_breaks_at_its_waist_is_one_mark() -> None:
    grey = np.full((60, 80), 250, np.uint8)
    cv2.rectangle(grey, (30, 10), (40, 24), 20, -1)
    cv2.rectangle(grey, (30, 27), (41, 38), 20, -1)

    [mark] = marks_of(grey, (0, 0, 80, 60), mm_px=MM_PX)

    assert (mark.box[1], mark.box[3]) == (pytest.approx(10, abs=1), pytest.approx(39, abs=1))


def test_a_piece_full_of_specks_has_no_marks() -> None:
    grey = np.full((150, 300), 250, np.uint8)
    grey[2::6, 2::6] = 0
    grey[3::6, 2::6] = 0

    assert marks_of(grey, (0, 0, 300, 150), mm_px=4.0) == []


def test_a_mark_has_the_same_picture_at_every_resolution() -> None:
    pictures = []
    for scale in (1, 2):
        grey = np.full((60 * scale, 80 * scale), 250, np.uint8)
        cv2.rectangle(grey, (30 * scale, 10 * scale), (36 * scale, 40 * scale), 20, -1)
        marks = marks_of(grey, (0, 0, 80 * scale, 60 * scale), mm_px=MM_PX * scale)
        pictures.append(pictures_of(marks, band_of(marks)))

    assert np.abs(pictures[0] - pictures[1]).mean() < 0.02


def test_the_model_is_the_same_after_it_was_saved(tmp_path: Path) -> None:
    model, pictures = digit_model(), np.eye(400, dtype=np.float32)[:5]

    model.save(tmp_path / "weights.npz")
    found = DigitModel.load(tmp_path / "weights.npz").probabilities(pictures)

    assert found.shape == (5, len(CLASSES))
    assert np.allclose(found, model.probabilities(pictures))
    assert np.allclose(found.sum(axis=1), 1, atol=1e-5)


def test_a_scanned_page_holds_the_date_that_is_printed_on_it() -> None:
    page = read_page(extract_page(GOLDEN / "scans/ar_clean_2026_0000.pdf", 0), TesseractLineReader())

    assert "٣٠/٠٧/٢٠٢٢" in page.text
