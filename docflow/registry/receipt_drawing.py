"""Receipts on paper: on a roll of 80 mm, or as an acknowledgement on a sheet of A4."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from docflow.core.clock import CASABLANCA
from docflow.core.words import Words
from docflow.registry import wording
from docflow.registry.letterheads import draw_letterhead, draw_title
from docflow.registry.receipts import Receipt
from docflow.registry.sheets import A4_MM, Sheet, line_mm

ROLL_MM: Final = 80.0
ROLL_MARGIN_MM: Final = 4.0
"""A printer of receipts does not reach the edge of its roll."""
ROLL_LONGEST_MM: Final = 900.0
SHEET_MARGIN_MM: Final = 20.0


@dataclass(frozen=True, slots=True)
class _Row:
    label: Words
    values: tuple[str, ...]


def draw_roll(receipt: Receipt) -> bytes:
    """Return the receipt on a roll, as long as what it says."""
    measured, length = _draw_roll(receipt, height=ROLL_LONGEST_MM)
    measured.close()
    return _draw_roll(receipt, height=length)[0].content()


def _draw_roll(receipt: Receipt, *, height: float) -> tuple[Sheet, float]:
    sheet = Sheet(title=f"{wording.RECEIPT.fr} {receipt.number}", size_mm=(ROLL_MM, height))
    sheet.add_page()
    x, width = ROLL_MARGIN_MM, ROLL_MM - 2 * ROLL_MARGIN_MM
    y = ROLL_MARGIN_MM
    head = (
        (f"{wording.KINGDOM.ar} · {wording.KINGDOM.fr}", 7.5, False),
        (receipt.letterhead.name.ar, 11.0, True),
        (receipt.letterhead.name.fr, 9.0, False),
        (f"{wording.RECEIPT.ar} · {wording.RECEIPT.fr}", 9.5, False),
        (receipt.number, 17.0, True),
    )
    for text, size_pt, bold in head:
        sheet.write(text, x=x, y=y, width=width, size_pt=size_pt, bold=bold)
        y += line_mm(size_pt)
    y = _dashes(sheet, y, x=x, width=width)
    for row in _rows(receipt):
        y = _roll_row(sheet, row, y, x=x, width=width)
    y = _dashes(sheet, y, x=x, width=width)
    y = _roll_following(sheet, receipt, y, x=x, width=width)
    sheet.write(_printed(receipt), x=x, y=y + 1, width=width, size_pt=6.5)
    return sheet, y + 1 + line_mm(6.5) + ROLL_MARGIN_MM


def _roll_row(sheet: Sheet, row: _Row, y: float, *, x: float, width: float) -> float:
    """Write values between their two labels, or below them when they are long."""
    size_pt, small = 8.5, 7.5
    sheet.write(row.label.fr, x=x, y=y, width=width / 2, size_pt=small, align="L")
    sheet.write(row.label.ar, x=x + width / 2, y=y, width=width / 2, size_pt=small, align="R")
    labels = [sheet.width_of(text, size_pt=small) for text in (row.label.fr, row.label.ar)]
    widths = [sheet.width_of(sheet.printable(value), size_pt=size_pt) for value in row.values]
    is_short = max(widths) <= width
    if widths[0] > width - 2 * max(labels) - 4:
        y += line_mm(small)
    for value in row.values:
        lines = sheet.wrapped(value, width=width, size_pt=size_pt)
        y = sheet.write_lines(lines, x=x, y=y, width=width, size_pt=size_pt, align="C" if is_short else None)
    return y + 0.6


def _roll_following(sheet: Sheet, receipt: Receipt, y: float, *, x: float, width: float) -> float:
    """Draw how the matter is followed: the code, the secret, and where the registration is verified."""
    side = 38.0
    sheet.code(receipt.tracking_url, x=x + (width - side) / 2, y=y, side=side)
    y += side
    if receipt.secret:
        sheet.write(f"{wording.SECRET.ar} · {wording.SECRET.fr}", x=x, y=y, width=width, size_pt=8)
        y += line_mm(8)
        sheet.write(receipt.secret, x=x, y=y, width=width, size_pt=15, bold=True)
        y += line_mm(15)
    said = [(wording.FOLLOW, receipt.tracking_url)]
    if receipt.secret:
        said.append((wording.KEEP, ""))
    said.append((wording.VERIFY, receipt.verification_url))
    for words, address in said:
        for text in (words.ar, words.fr):
            lines = sheet.wrapped(text, width=width, size_pt=7.5)
            y = sheet.write_lines(lines, x=x, y=y, width=width, size_pt=7.5, align="C")
        lines = sheet.wrapped(address, width=width, size_pt=6.5) if address else []
        y = sheet.write_lines(lines, x=x, y=y, width=width, size_pt=6.5, align="C") + 1
    return y


def _dashes(sheet: Sheet, y: float, *, x: float, width: float) -> float:
    sheet.rule(x=x, y=y + 1.2, width=width, is_dashed=True)
    return y + 2.4


def draw_acknowledgement(receipt: Receipt) -> bytes:
    """Return the receipt as an acknowledgement on one sheet of A4."""
    sheet = Sheet(title=f"{wording.ACKNOWLEDGEMENT.fr} {receipt.number}")
    sheet.add_page()
    x, width = SHEET_MARGIN_MM, A4_MM[0] - 2 * SHEET_MARGIN_MM
    y = draw_letterhead(sheet, receipt.letterhead, x=x, y=16, width=width)
    y = draw_title(sheet, wording.ACKNOWLEDGEMENT, receipt.number, x=x, y=y, width=width)
    rows = [
        _Row(wording.REGISTER, (f"{receipt.register.ar} · {receipt.register.fr}",)),
        *_rows(receipt),
        _Row(wording.REGISTERED_BY, tuple(dict.fromkeys((receipt.registered_by.ar, receipt.registered_by.fr)))),
    ]
    for row in rows:
        y = _sheet_row(sheet, row, y, x=x, width=width)
    y += 5
    for text in (wording.ATTESTED.ar, wording.ATTESTED.fr):
        lines = sheet.wrapped(text, width=width, size_pt=10)
        y = sheet.write_lines(lines, x=x, y=y, width=width, size_pt=10) + 2
    _sheet_following(sheet, receipt, max(y + 4, 205), x=x, width=width)
    sheet.write(_printed(receipt), x=x, y=284, width=width, size_pt=7.5)
    return sheet.content()


def _sheet_row(sheet: Sheet, row: _Row, y: float, *, x: float, width: float) -> float:
    """Write a value between its French and its Arabic label, above a thin rule."""
    label = 38.0
    sheet.write(row.label.fr, x=x, y=y + 1, width=label, size_pt=9.5, align="L")
    sheet.write(row.label.ar, x=x + width - label, y=y + 1, width=label, size_pt=10, align="R")
    end = y + 1
    for value in row.values:
        lines = sheet.wrapped(value, width=width - 2 * label - 4, size_pt=10.5)
        end = sheet.write_lines(lines, x=x + label + 2, y=end, width=width - 2 * label - 4, size_pt=10.5, align="C")
    sheet.rule(x=x, y=end + 1, width=width, line_width=0.1)
    return end + 1.5


def _sheet_following(sheet: Sheet, receipt: Receipt, y: float, *, x: float, width: float) -> None:
    """Draw the code and the secret at the left, the place of the stamp at the right."""
    side, room = 42.0, 60.0
    sheet.code(receipt.tracking_url, x=x - 4, y=y - 4, side=side)
    left, words = x + side - 2, width - side - room
    line_y = y
    if receipt.secret:
        sheet.write(f"{wording.SECRET.ar} · {wording.SECRET.fr}", x=left, y=line_y, width=words, size_pt=9)
        sheet.write(receipt.secret, x=left, y=line_y + line_mm(9), width=words, size_pt=17, bold=True)
        line_y += line_mm(9) + line_mm(17) + 2
    for text in (wording.FOLLOW.ar, wording.FOLLOW.fr):
        lines = sheet.wrapped(text, width=words, size_pt=8.5)
        line_y = sheet.write_lines(lines, x=left, y=line_y, width=words, size_pt=8.5, align="C")
    sheet.box(x=x + width - room + 4, y=y, width=room - 4, height=36)
    for at, text in enumerate((wording.STAMP_PLACE.ar, wording.STAMP_PLACE.fr)):
        sheet.write(text, x=x + width - room + 5, y=y + 1 + at * line_mm(8.5), width=room - 6, size_pt=8.5)
    foot = y + side
    sheet.write(receipt.tracking_url, x=x, y=foot, width=width, size_pt=8.5)
    foot += line_mm(8.5) + 1
    sheet.write(f"{wording.VERIFY.ar} · {wording.VERIFY.fr}", x=x, y=foot, width=width, size_pt=8.5)
    sheet.write(receipt.verification_url, x=x, y=foot + line_mm(8.5), width=width, size_pt=8.5)


def _rows(receipt: Receipt) -> list[_Row]:
    """Return the labelled lines that both forms of a receipt have."""
    subject: tuple[str, ...] = (receipt.subject,)
    if receipt.is_confidential:
        said = wording.UNOPENED if receipt.is_unopened else wording.CONFIDENTIAL
        subject = (said.ar, said.fr)
    rows = [
        _Row(wording.ARRIVAL, (f"{receipt.arrived_at.astimezone(CASABLANCA):%d/%m/%Y  %H:%M}",)),
        _Row(wording.SENDER, (receipt.sender,)),
        _Row(wording.SUBJECT, subject),
        _Row(wording.UNIT, () if receipt.unit is None else (receipt.unit.ar, receipt.unit.fr)),
        _Row(wording.PAGES, (str(receipt.page_count),)),
        _Row(wording.ENCLOSURES, (str(receipt.enclosure_count), *([receipt.enclosures] if receipt.enclosures else []))),
    ]
    return [row for row in rows if any(value.strip() for value in row.values)]


def _printed(receipt: Receipt) -> str:
    return f"{wording.PRINTED.fr} {receipt.printed_at.astimezone(CASABLANCA):%d/%m/%Y  %H:%M}"
