"""The stamp: ordered words, what it says aloud, a code that a scanner reads."""

from __future__ import annotations

import io

import numpy as np
import pytest
import zxingcpp
from PIL import Image, ImageFilter

from docflow.core.errors import InvalidInput
from docflow.stamping.adapters.appearance import png_of
from docflow.stamping.drawing import draw_stamp, stamp_text
from docflow.stamping.lettering import Weight, _visual_runs, shaped
from docflow.stamping.placement import SCALES
from docflow.stamping.rules import StampDesign, StampKind, contrast_with_white

from .faces import DESIGN, face

POINTS_PER_INCH = 72


def grey_of(drawing, *, dpi: float) -> Image.Image:
    with Image.open(io.BytesIO(png_of(drawing))) as opened:
        width = round(drawing.width_pt * dpi / POINTS_PER_INCH)
        return opened.convert("L").resize((width, round(width * opened.height / opened.width)), Image.BOX)


def printed_and_scanned(drawing, *, dpi: float, seed: int) -> Image.Image:
    """The stamp in black and white, blurred by the printer's dots and the scanner's lens, with dust."""
    page = Image.new("L", (1240, 600), 235)
    page.paste(grey_of(drawing, dpi=dpi), (300, 150))
    turned = page.rotate(0.8, resample=Image.BICUBIC, fillcolor=235).filter(ImageFilter.GaussianBlur(0.5))
    noise = np.random.default_rng(seed).normal(0, 12, (turned.height, turned.width))
    return Image.fromarray(np.clip(np.asarray(turned) + noise, 0, 255).astype(np.uint8))


def test_runs_of_both_directions_stand_in_visual_order():
    runs = _visual_runs("رقم A-12 وارد", is_rtl=True)

    assert [text for text, _ in runs] == [" وارد", "A-12", "رقم "]


def test_date_and_time_keep_their_order_among_arabic_words():
    said = _visual_runs("يوم \u206602/07/2026 · 10:05\u2069 صباحا", is_rtl=True)

    assert [text for text, _ in said] == [" صباحا", "02/07/2026 · 10:05", "يوم "]


def test_arabic_letters_are_joined():
    joined = shaped("مقاطعة", Weight.BOLD, is_rtl=True)
    apart = [shaped(letter, Weight.BOLD, is_rtl=True) for letter in "مقاطعة"]

    assert {placed.glyph for placed in joined.glyphs} != {placed.glyph for line in apart for placed in line.glyphs}
    assert joined.width < sum(line.width for line in apart)


def test_the_stamp_tells_casablanca_time():
    said = stamp_text(face(), DESIGN)

    assert "\u206602/07/2026 · 10:05\u2069" in said
    assert "\u2066A-2026-000145\u2069" in said
    assert "مصلحة الشؤون القانونية" in said


@pytest.mark.parametrize("scale", [1.0, SCALES[-1]])
@pytest.mark.parametrize("seed", range(4))
def test_the_code_is_read_from_a_print_scanned_at_150_dpi(scale, seed):
    drawing = draw_stamp(face(), DESIGN)

    read = zxingcpp.read_barcodes(printed_and_scanned(drawing, dpi=150 * scale, seed=seed))

    assert [code.text for code in read] == [face().verification_url]


def test_long_names_stay_inside_the_stamp():
    long_face = face(unit_fr="Service de la gestion déléguée des équipements publics " * 3, unit_ar="مصلحة تدبير " * 9)
    design = StampDesign(name_ar="مقاطعة " * 10, name_fr="Arrondissement " * 5)

    picture = np.asarray(grey_of(draw_stamp(long_face, design), dpi=200))

    border = picture[8:-8, -10:-6]
    assert border.min() > 200, "nothing is written up to the border"


def test_both_kinds_are_told_apart_without_colour():
    arrival = np.asarray(grey_of(draw_stamp(face(), DESIGN), dpi=100), dtype=int)
    departure = np.asarray(grey_of(draw_stamp(face(kind=StampKind.DEPARTURE), DESIGN), dpi=100), dtype=int)

    assert np.abs(arrival - departure).max() > 150


@pytest.mark.parametrize(
    ("wrong", "code"),
    [
        ({"name_ar": " "}, "stamp_text_missing"),
        ({"name_fr": "x" * 81}, "stamp_text_too_long"),
        ({"arrival_colour": "blue"}, "stamp_colour_invalid"),
        ({"departure_colour": "#ffe680"}, "stamp_colour_too_light"),
        ({"width_mm": 40}, "stamp_width_invalid"),
    ],
)
def test_a_design_that_cannot_be_read_is_refused(wrong, code):
    with pytest.raises(InvalidInput) as refused:
        StampDesign(**{"name_ar": "مقاطعة", "name_fr": "Arrondissement"} | wrong).checked()

    assert refused.value.code == code


def test_contrast_is_that_of_wcag():
    assert contrast_with_white("#000000") == pytest.approx(21)
    assert contrast_with_white("#767676") == pytest.approx(4.54, abs=0.01)
