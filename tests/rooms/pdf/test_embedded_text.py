from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import pypdfium2
import pytest
from fpdf import FPDF
from fpdf.enums import TextMode
from hypothesis import example, given, settings
from hypothesis import strategies as st
from PIL import Image, ImageDraw

from docflow.pdf.embedded_text import OwnText, TextState
from docflow.pdf.pdfium_pages import own_text_of_page
from docflow.pdf.raster import extract_page
from docflow.pdf.soundness import Direction, direction_of, is_sound

from . import hostile
from .letter_texts import ARABIC_LINES, FRENCH_LINES
from .typeset import (
    Line,
    Writing,
    by_form,
    typeset,
    with_controls,
    with_turned_lam_alef,
    without_alef,
)

LETTER = [*(Line(text) for text in ARABIC_LINES), *(Line(text, is_right=False) for text in FRENCH_LINES[:3])]
WRITINGS = {
    "letters from left to right": Writing(),
    "letters in reading order": Writing(is_stored_in_reading_order=True),
    "each glyph by itself": Writing(is_glyph_by_glyph=True),
    "gaps for spaces": Writing(has_space_glyphs=False),
    "forms from left to right": Writing(name=by_form),
    "forms in reading order": Writing(name=by_form, is_stored_in_reading_order=True),
    "lam-alef turned": Writing(name=with_turned_lam_alef),
    "lam-alef turned, in reading order": Writing(name=with_turned_lam_alef, is_stored_in_reading_order=True),
    "controls within words": Writing(name=with_controls),
    "drawn by a program without Arabic": Writing(is_shaped=False),
}
words = st.sampled_from(sorted({word for line in ARABIC_LINES for word in line.split() if word.isalpha()}))
guests = st.sampled_from(["BK123456", "MU/2024/12", "12/05/2024", "١٢٣٤", "0612345678", "50%", "(12)"])


@st.composite
def arabic_lines(draw: st.DrawFn) -> str:
    parts = draw(st.lists(words, min_size=2, max_size=6))
    return " ".join([*parts, draw(guests), draw(words)]) if draw(st.booleans()) else " ".join(parts)


def own_text(pdf: bytes) -> OwnText:
    with closing(pypdfium2.PdfDocument(pdf)) as document:
        return own_text_of_page(document[0], is_scan=False, max_count=50_000)


def lines_of(text: OwnText) -> list[str]:
    lines: dict[int, list[str]] = {}
    for word in text.words:
        lines.setdefault(word.line_index, []).append(word.text)
    return [" ".join(line) for line in lines.values()]


def mapped(table: Callable[[str], str]) -> Writing:
    """Write with a wrong table from glyphs to characters."""
    return Writing(name=lambda letters, _: "".join(map(table, letters)))


@pytest.mark.parametrize("writing", WRITINGS.values(), ids=WRITINGS.keys())
def test_a_letter_comes_back_as_it_is_read_however_it_was_written(writing: Writing) -> None:
    text = own_text(typeset([LETTER], writing))

    assert text.state is TextState.REPAIRED
    assert lines_of(text) == [line.text for line in LETTER]


@given(st.lists(arabic_lines(), min_size=4, max_size=8), st.sampled_from(sorted(WRITINGS)))
@example(lines=["شهر كما", "أحد أحد", "شهر كما", "أحد أحد"], writing="each glyph by itself")
@settings(max_examples=40, deadline=None)
def test_any_arabic_page_comes_back_as_it_is_read(lines: Sequence[str], writing: str) -> None:
    text = own_text(typeset([[*map(Line, [*ARABIC_LINES, *lines])]], WRITINGS[writing]))

    assert lines_of(text) == [*ARABIC_LINES, *lines]


def test_a_french_letter_is_kept_as_it_is() -> None:
    text = own_text(typeset([[Line(line, is_right=False) for line in FRENCH_LINES]]))

    assert text.state is TextState.KEPT
    assert lines_of(text) == FRENCH_LINES


def test_words_are_boxed_where_they_are_drawn() -> None:
    text = own_text(typeset([[Line(ARABIC_LINES[0]), *map(Line, ARABIC_LINES)]]))

    first = [word for word in text.words if word.line_index == 0]
    lefts = [word.box[0] for word in first]
    assert lefts == sorted(lefts, reverse=True)
    assert all(word.box[2] <= before.box[0] + 1 for before, word in pairwise(first))
    assert abs(first[0].box[2] - (595 - 60) * 200 / 72) < 6


def test_tatweel_within_words_goes_and_that_of_the_hijra_stays() -> None:
    written = [*ARABIC_LINES[1:], "المـــوضوع: بتاريخ 9 رمضان 1446 هـ"]

    text = own_text(typeset([list(map(Line, written))]))

    assert lines_of(text)[-1] == "الموضوع: بتاريخ 9 رمضان 1446 هـ"


def test_two_cells_of_a_row_are_read_from_the_right() -> None:
    cells = ["رقم الملف", "اسم المعني بالأمر", "تاريخ الإيداع", "المصلحة المختصة", "التوقيع", "ملاحظات"]
    rows = list(zip(cells[::2], cells[1::2], strict=True))

    text = own_text(
        typeset([[line for right, left in rows for line in (Line(left, right_pt=250), Line(right, is_beside=True))]])
    )

    assert lines_of(text) == cells


def test_a_line_that_the_file_stores_after_the_next_is_read_before_it() -> None:
    lines = [*map(Line, ARABIC_LINES)]
    stored = [*lines[:4], replace(lines[5], down=1), replace(lines[4], down=-1), *lines[6:]]

    assert lines_of(own_text(typeset([stored]))) == ARABIC_LINES


