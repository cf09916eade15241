"""The yearly report of the decree on sheets of A4, in both languages at once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from docflow.complaints.report import Section
from docflow.core.clock import CASABLANCA
from docflow.core.letterhead import Letterhead
from docflow.core.words import Words
from docflow.registry.letterheads import draw_letterhead
from docflow.registry.sheets import A4_MM, Sheet, line_mm

MARGIN_MM: Final = 20.0
LAST_LINE_MM: Final = 272.0
ROW_PT: Final = 10.0
TITLE: Final = Words(
    "التقرير السنوي حول الشكايات والملاحظات والاقتراحات",
    "Rapport annuel des réclamations, observations et propositions",
)
DECREE: Final = Words("المرسوم رقم 2.17.265", "Décret n° 2-17-265")
MADE: Final = Words("أنجز في", "Établi le")


@dataclass
class _Pen:
    sheet: Sheet
    y: float
    x: float = MARGIN_MM
    width: float = A4_MM[0] - 2 * MARGIN_MM

    def needs(self, height: float) -> None:
        """Go on on a new page where what follows does not fit."""
        if self.y + height > LAST_LINE_MM:
            self.sheet.add_page()
            self.y = MARGIN_MM


def draw_report(
    year: int, sections: Sequence[Section], *, letterhead: Letterhead, note: Words, made_at: datetime
) -> bytes:
    """Return the report of a year."""
    sheet = Sheet(title=f"{TITLE.fr} {year}")
    sheet.add_page()
    pen = _Pen(sheet, 16)
    pen.y = draw_letterhead(sheet, letterhead, x=pen.x, y=16, width=pen.width) + 4
    for text, size_pt, bold in ((TITLE.ar, 15.0, True), (TITLE.fr, 12.0, True), (str(year), 22.0, True)):
        sheet.write(text, x=pen.x, y=pen.y, width=pen.width, size_pt=size_pt, bold=bold)
        pen.y += line_mm(size_pt)
    sheet.write(f"{DECREE.ar} · {DECREE.fr}", x=pen.x, y=pen.y, width=pen.width, size_pt=9)
    pen.y += line_mm(9) + 3
    for section in sections:
        _draw_section(pen, section)
    pen.needs(3 * line_mm(8))
    pen.y += 3
    made = f"{made_at.astimezone(CASABLANCA):%d/%m/%Y  %H:%M}"
    for text in (note.ar, note.fr):
        lines = sheet.wrapped(text, width=pen.width, size_pt=8)
        pen.y = sheet.write_lines(lines, x=pen.x, y=pen.y, width=pen.width, size_pt=8)
    sheet.write(f"{MADE.fr} {made}", x=pen.x, y=pen.y + 1, width=pen.width, size_pt=8, align="L")
    sheet.write(f"{MADE.ar} {made}", x=pen.x, y=pen.y + 1, width=pen.width, size_pt=8, align="R")
    return sheet.content()


def _draw_section(pen: _Pen, section: Section) -> None:
    """Draw a table: each line with its French name, its figure and its Arabic name."""
    pen.needs(line_mm(11) + 3 * (line_mm(ROW_PT) + 1.2))
    pen.y += 3
    pen.sheet.box(x=pen.x, y=pen.y, width=pen.width, height=line_mm(11) + 1, grey=232)
    pen.sheet.write(section.title.fr, x=pen.x + 1, y=pen.y + 0.5, width=pen.width / 2, size_pt=11, bold=True, align="L")
    pen.sheet.write(
        section.title.ar,
        x=pen.x + pen.width / 2 - 1,
        y=pen.y + 0.5,
        width=pen.width / 2,
        size_pt=11,
        bold=True,
        align="R",
    )
    pen.y += line_mm(11) + 1.5
    room = (pen.width - 24) / 2
    for name, figure in section.rows:
        pen.needs(line_mm(ROW_PT) + 1.2)
        pen.sheet.write(name.fr, x=pen.x, y=pen.y, width=room, size_pt=ROW_PT, align="L")
        pen.sheet.write(figure, x=pen.x + room, y=pen.y, width=24, size_pt=ROW_PT, bold=True)
        pen.sheet.write(name.ar, x=pen.x + pen.width - room, y=pen.y, width=room, size_pt=ROW_PT, align="R")
        pen.y += line_mm(ROW_PT)
        pen.sheet.rule(x=pen.x, y=pen.y + 0.4, width=pen.width, line_width=0.05)
        pen.y += 1.2
