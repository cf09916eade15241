"""The first sheets of a printed case file: a cover, and the contents with the pages on which its letters begin."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from docflow.core.clock import CASABLANCA
from docflow.core.letterhead import Letterhead
from docflow.core.words import Words
from docflow.records import wording
from docflow.registry.letterheads import draw_letterhead
from docflow.registry.sheets import A4_MM, MM_PER_POINT, Align, Sheet, line_mm, starts_rtl

MARGIN_MM: Final = 18.0
WIDTH_MM: Final = A4_MM[0] - 2 * MARGIN_MM
TOP_MM: Final = 46.0
"""Where the lines of a page of contents begin."""
FOOT_MM: Final = 280.0
NUMBER_MM: Final = 36.0
PAGE_MM: Final = 16.0
TEXT_PT: Final = 10.0
SMALL_PT: Final = 7.5
MOST_LINES: Final = 4
"""Of a subject."""


@dataclass(frozen=True, slots=True)
class PrintedLetter:
    """A letter of the contents; ``why_missing`` stands in the place of a page that it does not have."""

    number: str
    day: date
    subject: str
    party: str
    is_outgoing: bool
    sealed_at: datetime | None
    verification_url: str
    why_missing: Words | None = None


@dataclass(frozen=True, slots=True)
class PrintedFile:
    """What the cover says; ``is_rtl``: whether Arabic comes first."""

    letterhead: Letterhead
    label: str
    title: str
    unit: Words
    opened_at: datetime
    opened_by: Words
    state: Words
    reason: str
    confidentiality: Words
    printed_at: datetime
    printed_by: Words
    is_rtl: bool


@dataclass(frozen=True, slots=True)
class ContentsPlace:
    """Where a letter stands in the contents: a page (from 0), a box in points from its foot."""

    page_index: int
    box: tuple[float, float, float, float]
    letter: int


def count_front_pages(letters: Sequence[PrintedLetter]) -> int:
    """Return how many pages cover and contents take, which does not hang on the numbers they say."""
    sheet = Sheet(title="")
    sheet.add_page()
    pages = _paged(sheet, letters)
    sheet.close()
    return 1 + len(pages)


def draw_front(
    file: PrintedFile, letters: Sequence[PrintedLetter], starts: Sequence[int | None]
) -> tuple[bytes, Sequence[ContentsPlace]]:
    """Return cover and contents, and where each letter with a page stands; ``starts``: pages of the whole, from 1."""
    sheet = Sheet(title=f"{wording.CASE_FILE.fr} {file.label}")
    sheet.add_page()
    _draw_cover(sheet, file, len(letters))
    places: list[ContentsPlace] = []
    for at, page in enumerate(_paged(sheet, letters), start=1):
        sheet.add_page()
        _draw_heading(sheet, file, is_first=at == 1)
        y = TOP_MM
        if not page:
            sheet.write(f"{wording.EMPTY.ar} · {wording.EMPTY.fr}", x=MARGIN_MM, y=y, width=WIDTH_MM, size_pt=TEXT_PT)
        for position, height in page:
            start = starts[position]
            _draw_letter(sheet, letters[position], start, y)
            if start is not None:
                places.append(ContentsPlace(at, _box(y, height), position))
            y += height
    return sheet.content(), places


def _paged(sheet: Sheet, letters: Sequence[PrintedLetter]) -> list[list[tuple[int, float]]]:
    """Return for each page of contents the letters on it, by their place, with their heights; never no page."""
    pages: list[list[tuple[int, float]]] = [[]]
    y = TOP_MM
    for position, letter in enumerate(letters):
        height = _height(sheet, letter)
        if pages[-1] and y + height > FOOT_MM:
            pages.append([])
            y = TOP_MM
        pages[-1].append((position, height))
        y += height
    return pages


def _subject(sheet: Sheet, letter: PrintedLetter) -> list[str]:
    return sheet.wrapped(letter.subject or "—", width=_subject_width(), size_pt=TEXT_PT, bold=True, most=MOST_LINES)


def _height(sheet: Sheet, letter: PrintedLetter) -> float:
    lines = len(_subject(sheet, letter)) * line_mm(TEXT_PT) + len(_below(letter)) * line_mm(SMALL_PT)
    return max(lines, line_mm(TEXT_PT) + line_mm(SMALL_PT)) + 3.0


def _below(letter: PrintedLetter) -> list[Words]:
    """Return the small lines under a subject: whom it is of, how it was sealed, where that is verified."""
    party = wording.TO if letter.is_outgoing else wording.FROM
    lines = []
    if letter.party:
        is_rtl = starts_rtl(letter.party)
        lines.append(Words(f"{party.ar}: {letter.party}", "") if is_rtl else Words("", f"{party.fr} : {letter.party}"))
    if letter.why_missing is not None:
        lines.append(letter.why_missing)
    if letter.sealed_at is None:
        lines.append(wording.UNSEALED)
    else:
        at = _instant(letter.sealed_at)
        lines.append(Words(f"{wording.SEALED_ON.ar} {at}", f"{wording.SEALED_ON.fr} {at}"))
    return [*lines, Words("", letter.verification_url)] if letter.verification_url else lines


def _draw_cover(sheet: Sheet, file: PrintedFile, count: int) -> None:
    end = draw_letterhead(sheet, file.letterhead, x=MARGIN_MM, y=18, width=WIDTH_MM, below=file.unit)
    y = max(66.0, end + 12)
    for text, size_pt, bold in (
        (wording.CASE_FILE.ar, 26.0, True),
        (wording.CASE_FILE.fr, 20.0, False),
        (file.label, 28.0, True),
    ):
        sheet.write(text, x=MARGIN_MM, y=y, width=WIDTH_MM, size_pt=size_pt, bold=bold)
        y += line_mm(size_pt)
    y += 8
    for line in sheet.wrapped(file.title, width=WIDTH_MM - 20, size_pt=17, bold=True, most=6):
        sheet.write(line, x=MARGIN_MM + 10, y=y, width=WIDTH_MM - 20, size_pt=17, bold=True)
        y += line_mm(17)
    _draw_facts(sheet, file, count, y + 12)
    _draw_notes(sheet, file)


def _draw_facts(sheet: Sheet, file: PrintedFile, count: int, y: float) -> None:
    facts = (
        (wording.RESPONSIBLE, file.unit),
        (wording.OPENED, Words(_instant(file.opened_at), _instant(file.opened_at))),
        (wording.BY, file.opened_by),
        (wording.STATE, file.state),
        (wording.REASON, Words(file.reason, file.reason)),
        (wording.CONFIDENTIALITY, file.confidentiality),
        (wording.LETTERS, Words(str(count), str(count))),
        (wording.PRINTED, Words(_instant(file.printed_at), _instant(file.printed_at))),
        (wording.BY, file.printed_by),
    )
    label = 36.0
    wide = (WIDTH_MM - 2 * label) / 2
    for words, value in facts:
        if not value.fr and not value.ar:
            continue
        sheet.rule(x=MARGIN_MM, y=y, width=WIDTH_MM, line_width=0.1)
        sheet.write(words.fr, x=MARGIN_MM, y=y + 1.4, width=label, size_pt=9.5, align="L")
        sheet.write(words.ar, x=MARGIN_MM + WIDTH_MM - label, y=y + 1.2, width=label, size_pt=10, align="R")
        is_one = value.fr == value.ar
        ends = [y + 1.4 + line_mm(9.5)]
        for text, x, align in ((value.fr, MARGIN_MM + label, "L"), (value.ar, MARGIN_MM + label + wide, "R")):
            if is_one and align == "R":
                continue
            width = 2 * wide if is_one else wide - 2
            lines = sheet.wrapped(text, width=width, size_pt=9.5, bold=True, most=4)
            at = x + 2 if align == "R" else x
            place: Align = "C" if is_one else "R" if align == "R" else "L"
            ends.append(sheet.write_lines(lines, x=at, y=y + 1.4, width=width, size_pt=9.5, bold=True, align=place))
        y = max(ends) + 1.2
    sheet.rule(x=MARGIN_MM, y=y, width=WIDTH_MM, line_width=0.1)


def _draw_notes(sheet: Sheet, file: PrintedFile) -> None:
    order = ("ar", "fr") if file.is_rtl else ("fr", "ar")
    y = 236.0
    for words in (wording.COPIES, wording.ONLY_KNOWN):
        for language in order:
            text = words.ar if language == "ar" else words.fr
            lines = sheet.wrapped(text, width=WIDTH_MM, size_pt=8.5)
            y = sheet.write_lines(lines, x=MARGIN_MM, y=y, width=WIDTH_MM, size_pt=8.5) + 0.8


def _draw_heading(sheet: Sheet, file: PrintedFile, *, is_first: bool) -> None:
    if is_first:
        sheet.write(wording.CONTENTS.fr, x=MARGIN_MM, y=16, width=WIDTH_MM / 2, size_pt=15, bold=True, align="L")
        right = MARGIN_MM + WIDTH_MM / 2
        sheet.write(wording.CONTENTS.ar, x=right, y=16, width=WIDTH_MM / 2, size_pt=16, bold=True, align="R")
    sheet.write(file.label, x=MARGIN_MM, y=25, width=WIDTH_MM, size_pt=9)
    sheet.box(x=MARGIN_MM, y=33, width=WIDTH_MM, height=10, grey=232)
    columns = (
        (wording.NUMBER, MARGIN_MM, NUMBER_MM),
        (wording.SUBJECT, MARGIN_MM + NUMBER_MM, _subject_width()),
        (wording.PAGE, MARGIN_MM + WIDTH_MM - PAGE_MM, PAGE_MM),
    )
    for words, x, width in columns:
        sheet.write(words.ar, x=x, y=33.3, width=width, size_pt=8.5, bold=True)
        sheet.write(words.fr, x=x, y=37.7, width=width, size_pt=8)


def _draw_letter(sheet: Sheet, letter: PrintedLetter, start: int | None, y: float) -> None:
    sheet.write(letter.number or "—", x=MARGIN_MM + 1, y=y, width=NUMBER_MM - 2, size_pt=TEXT_PT, bold=True, align="L")
    day = f"{letter.day:%d/%m/%Y}"
    sheet.write(day, x=MARGIN_MM + 1, y=y + line_mm(TEXT_PT), width=NUMBER_MM - 2, size_pt=SMALL_PT, align="L")
    x = MARGIN_MM + NUMBER_MM
    end = sheet.write_lines(_subject(sheet, letter), x=x, y=y, width=_subject_width(), size_pt=TEXT_PT, bold=True)
    for words in _below(letter):
        half = _subject_width() / (2 if words.ar and words.fr else 1)
        sheet.write(words.fr, x=x, y=end, width=half, size_pt=SMALL_PT, align="L")
        sheet.write(words.ar, x=x + _subject_width() - half, y=end, width=half, size_pt=SMALL_PT, align="R")
        end += line_mm(SMALL_PT)
    page = "—" if start is None else str(start)
    sheet.write(page, x=MARGIN_MM + WIDTH_MM - PAGE_MM, y=y, width=PAGE_MM - 1, size_pt=11, bold=True, align="R")
    sheet.rule(x=MARGIN_MM, y=y + _height(sheet, letter) - 1.5, width=WIDTH_MM, line_width=0.1)


def _box(y: float, height: float) -> tuple[float, float, float, float]:
    top, left = A4_MM[1] - y, MARGIN_MM
    millimetres = (left, top - height + 1.5, left + WIDTH_MM, top)
    x0, y0, x1, y1 = (value / MM_PER_POINT for value in millimetres)
    return (round(x0, 2), round(y0, 2), round(x1, 2), round(y1, 2))


def _subject_width() -> float:
    return WIDTH_MM - NUMBER_MM - PAGE_MM - 2


def _instant(at: datetime) -> str:
    return f"{at.astimezone(CASABLANCA):%d/%m/%Y %H:%M}"
