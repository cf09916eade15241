"""French: Snowball's stemmer, helped where accents are missing and where it joins different words."""

from __future__ import annotations

import re
import threading
from functools import lru_cache
from importlib.resources import files
from typing import Any

from docflow.search.language.folding import fold

_IRREGULAR = {
    "travaux": "travail",
    "baux": "bail",
    "vitraux": "vitrail",
    "emaux": "email",
    "coraux": "corail",
    "soupiraux": "soupirail",
    "yeux": "oeil",
    "cieux": "ciel",
    "messieurs": "monsieur",
    "mesdames": "madame",
    "mesdemoiselles": "mademoiselle",
    "publique": "public",
    "diverse": "divers",
    "habitante": "habitant",
}

_PLURAL_IN_X = frozenset(
    f"{noun}x"
    for nouns in ("lieu feu jeu enjeu milieu voeu neveu cheveu aveu", "essieu pieu adieu tuyau noyau joyau boyau etau")
    for noun in nouns.split()
)
"""Plurals that the stemmer takes for another ending: ``lieux`` for ``dangereux``, ``tuyaux`` for ``canaux``."""

_SINGULAR_IN_S = frozenset(
    ["mois", "fois", "fonds", "cours", "divers", "temps", "corps", "sous", "tous", "puis", "alors"]
)
"""Words whose last letter is no plural, though the rest is a word, too."""

_PLURAL = re.compile("(?<=[^s])s$")
_FEMININE_OF_ER = re.compile("(?<=i|g)ere$|(?<=eill)ere$")
_FEMININE_OF_TEUR = re.compile("trice$")
_FEMININE_OF_IF = re.compile("(?<=[a-z]{3})ive$")
_FEMININE_PARTICIPLE = re.compile("ee$")
_QUALITY = re.compile("(?<=[a-z]{4})ite$")
_ACTION_OF_VERB = re.compile("^([a-z]{6,})age$")
_VERB_IN_UIRE = re.compile("(?<=str|..d)ui(?:re|t|te|sant|sent|ront|ra)$")
_LONGEST_UNCHANGED = 3
_lock = threading.Lock()


@lru_cache(maxsize=1)
def _snowball() -> Any:
    # Imported at first use: the command line and the web start without paying for it.
    import Stemmer

    return Stemmer.Stemmer("french", 0)


@lru_cache(maxsize=1)
def whole_words() -> frozenset[str]:
    """Return the reviewed words that keep a stem of their own, folded, read once from the file beside this one."""
    text = files("docflow.search.language").joinpath("french_whole_words.txt").read_text("utf-8")
    return frozenset(fold(word) for line in text.splitlines() if not line.startswith("#") for word in line.split())


def stem_french(folded: str) -> str:
    """Return the stem of a folded word in Latin letters.

    Snowball gives some plurals another stem than their singular (``commissions`` reads like a verb), so plurals and
    feminines of persons (``conseillère``, ``directrice``) are brought to the form that a dictionary has. Folding
    removed the accents it relies on, so feminine participles (``déposée``) and names of qualities (``municipalité``)
    are brought back to a form that it knows. Actions in ``-age`` join their verb (``nettoyage``, ``nettoyer``), and
    verbs in ``-uire`` their action (``construire``, ``construction``). A word of the list keeps its own stem.
    """
    word = _singular(folded)
    if len(word) <= _LONGEST_UNCHANGED or word in _SINGULAR_IN_S or word in whole_words():
        return word
    word = _FEMININE_PARTICIPLE.sub("e", word)
    if word in whole_words():
        return word
    word = _QUALITY.sub("ité", word)
    word = _ACTION_OF_VERB.sub(r"\1er", word)
    word = _VERB_IN_UIRE.sub("uction", word)
    with _lock:  # A stemmer keeps its buffer between calls, and pages are served by several threads.
        return str(_snowball().stemWord(word)) or folded


def _singular(folded: str) -> str:
    """Return a noun or adjective as a dictionary has it: singular and, where the rule is sure, masculine."""
    if len(folded) <= _LONGEST_UNCHANGED or folded in _SINGULAR_IN_S:
        return folded
    if irregular := _IRREGULAR.get(folded):
        return irregular
    word = folded[:-1] if folded in _PLURAL_IN_X else _PLURAL.sub("", folded)
    word = _IRREGULAR.get(word, word)
    word = _FEMININE_OF_TEUR.sub("teur", word)
    word = _FEMININE_OF_ER.sub("er", word)
    return _FEMININE_OF_IF.sub("if", word)
