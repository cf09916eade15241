"""What a query asks for beside a word's own stem."""

from __future__ import annotations

from functools import lru_cache

from docflow.search.language.analyser import is_arabic, stem
from docflow.search.language.arabic import is_known, strip_endings
from docflow.search.language.numbers import grouped_digits, phone_groups
from docflow.search.language.plural_patterns import pattern_forms

_CLITIC_LETTERS = "وبل"
_SHORTEST_GUESSED = 3


@lru_cache(maxsize=4096)
def other_stems(folded: str) -> tuple[str, ...]:
    """Return further stems by which a folded query word is found, without its own, sorted.

    An Arabic word that the lexicon does not know may have been cut at its first letter wrongly, and may have a broken
    plural of a usual pattern: both are asked for. Known words need no guess, with their article or without, but
    clitics are not cut from short words, so words of two letters, and unknown ones of three, are asked for with them.
    """
    own = stem(folded)
    if not is_arabic(folded):
        return ()
    # بحي and بدعم are left whole, because most words so short begin with a letter of their own.
    behind_letters = {letter + own for letter in _CLITIC_LETTERS if not is_known(letter + own)}
    if len(own) < _SHORTEST_GUESSED:
        return tuple(sorted(behind_letters))
    if is_known(folded) or (folded.startswith("ال") and is_known(own)):
        return ()
    guesses = {stem(form) for form in pattern_forms(own)}
    if len(own) == _SHORTEST_GUESSED:
        guesses |= behind_letters
    if folded[0] in _CLITIC_LETTERS:
        guesses.add(strip_endings(folded))
    return tuple(sorted(guesses - {own, ""}))


@lru_cache(maxsize=4096)
def other_sequences(folded: str) -> tuple[tuple[str, ...], ...]:
    """Return further sequences of stems that stand for one folded number: an amount, a telephone, in groups."""
    if not folded.isdecimal():
        return ()
    return tuple(sequence for sequence in (grouped_digits(folded), *phone_groups(folded)) if sequence)


def prefix_clitics(start: str) -> tuple[str, ...]:
    """Return what may stand before the typed beginning of a word: ``مقاط*`` also finds ``المقاطعة``."""
    return ("", "ال", "لل", "وال", "بال") if is_arabic(start) and not start.startswith("ال") else ("",)
