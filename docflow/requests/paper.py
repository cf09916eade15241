"""A request as a paper that is registered and sealed like any letter, and its receipt with the checklist."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Any, Final

from docflow.core.clock import CASABLANCA
from docflow.core.letterhead import Letterhead
from docflow.core.words import Words
from docflow.documents.written import DrawnLetter
from docflow.registry import wording as registry_words
from docflow.registry.letterheads import draw_letterhead, draw_title
from docflow.registry.sheets import A4_MM, Sheet, line_mm
from docflow.requests import wording
from docflow.requests.rules import AskedPaper, Question

MARGIN_MM: Final = 20.0
LABEL_MM: Final = 38.0
LAST_LINE_MM: Final = 275.0
STAMP_MM: Final = 46.0
"""Room under the head of the first sheet, where the stamp of arrival finds its place."""
BOX_MM: Final = 3.6


@dataclass(frozen=True, slots=True)
class RequestPaper:
    """What stands on the paper of a request; ``applicant``: name, CIN, telephone, mail address."""

    procedure: Words
    applicant: Sequence[str]
    answers: Sequence[Question]
    papers: Sequence[AskedPaper]

    def as_row(self) -> dict[str, Any]:
        """Return it as it is kept until it is drawn."""
        return {
            "procedure": asdict(self.procedure),
            "applicant": list(self.applicant),
            "answers": [one.as_row() for one in self.answers],
            "papers": [one.as_row() for one in self.papers],
        }

    @classmethod
    def from_row(cls, row: Mapping[str, Any]) -> RequestPaper:
        """Return it from how it is kept."""
        return cls(
            procedure=Words(**row["procedure"]),
            applicant=row["applicant"],
            answers=[Question.from_row(one) for one in row["answers"]],
            papers=[AskedPaper.from_row(one) for one in row["papers"]],
        )


@dataclass(frozen=True, slots=True)
class RequestReceipt:
    """What the receipt of a request says; ``due``: by when it is decided."""

    letterhead: Letterhead
    number: str
    secret: str
    tracking_url: str
    procedure: Words
    fee: Words
    applicant: str
    deposited_at: datetime
    due: date | None
    papers: Sequence[AskedPaper]
    is_silence_consent: bool
    printed_at: datetime


class _Pages:
    """Lines under each other on as many sheets as they need."""

    def __init__(self, sheet: Sheet, y: float) -> None:
        self.sheet, self.y, self.count = sheet, y, 1

    def row(self, label: Words, *values: str) -> None:
        """Write values under each other between their French and their Arabic label, above a thin rule."""
        x, width = MARGIN_MM, A4_MM[0] - 2 * MARGIN_MM
        room = width - 2 * LABEL_MM - 4
        wrapped = [self.sheet.wrapped(value, width=room, size_pt=10.5) for value in values]
        self._room_for(sum(map(len, wrapped)) * line_mm(10.5) + 3)
        labels = [self.sheet.wrapped(text, width=LABEL_MM, size_pt=9.5) for text in (label.fr, label.ar)]
        ends = [
            self.sheet.write_lines(labels[0], x=x, y=self.y + 1, width=LABEL_MM, size_pt=9.5, align="L"),
            self.sheet.write_lines(
                labels[1], x=x + width - LABEL_MM, y=self.y + 1, width=LABEL_MM, size_pt=9.5, align="R"
            ),
        ]
        end = self.y + 1
        for lines in wrapped:
            end = self.sheet.write_lines(lines, x=x + LABEL_MM + 2, y=end, width=room, size_pt=10.5, align="C")
        ends.append(end)
        self.sheet.rule(x=x, y=max(ends) + 1, width=width, line_width=0.1)
        self.y = max(ends) + 1.5

    def paper(self, paper: AskedPaper) -> None:
        """Write a document with a box that is ticked where it was given, French at the left and Arabic at the right."""
        x, width = MARGIN_MM, A4_MM[0] - 2 * MARGIN_MM
        half = width / 2 - BOX_MM - 3
        form = wording.FORMS[paper.form]
        sides = [
            self.sheet.wrapped(f"{paper.fr} ({form.fr})", width=half, size_pt=9.5),
            self.sheet.wrapped(f"{paper.ar} ({form.ar})", width=half, size_pt=9.5),
        ]
        self._room_for(max(len(side) for side in sides) * line_mm(9.5) + 1)
        box = x + width / 2 - BOX_MM / 2
        self.sheet.box(x=box, y=self.y + 0.6, width=BOX_MM, height=BOX_MM)
        if paper.is_given:
            self.sheet.rule(x=box, y=self.y + 0.6, width=BOX_MM, height=BOX_MM, line_width=0.5)
            self.sheet.rule(x=box, y=self.y + 0.6 + BOX_MM, width=BOX_MM, height=-BOX_MM, line_width=0.5)
        ends = [
            self.sheet.write_lines(sides[0], x=x, y=self.y, width=half, size_pt=9.5, align="L"),
            self.sheet.write_lines(
                sides[1], x=x + width / 2 + BOX_MM + 3, y=self.y, width=half, size_pt=9.5, align="R"
            ),
        ]
        self.y = max(ends) + 0.8

    def lines(self, words: Words, *, size_pt: float = 9.5) -> None:
        """Write a sentence in both languages, one under the other."""
        for text in (words.ar, words.fr):
            lines = self.sheet.wrapped(text, width=A4_MM[0] - 2 * MARGIN_MM, size_pt=size_pt)
            self._room_for(len(lines) * line_mm(size_pt))
            self.y = self.sheet.write_lines(
                lines, x=MARGIN_MM, y=self.y, width=A4_MM[0] - 2 * MARGIN_MM, size_pt=size_pt
            )
        self.y += 1

    def _room_for(self, height: float) -> None:
        if self.y + height > LAST_LINE_MM:
            self.sheet.add_page()
            self.y, self.count = MARGIN_MM, self.count + 1


def draw_request(paper: RequestPaper, *, letterhead: Letterhead, deposited_at: datetime) -> DrawnLetter:
    """Return a request on as many sheets as it needs."""
    sheet = Sheet(title=f"{wording.REQUEST.fr} – {paper.procedure.fr}")
    sheet.add_page()
    x, width = MARGIN_MM, A4_MM[0] - 2 * MARGIN_MM
    y = draw_letterhead(sheet, letterhead, x=x, y=16, width=width) + STAMP_MM
    for text, size_pt, bold in (
        (paper.procedure.ar, 16.0, True),
        (paper.procedure.fr, 14.0, True),
        (f"{wording.FORM.ar} · {wording.FORM.fr}", 9.0, False),
    ):
        sheet.write(text, x=x, y=y, width=width, size_pt=size_pt, bold=bold)
        y += line_mm(size_pt)
    pages = _Pages(sheet, y + 4)
    labels = (wording.APPLICANT, wording.CIN, wording.PHONE, wording.EMAIL)
    rows = [
        (wording.DEPOSITED, f"{deposited_at.astimezone(CASABLANCA):%d/%m/%Y  %H:%M}"),
        *zip(labels, paper.applicant, strict=True),
    ]
    rows += [(one.words, one.said) for one in paper.answers]
    for label, value in rows:
        if value:
            pages.row(label, value)
    pages.y += 4
    for one in paper.papers:
        pages.paper(one)
    return DrawnLetter(sheet.content(), pages.count)


def draw_receipt(receipt: RequestReceipt) -> bytes:
    """Return the receipt of a request: what was given and what not, by when it is decided, number, secret and code."""
    sheet = Sheet(title=f"{wording.RECEIPT.fr} {receipt.number}")
    sheet.add_page()
    x, width = MARGIN_MM, A4_MM[0] - 2 * MARGIN_MM
    y = draw_letterhead(sheet, receipt.letterhead, x=x, y=16, width=width)
    pages = _Pages(sheet, draw_title(sheet, wording.RECEIPT, receipt.number, x=x, y=y, width=width))
    due = "" if receipt.due is None else f"{receipt.due:%d/%m/%Y}"
    for label, values in (
        (wording.PROCEDURE, (receipt.procedure.ar, receipt.procedure.fr)),
        (wording.APPLICANT, (receipt.applicant,)),
        (wording.DEPOSITED, (f"{receipt.deposited_at.astimezone(CASABLANCA):%d/%m/%Y  %H:%M}",)),
        (wording.DUE, (due,)),
        (wording.FEE, (receipt.fee.ar, receipt.fee.fr)),
    ):
        if any(values):
            pages.row(label, *values)
    pages.y += 3
    sheet.write(f"{wording.PAPERS.ar} · {wording.PAPERS.fr}", x=x, y=pages.y, width=width, size_pt=11, bold=True)
    pages.y += line_mm(11) + 1
    for paper in receipt.papers:
        pages.paper(paper)
    if not receipt.papers:
        pages.lines(wording.NOTHING_ASKED)
    pages.y += 2
    if receipt.is_silence_consent:
        pages.lines(wording.SILENCE)
    pages.lines(wording.ONCE, size_pt=9)
    _following(pages, receipt)
    return sheet.content()


def _following(pages: _Pages, receipt: RequestReceipt) -> None:
    """Draw the code and the secret at the foot of the sheet."""
    side, sheet, width = 42.0, pages.sheet, A4_MM[0] - 2 * MARGIN_MM
    if pages.y > 232:
        sheet.add_page()
        pages.y = MARGIN_MM
    y = max(pages.y + 4, 232.0) if pages.y > MARGIN_MM else pages.y
    sheet.code(receipt.tracking_url, x=MARGIN_MM - 4, y=y - 4, side=side)
    left, room = MARGIN_MM + side, width - side
    words = registry_words
    sheet.write(f"{words.SECRET.ar} · {words.SECRET.fr}", x=left, y=y, width=room, size_pt=9)
    sheet.write(receipt.secret, x=left, y=y + line_mm(9), width=room, size_pt=17, bold=True)
    line_y = y + line_mm(9) + line_mm(17) + 1
    for text in (words.FOLLOW.ar, words.FOLLOW.fr, receipt.tracking_url, words.KEEP.ar, words.KEEP.fr):
        sheet.write(text, x=left, y=line_y, width=room, size_pt=8)
        line_y += line_mm(8)
    printed = f"{words.PRINTED.fr} {receipt.printed_at.astimezone(CASABLANCA):%d/%m/%Y  %H:%M}"
    sheet.write(printed, x=MARGIN_MM, y=284, width=width, size_pt=7.5)
