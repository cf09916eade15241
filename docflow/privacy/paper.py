"""What is held about somebody on sheets of A4, with labels in both languages, to be given into their hand."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from typing import Final

from flask_babel import force_locale

from docflow.core.capability import LazyText
from docflow.core.clock import CASABLANCA
from docflow.core.letterhead import Letterhead
from docflow.core.words import Words
from docflow.privacy.labels import HEADING, KIND_LABELS, NOTHING
from docflow.privacy.rules import Held, Sought
from docflow.privacy.telling import told
from docflow.registry.letterheads import draw_letterhead
from docflow.registry.sheets import A4_MM, Sheet, line_mm

MARGIN_MM: Final = 18.0
LAST_LINE_MM: Final = 272.0
FOOT_MM: Final = 282.0
LABEL_MM: Final = 42.0
ROW_PT: Final = 9.0
MOST_ROWS: Final = 100
"""Rows of one kind on paper, the newest acts of a member of the staff for instance; the file for machines has all."""
MORE: Final = Words(
    "وأسطر أخرى، في الملف المعد للحواسيب: ",
    "Autres lignes, dans le fichier pour machines : ",
)
MADE: Final = Words("أنجز في", "Établi le")
RIGHTS: Final = Words(
    "لكم الحق في الولوج إلى معطياتكم (المادة 7 من القانون 09-08) وفي تصحيحها (المادة 8).",
    "Vous avez le droit d'accéder à vos données (article 7 de la loi 09-08) et de les faire rectifier (article 8).",
)


@dataclass
class _Pen:
    sheet: Sheet
    y: float
    x: float = MARGIN_MM
    width: float = A4_MM[0] - 2 * MARGIN_MM
    page_number: int = 1

    def needs(self, height: float) -> None:
        """Go on on a new page where what follows does not fit."""
        if self.y + height > LAST_LINE_MM:
            self.number()
            self.sheet.add_page()
            self.page_number += 1
            self.y = MARGIN_MM

    def number(self) -> None:
        """Write the number of the page at its foot."""
        self.sheet.write(str(self.page_number), x=self.x, y=FOOT_MM, width=self.width, size_pt=8)


def draw_person(
    sought: Sought,
    held: Sequence[Held],
    *,
    letterhead: Letterhead,
    made_at: datetime,
    phrases: Mapping[str, LazyText],
) -> bytes:
    """Return what is held as a PDF; within a request, whose translations it uses."""
    title = _both(HEADING)
    sheet = Sheet(title=title.fr)
    sheet.add_page()
    pen = _Pen(sheet, 16)
    pen.y = draw_letterhead(sheet, letterhead, x=pen.x, y=16, width=pen.width) + 3
    for text, size_pt in ((title.ar, 15.0), (title.fr, 12.0)):
        sheet.write(text, x=pen.x, y=pen.y, width=pen.width, size_pt=size_pt, bold=True)
        pen.y += line_mm(size_pt)
    pen.y += 3
    _draw_row(pen, sought.given(), phrases)
    for kind, rows in groupby(held, key=lambda one: one.kind):
        _draw_kind(pen, _both(KIND_LABELS[kind]), list(rows), phrases)
    if not held:
        _draw_sentence(pen, _both(NOTHING), 10)
    pen.needs(4 * line_mm(8))
    pen.y += 3
    _draw_sentence(pen, RIGHTS, 8)
    made = f"{made_at.astimezone(CASABLANCA):%d/%m/%Y  %H:%M}"
    sheet.write(f"{MADE.fr} {made}", x=pen.x, y=pen.y + 1, width=pen.width, size_pt=8, align="L")
    sheet.write(f"{MADE.ar} {made}", x=pen.x, y=pen.y + 1, width=pen.width, size_pt=8, align="R")
    pen.number()
    return sheet.content()


def _both(label: LazyText) -> Words:
    with force_locale("ar"):
        arabic = str(label)
    with force_locale("fr"):
        return Words(arabic, str(label))


def _draw_kind(pen: _Pen, name: Words, rows: Sequence[Held], phrases: Mapping[str, LazyText]) -> None:
    """Draw the rows of a kind under their name in both languages and their number."""
    pen.needs(line_mm(11) + 4 * line_mm(ROW_PT))
    pen.y += 2
    height = line_mm(11) + 1
    pen.sheet.box(x=pen.x, y=pen.y, width=pen.width, height=height, grey=232)
    half = pen.width / 2 - 12
    for text, x, align in ((name.fr, pen.x + 1, "L"), (name.ar, pen.x + pen.width - half - 1, "R")):
        pen.sheet.write(text, x=x, y=pen.y + 0.5, width=half, size_pt=11, bold=True, align="L" if align == "L" else "R")
    pen.sheet.write(str(len(rows)), x=pen.x + half, y=pen.y + 0.5, width=24, size_pt=11, bold=True)
    pen.y += height + 1
    for row in rows[-MOST_ROWS:]:
        _draw_row(pen, row.values, phrases)
    if len(rows) > MOST_ROWS:
        left = str(len(rows) - MOST_ROWS)
        _draw_sentence(pen, Words(MORE.ar + left, MORE.fr + left), ROW_PT)


def _draw_row(pen: _Pen, values: Mapping[str, object], phrases: Mapping[str, LazyText]) -> None:
    """Draw each column of a row: its label in French, its words, its label in Arabic."""
    room = pen.width - 2 * LABEL_MM - 4
    with force_locale("ar"):
        arabic = [(str(label), text) for label, text in told(values, phrases=phrases)]
    with force_locale("fr"):
        french = [(str(label), text) for label, text in told(values, phrases=phrases)]
    for (label_fr, text_fr), (label_ar, text_ar) in zip(french, arabic, strict=True):
        said = text_fr if text_fr == text_ar else f"{text_fr} · {text_ar}"
        for at, line in enumerate(pen.sheet.wrapped(said, width=room, size_pt=ROW_PT)):
            pen.needs(line_mm(ROW_PT))
            if at == 0:
                pen.sheet.write(label_fr, x=pen.x, y=pen.y, width=LABEL_MM, size_pt=ROW_PT - 1, align="L")
                right = pen.x + pen.width - LABEL_MM
                pen.sheet.write(label_ar, x=right, y=pen.y, width=LABEL_MM, size_pt=ROW_PT - 1, align="R")
            pen.sheet.write(line, x=pen.x + LABEL_MM + 2, y=pen.y, width=room, size_pt=ROW_PT)
            pen.y += line_mm(ROW_PT)
    pen.sheet.rule(x=pen.x, y=pen.y + 0.5, width=pen.width, line_width=0.05)
    pen.y += 1.5


def _draw_sentence(pen: _Pen, words: Words, size_pt: float) -> None:
    for text in (words.ar, words.fr):
        lines = pen.sheet.wrapped(text, width=pen.width, size_pt=size_pt)
        pen.needs(len(lines) * line_mm(size_pt))
        pen.y = pen.sheet.write_lines(lines, x=pen.x, y=pen.y, width=pen.width, size_pt=size_pt)
