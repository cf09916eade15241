"""The text a born-digital page carries: its words, whether it can be trusted, and what can be repaired."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TypeAlias

CharacterBox: TypeAlias = tuple[str, tuple[float, float, float, float]]

PRESENTATION_FORM = re.compile("[\ufb50-\ufdff\ufe70-\ufefc]")
BIDI_CONTROL = re.compile("[\u200b-\u200f\u202a-\u202e\u2066-\u2069\ufeff]")
ARABIC_LETTER = re.compile("[\u0621-\u064a]")
GARBAGE = re.compile("[\ufffd\ue000-\uf8ff\x00-\x08\x0e-\x1f]")
MIN_SOUND_WORDS = 5
MAX_GARBAGE_SHARE = 0.02
MIN_ARTICLE_EVIDENCE = 3


@dataclass(frozen=True, slots=True)
class EmbeddedWord:
    """A word of the page's own text; the box is x0, y0, x1, y1 in pixels of the displayed page, y down."""

    text: str
    box: tuple[float, float, float, float]
    line_index: int

    def scaled(self, factor: float) -> EmbeddedWord:
        """Return the word on a raster ``factor`` times as fine."""
        x0, y0, x1, y1 = self.box
        return replace(self, box=(x0 * factor, y0 * factor, x1 * factor, y1 * factor))


def words_of_characters(characters: Sequence[CharacterBox]) -> list[EmbeddedWord]:
    """Group characters into words at white space, and words into lines at line ends."""
    words: list[EmbeddedWord] = []
    line_index = 0
    text, boxes = "", list[tuple[float, float, float, float]]()

    def close_word() -> None:
        nonlocal text, boxes
        if text:
            x0s, y0s, x1s, y1s = zip(*boxes, strict=True)
            words.append(EmbeddedWord(text, (min(x0s), min(y0s), max(x1s), max(y1s)), line_index))
        text, boxes = "", []

    for character, box in characters:
        if character.isspace():
            close_word()
            if character == "\n":
                line_index += 1
        elif not BIDI_CONTROL.match(character):
            text += character
            boxes.append(box)
    close_word()
    return words


def repaired(words: Sequence[EmbeddedWord]) -> list[EmbeddedWord]:
    """Return the words with presentation forms replaced by the letters they stand for (Unicode NFKC)."""
    return [
        replace(word, text=unicodedata.normalize("NFKC", word.text)) if PRESENTATION_FORM.search(word.text) else word
        for word in words
    ]


def is_reversed(words: Sequence[str]) -> bool:
    """Tell whether Arabic words are stored from the last letter to the first.

    The article ``ال`` begins many words of a letter and ``لا`` ends few; ta marbuta and alef maqsura
    end words and never begin one.
    """
    arabic = [word for word in words if len(word) > 2 and ARABIC_LETTER.match(word)]
    forwards = sum(word.startswith(("ال", "وال", "بال", "لل")) + word.endswith(("ة", "ى")) for word in arabic)
    backwards = sum(word.endswith(("لا", "لاو", "لاب")) + word.startswith(("ة", "ى")) for word in arabic)
    return backwards >= MIN_ARTICLE_EVIDENCE and backwards > forwards


def is_sound(words: Sequence[str]) -> bool:
    """Tell whether a page's own text can be kept: enough of it, no garbage, Arabic in logical order."""
    text = "".join(words)
    if len(words) < MIN_SOUND_WORDS:
        return False
    if len(GARBAGE.findall(text)) > MAX_GARBAGE_SHARE * len(text):
        return False
    if PRESENTATION_FORM.search(text):
        return False
    return not is_reversed(words)
