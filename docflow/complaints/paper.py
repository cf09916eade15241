"""A complaint as a paper: what the citizen typed, on sheets that are registered, stamped and sealed like any letter."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any, Final

from docflow.complaints import wording
from docflow.complaints.rules import ComplaintKind
from docflow.core.clock import CASABLANCA
from docflow.core.letterhead import Letterhead
from docflow.core.words import Words
from docflow.documents.written import DrawnLetter
from docflow.registry.letterheads import draw_letterhead
from docflow.registry.sheets import A4_MM, Sheet, line_mm

MARGIN_MM: Final = 20.0
LABEL_MM: Final = 38.0
LAST_LINE_MM: Final = 275.0
STAMP_MM: Final = 46.0
"""Room kept under the head of the first sheet, where the stamp of arrival finds its place."""
TEXT_PT: Final = 12.0


@dataclass(frozen=True, slots=True)
class ComplaintPaper:
    """What stands on the paper of a complaint; an anonymous one has no name, telephone or address."""

    kind: ComplaintKind
    category: Words
    place: str
    name: str
    phone: str
    email: str
    text: str
    photo_count: int
    point: str = ""

    def as_row(self) -> dict[str, Any]:
        """Return it as it is kept until it is drawn."""
        return asdict(self) | {"kind": self.kind.value}

    @classmethod
    def from_row(cls, row: Mapping[str, Any]) -> ComplaintPaper:
        """Return it from how it is kept."""
        kept = {name: value for name, value in row.items() if name != "institution"}
        return cls(**{**kept, "category": Words(**row["category"]), "kind": ComplaintKind(row["kind"])})


def draw_complaint(paper: ComplaintPaper, *, letterhead: Letterhead, deposited_at: datetime) -> DrawnLetter:
    """Return a complaint on as many sheets as its text needs."""
    kind = wording.KINDS[paper.kind]
    sheet = Sheet(title=f"{kind.fr} – {paper.category.fr}")
    sheet.add_page()
    x, width = MARGIN_MM, A4_MM[0] - 2 * MARGIN_MM
    y = draw_letterhead(sheet, letterhead, x=x, y=16, width=width) + STAMP_MM
    sheet.write(f"{kind.ar} · {kind.fr}", x=x, y=y, width=width, size_pt=18, bold=True)
    y += line_mm(18)
    sheet.write(f"{wording.FORM.ar} · {wording.FORM.fr}", x=x, y=y, width=width, size_pt=9)
    y += line_mm(9) + 4
    name = paper.name or f"{wording.ANONYMOUS.ar} · {wording.ANONYMOUS.fr}"
    for label, value in (
        (wording.DEPOSITED, f"{deposited_at.astimezone(CASABLANCA):%d/%m/%Y  %H:%M}"),
        (wording.CATEGORY, f"{paper.category.ar} · {paper.category.fr}"),
        (wording.PLACE, paper.place),
        (wording.POINT, paper.point),
        (wording.FROM, name),
        (wording.PHONE, paper.phone),
        (wording.EMAIL, paper.email),
        (wording.ENCLOSED, str(paper.photo_count) if paper.photo_count else ""),
    ):
        if value:
            y = _row(sheet, label, value, y, x=x, width=width)
    y += 5
    pages = 1
    for paragraph in paper.text.split("\n"):
        lines = sheet.wrapped(paragraph, width=width, size_pt=TEXT_PT)
        while lines:
            room = int((LAST_LINE_MM - y) / line_mm(TEXT_PT))
            if room < 1:
                sheet.add_page()
                pages, y = pages + 1, MARGIN_MM
                continue
            y = sheet.write_lines(lines[:room], x=x, y=y, width=width, size_pt=TEXT_PT)
            lines = lines[room:]
        y += 2
    return DrawnLetter(sheet.content(), pages)


def _row(sheet: Sheet, label: Words, value: str, y: float, *, x: float, width: float) -> float:
    """Write a value between its French and its Arabic label, above a thin rule."""
    sheet.write(label.fr, x=x, y=y + 1, width=LABEL_MM, size_pt=9.5, align="L")
    sheet.write(label.ar, x=x + width - LABEL_MM, y=y + 1, width=LABEL_MM, size_pt=10, align="R")
    room = width - 2 * LABEL_MM - 4
    lines = sheet.wrapped(value, width=room, size_pt=10.5)
    end = sheet.write_lines(lines, x=x + LABEL_MM + 2, y=y + 1, width=room, size_pt=10.5, align="C")
    sheet.rule(x=x, y=end + 1, width=width, line_width=0.1)
    return end + 1.5
