"""French: Snowball's stemmer, helped where accents are missing and where it joins different words."""

from __future__ import annotations

import re
import threading
from functools import lru_cache
from typing import Any

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
}

_WHOLE = frozenset({"voirie", "voiries", "gens"})
"""Words that the stemmer would give the stem of another word."""

_FEMININE_PARTICIPLE = re.compile("ee(s?)$")
_QUALITY = re.compile("(?<=[a-z]{4})ite(s?)$")
_ACTION_OF_VERB = re.compile("^([a-z]{6,})ages?$")
_VERB_IN_UIRE = re.compile("(?<=str|..d)ui(?:re|t|te|ts|tes|sant|sent|ront|ra)$")
_LONGEST_UNCHANGED = 3
_lock = threading.Lock()


@lru_cache(maxsize=1)
def _snowball() -> Any:
    # Imported at first use: the command line and the web start without paying for it.
    import Stemmer

    return Stemmer.Stemmer("french", 0)


def stem_french(folded: str) -> str:
    """Return the stem of a folded word in Latin letters.

    Folding removed the accents Snowball relies on, so feminine participles (``déposée``) and names of qualities
    (``municipalité``) are brought back to a form that it knows. Actions in ``-age`` join their verb (``nettoyage``,
    ``nettoyer``), and verbs in ``-uire`` their action (``construire``, ``construction``).
    """
    if len(folded) <= _LONGEST_UNCHANGED or folded in _WHOLE:
        return folded.removesuffix("s") if len(folded) > _LONGEST_UNCHANGED else folded
    word = _IRREGULAR.get(folded, folded)
    word = _FEMININE_PARTICIPLE.sub(r"e\1", word)
    word = _QUALITY.sub(r"ité\1", word)
    word = _ACTION_OF_VERB.sub(r"\1er", word)
    word = _VERB_IN_UIRE.sub("uction", word)
    with _lock:  # A stemmer keeps its buffer between calls, and pages are served by several threads.
        return str(_snowball().stemWord(word)) or folded
