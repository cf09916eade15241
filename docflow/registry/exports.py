"""Lines of a register for spreadsheets."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from docflow.core.clock import CASABLANCA
from docflow.core.grids import Grid, Value, grid_csv, grid_xlsx
from docflow.registry.listing import RegisterLine

WIDTHS: Final = (18, 17, 32, 20, 14, 60, 34, 14, 36)
"""Of the columns, in characters."""


@dataclass(frozen=True, slots=True)
class ExportTexts:
    """What an export is called in the reader's language."""

    name: str
    headings: Sequence[str]
    states: dict[str, str]
    unopened: str
    is_rtl: bool


def csv_of(lines: Sequence[RegisterLine], texts: ExportTexts) -> bytes:
    """Return the lines of a register as CSV."""
    return grid_csv(_grid(lines, texts))


def xlsx_of(lines: Sequence[RegisterLine], texts: ExportTexts) -> bytes:
    """Return the lines of a register as a workbook."""
    return grid_xlsx(_grid(lines, texts))


def _grid(lines: Sequence[RegisterLine], texts: ExportTexts) -> Grid:
    return Grid(texts.name, texts.headings, [_values(line, texts) for line in lines], WIDTHS, texts.is_rtl)


def _values(line: RegisterLine, texts: ExportTexts) -> list[Value]:
    arrived = None if line.arrived_at is None else line.arrived_at.astimezone(CASABLANCA).replace(tzinfo=None)
    unit = "" if line.unit is None else line.unit.ar if texts.is_rtl else line.unit.fr
    subject = texts.unopened if line.is_unopened and not line.subject else line.subject
    state = texts.states[line.state.value]
    return [line.number, arrived, line.sender, line.reference, line.document_date, subject, unit, state, line.reason]
