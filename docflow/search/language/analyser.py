"""The analyser: what the index keeps of a text, and what a query asks of it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from docflow.search.language.arabic import stem_arabic
from docflow.search.language.folding import fold
from docflow.search.language.french import stem_french
from docflow.search.language.numbers import stem_number
from docflow.search.language.tokens import find_tokens, token_texts

ANALYSER_VERSION = "4"
"""Raised whenever a text may get other tokens or stems than before: an index of another version is rebuilt."""

_MOST_WORDS_KEPT = 100_000
_LONGEST_TOKEN = 64
"""Tokens are cut there, in texts and in queries alike: no word is longer, a line of garbage may be."""

_NOTHING_WORD = ("", "")
_FIRST_ARABIC, _LAST_ARABIC = "\u0600", "\u077f"


@dataclass(frozen=True, slots=True)
class Analysed:
    """A text as tokens: same index, same word. ``offsets`` are start and end in characters of the given text."""

    exact: tuple[str, ...]
    stems: tuple[str, ...]
    offsets: tuple[tuple[int, int], ...]


def is_arabic(folded: str) -> bool:
    """Tell whether a folded token is written in Arabic letters."""
    return _FIRST_ARABIC <= folded[0] <= _LAST_ARABIC


def stem(folded: str) -> str:
    """Return the stem of a folded token, by its script; never empty."""
    if is_arabic(folded):
        return stem_arabic(folded)
    if folded.isdecimal():
        return stem_number(folded)
    return stem_french(folded) if folded.isalpha() else folded


@lru_cache(maxsize=_MOST_WORDS_KEPT)
def analyse_word(token: str) -> tuple[str, str]:
    """Return the exact form and the stem of one token; both are empty when nothing of it can be searched."""
    exact = fold(token)[:_LONGEST_TOKEN]
    return (exact, stem(exact)) if exact else ("", "")


def analyse(text: str) -> Analysed:
    """Return the tokens of a text with their stems and places."""
    matches = list(find_tokens(text))
    words = [analyse_word(match[1]) for match in matches]
    offsets = [match.span(1) for match in matches]
    if _NOTHING_WORD in words:
        offsets = [place for word, place in zip(words, offsets, strict=True) if word != _NOTHING_WORD]
        words = [word for word in words if word != _NOTHING_WORD]
    return Analysed(tuple(exact for exact, _ in words), tuple(stemmed for _, stemmed in words), tuple(offsets))


def analyse_for_index(text: str) -> tuple[str, str]:
    """Return the exact forms and the stems of a text, each joined by spaces as the index takes them.

    Places are left out, which halves the time: it is most of the time of indexing.
    """
    words = [analyse_word(token) for token in token_texts(text)]
    return " ".join([exact for exact, _ in words]), " ".join([stemmed for _, stemmed in words])


def analysed_forms(text: str) -> frozenset[tuple[str, str]]:
    """Return the exact forms with the stems of the words of a text, each once and in no order; several times faster."""
    return frozenset(map(analyse_word, set(token_texts(text)))) - {_NOTHING_WORD}
