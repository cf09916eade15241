"""The glyphs of a PDF page as pdfium finds them; runs in the child process only."""

from __future__ import annotations

import ctypes
import math
import re
from collections.abc import Callable
from contextlib import closing
from typing import TypeAlias

import pypdfium2
import pypdfium2.raw as pdfium_c

from docflow.pdf.glyph_signs import SPACE, Glyph

Displayed: TypeAlias = Callable[[float, float], tuple[float, float]]

UNSEEN = re.compile("[\u00ad\u061c\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u2069\ufeff]")
"""Controls of direction and joining, soft hyphens and spaces of no width: they say nothing."""
NOT_A_CHARACTER = "\ufffd"
BREAKING_HYPHENS = frozenset("\x02\ufffe")
"""What pdfium makes of a hyphen at the end of a line."""
LEVEL_RAD = math.radians(10)


def displayed_pixels(page: pypdfium2.PdfPage, *, scale: float) -> Displayed:
    """Return how a place of the page, in points, is told in pixels of the displayed page, ``scale`` pixels a point."""
    turn, (left, bottom, right, top) = page.get_rotation(), page.get_bbox()

    def displayed(x: float, y: float) -> tuple[float, float]:
        across, down = {
            0: (x - left, top - y),
            90: (y - bottom, x - left),
            180: (right - x, y - bottom),
            270: (top - y, right - x),
        }[turn]
        return across * scale, down * scale

    return displayed


def glyphs_of_page(page: pypdfium2.PdfPage, *, scale: float, max_count: int) -> list[Glyph] | None:
    """Return the glyphs of a page in pdfium's order, or ``None`` when there are more than ``max_count``.

    A space that has a width is among them, in the stretch that it ends.
    """
    displayed = displayed_pixels(page, scale=scale)
    with closing(page.get_textpage()) as text_page:
        count = text_page.count_chars()
        if count > max_count:
            return None
        glyphs: list[Glyph] = []
        line_index = token_index = 0
        for index in range(count):
            character = _character(text_page, index)
            indices = (line_index, token_index)
            if character.isspace():
                space = _glyph(text_page, index, SPACE, displayed, scale, indices)
                # A space without width is a guess of pdfium's, and often in a wrong place.
                if glyphs and space.box[0] < space.box[2]:
                    glyphs.append(space)
                token_index += 1
                line_index += character == "\n"
            elif not UNSEEN.match(character):
                glyphs.append(_glyph(text_page, index, character, displayed, scale, indices))
    return glyphs


def _character(text_page: pypdfium2.PdfTextPage, index: int) -> str:
    code = pdfium_c.FPDFText_GetUnicode(text_page, index)
    # pdfium gives half a character for a code that is none, and nothing for a glyph that has no code.
    character = chr(code) if code and not 0xD800 <= code <= 0xDFFF else NOT_A_CHARACTER
    return "-" if character in BREAKING_HYPHENS else character


def _glyph(
    text_page: pypdfium2.PdfTextPage,
    index: int,
    character: str,
    displayed: Displayed,
    scale: float,
    indices: tuple[int, int],
) -> Glyph:
    x0, y0, x1, y1 = text_page.get_charbox(index, loose=True)
    (a, b), (c, d) = displayed(x0, y0), displayed(x1, y1)
    x, y = ctypes.c_double(), ctypes.c_double()
    pdfium_c.FPDFText_GetCharOrigin(text_page, index, x, y)
    matrix = pdfium_c.FS_MATRIX()
    pdfium_c.FPDFText_GetMatrix(text_page, index, matrix)
    (from_x, from_y), (to_x, to_y) = displayed(0, 0), displayed(matrix.a, matrix.b)
    return Glyph(
        text=character,
        box=(min(a, c), min(b, d), max(a, c), max(b, d)),
        origin=displayed(x.value, y.value),
        em=pdfium_c.FPDFText_GetFontSize(text_page, index) * math.hypot(matrix.c, matrix.d) * scale,
        line_index=indices[0],
        token_index=indices[1],
        place=index,
        is_level=abs(math.atan2(to_y - from_y, to_x - from_x)) < LEVEL_RAD,
    )
