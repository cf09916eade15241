"""Pure rules on recognised text: scripts and marks of direction."""

from __future__ import annotations

import re
from collections.abc import Sequence

from docflow.ocr.ports import Language, LineReading

DIRECTION_MARKS = re.compile("[\u200b-\u200f\u202a-\u202e\u2066-\u2069\ufeff]")
LETTERS = {
    Language.ARABIC: re.compile("[\u0621-\u064a\u0671-\u06d3]"),
    Language.FRENCH: re.compile("[A-Za-zÀ-ÖØ-öø-ÿŒœ]"),
}
IMPOSSIBLE_WORD = re.compile(r"[\u0621-\u064a]\d|\d[\u0621-\u064a]|[\[\]{}|\\\\<>]|\d{6,}")
"""A number of an identity card comes out as one long number too."""
MIN_LANGUAGE_SHARE = 0.08
MIN_SCRIPT_SHARE = 0.25
SURE_CONFIDENCE = 88


def without_marks(text: str) -> str:
    """Return the text without the invisible marks of direction, which carry no content."""
    return DIRECTION_MARKS.sub("", text)


def script_share(text: str, language: Language) -> float:
    """Return the share of the text's characters that are letters of the language's script."""
    return len(LETTERS[language].findall(text)) / len(text) if text else 0.0


def letter_count(text: str) -> int:
    """Return the number of letters of either script."""
    return sum(len(letters.findall(text)) for letters in LETTERS.values())


def main_language(texts: Sequence[str]) -> Language:
    """Return the language whose script has more letters; French without any."""
    joined = "".join(texts)
    arabic, french = (len(LETTERS[language].findall(joined)) for language in (Language.ARABIC, Language.FRENCH))
    return Language.ARABIC if arabic > french else Language.FRENCH


def languages_of(texts: Sequence[str]) -> tuple[str, ...]:
    """Return the codes of the languages that hold a real share of the letters, the larger first."""
    joined = "".join(texts)
    counts = {language: len(LETTERS[language].findall(joined)) for language in Language}
    total = sum(counts.values())
    kept = [language for language in Language if total and counts[language] >= MIN_LANGUAGE_SHARE * total]
    return tuple(str(language) for language in sorted(kept, key=lambda language: -counts[language]))


def doubts_script(reading: LineReading, *, language: Language) -> bool:
    """Tell whether a line may be written, or hold something, in the other script than the one it was read in.

    Few letters of this one's script tell, and in an Arabic line Latin letters, or words of letters, digits and brackets
    that no one writes. A line of digits has no letters and reads alike in both, so a sure one is left alone.
    """
    if script_share(reading.text, language) < MIN_SCRIPT_SHARE:
        return reading.confidence < SURE_CONFIDENCE
    return language is Language.ARABIC and any(
        LETTERS[Language.FRENCH].search(word.text) or IMPOSSIBLE_WORD.search(word.text) for word in reading.words
    )
