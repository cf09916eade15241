"""Arabic: light stemming in three steps, each of which knows which words it must not cut.

Clitics first (و ف ب ل ك and the article), then possessives, then marks of number and gender, then the adjective's ya.
Broken plurals go to their singular by a reviewed table. A word of the lexicon is never cut further than itself, which
keeps ``وزارة`` apart from ``زارة`` and ``لجنة`` from ``جنة``.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files

from docflow.search.language.folding import fold

_ARTICLES = ("وبال", "فبال", "وكال", "وال", "فال", "بال", "كال", "ال")
_TO_THE = ("ولل", "فلل", "لل")
_CONJUNCTIONS_AND_PREPOSITIONS = "وبل"  # ف and ك without the article are too rare to risk the words they begin.

_POSSESSIVES_OF_PLURAL = ("اتهما", "اتها", "اتهم", "اتهن", "اتنا", "اتكم", "اته", "اتي")
_POSSESSIVES_OF_FEMININE = ("تهما", "تها", "تهم", "تهن", "تنا", "تكم", "تي", "ته")
_POSSESSIVES = ("هما", "ها", "هم", "هن", "كم", "نا")
_NUMBER_AND_GENDER = ("تين", "تان", "ات", "ون", "ين", "ان", "وا", "ه", "ت")
_ADJECTIVE = ("يا", "ي")

_SHORTEST_STEM = 3
_SHORTEST_AFTER_LETTER = 4


@dataclass(frozen=True, slots=True)
class Lexicon:
    """Words the stemmer knows, folded: ``plurals`` to the stem of their singular, ``bases`` without feminine ending."""

    plurals: dict[str, str]
    bases: frozenset[str]


@lru_cache(maxsize=1)
def lexicon() -> Lexicon:
    """Return the reviewed words, read once from the two files beside this one."""
    folder = files("docflow.search.language")
    pairs = [
        (fold(singular), [fold(plural) for plural in plurals.split()])
        for singular, plurals in (
            line.split("\t") for line in _lines(folder.joinpath("broken_plurals.tsv").read_text("utf-8"))
        )
    ]
    words = [
        fold(word) for line in _lines(folder.joinpath("whole_words.txt").read_text("utf-8")) for word in line.split()
    ]
    bases = frozenset(_without_feminine(word) for word in [*(singular for singular, _ in pairs), *words])
    plurals = {plural: _without_feminine(singular) for singular, forms in pairs for plural in forms}
    return Lexicon(plurals, bases)


def _lines(text: str) -> list[str]:
    return [line for line in text.splitlines() if line and not line.startswith("#")]


def _without_feminine(folded: str) -> str:
    return folded[:-1] if folded.endswith("ه") and len(folded) > _SHORTEST_STEM else folded


def stem_arabic(folded: str) -> str:
    """Return the stem of a folded Arabic word."""
    return strip_endings(strip_clitics(folded))


def strip_clitics(folded: str) -> str:
    """Return the word without conjunction, preposition and article, unless they are letters of the word itself."""
    if len(folded) <= _SHORTEST_STEM:
        return folded
    # الماء is the article and ماء, though ألما alone could be ألم with an ending. والدين is no و and الدين.
    for clitic in _ARTICLES:
        if clitic != "وال" and folded.startswith(clitic) and folded[len(clitic) :] in lexicon().bases:
            return folded[len(clitic) :]
    if is_known(folded):
        return folded
    for clitic in _TO_THE:
        if folded.startswith(clitic):
            # ل + ال + لجنة is written للجنة: one of the two lams may belong to the word.
            with_lam = folded[len(clitic) - 1 :]
            return with_lam if is_known(with_lam) else _unless_too_short(folded, folded[len(clitic) :])
    for clitic in _ARTICLES:
        if folded.startswith(clitic):
            without_first = folded[1:]
            if len(clitic) > len("ال") and is_known(without_first):
                return without_first
            return _unless_too_short(folded, folded[len(clitic) :])
    return _strip_letters(folded)


def _unless_too_short(folded: str, rest: str) -> str:
    return rest if len(rest) >= _SHORTEST_STEM or rest in lexicon().bases else folded


def _strip_letters(folded: str) -> str:
    word = folded
    for _ in range(2):
        rest = word[1:]
        is_letter_of_word = word[0] not in _CONJUNCTIONS_AND_PREPOSITIONS or is_known(word)
        if is_letter_of_word or (len(rest) < _SHORTEST_AFTER_LETTER and rest not in lexicon().bases):
            break
        word = rest
    return word


def is_known(folded: str) -> bool:
    """Tell whether the word, without its endings, stands in the lexicon."""
    return folded in lexicon().plurals or strip_endings(folded) in lexicon().bases


@lru_cache(maxsize=20_000)
def strip_endings(folded: str) -> str:
    """Return the word without possessive, number, gender and adjective endings; plurals become their singular."""
    known = lexicon()
    word = folded
    if singular := known.plurals.get(word):
        return singular
    for strip in (_strip_possessive, _strip_number, _strip_adjective):
        if word in known.bases:
            return word
        word = strip(word)
        if singular := known.plurals.get(word):
            return singular
    # The hamza of بناء reappears before an ending (بنائه) and folds to a ya.
    return word[:-1] if word.endswith("اي") and len(word) > _SHORTEST_STEM and word not in known.bases else word


def _strip_possessive(word: str) -> str:
    for ending in (*_POSSESSIVES_OF_PLURAL, *_POSSESSIVES_OF_FEMININE):
        if word.endswith(ending) and len(word) - len(ending) >= _SHORTEST_STEM:
            return word[: -len(ending)]
    for ending in _POSSESSIVES:
        rest = word[: -len(ending)]
        # مساهم and تراكم end like a possessive, so a short rest must be a word.
        if word.endswith(ending) and (len(rest) > _SHORTEST_STEM or _is_word(rest)):
            return rest
    return word


def _strip_number(word: str) -> str:
    for ending in _NUMBER_AND_GENDER:
        if word.endswith(ending) and len(word) - len(ending) >= _SHORTEST_STEM:
            return word[: -len(ending)]
    # طلبا has the alef of an indefinite object, موظفو the waw of a plural before its complement.
    return word[:-1] if word.endswith(("ا", "و")) and _is_word(word[:-1]) else word


def _strip_adjective(word: str) -> str:
    for ending in _ADJECTIVE:
        if word.endswith(ending) and len(word) - len(ending) >= _SHORTEST_STEM:
            return word[: -len(ending)]
    return word


def _is_word(word: str) -> bool:
    return word in lexicon().bases or word in lexicon().plurals
