"""The route sheet on sheets of A4: a line for each thing that was asked, in the order in which it was asked."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final, TypeAlias

from docflow.core.clock import CASABLANCA
from docflow.core.letterhead import Letterhead
from docflow.core.words import Words
from docflow.registry import wording as papers
from docflow.registry.letterheads import draw_letterhead, draw_title
from docflow.registry.sheets import A4_MM, Sheet, line_mm
from docflow.routing import wording
from docflow.routing.rules import AssignmentState, Instruction

MARGIN_MM: Final = 15.0
WIDTH_MM: Final = A4_MM[0] - 2 * MARGIN_MM
TEXT_PT: Final = 8.5
GAP_MM: Final = 3.0
"""Least room between a text and the same in the other language on one line."""
FOOT_MM: Final = 278.0
MOST_LINES: Final = 25
"""Of one paragraph, so that a step is never longer than a page."""
COLUMNS: Final = (
    (wording.STEP, 9.0),
    (wording.SENT, 38.0),
    (wording.ASKED, 66.0),
    (wording.DONE, 67.0),
)


@dataclass(frozen=True, slots=True)
class PrintedStep:
    """One thing that was asked, and how it ended."""

    sent_at: datetime
    sent_by: Words
    addressee: Words
    claimed_by: Words | None
    instruction: Instruction
    due_on: date | None
    note: str
    state: AssignmentState
    ended_at: datetime | None
    ended_by: Words
    answer: str


@dataclass(frozen=True, slots=True)
class PrintedRoute:
    """What a route sheet says."""

    letterhead: Letterhead
    number: str
    arrived_at: datetime
    sender: str
    subject: str
    is_confidential: bool
    is_open: bool
    steps: Sequence[PrintedStep]
    verification_url: str
    printed_at: datetime
    printed_by: Words
    is_bound: bool = False
    """Whether it is part of a larger print, which carries the seal."""


@dataclass(frozen=True, slots=True)
class _Paragraph:
    """Lines of a cell; ``beside`` is the same in Arabic, at the right of a single line."""

    lines: list[str]
    beside: str = ""
    bold: bool = False


Cell: TypeAlias = list[_Paragraph]


def draw_route(route: PrintedRoute) -> bytes:
    """Return the sheet."""
    sheet = Sheet(title=f"{wording.ROUTE_SHEET.fr} {route.number}")
    sheet.add_page()
    y = draw_letterhead(sheet, route.letterhead, x=MARGIN_MM, y=14, width=WIDTH_MM)
    sheet.code(route.verification_url, x=A4_MM[0] - MARGIN_MM - 28, y=y - 4, side=30)
    y = draw_title(sheet, wording.ROUTE_SHEET, route.number, x=MARGIN_MM + 30, y=y, width=WIDTH_MM - 60)
    y = _draw_matter(sheet, route, y)
    y = _draw_heading(sheet, y)
    if not route.steps:
        y = _draw_nothing(sheet, y)
    for position, step in enumerate(route.steps, start=1):
        cells = _cells(sheet, step)
        lines = max(sum(len(paragraph.lines) for paragraph in cell) for cell in cells)
        height = lines * line_mm(TEXT_PT) + 2.5
        if y + height > FOOT_MM:
            y = _draw_heading(sheet, _next_page(sheet, route))
        _draw_step(sheet, position, cells, y)
        for column in range(1, len(COLUMNS)):
            sheet.rule(x=_place(column)[0] - 1, y=y, width=0, height=height, line_width=0.1)
        y += height
        sheet.rule(x=MARGIN_MM, y=y, width=WIDTH_MM, line_width=0.1)
    if y + 20 > FOOT_MM:
        y = _next_page(sheet, route)
    _draw_end(sheet, route, y + 4)
    return sheet.content()


def _next_page(sheet: Sheet, route: PrintedRoute) -> float:
    sheet.add_page()
    title = f"{wording.ROUTE_SHEET.fr} · {route.number}"
    sheet.write(title, x=MARGIN_MM, y=12, width=WIDTH_MM, size_pt=11, bold=True)
    return 20.0


def _draw_matter(sheet: Sheet, route: PrintedRoute, y: float) -> float:
    rows = (
        (papers.ARRIVAL, _instant(route.arrived_at)),
        (papers.SENDER, route.sender),
        (papers.SUBJECT, route.subject),
        (papers.CONFIDENTIAL, "✓" if route.is_confidential else ""),
    )
    label = 34.0
    for words, value in rows:
        if not value:
            continue
        is_mark = words is papers.CONFIDENTIAL
        sheet.write(words.fr, x=MARGIN_MM, y=y, width=WIDTH_MM / 2 if is_mark else label, size_pt=9, align="L")
        sheet.write(
            words.ar,
            x=MARGIN_MM + (WIDTH_MM / 2 if is_mark else WIDTH_MM - label),
            y=y,
            width=WIDTH_MM / 2 if is_mark else label,
            size_pt=9.5,
            align="R",
        )
        if not is_mark:
            inner = WIDTH_MM - 2 * label - 4
            lines = sheet.wrapped(value, width=inner, size_pt=10, most=4)
            y = sheet.write_lines(lines, x=MARGIN_MM + label + 2, y=y, width=inner, size_pt=10, align="C")
        else:
            y += line_mm(10)
        y += 0.6
    return y + 3


def _draw_heading(sheet: Sheet, y: float) -> float:
    sheet.box(x=MARGIN_MM, y=y, width=WIDTH_MM, height=9.5, grey=232)
    for column, (words, _) in enumerate(COLUMNS):
        x, width = _place(column)
        sheet.write(words.ar, x=x, y=y + 0.3, width=width, size_pt=8.5, bold=True)
        sheet.write(words.fr, x=x, y=y + 4.7, width=width, size_pt=7.5)
    return y + 9.5


def _draw_nothing(sheet: Sheet, y: float) -> float:
    said = f"{wording.NOWHERE.ar} · {wording.NOWHERE.fr}"
    sheet.write(said, x=MARGIN_MM, y=y + 3, width=WIDTH_MM, size_pt=10)
    return y + 12


def _draw_step(sheet: Sheet, position: int, cells: Sequence[Cell], y: float) -> None:
    x, width = _place(0)
    sheet.write(str(position), x=x, y=y + 1, width=width, size_pt=TEXT_PT, bold=True)
    for column, cell in enumerate(cells, start=1):
        x, width = _place(column)
        top = y + 1
        for one in cell:
            if one.beside:
                sheet.write(one.beside, x=x, y=top, width=width, size_pt=TEXT_PT, align="R", bold=one.bold)
            top = sheet.write_lines(one.lines, x=x, y=top, width=width, size_pt=TEXT_PT, bold=one.bold)


def _draw_end(sheet: Sheet, route: PrintedRoute, y: float) -> None:
    now = wording.OPEN if route.is_open else wording.CLOSED
    sealed = wording.BOUND if route.is_bound else wording.SEALED
    half = WIDTH_MM / 2
    printed = _instant(route.printed_at)
    rows = (
        (now.fr, now.ar, 10.5, True),
        (sealed.fr, sealed.ar, 8.0, False),
        (f"{papers.PRINTED.fr} {printed}", f"{papers.PRINTED.ar} {printed}", 8.0, False),
        (f"{papers.BY.fr} {route.printed_by.fr}", f"{papers.BY.ar} {route.printed_by.ar}", 8.0, False),
    )
    for french, arabic, size_pt, bold in rows:
        sheet.write(french, x=MARGIN_MM, y=y, width=half - 2, size_pt=size_pt, align="L", bold=bold)
        sheet.write(arabic, x=MARGIN_MM + half, y=y, width=half, size_pt=size_pt, align="R", bold=bold)
        y += line_mm(size_pt)


def _cells(sheet: Sheet, step: PrintedStep) -> tuple[Cell, Cell, Cell]:
    instruction, state = wording.INSTRUCTIONS[step.instruction], wording.STATES[step.state]
    sent = [_Paragraph([_instant(step.sent_at)]), *_both(sheet, 1, step.sent_by)]
    asked = _both(sheet, 2, step.addressee, bold=True)
    if step.claimed_by is not None:
        asked += _both(sheet, 2, step.claimed_by)
    asked += _both(sheet, 2, instruction)
    if step.due_on is not None:
        due = f"{step.due_on:%d/%m/%Y}"
        asked += _both(sheet, 2, Words(f"{wording.UNTIL.ar}: {due}", f"{wording.UNTIL.fr} : {due}"))
    asked += _wrapped(sheet, 2, step.note)
    ended = _both(sheet, 3, state, bold=True)
    if step.ended_at is not None:
        ended += [_Paragraph([_instant(step.ended_at)]), *_both(sheet, 3, step.ended_by)]
    ended += _wrapped(sheet, 3, step.answer)
    return sent, asked, ended


def _both(sheet: Sheet, column: int, words: Words, *, bold: bool = False) -> Cell:
    """Return both languages on one line where they fit, on lines of their own where they do not."""
    texts = [text for text in dict.fromkeys((words.fr, words.ar)) if text.strip()]
    widths = [sheet.width_of(sheet.printable(text), size_pt=TEXT_PT, bold=bold) for text in texts]
    if len(texts) == 2 and sum(widths) + GAP_MM <= _place(column)[1]:
        return [_Paragraph([words.fr], words.ar, bold)]
    return [paragraph for text in texts for paragraph in _wrapped(sheet, column, text, bold=bold)]


def _wrapped(sheet: Sheet, column: int, text: str, *, bold: bool = False) -> Cell:
    if not text.strip():
        return []
    width = _place(column)[1]
    return [_Paragraph(sheet.wrapped(text, width=width, size_pt=TEXT_PT, bold=bold, most=MOST_LINES), bold=bold)]


def _instant(at: datetime) -> str:
    return f"{at.astimezone(CASABLANCA):%d/%m/%Y %H:%M}"


def _place(column: int) -> tuple[float, float]:
    left = MARGIN_MM + sum(width for _, width in COLUMNS[:column])
    return left + 1, COLUMNS[column][1] - 2
