"""A transmittal slip on sheets of A4, with the place where the unit counts and signs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from docflow.core.clock import CASABLANCA
from docflow.core.letterhead import Letterhead
from docflow.core.words import Words
from docflow.registry import wording
from docflow.registry.letterheads import draw_letterhead, draw_title
from docflow.registry.sheets import A4_MM, Sheet, line_mm

MARGIN_MM: Final = 15.0
WIDTH_MM: Final = A4_MM[0] - 2 * MARGIN_MM
TEXT_PT: Final = 9.0
FOOT_MM: Final = 280.0
SIGNING_MM: Final = 72.0
"""Height of what is filled in by hand."""
COLUMNS: Final = (
    (wording.ORDER, 10.0),
    (wording.NUMBER, 36.0),
    (wording.LETTER, 74.0),
    (wording.ORIGINAL, 15.0),
    (wording.ENCLOSURES, 20.0),
    (wording.OBSERVATIONS, 25.0),
)


@dataclass(frozen=True, slots=True)
class SlipLine:
    """A letter on a printed slip; nothing but its number is said of one that is not told (``about`` is empty)."""

    number: str
    about: tuple[str, ...]
    enclosure_count: int


@dataclass(frozen=True, slots=True)
class PrintedSlip:
    """What a printed slip says."""

    letterhead: Letterhead
    number: str
    unit: Words
    note: str
    made_at: datetime
    lines: Sequence[SlipLine]
    address: str
    """The page where its return is noted, for whoever scans its code."""
    about: Words = wording.LETTER
    """What the lines say of each letter."""


def draw_transmittal(slip: PrintedSlip) -> bytes:
    """Return the slip."""
    sheet = Sheet(title=f"{wording.TRANSMITTAL.fr} {slip.number}")
    sheet.add_page()
    y = draw_letterhead(sheet, slip.letterhead, x=MARGIN_MM, y=14, width=WIDTH_MM)
    sheet.code(slip.address, x=A4_MM[0] - MARGIN_MM - 28, y=y - 4, side=30)
    y = draw_title(sheet, wording.TRANSMITTAL, slip.number, x=MARGIN_MM + 30, y=y, width=WIDTH_MM - 60)
    y = _draw_addressee(sheet, slip, y)
    y = _draw_heading(sheet, slip, y)
    for position, line in enumerate(slip.lines, start=1):
        wrapped = [part for text in line.about for part in _wrapped(sheet, text)]
        height = max(1, len(wrapped)) * line_mm(TEXT_PT) + 2
        if y + height > FOOT_MM:
            y = _next_page(sheet, slip)
            y = _draw_heading(sheet, slip, y)
        _draw_line(sheet, line, wrapped, position, y)
        y += height
        sheet.rule(x=MARGIN_MM, y=y, width=WIDTH_MM, line_width=0.1)
    if y + SIGNING_MM > FOOT_MM:
        y = _next_page(sheet, slip)
    _draw_signing(sheet, slip, y + 3)
    return sheet.content()


def _next_page(sheet: Sheet, slip: PrintedSlip) -> float:
    sheet.add_page()
    sheet.write(slip.number, x=MARGIN_MM, y=12, width=WIDTH_MM, size_pt=12, bold=True)
    return 20.0


def _draw_addressee(sheet: Sheet, slip: PrintedSlip, y: float) -> float:
    sent = f"{slip.made_at.astimezone(CASABLANCA):%d/%m/%Y %H:%M}"
    half = WIDTH_MM / 2
    rows = (
        (f"{wording.ADDRESSED.fr} : {slip.unit.fr}", f"{wording.ADDRESSED.ar}: {slip.unit.ar}", 11.5, True),
        (f"{wording.SENT.fr} : {sent}", wording.SENT.ar, 9.5, False),
    )
    for french, arabic, size_pt, bold in rows:
        sheet.write(french, x=MARGIN_MM, y=y, width=half - 2, size_pt=size_pt, align="L", bold=bold)
        sheet.write(arabic, x=MARGIN_MM + half, y=y, width=half, size_pt=size_pt, align="R", bold=bold)
        y += line_mm(size_pt)
    if slip.note:
        lines = sheet.wrapped(slip.note, width=WIDTH_MM, size_pt=10)
        y = sheet.write_lines(lines, x=MARGIN_MM, y=y + 1, width=WIDTH_MM, size_pt=10)
    return y + 3


def _draw_heading(sheet: Sheet, slip: PrintedSlip, y: float) -> float:
    sheet.box(x=MARGIN_MM, y=y, width=WIDTH_MM, height=9.5, grey=232)
    for column, (words, _) in enumerate(COLUMNS):
        x, width = _place(column)
        words = slip.about if words is wording.LETTER else words
        sheet.write(words.ar, x=x, y=y + 0.3, width=width, size_pt=8.5, bold=True)
        sheet.write(words.fr, x=x, y=y + 4.7, width=width, size_pt=7.5)
    return y + 9.5


def _draw_line(sheet: Sheet, line: SlipLine, wrapped: Sequence[str], position: int, y: float) -> None:
    for column, text, bold in ((0, str(position), False), (1, line.number, True), (3, "1", False)):
        x, width = _place(column)
        sheet.write(text, x=x, y=y + 1, width=width, size_pt=TEXT_PT, bold=bold)
    x, width = _place(4)
    sheet.write(str(line.enclosure_count), x=x, y=y + 1, width=width, size_pt=TEXT_PT)
    x, width = _place(2)
    for at, text in enumerate(wrapped):
        sheet.write_lines([text], x=x, y=y + 1 + at * line_mm(TEXT_PT), width=width, size_pt=TEXT_PT)


def _draw_signing(sheet: Sheet, slip: PrintedSlip, y: float) -> None:
    originals = len(slip.lines)
    papers = originals + sum(line.enclosure_count for line in slip.lines)
    half = WIDTH_MM / 2
    sheet.write(f"{wording.PAPERS.fr} : {papers}", x=MARGIN_MM, y=y, width=half, size_pt=11, align="L", bold=True)
    sheet.write(f"{wording.PAPERS.ar}: {papers}", x=MARGIN_MM + half, y=y, width=half, size_pt=11, align="R", bold=True)
    y += line_mm(11) + 1
    for text in (wording.RETURN_SLIP.ar, wording.RETURN_SLIP.fr):
        sheet.write_lines([text], x=MARGIN_MM, y=y, width=WIDTH_MM, size_pt=9)
        y += line_mm(9)
    y += 2
    sheet.box(x=MARGIN_MM, y=y, width=60, height=46)
    sheet.write(wording.SENDING_DESK.ar, x=MARGIN_MM, y=y + 1, width=60, size_pt=9)
    sheet.write(wording.SENDING_DESK.fr, x=MARGIN_MM, y=y + 5.5, width=60, size_pt=9)
    left, width = MARGIN_MM + 64, WIDTH_MM - 64
    sheet.box(x=left, y=y, width=width, height=46)
    for at, words in enumerate((wording.RECEIVED_BY, wording.RECEIVED_AT, wording.COUNTED, wording.SIGNATURE)):
        top = y + 1.5 + at * 9.5
        sheet.write(words.fr, x=left + 2, y=top, width=width / 2, size_pt=8, align="L")
        sheet.write(words.ar, x=left + width / 2, y=top, width=width / 2 - 2, size_pt=8.5, align="R")
        if words is not wording.SIGNATURE:
            sheet.rule(x=left + 2, y=top + 8.5, width=width - 4, is_dashed=True)


def _wrapped(sheet: Sheet, text: str) -> list[str]:
    return sheet.wrapped(text, width=_place(2)[1], size_pt=TEXT_PT, most=3) if text.strip() else []


def _place(column: int) -> tuple[float, float]:
    left = MARGIN_MM + sum(width for _, width in COLUMNS[:column])
    return left + 1, COLUMNS[column][1] - 2
