"""The Arabic lexicon: reviewed words that the stemmer must not cut, and the singulars of broken plurals."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files

from docflow.search.language.folding import fold

SHORTEST_STEM = 3
"""Letters; no ending is cut from what would be shorter."""


@dataclass(frozen=True, slots=True)
class Lexicon:
    """Words the stemmer knows, folded: ``plurals`` to the stem of their singular, ``bases`` are stems."""

    plurals: dict[str, str]
    bases: frozenset[str]

    def holds(self, folded: str) -> bool:
        """Tell whether the word itself stands in the lexicon, without any ending."""
        return folded in self.bases or folded in self.plurals

    def singular(self, folded: str) -> str | None:
        """Return the stem of a word that stands in the lexicon itself, or None."""
        return self.plurals.get(folded) or (folded if folded in self.bases else None)


@lru_cache(maxsize=1)
def lexicon() -> Lexicon:
    """Return the reviewed words, read once from the three files beside this one."""
    pairs = [
        (singular, plurals.split()) for singular, plurals in (line.split("\t") for line in _lines("broken_plurals.tsv"))
    ]
    kept = {fold(word) for line in _lines("feminine_words.txt") for word in line.split()}
    words = [word for line in _lines("whole_words.txt") for word in line.split()]
    bases = frozenset(_base(word, kept) for word in [*(singular for singular, _ in pairs), *words]) | kept
    plurals = {fold(plural): _base(singular, kept) for singular, forms in pairs for plural in forms}
    return Lexicon(plurals, bases)


def _lines(name: str) -> list[str]:
    text = files("docflow.search.language").joinpath(name).read_text("utf-8")
    return [line for line in text.splitlines() if line and not line.startswith("#")]


def _base(word: str, kept: set[str]) -> str:
    """Return the stem of a word as the files spell it: without its ة, unless the word is kept with it."""
    folded = fold(word)
    is_feminine = word.endswith("ة") and len(folded) > SHORTEST_STEM and folded not in kept
    return folded[:-1] if is_feminine else folded
