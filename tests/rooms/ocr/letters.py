"""Letters set on a grid from plain text, as if they had been read: spaces are space on the paper."""

from __future__ import annotations

import re
from dataclasses import dataclass

from docflow.ocr.ports import Language
from docflow.ocr.reading import Word
from docflow.ocr.script import main_language

CHARACTER_PX, LINE_PX, PITCH_PX, PAGE_PX = 10, 40, 50, 1000


@dataclass(frozen=True)
class Page:
    words: tuple[Word, ...]


def page(text: str, *, confidence: float = 90) -> Page:
    """Set each word on the grid, from the right in a line whose first word is Arabic."""
    words = []
    for line_index, line in enumerate(text.splitlines()):
        found = list(re.finditer(r"\S+", line))
        is_rtl = bool(found) and main_language([found[0][0]]) is Language.ARABIC
        for match in found:
            x0, x1 = CHARACTER_PX * match.start(), CHARACTER_PX * match.end()
            x0, x1 = (PAGE_PX - x1, PAGE_PX - x0) if is_rtl else (x0, x1)
            box = (x0, PITCH_PX * line_index, x1, PITCH_PX * line_index + LINE_PX)
            words.append(Word(match[0], box, confidence, line_index))
    return Page(tuple(words))
