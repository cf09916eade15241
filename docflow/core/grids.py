"""Lines for spreadsheets: CSV, and XLSX with real dates, written as they come."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import chain
from typing import BinaryIO, Final, TypeAlias

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from openpyxl.styles import Alignment, Font
from openpyxl.utils import get_column_letter

Value: TypeAlias = str | int | datetime | date | None
LONGEST_NAME: Final = 31
"""Of a sheet, in characters."""
NAME_SIGNS: Final = str.maketrans("[]:*?/\\'", "        ")
"""Signs that the name of a sheet must not have."""
FORMULA_SIGNS: Final = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
CSV_TYPE: Final = "text/csv; charset=utf-8"
XLSX_TYPE: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@dataclass(frozen=True, slots=True)
class Grid:
    """Lines for a spreadsheet: what the sheet and its columns are called, how wide they are in characters.

    ``rows`` are read once, as they are written.
    """

    name: str
    headings: Sequence[str]
    rows: Iterable[Sequence[Value]]
    widths: Sequence[int]
    is_rtl: bool


def grid_csv(grid: Grid) -> bytes:
    """Return lines as CSV in UTF-8 (RFC 4180), which spreadsheets know by its first character."""
    return "".join(csv_lines(grid)).encode()


def csv_lines(grid: Grid) -> Iterator[str]:
    """Yield the same line by line."""
    out = io.StringIO()
    writer = csv.writer(out)
    yield "\ufeff"
    for line in chain([grid.headings], ([_harmless(_typed(value)) for value in row] for row in grid.rows)):
        writer.writerow(line)
        yield out.getvalue()
        out.seek(0)
        out.truncate()


def grid_xlsx(grid: Grid) -> bytes:
    """Return lines as a workbook: heading frozen, dates that sort, from right to left where the language is."""
    out = io.BytesIO()
    write_xlsx(grid, out)
    return out.getvalue()


def write_xlsx(grid: Grid, out: BinaryIO) -> None:
    """Write the same; lines go to a temporary file, so that memory holds one at a time."""
    book = Workbook(write_only=True)
    sheet = book.create_sheet(" ".join(grid.name.translate(NAME_SIGNS).split())[:LONGEST_NAME] or None)
    sheet.sheet_view.rightToLeft = grid.is_rtl
    sheet.freeze_panes = "B2"
    for column, width in enumerate(grid.widths, start=1):
        sheet.column_dimensions[get_column_letter(column)].width = width

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
    count = 0
    for row in grid.rows:
        sheet.append([cell(value) for value in row])
        count += 1
    sheet.auto_filter.ref = f"A1:{get_column_letter(len(grid.widths))}{count + 1}"
    book.save(out)


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
