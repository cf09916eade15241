"""What stands at the head and at the foot of the registry's sheets."""

from __future__ import annotations

from typing import Final

from docflow.core.letterhead import Letterhead
from docflow.core.words import Words
from docflow.registry import wording
from docflow.registry.sheets import Sheet, line_mm

EMBLEM_MM: Final = 18.0
FOOT_PT: Final = 7.5
FOOT_GAP_MM: Final = 8.0
"""Between the lowest line of the foot and the edge of the sheet."""


def draw_letterhead(
    sheet: Sheet, letterhead: Letterhead, *, x: float, y: float, width: float, below: Words = wording.DESK
) -> float:
    """Draw the administration in French at the left, in Arabic at the right, its emblem between; return what follows.

    Args:
        sheet: where to.
        letterhead: what the papers of the administration bear.
        x: left edge.
        y: upper edge.
        width: from edge to edge.
        below: what stands under its name; empty: nothing.
    """
    middle = EMBLEM_MM + 4 if letterhead.emblem else 8.0
    half = (width - middle) / 2
    ends = []
    for at, language in enumerate(("fr", "ar")):
        left, line_y, align = x + at * (half + middle), y, "R" if at else "L"
        lines = [(line, 9.5, False) for line in letterhead.above.said(language).splitlines()]
        lines.append((letterhead.name.said(language), 12.5, True))
        if below.said(language):
            lines.append((below.said(language), 9.5, False))
        for text, size_pt, bold in lines:
            wrapped = sheet.wrapped(text, width=half, size_pt=size_pt, bold=bold, most=2)
            line_y = sheet.write_lines(wrapped, x=left, y=line_y, width=half, size_pt=size_pt, bold=bold, align=align)  # type: ignore[arg-type]
        ends.append(line_y)
    if letterhead.emblem:
        sheet.picture(letterhead.emblem, x=x + half + 2, y=y, width=EMBLEM_MM, height=EMBLEM_MM)
        ends.append(y + EMBLEM_MM)
    end = max(ends)
    sheet.rule(x=x, y=end + 2.5, width=width, line_width=0.4)
    return end + 8


def draw_foot(sheet: Sheet, letterhead: Letterhead, *, x: float, width: float) -> None:
    """Draw the foot of the administration's papers on the open page: French at the left, Arabic at the right."""
    half = width / 2 - 4
    count = max(len(letterhead.foot.said(language).splitlines()) for language in ("fr", "ar"))
    if not count:
        return
    top = sheet.height - FOOT_GAP_MM - count * line_mm(FOOT_PT)
    sheet.rule(x=x, y=top - 1.5, width=width, line_width=0.2)
    for at, language in enumerate(("fr", "ar")):
        y = top
        for text in letterhead.foot.said(language).splitlines():
            left, align = x + at * (half + 8), "R" if at else "L"
            sheet.write(text, x=left, y=y, width=half, size_pt=FOOT_PT, align=align)  # type: ignore[arg-type]
            y += line_mm(FOOT_PT)


def draw_title(sheet: Sheet, words: Words, number: str, *, x: float, y: float, width: float) -> float:
    """Draw what a sheet is and its number; return where the page goes on."""
    for text, size_pt, bold in ((words.ar, 18.0, True), (words.fr, 15.0, False), (number, 24.0, True)):
        sheet.write(text, x=x, y=y, width=width, size_pt=size_pt, bold=bold)
        y += line_mm(size_pt)
    return y + 4
