"""Arabic: light stemming in three steps, each of which knows which words it must not cut.

Clitics first (و ف ب ل ك and the article), then possessives, then marks of number and gender, then the adjective's ya.
Broken plurals go to their singular by a reviewed table. A word of the lexicon is never cut further than itself, which
keeps ``وزارة`` apart from ``زارة`` and ``لجنة`` from ``جنة``.
"""

from __future__ import annotations

from functools import lru_cache

from docflow.search.language.arabic_words import SHORTEST_STEM, Lexicon, lexicon

_ARTICLES = ("وبال", "فبال", "وكال", "وال", "فال", "بال", "كال", "ال")
_TO_THE = ("ولل", "فلل", "لل")
_CONJUNCTIONS_AND_PREPOSITIONS = "وبل"
_RARE_LETTERS = "فك"
"""Without the article they begin words more often than they stand before them: cut before known words only."""

_POSSESSIVES_OF_PLURAL = ("اتهما", "اتها", "اتهم", "اتهن", "اتنا", "اتكم", "اته", "اتي")
_POSSESSIVES_OF_FEMININE = ("تهما", "تها", "تهم", "تهن", "تنا", "تكم", "تي", "ته")
_POSSESSIVES = ("هما", "ها", "هم", "هن", "كم", "نا")
_SHORT_POSSESSIVES = ("ه", "ي")
_FEMININE_IN_NUMBER = ("ات", "تين", "تان")
_NUMBER_AND_GENDER = ("تين", "تان", "ات", "ون", "ين", "ان", "وا", "ه", "ت")
_ADJECTIVE = ("يا", "ي")

_SHORTEST_AFTER_LETTER = 4


def stem_arabic(folded: str) -> str:
    """Return the stem of a folded Arabic word."""
    return strip_endings(strip_clitics(folded))


def strip_clitics(folded: str) -> str:
    """Return the word without conjunction, preposition and article, unless they are letters of the word itself."""
    if len(folded) <= SHORTEST_STEM:
        return folded
    if word := _known_behind_clitics(folded):
        return word
    if is_known(folded):
        return folded
    for clitic in _TO_THE:
        if folded.startswith(clitic):
            # ل + ال + لجنة is written للجنة: one of the two lams may belong to the word.
            with_lam = folded[len(clitic) - 1 :]
            rest = folded[len(clitic) :]
            return with_lam if is_known(with_lam) and not lexicon().holds(rest) else _unless_too_short(folded, rest)
    for clitic in _ARTICLES:
        if folded.startswith(clitic):
            without_first = folded[1:]
            if len(clitic) > len("ال") and is_known(without_first):
                return without_first
            return _unless_too_short(folded, folded[len(clitic) :])
    return _strip_letters(folded)


def _known_behind_clitics(folded: str) -> str | None:
    """Return the word of the lexicon that stands, without any ending, behind an article or a letter, or None.

    It comes before words of the lexicon with an ending: الماء is the article and ماء, though ألما could be ألم, and
    بعضو is ب and عضو, though it could be بعض. والدين alone is no و and الدين.
    """
    known = lexicon()
    for clitic in _ARTICLES:
        if folded.startswith(clitic) and known.holds(folded[len(clitic) :]):
            return None if clitic == "وال" and is_known(folded) else folded[len(clitic) :]
    is_behind_letter = folded[0] in _CONJUNCTIONS_AND_PREPOSITIONS and known.holds(folded[1:])
    return folded[1:] if is_behind_letter and not known.holds(folded) else None


def _unless_too_short(folded: str, rest: str) -> str:
    return rest if len(rest) >= SHORTEST_STEM or rest in lexicon().bases else folded


def _strip_letters(folded: str) -> str:
    word = folded
    for _ in range(2):
        rest = word[1:]
        if is_known(word) or not _may_stand_before(word[0], rest):
            break
        word = rest
    return word


def _may_stand_before(letter: str, rest: str) -> bool:
    if letter in _CONJUNCTIONS_AND_PREPOSITIONS:
        return len(rest) >= _SHORTEST_AFTER_LETTER or rest in lexicon().bases
    if letter not in _RARE_LETTERS or len(rest) < SHORTEST_STEM:
        return False
    return is_known(rest) or (rest[0] in _CONJUNCTIONS_AND_PREPOSITIONS and is_known(rest[1:]))


def is_known(folded: str) -> bool:
    """Tell whether the word, without its endings, stands in the lexicon."""
    return folded in lexicon().plurals or strip_endings(folded) in lexicon().bases


@lru_cache(maxsize=20_000)
def strip_endings(folded: str) -> str:
    """Return the word without possessive, number, gender and adjective endings; plurals become their singular."""
    known = lexicon()
    if singular := known.plurals.get(folded):
        return singular
    if folded in known.bases:
        return folded
    if owned := _without_known_ending(folded, known):
        return owned
    word = folded
    for strip in (_strip_possessive, _strip_number, _strip_adjective):
        word = strip(word)
        if singular := known.plurals.get(word):
            return singular
        if word in known.bases:
            return word
    # The hamza of بناء reappears before an ending (بنائه) and folds to a ya.
    return word[:-1] if word.endswith("اي") and len(word) > SHORTEST_STEM else word


def _without_known_ending(word: str, known: Lexicon) -> str | None:
    """Return a word of the lexicon that carries an ending (``جهتها``, ``قانونا``, ``نفقات``), or None.

    It is tried first, because short words lose too much when endings are cut blindly.
    """
    for ending in (*_POSSESSIVES, *_SHORT_POSSESSIVES, "ا"):
        rest = word.removesuffix(ending)
        if rest == word or len(rest) < SHORTEST_STEM:
            continue
        if found := known.singular(rest):
            return found
        if rest[-1] == "ت" and (found := known.singular(rest[:-1] + "ه")):
            return found
    for ending in (*_FEMININE_IN_NUMBER, *_POSSESSIVES_OF_PLURAL):
        if word.endswith(ending) and (found := known.singular(word.removesuffix(ending) + "ه")):
            return found
    return None


def _strip_possessive(word: str) -> str:
    for ending in (*_POSSESSIVES_OF_PLURAL, *_POSSESSIVES_OF_FEMININE):
        if word.endswith(ending) and len(word) - len(ending) >= SHORTEST_STEM:
            return word[: -len(ending)]
    for ending in _POSSESSIVES:
        rest = word[: -len(ending)]
        # مساهم and تراكم end like a possessive, so a short rest must be a word.
        if word.endswith(ending) and (len(rest) > SHORTEST_STEM or lexicon().holds(rest)):
            return rest
    return word


def _strip_number(word: str) -> str:
    for ending in _NUMBER_AND_GENDER:
        if word.endswith(ending) and len(word) - len(ending) >= SHORTEST_STEM:
            return word[: -len(ending)]
    # طلبا has the alef of an indefinite object, موظفو the waw of a plural before its complement.
    is_ending = word.endswith(("ا", "و")) and len(word) > SHORTEST_STEM and lexicon().holds(word[:-1])
    return word[:-1] if is_ending else word


def _strip_adjective(word: str) -> str:
    for ending in _ADJECTIVE:
        if word.endswith(ending) and len(word) - len(ending) >= SHORTEST_STEM:
            return word[: -len(ending)]
    return word
