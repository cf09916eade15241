"""Separator sheets, drawn as a PDF to print."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from importlib.metadata import files
from pathlib import Path
from typing import Final

import segno
from fpdf import FPDF
from fpdf.enums import XPos, YPos

from docflow.core.errors import InvalidInput
from docflow.ingest.rules import SEPARATOR_MARK

MOST_SHEETS: Final = 100
FONT_PACKAGE: Final = "fontpkg-ibm-plex-sans-arabic"
CODE_MM: Final = 90
CODE_TOP_MM: Final = 78
QUIET_MODULES: Final = 4
"""White modules around a code (ISO/IEC 18004, 5.3.8)."""
PAGE_WIDTH_MM: Final = 210
MARGIN_MM: Final = 20


@dataclass(frozen=True, slots=True)
class SheetText:
    """What is written on a sheet in one language."""

    title: str
    explanation: str


def draw_separators(texts: Sequence[SheetText], *, count: int) -> bytes:
    """Return a PDF of so many A4 sheets, each with the code and the texts.

    Raises:
        InvalidInput: ``sheet_count_invalid`` with ``limit``.
    """
    if not 1 <= count <= MOST_SHEETS:
        raise InvalidInput("sheet_count_invalid", limit=MOST_SHEETS)
    pdf = FPDF(format="A4", unit="mm")
    pdf.set_title(" / ".join(text.title for text in texts))
    pdf.set_margin(MARGIN_MM)
    pdf.set_auto_page_break(auto=False)
    for style, weight in (("", "Regular"), ("B", "Bold")):
        pdf.add_font("Plex", style, _font(weight))
    # Arabic letters are joined, and runs of both directions ordered, by the shaping engine.
    pdf.set_text_shaping(use_shaping_engine=True)
    for _ in range(count):
        _draw_sheet(pdf, texts)
    return bytes(pdf.output())


def _draw_sheet(pdf: FPDF, texts: Sequence[SheetText]) -> None:
    pdf.add_page()
    pdf.set_xy(MARGIN_MM, 30)
    pdf.set_font("Plex", "B", 30)
    for text in texts:
        _write(pdf, text.title, line_mm=16)
    _draw_code(pdf)
    pdf.set_xy(MARGIN_MM, CODE_TOP_MM + CODE_MM + 20)
    pdf.set_font("Plex", "", 15)
    for text in texts:
        _write(pdf, text.explanation, line_mm=8.5)
        pdf.ln(5)


def _write(pdf: FPDF, text: str, *, line_mm: float) -> None:
    pdf.multi_cell(0, line_mm, text, align="C", new_x=XPos.LMARGIN, new_y=YPos.NEXT)


def _draw_code(pdf: FPDF) -> None:
    """Draw the code as squares, sharp at every resolution, with the strongest correction of errors."""
    code = segno.make(SEPARATOR_MARK, error="h", micro=False, boost_error=False)
    rows = [bytes(row) for row in code.matrix_iter(border=QUIET_MODULES)]
    side = CODE_MM / len(rows)
    left = (PAGE_WIDTH_MM - CODE_MM) / 2
    pdf.set_fill_color(0)
    for down, row in enumerate(rows):
        for across, is_dark in enumerate(row):
            if is_dark:
                # A hair of overlap, so that no white line shows between two squares.
                pdf.rect(left + across * side, CODE_TOP_MM + down * side, side + 0.02, side + 0.02, style="F")


def _font(weight: str) -> Path:
    name = f"IBMPlexSansArabic-{weight}.ttf"
    return next(Path(str(file.locate())) for file in files(FONT_PACKAGE) or () if file.name == name)
