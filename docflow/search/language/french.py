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
    "gens": "gens",
}

_FEMININE_PARTICIPLE = re.compile("ee(s?)$")
_QUALITY = re.compile("(?<=[a-z]{4})ite(s?)$")
_ACTION = re.compile("^([a-z]{2,5}at)ions?$")
_VERB = re.compile("^([a-z]{3,5})(?:er|es?|ees?|ez|ent)$")
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
    (``municipalité``) are brought back to a form that it knows. A short root keeps its ``-at-`` (``habitation``,
    ``réparation``), else it would meet a noun of another meaning (``habit``).
    """
    if len(folded) <= _LONGEST_UNCHANGED:
        return folded
    word = _IRREGULAR.get(folded, folded)
    word = _FEMININE_PARTICIPLE.sub(r"e\1", word)
    if action := _ACTION.match(word):
        return action[1]
    word = _QUALITY.sub(r"ité\1", word)
    with _lock:  # A stemmer keeps its buffer between calls, and pages are served by several threads.
        return str(_snowball().stemWord(word)) or folded


def related_stems(folded: str) -> tuple[str, ...]:
    """Return other stems worth asking for: that of the noun of action of a short verb (``réparer``: ``réparation``)."""
    verb = _VERB.match(folded)
    return (f"{verb[1]}at",) if verb and folded.endswith(("er", "ez")) else ()
