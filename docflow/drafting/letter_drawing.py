"""A letter on sheets of A4, with the head of the institution; what is signed and stamped later has its room."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from docflow.core.letterhead import NOTHING, Letterhead
from docflow.core.words import Words
from docflow.drafting.rules import Block, BlockKind, Content, Part
from docflow.registry import wording
from docflow.registry.letterheads import draw_foot, draw_letterhead
from docflow.registry.sheets import A4_MM, Sheet, Weighted, line_mm

MARGIN_MM: Final = 22.0
WIDTH_MM: Final = A4_MM[0] - 2 * MARGIN_MM
HEAD_MM: Final = 12.0
STAMP_MM: Final = 30.0
"""Height left free beneath the head for the number, date and stamp of departure."""
FOOT_MM: Final = 262.0
"""Where the text ends; below stand the number of the page and the foot of the administration's papers."""
PAGE_NUMBER_MM: Final = 268.0
HEAD_GAP_MM: Final = 6.0
"""Of the room under the head, what is left to the stamp."""
NEXT_PAGE_MM: Final = 24.0
TEXT_PT: Final[dict[str, float]] = {"ar": 12.5, "fr": 11.0}
INDENT_MM: Final = 7.0
GAP_MM: Final = 2.6
PAGE_WORDS: Final = Words("الصفحة", "Page")
DRAFT_WORDS: Final = Words("مسودة", "BROUILLON")


@dataclass(frozen=True, slots=True)
class Letter:
    """What is drawn: the text, and whose it is; ``is_draft`` says so on every page."""

    letterhead: Letterhead
    unit: Words
    content: Content
    is_draft: bool = False


def draw_letter(letter: Letter) -> tuple[bytes, int]:
    """Return the letter as a PDF, and its number of pages; each language begins on a page of its own."""
    # How many pages there are is known once all are drawn; a single one has no number.
    drawn = _Writer(letter, page_count=1)
    drawn.draw()
    if drawn.page_number > 1:
        drawn.sheet.close()
        drawn = _Writer(letter, page_count=drawn.page_number)
        drawn.draw()
    return drawn.sheet.content(), drawn.page_number


class _Writer:
    """Writes down the sheets, from one to the next."""

    def __init__(self, letter: Letter, *, page_count: int) -> None:
        self.letter = letter
        self.sheet = Sheet(title=letter.content.subject or letter.letterhead.name.fr)
        self.page_count = page_count
        self.page_number = 0
        self.y = 0.0

    def draw(self) -> None:
        for part in self.letter.content.parts:
            self._begin_page(with_head=True)
            self._draw_part(part)

    def _begin_page(self, *, with_head: bool) -> None:
        self.sheet.add_page()
        self.page_number += 1
        self.y = self._draw_head() if with_head else NEXT_PAGE_MM
        if self.page_count > 1:
            number = f"{self.page_number} / {self.page_count}"
            self.sheet.write(number, x=MARGIN_MM, y=PAGE_NUMBER_MM, width=WIDTH_MM, size_pt=8.5)
        if self.letter.is_draft:
            words = f"{DRAFT_WORDS.ar} · {DRAFT_WORDS.fr}"
            self.sheet.write(words, x=MARGIN_MM, y=PAGE_NUMBER_MM - 4.5, width=WIDTH_MM, size_pt=9, bold=True)
        draw_foot(self.sheet, self.letter.letterhead, x=MARGIN_MM, width=WIDTH_MM)

    def _draw_head(self) -> float:
        head, unit = self.letter.letterhead, self.letter.unit
        below = NOTHING if unit == head.name else unit
        end = draw_letterhead(self.sheet, head, x=MARGIN_MM, y=HEAD_MM, width=WIDTH_MM, below=below)
        return end + STAMP_MM - HEAD_GAP_MM

    def _draw_part(self, part: Part) -> None:
        is_rtl, size_pt = part.language == "ar", TEXT_PT[part.language]
        self._draw_addressee(part, size_pt, is_rtl=is_rtl)
        label = wording.SUBJECT.ar if is_rtl else f"{wording.SUBJECT.fr}\u00a0"
        subject: list[Weighted] = [(f"{label}: ", True), (part.subject, True)]
        self._paragraph(subject, size_pt=size_pt, is_rtl=is_rtl, indent=0)
        self.y += 2 * GAP_MM
        for block in part.blocks:
            self._draw_block(block, size_pt, is_rtl=is_rtl)

    def _draw_addressee(self, part: Part, size_pt: float, *, is_rtl: bool) -> None:
        """Write to whom the letter goes in the half at the end of the line, as letters here do."""
        half = WIDTH_MM * 0.52
        left = MARGIN_MM if is_rtl else MARGIN_MM + WIDTH_MM - half
        for text in part.addressee.split("\n"):
            for line in self.sheet.wrapped(text, width=half, size_pt=size_pt, bold=True):
                self._make_room(line_mm(size_pt), part_head=True)
                self.sheet.write_weighted([(line, True)], x=left, y=self.y, width=half, size_pt=size_pt, is_rtl=is_rtl)
                self.y += line_mm(size_pt)
        self.y += 3 * GAP_MM

    def _draw_block(self, block: Block, size_pt: float, *, is_rtl: bool) -> None:
        if block.begins:
            self.y += GAP_MM
        runs: Sequence[Weighted] = [(run.text, run.is_bold) for run in block.runs]
        is_item = block.kind is not BlockKind.LINE
        # Digits run from left to right also there, and the dot stands after them in the way of reading.
        number = f".{block.number}" if is_rtl else f"{block.number}."
        mark = {BlockKind.BULLET: "•", BlockKind.NUMBERED: number}.get(block.kind, "")
        self._paragraph(runs, size_pt=size_pt, is_rtl=is_rtl, indent=INDENT_MM if is_item else 0, mark=mark)

    def _paragraph(
        self, runs: Sequence[Weighted], *, size_pt: float, is_rtl: bool, indent: float, mark: str = ""
    ) -> None:
        width = WIDTH_MM - indent
        left = MARGIN_MM if is_rtl else MARGIN_MM + indent
        height = line_mm(size_pt) * 1.08
        for at, line in enumerate(self.sheet.wrapped_weighted(runs, width=width, size_pt=size_pt)):
            self._make_room(height)
            if mark and at == 0:
                self.sheet.write(
                    mark,
                    x=MARGIN_MM + WIDTH_MM - indent + 1.5 if is_rtl else MARGIN_MM,
                    y=self.y,
                    width=indent - 1.5,
                    size_pt=size_pt,
                    align="R" if is_rtl else "L",
                )
            self.sheet.write_weighted(line, x=left, y=self.y, width=width, size_pt=size_pt, is_rtl=is_rtl)
            self.y += height

    def _make_room(self, height: float, *, part_head: bool = False) -> None:
        if self.y + height > FOOT_MM and not part_head:
            self._begin_page(with_head=False)
