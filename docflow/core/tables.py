"""Reading the lines of a spreadsheet that somebody sends: CSV as spreadsheets write it, or XLSX."""

from __future__ import annotations

import csv
import io
import zipfile
from collections.abc import Iterator, Sequence
from typing import Final

from openpyxl import load_workbook

from docflow.core.errors import InvalidInput

LARGEST_BYTES: Final = 2_000_000
MOST_UNPACKED_BYTES: Final = 60_000_000
MOST_ROWS: Final = 2_000
MOST_COLUMNS: Final = 40
ENCODINGS: Final = ("utf-8-sig", "cp1256")
"""Of CSV: what new spreadsheets write, and what those of an Arabic Windows do."""
SEPARATORS: Final = ";,\t"


def read_rows(content: bytes) -> Sequence[Sequence[str]]:
    """Return the lines of the first sheet as texts, the headings first; empty lines are left out.

    Raises:
        InvalidInput: ``table_unreadable``: neither CSV nor XLSX, or encrypted; ``table_too_large`` with ``rows``.
    """
    if len(content) > LARGEST_BYTES:
        raise InvalidInput("table_too_large", rows=MOST_ROWS)
    lines = _of_workbook(content) if content.startswith(b"PK") else _of_csv(content)
    rows = []
    for line in lines:
        cells = [" ".join(cell.split()) for cell in line[:MOST_COLUMNS]]
        while cells and not cells[-1]:
            cells.pop()
        if cells:
            rows.append(cells)
        if len(rows) > MOST_ROWS + 1:
            raise InvalidInput("table_too_large", rows=MOST_ROWS)
    return rows


def _of_csv(content: bytes) -> Iterator[Sequence[str]]:
    for encoding in ENCODINGS:
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        break
    else:
        raise InvalidInput("table_unreadable")
    first = text.partition("\n")[0]
    separator = max(SEPARATORS, key=first.count)
    try:
        yield from csv.reader(io.StringIO(text), delimiter=separator, strict=True)
    except csv.Error as error:
        raise InvalidInput("table_unreadable") from error


def _of_workbook(content: bytes) -> Iterator[Sequence[str]]:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as packed:
            unpacked = sum(item.file_size for item in packed.infolist())
    except zipfile.BadZipFile as error:
        raise InvalidInput("table_unreadable") from error
    if unpacked > MOST_UNPACKED_BYTES:
        # A workbook of a few kilobytes may hold gigabytes of nothing.
        raise InvalidInput("table_too_large", rows=MOST_ROWS)
    try:
        book = load_workbook(io.BytesIO(content), read_only=True, data_only=True)
        for row in book.worksheets[0].iter_rows(max_col=MOST_COLUMNS, values_only=True):
            yield ["" if value is None else str(value) for value in row]
    except Exception as error:
        # What a file that is no workbook makes the reader raise is of every kind.
        raise InvalidInput("table_unreadable") from error
