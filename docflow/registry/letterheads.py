"""What stands at the head of the registry's sheets."""

from __future__ import annotations

from docflow.core.words import Words
from docflow.registry import wording
from docflow.registry.sheets import Sheet, line_mm


def draw_letterhead(sheet: Sheet, institution: Words, *, x: float, y: float, width: float) -> float:
    """Draw the institution in French at the left and in Arabic at the right; return where the page goes on."""
    half = width / 2 - 4
    for at, (kingdom, name, desk) in enumerate(
        (
            (wording.KINGDOM.fr, institution.fr, wording.DESK.fr),
            (wording.KINGDOM.ar, institution.ar, wording.DESK.ar),
        )
    ):
        left, line_y = x + at * (width / 2 + 4), y
        for text, size_pt, bold in ((kingdom, 9.5, False), (name, 12.5, True), (desk, 9.5, False)):
            sheet.write(text, x=left, y=line_y, width=half, size_pt=size_pt, bold=bold, align="R" if at else "L")
            line_y += line_mm(size_pt)
    sheet.rule(x=x, y=line_y + 2.5, width=width, line_width=0.4)
    return line_y + 8


def draw_title(sheet: Sheet, words: Words, number: str, *, x: float, y: float, width: float) -> float:
    """Draw what a sheet is and its number; return where the page goes on."""
    for text, size_pt, bold in ((words.ar, 18.0, True), (words.fr, 15.0, False), (number, 24.0, True)):
        sheet.write(text, x=x, y=y, width=width, size_pt=size_pt, bold=bold)
        y += line_mm(size_pt)
    return y + 4
