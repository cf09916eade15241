"""A register of a year on sheets of A4 across, in both languages, with totals carried from page to page."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from docflow.core.clock import CASABLANCA
from docflow.core.letterhead import Letterhead
from docflow.core.words import Words
from docflow.registry import wording
from docflow.registry.listing import RegisterLine
from docflow.registry.rules import EntryState
from docflow.registry.sheets import A4_MM, Align, Sheet, line_mm

ACROSS_MM: Final = (A4_MM[1], A4_MM[0])
MARGIN_MM: Final = 10.0
TEXT_PT: Final = 8.0
HEAD_MM: Final = 32.0
"""Where the lines of a page begin."""
FOOT_MM: Final = 190.0
"""Where they end at the latest."""
GAP_MM: Final = 1.2
COLUMNS: Final = (
    (wording.NUMBER, 33.0),
    (wording.ARRIVAL, 27.0),
    (wording.SENDER, 48.0),
    (wording.REFERENCE, 35.0),
    (wording.SUBJECT, 77.0),
    (wording.UNIT, 37.0),
    (wording.STATE, 20.0),
)
"""What each column is of, and its width; together as wide as the sheet between its margins."""
SUBJECT_COLUMN: Final = 4
CENTRED: Final = frozenset({0, 1, 6})
STRUCK: Final = frozenset({1, 2, 3, SUBJECT_COLUMN, 5})
"""Columns that are struck out of a cancelled line; its number and state stay readable."""


@dataclass(frozen=True, slots=True)
class PrintedRegister:
    """What a print says of itself; ``is_rtl``: whether the first column stands at the right."""

    letterhead: Letterhead
    name: Words
    year: int
    made_at: datetime
    made_by: Words
    is_rtl: bool


@dataclass(frozen=True, slots=True)
class _Cell:
    lines: tuple[str, ...]
    reason: tuple[str, ...] = ()
    """Lines below them that are never struck out."""


@dataclass(frozen=True, slots=True)
class _Row:
    cells: tuple[_Cell, ...]
    height: float
    is_cancelled: bool


def draw_register(register: PrintedRegister, lines: Sequence[RegisterLine]) -> tuple[bytes, int]:
    """Return the printed register and how many pages it has."""
    sheet = Sheet(title=f"{register.name.fr} {register.year}", size_mm=ACROSS_MM)
    sheet.add_page()
    pages = _paged([_row(sheet, line, is_rtl=register.is_rtl) for line in lines])
    before = cancelled_before = 0
    for number, rows in enumerate(pages, start=1):
        if number > 1:
            sheet.add_page()
        _draw_head(sheet, register, page=f"{number} / {len(pages)}", before=before, cancelled=cancelled_before)
        y = HEAD_MM
        for row in rows:
            y = _draw_row(sheet, row, y, is_rtl=register.is_rtl)
        if not rows:
            sheet.write(_both(wording.NO_LINE), x=MARGIN_MM, y=y + 6, width=_width(), size_pt=11)
        cancelled = sum(row.is_cancelled for row in rows)
        before, cancelled_before = before + len(rows), cancelled_before + cancelled
        in_all = wording.IN_ALL if number == len(pages) else wording.CARRIED
        _draw_foot(
            sheet,
            register,
            (_counted(wording.ON_PAGE, len(rows), cancelled), _counted(in_all, before, cancelled_before)),
        )
    return sheet.content(), len(pages)


def _paged(rows: Sequence[_Row]) -> list[list[_Row]]:
    """Return the rows of each page; an empty register has one page."""
    pages: list[list[_Row]] = [[]]
    y = HEAD_MM
    for row in rows:
        if pages[-1] and y + row.height > FOOT_MM:
            pages.append([])
            y = HEAD_MM
        pages[-1].append(row)
        y += row.height
    return pages


def _row(sheet: Sheet, line: RegisterLine, *, is_rtl: bool) -> _Row:
    def own(words: Words) -> str:
        return words.ar if is_rtl else words.fr

    said = (
        [line.number],
        [] if line.arrived_at is None else [f"{line.arrived_at.astimezone(CASABLANCA):%d/%m/%Y %H:%M}"],
        [line.sender],
        [line.reference, "" if line.document_date is None else f"{line.document_date:%d/%m/%Y}"],
        [own(wording.UNOPENED) if line.is_unopened and not line.subject else line.subject],
        [] if line.unit is None else [own(line.unit)],
        [own(wording.STATES[line.state.value])],
    )
    reason = f"{own(wording.REASON)}: {line.reason}" if line.reason else ""
    cells = tuple(
        _Cell(
            tuple(part for text in texts if text.strip() for part in _wrapped(sheet, text, column)),
            tuple(_wrapped(sheet, reason, column)) if reason and column == SUBJECT_COLUMN else (),
        )
        for column, texts in enumerate(said)
    )
    most = max(len(cell.lines) + len(cell.reason) for cell in cells)
    return _Row(cells, most * line_mm(TEXT_PT) + GAP_MM, line.state is EntryState.CANCELLED)


def _wrapped(sheet: Sheet, text: str, column: int) -> list[str]:
    return sheet.wrapped(text, width=COLUMNS[column][1] - 2 * GAP_MM, size_pt=TEXT_PT)


def _draw_row(sheet: Sheet, row: _Row, y: float, *, is_rtl: bool) -> float:
    for column, cell in enumerate(row.cells):
        x, width = _place(column, is_rtl=is_rtl)
        align: Align | None = "C" if column in CENTRED else None
        end = sheet.write_lines(
            cell.lines,
            x=x,
            y=y + GAP_MM / 2,
            width=width,
            size_pt=TEXT_PT,
            align=align,
            bold=column == 0,
            is_struck=row.is_cancelled and column in STRUCK,
        )
        if cell.reason:
            sheet.write_lines(cell.reason, x=x, y=end, width=width, size_pt=TEXT_PT)
    sheet.rule(x=MARGIN_MM, y=y + row.height, width=_width(), line_width=0.1)
    return y + row.height


def _draw_head(sheet: Sheet, register: PrintedRegister, *, page: str, before: int, cancelled: int) -> None:
    third = _width() / 3
    sides: tuple[tuple[str, str, float, Align], ...] = (
        (register.letterhead.name.fr, register.name.fr, MARGIN_MM, "L"),
        (register.letterhead.name.ar, register.name.ar, MARGIN_MM + 2 * third, "R"),
    )
    for institution, name, x, align in sides:
        sheet.write(institution, x=x, y=8, width=third, size_pt=9, align=align)
        sheet.write(name, x=x, y=12.5, width=third, size_pt=11, align=align, bold=True)
    middle = MARGIN_MM + third
    sheet.write(_both(wording.PRINTED_REGISTER), x=middle, y=7.5, width=third, size_pt=9)
    sheet.write(str(register.year), x=middle, y=11.5, width=third, size_pt=13, bold=True)
    sheet.write(page, x=middle, y=18.2, width=third, size_pt=8)
    if before:
        brought = _counted(wording.BROUGHT, before, cancelled)
        sheet.write(brought.fr, x=MARGIN_MM, y=18.2, width=third, size_pt=8, align="L")
        sheet.write(brought.ar, x=MARGIN_MM + 2 * third, y=18, width=third, size_pt=8.5, align="R")
    sheet.box(x=MARGIN_MM, y=22.5, width=_width(), height=HEAD_MM - 23, grey=232)
    for column, (words, _) in enumerate(COLUMNS):
        x, width = _place(column, is_rtl=register.is_rtl)
        sheet.write(words.ar, x=x, y=22.8, width=width, size_pt=8.5, bold=True)
        sheet.write(words.fr, x=x, y=27, width=width, size_pt=8)


def _draw_foot(sheet: Sheet, register: PrintedRegister, totals: Sequence[Words]) -> None:
    half = _width() / 2
    made = f"{register.made_at.astimezone(CASABLANCA):%d/%m/%Y %H:%M}"
    french = f"{wording.MADE.fr} {made} {wording.BY.fr} {register.made_by.fr}. {wording.KNOWN_ONLY.fr}"
    # Day and hour stand apart, or the Arabic line would turn them around.
    arabic = f"{wording.BY.ar} {register.made_by.ar}. {wording.KNOWN_ONLY.ar}"
    sheet.write(" · ".join(words.fr for words in totals), x=MARGIN_MM, y=191.5, width=half, size_pt=9, align="L")
    sheet.write(
        " · ".join(words.ar for words in totals), x=MARGIN_MM + half, y=191.3, width=half, size_pt=9.5, align="R"
    )
    sheet.write(french, x=MARGIN_MM, y=197, width=half, size_pt=7.5, align="L")
    sheet.write(arabic, x=MARGIN_MM + half, y=196.8, width=half, size_pt=8, align="R")


def _counted(words: Words, count: int, cancelled: int) -> Words:
    return Words(
        f"{words.ar}: {count} ({wording.OF_CANCELLED.ar}: {cancelled})",
        f"{words.fr} : {count} ({wording.OF_CANCELLED.fr} : {cancelled})",
    )


def _both(words: Words) -> str:
    return f"{words.ar} · {words.fr}"


def _place(column: int, *, is_rtl: bool) -> tuple[float, float]:
    """Return where the text of a column begins, and how wide it is."""
    left = MARGIN_MM + sum(width for _, width in COLUMNS[:column])
    width = COLUMNS[column][1]
    if is_rtl:
        left = ACROSS_MM[0] - left - width
    return left + GAP_MM, width - 2 * GAP_MM


def _width() -> float:
    return ACROSS_MM[0] - 2 * MARGIN_MM
