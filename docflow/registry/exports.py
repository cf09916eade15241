"""Lines for spreadsheets: CSV, and XLSX with real dates; those of a register, and of any other list."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final, TypeAlias

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from openpyxl.styles import Alignment, Font
from openpyxl.utils import get_column_letter

from docflow.core.clock import CASABLANCA
from docflow.registry.listing import RegisterLine

Value: TypeAlias = str | int | datetime | date | None
WIDTHS: Final = (18, 17, 32, 20, 14, 60, 34, 14, 36)
"""Of the columns, in characters."""
LONGEST_NAME: Final = 31
"""Of a sheet, in characters."""
NAME_SIGNS: Final = str.maketrans("[]:*?/\\'", "        ")
"""Signs that the name of a sheet must not have."""
FORMULA_SIGNS: Final = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


@dataclass(frozen=True, slots=True)
class ExportTexts:
    """What an export is called in the reader's language."""

    name: str
    headings: Sequence[str]
    states: dict[str, str]
    unopened: str
    is_rtl: bool


@dataclass(frozen=True, slots=True)
class Grid:
    """Lines for a spreadsheet: what the sheet and its columns are called, how wide they are in characters."""

    name: str
    headings: Sequence[str]
    rows: Sequence[Sequence[Value]]
    widths: Sequence[int]
    is_rtl: bool


def csv_of(lines: Sequence[RegisterLine], texts: ExportTexts) -> bytes:
    """Return the lines of a register as CSV."""
    return grid_csv(_grid(lines, texts))


def xlsx_of(lines: Sequence[RegisterLine], texts: ExportTexts) -> bytes:
    """Return the lines of a register as a workbook."""
    return grid_xlsx(_grid(lines, texts))


def grid_csv(grid: Grid) -> bytes:
    """Return lines as CSV in UTF-8 (RFC 4180), which spreadsheets know by its first character."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(grid.headings)
    writer.writerows([_harmless(_typed(value)) for value in row] for row in grid.rows)
    return ("\ufeff" + out.getvalue()).encode()


def grid_xlsx(grid: Grid) -> bytes:
    """Return lines as a workbook: heading frozen, dates that sort, from right to left where the language is."""
    book = Workbook(write_only=True)
    sheet = book.create_sheet(" ".join(grid.name.translate(NAME_SIGNS).split())[:LONGEST_NAME] or None)
    sheet.sheet_view.rightToLeft = grid.is_rtl
    sheet.freeze_panes = "B2"
    for column, width in enumerate(grid.widths, start=1):
        sheet.column_dimensions[get_column_letter(column)].width = width
    sheet.auto_filter.ref = f"A1:{get_column_letter(len(grid.widths))}{len(grid.rows) + 1}"

    def cell(value: Value, *, is_heading: bool = False) -> WriteOnlyCell:
        made = WriteOnlyCell(sheet, value=_kept(value) if isinstance(value, str) else value)
        if isinstance(value, str):
            # A text stays one, whatever it begins with.
            made.data_type = "s"
            made.alignment = Alignment(wrap_text=True, vertical="top")
        elif value is not None:
            if isinstance(value, date):
                made.number_format = "dd/mm/yyyy hh:mm" if isinstance(value, datetime) else "dd/mm/yyyy"
            made.alignment = Alignment(vertical="top")
        if is_heading:
            made.font = Font(bold=True)
        return made

    sheet.append([cell(heading, is_heading=True) for heading in grid.headings])
    for row in grid.rows:
        sheet.append([cell(value) for value in row])
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _grid(lines: Sequence[RegisterLine], texts: ExportTexts) -> Grid:
    return Grid(texts.name, texts.headings, [_values(line, texts) for line in lines], WIDTHS, texts.is_rtl)


def _values(line: RegisterLine, texts: ExportTexts) -> list[Value]:
    arrived = None if line.arrived_at is None else line.arrived_at.astimezone(CASABLANCA).replace(tzinfo=None)
    unit = "" if line.unit is None else line.unit.ar if texts.is_rtl else line.unit.fr
    subject = texts.unopened if line.is_unopened and not line.subject else line.subject
    state = texts.states[line.state.value]
    return [line.number, arrived, line.sender, line.reference, line.document_date, subject, unit, state, line.reason]


def _typed(value: Value) -> str:
    if isinstance(value, datetime):
        return f"{value:%d/%m/%Y %H:%M}"
    return f"{value:%d/%m/%Y}" if isinstance(value, date) else "" if value is None else str(value)


def _kept(text: str) -> str:
    """Return a text without the characters that a workbook cannot hold."""
    return str(ILLEGAL_CHARACTERS_RE.sub("", text))


def _harmless(text: str) -> str:
    """Keep a spreadsheet from taking a text for a formula (CWE-1236)."""
    return f"'{text}" if text.lstrip().startswith(FORMULA_SIGNS) or text.startswith(FORMULA_SIGNS) else text
