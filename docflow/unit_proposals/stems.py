"""The stems of a text that can tell a unit: words, not numbers, not the words that every text holds."""

from __future__ import annotations

from docflow.search.language.analyser import analyse, analysed_forms
from docflow.search.language.stopwords import STOPWORDS

MIN_LETTERS = 3


def telling_stems(text: str) -> frozenset[str]:
    """Return the stems of the words of a text, each once."""
    return frozenset(stem for exact, stem in analysed_forms(text) if _is_telling(exact, stem))


def words_of_stems(text: str, stems: tuple[str, ...]) -> dict[str, str]:
    """Return, for some stems, a word of the text that has it, as it is written there for the first time."""
    analysed = analyse(text)
    found: dict[str, str] = {}
    for stem, (start, end) in zip(analysed.stems, analysed.offsets, strict=True):
        if stem in stems:
            found.setdefault(stem, text[start:end])
    return found


def _is_telling(exact: str, stem: str) -> bool:
    return len(stem) >= MIN_LETTERS and stem.isalpha() and exact not in STOPWORDS