def test_a_year_left_alone_on_a_line_of_an_arabic_page_keeps_its_stop_behind_it() -> None:
    text = own_text(typeset([[*map(Line, ARABIC_LINES), Line("2016.")]]))

    assert lines_of(text)[-1] == "2016."


@pytest.mark.parametrize(
    ("lines", "writing"),
    [
        (ARABIC_LINES, Writing(name=without_alef)),
        (ARABIC_LINES, mapped(lambda letter: letter.encode("cp1256").decode("latin-1"))),
        (ARABIC_LINES, mapped(lambda letter: chr(0x627 + (ord(letter) - 0x627 + 7) % 35) if letter >= "ء" else letter)),
        (ARABIC_LINES, mapped(lambda letter: letter if letter == " " else "ا")),
        (FRENCH_LINES, mapped(lambda letter: chr(ord(letter) - 29) if letter > "A" else letter)),
        (FRENCH_LINES, mapped(lambda letter: chr(0xE000 + ord(letter)))),
        (FRENCH_LINES, mapped(lambda letter: letter if letter == " " else "\ufffd")),
        (FRENCH_LINES, mapped(lambda letter: letter if letter == " " else "e")),
        (FRENCH_LINES, mapped(lambda letter: letter if letter == " " else chr(0x4E00 + ord(letter)))),
        (FRENCH_LINES, Writing(state="3 Tr")),
        (FRENCH_LINES, Writing(state="1 g")),
        (ARABIC_LINES, Writing(state="7 Tr")),
    ],
    ids=[
        *("lam-alef without its alef", "another alphabet's table", "letters mixed up", "one letter"),
        *("codes of glyphs", "private use", "replacement characters", "one Latin letter", "another script"),
        *("no colour", "colour of the paper", "clipping only"),
    ],
)
def test_a_text_that_says_something_else_than_the_page_is_refused(lines: Sequence[str], writing: Writing) -> None:
    text = own_text(typeset([[Line(line, is_right=lines is ARABIC_LINES) for line in lines]], writing))

    assert (text.state, text.words) == (TextState.REFUSED, ())


def test_hidden_words_are_left_out_of_a_page_that_has_others() -> None:
    shown = [Line(line, is_right=False) for line in FRENCH_LINES]
    hidden = b"BT /F1 9 Tf 1 g 1 0 0 1 60 60 Tm <0001000200030004> Tj 1 0 0 1 900 60 Tm <0001000200030004> Tj ET"

    text = own_text(typeset([shown], behind=hidden))

    assert (text.state, lines_of(text)) == (TextState.KEPT, FRENCH_LINES)


def test_more_text_than_a_page_can_show_is_not_looked_at() -> None:
    with closing(pypdfium2.PdfDocument(typeset([LETTER]))) as document:
        text = own_text_of_page(document[0], is_scan=False, max_count=100)

    assert text == OwnText(TextState.REFUSED)


def letterhead_with_picture(height: int) -> bytes:
    """Print two lines of a head over a picture of handwriting ``height`` millimetres high, 180 wide."""
    picture = Image.new("L", (1440, 8 * height), 255)
    pen = ImageDraw.Draw(picture)
    noise = random.Random(7)
    for top in range(10, picture.height - 30, 40):
        for left in range(10, 1400, 18):
            pen.line([left, top + noise.randrange(24), left + 14, top + noise.randrange(24)], fill=20, width=3)
    pdf = FPDF()
    pdf.add_page()
    pdf.set_font("Helvetica", size=12)
    for line in FRENCH_LINES[:6]:
        pdf.cell(0, 7, line.replace("’", "'").replace("œ", "oe"), new_x="LMARGIN", new_y="NEXT")
    pdf.image(picture, x=15, y=70, w=180)
    return bytes(pdf.output())


def test_a_page_that_is_mostly_a_picture_is_read_from_it_and_one_with_a_stamp_keeps_its_text() -> None:
    assert own_text(letterhead_with_picture(200)).state is TextState.REFUSED
    assert own_text(letterhead_with_picture(12)).state is TextState.KEPT


def test_an_older_reading_under_a_scan_is_not_the_pages_own_text(tmp_path: Path) -> None:
    pdf = FPDF(unit="pt", format=(595, 842))
    pdf.add_page()
    pdf.image(Image.new("L", (1240, 1754), 230), x=0, y=0, w=595, h=842)
    pdf.set_font("Helvetica", size=12)
    pdf.text_mode = TextMode.INVISIBLE
    pdf.text(20, 150, "demande de permis de construire une maison")

    page = extract_page(hostile.written(tmp_path, "scan.pdf", bytes(pdf.output())), 0)

    assert (page.origin, page.text_state, page.words) == ("embedded_image", TextState.REFUSED, ())


def test_the_direction_is_told_only_where_it_is_clear() -> None:
    letter = " ".join(ARABIC_LINES).split()
    backwards = [word[::-1] for word in letter]

    assert direction_of(letter) is Direction.LOGICAL
    assert direction_of(backwards) is Direction.REVERSED
    assert direction_of([*letter, *backwards]) is Direction.UNCLEAR
    assert direction_of(["Objet", "demande"]) is Direction.LOGICAL
    assert not is_sound([*letter, *backwards])


def test_letters_set_apart_or_words_run_together_are_not_sound() -> None:
    french = " ".join(FRENCH_LINES)

    assert is_sound(french.split())
    assert not is_sound(list(french.replace(" ", "")))
    assert not is_sound([french.replace(" ", "")[start : start + 60] for start in range(0, 600, 60)] * 3)
