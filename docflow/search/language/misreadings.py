"""Misreadings: the words that a scanner's reading, or a hasty hand, makes of a word."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache

from docflow.search.language.analyser import is_arabic, stem
from docflow.search.language.arabic_words import lexicon

_ARABIC_LOOK_ALIKES = ("بتثنيى", "جحخ", "دذ", "رزو", "سش", "صض", "طظ", "عغ", "فقو", "كل", "هةم", "اله", "نز")
_LATIN_LOOK_ALIKES = (
    "il1tjf", "oce0", "uvn", "hbnk", "mnr", "rnt", "gq9y", "sz5", "b8", "dol", "aeo", "vy", "wv", "pq", "xk",
)  # fmt: skip
_LOOK_ALIKE_PAIRS = (
    ("m", "rn"),
    ("ru", "ni"),
    ("cl", "d"),
    ("li", "h"),
    ("ii", "u"),
    ("vv", "w"),
    ("nn", "m"),
    ("ri", "n"),
)
SHORTEST_WORD = 4
"""Shorter words have too many neighbours that are words of their own."""


def _table(groups: tuple[str, ...]) -> dict[str, str]:
    table: dict[str, str] = {}
    for group in groups:
        for letter in group:
            table[letter] = table.get(letter, "") + group.replace(letter, "")
    return table


@lru_cache(maxsize=1)
def _look_alikes() -> tuple[dict[str, str], dict[str, str]]:
    return _table(_ARABIC_LOOK_ALIKES), _table(_LATIN_LOOK_ALIKES)


@lru_cache(maxsize=4096)
def misreadings(word: str) -> frozenset[str]:
    """Return what a folded word becomes by one misread letter, two letters exchanged, or one letter lost or doubled.

    Only letters of a like shape are exchanged: ``facture`` is no misreading of ``fracture``. Words under
    :data:`SHORTEST_WORD` letters and words with figures have none.
    """
    if len(word) < SHORTEST_WORD or not word.isalpha():
        return frozenset()
    arabic, latin = _look_alikes()
    table = arabic if is_arabic(word) else latin
    found: set[str] = set()
    for index, letter in enumerate(word):
        before, after = word[:index], word[index + 1 :]
        found.update(before + other + after for other in table.get(letter, ""))
        found.add(before + letter + letter + after)
        if len(word) > SHORTEST_WORD:
            found.add(before + after)
        if after:
            found.add(before + after[0] + letter + after[1:])
    for one, other in _LOOK_ALIKE_PAIRS:
        found.update(_each_replaced(word, one, other))
        found.update(_each_replaced(word, other, one))
    found.discard(word)
    return frozenset(found)


def _each_replaced(word: str, shape: str, other: str) -> Iterator[str]:
    """Yield the word with one occurrence of a shape replaced, for each occurrence."""
    index = word.find(shape)
    while index >= 0:
        yield word[:index] + other + word[index + len(shape) :]
        index = word.find(shape, index + 1)


@lru_cache(maxsize=4096)
def misreadings_of_known(word: str) -> frozenset[str]:
    """Return the misreadings of a word that is spelled well, without those that are another word of the lexicon.

    Where ``جماعة`` is written, ``جامعة`` is no misreading of it.
    """
    bases = lexicon().bases
    return frozenset(other for other in misreadings(word) if other not in bases and stem(other) not in bases)


@lru_cache(maxsize=4096)
def misread_stems(word: str, *, is_known: bool) -> frozenset[str]:
    """Return the stems of a misread word in the index: those of its misreadings, and its own stem misread.

    ``is_known`` leaves out other words of the lexicon, as :func:`misreadings_of_known` does.
    """
    misread = misreadings_of_known if is_known else misreadings
    own = stem(word)
    return (misread(own) | {stem(other) for other in misread(word)}) - {own}
