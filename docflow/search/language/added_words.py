"""Words that a district adds to the reviewed ones, asked for in queries only: the index never depends on them.

So an added word counts at the next question, in every process, and no index is built anew for it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

from docflow.search.language.analyser import analyse, analyse_word, is_arabic
from docflow.search.language.equivalents import Thesaurus, thesaurus

_BEFORE_ARABIC = ("", "ال", "و", "ب", "ل", "ك", "ف", "وال", "بال", "كال", "فال", "لل", "ولل", "فلل", "وب", "ول", "وبال")
_AFTER_FRENCH = ("", "s", "x")


@dataclass(frozen=True, slots=True)
class AddedWords:
    """Plurals as pairs of singular and plural, words that are never cut, and groups that stand for one another.

    Everything is as typed, in any spelling.
    """

    plurals: tuple[tuple[str, str], ...] = ()
    whole: tuple[str, ...] = ()
    equivalents: tuple[tuple[str, ...], ...] = ()

    @property
    def thesaurus(self) -> Thesaurus:
        """Return the reviewed groups with those added."""
        return thesaurus(self.equivalents)

    def other_stems(self, stem: str) -> frozenset[str]:
        """Return the stems of the plural, or of the singular, that was added for a word of the query."""
        return _partners(self.plurals).get(stem, frozenset())

    def whole_forms(self, exact: str) -> frozenset[str]:
        """Return the exact forms to ask for instead of the stem, when the word is kept whole; empty when it is not."""
        return _whole_forms(self.whole).get(exact, frozenset())


NO_ADDED_WORDS = AddedWords()


@lru_cache(maxsize=8)
def _partners(plurals: tuple[tuple[str, str], ...]) -> Mapping[str, frozenset[str]]:
    partners: defaultdict[str, set[str]] = defaultdict(set)
    for pair in plurals:
        stems = {analyse_word(word)[1] for word in pair} - {""}
        for stem in stems:
            partners[stem] |= stems - {stem}
    return {stem: frozenset(others) for stem, others in partners.items()}


@lru_cache(maxsize=8)
def _whole_forms(whole: tuple[str, ...]) -> Mapping[str, frozenset[str]]:
    by_form: dict[str, frozenset[str]] = {}
    for word in whole:
        for exact in analyse(word).exact:
            forms = whole_forms_of(exact)
            by_form |= dict.fromkeys(forms, forms)
    return by_form


def whole_forms_of(exact: str) -> frozenset[str]:
    """Return how a word that is never cut may be written: behind Arabic clitics, or in the plural of a French word."""
    if is_arabic(exact):
        return frozenset(clitic + exact for clitic in _BEFORE_ARABIC)
    return frozenset(exact + ending for ending in _AFTER_FRENCH) if exact.isalpha() else frozenset({exact})
