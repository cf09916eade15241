"""Whether two texts are one letter scanned twice: a cheap signature finds the few that may be, and the words decide.

Letters of one kind share most of their words; numbers, dates and names tell them apart. So a number weighs several
words in the signature, and in the comparison a number that only one of the texts holds counts against them more than a
word does. What was misread by a letter or two is taken for the same word: a second scan is never read quite alike.

Plain Python over our own tokens. Measured in ``benchmarks/rescanned.py``.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from hashlib import blake2b
from typing import Final

import numpy as np
from numpy.typing import NDArray

from docflow.search.language.analyser import analyse

BANDS: Final = 14
ROWS: Final = 3
"""Minima of a band: two texts that share s of their features meet in a band with a chance of s to the power of it."""
LEAST_BANDS: Final = 2
"""Bands that two texts must share to be compared."""
NUMBER_WEIGHT: Final = 3
LEAST_WORDS: Final = 12
"""Of a text: a shorter one is like too many others."""
MOST_WORDS: Final = 1500
"""Read of a text: its first pages tell which letter it is."""
LIKE: Final = 0.8
"""From this likeness on two texts are shown as those of one letter."""
_SEED: Final = 20_260_301
_PRIME: Final = (1 << 31) - 1
_NUMBER: Final = re.compile(r"\d{2,}")
_SHORTEST_MISREAD: Final = 4
_MOST_PAIRS: Final = 20_000


@dataclass(frozen=True, slots=True)
class Likeness:
    """How like two texts are, from 0 to 1, and the words that only one of them holds, as they are written."""

    share: float
    only_first: tuple[str, ...]
    only_second: tuple[str, ...]

    @property
    def is_same_letter(self) -> bool:
        """Return whether the two are told to be one letter."""
        return self.share >= LIKE


def signature(pages: Iterable[str]) -> tuple[int, ...]:
    """Return a number for each band, from 0 to 2**62; nothing for a text that is too short to tell."""
    words = _words(pages)
    if len(words) < LEAST_WORDS:
        return ()
    features = {word for word, _ in words}
    weighted = features | {
        f"{word}#{copy}" for word in features if _is_number(word) for copy in range(1, NUMBER_WEIGHT)
    }
    hashes = np.array([_hash(feature) % _PRIME for feature in weighted], dtype=np.int64)
    factors, terms = _permutations()
    minima = ((np.outer(factors, hashes) + terms[:, None]) % _PRIME).min(axis=1)
    return tuple(
        _hash(f"{band}:{','.join(map(str, minima[band * ROWS : (band + 1) * ROWS]))}") >> 2 for band in range(BANDS)
    )


def likeness(first: Iterable[str], second: Iterable[str]) -> Likeness:
    """Compare the pages of two documents."""
    ours, theirs = _words(first), _words(second)
    only_ours, only_theirs = _unpaired(ours, theirs), _unpaired(theirs, ours)
    common = _common(ours, theirs)
    lonely_ours, lonely_theirs = _without_misread(only_ours, only_theirs)
    misread = len(only_ours) - len(lonely_ours)
    against = sum(map(_weight, lonely_ours)) + sum(map(_weight, lonely_theirs))
    both = 2 * (common + misread)
    # Cut, not rounded: two texts are wholly alike only when nothing tells them apart.
    hundredths = 100 * both // (both + against) if both else 0
    written = dict([*theirs, *ours])
    return Likeness(
        hundredths / 100,
        tuple(written[word] for word in lonely_ours),
        tuple(written[word] for word in lonely_theirs),
    )


def _words(pages: Iterable[str]) -> list[tuple[str, str]]:
    """Return the words of a text, each as it is compared and as it is written."""
    found: list[tuple[str, str]] = []
    for text in pages:
        analysed = analyse(text)
        found += [
            (exact if _is_number(exact) else stem, text[start:end])
            for exact, stem, (start, end) in zip(analysed.exact, analysed.stems, analysed.offsets, strict=True)
            if len(exact) > 1
        ]
        if len(found) >= MOST_WORDS:
            break
    return found[:MOST_WORDS]


def _is_number(word: str) -> bool:
    return _NUMBER.search(word) is not None


def _weight(word: str) -> int:
    return NUMBER_WEIGHT if _is_number(word) else 1


def _common(ours: Sequence[tuple[str, str]], theirs: Sequence[tuple[str, str]]) -> int:
    """Return the weight of the words that both hold, as often as both do."""
    shared = Counter(word for word, _ in ours) & Counter(word for word, _ in theirs)
    return sum(_weight(word) * count for word, count in shared.items())


def _unpaired(ours: Sequence[tuple[str, str]], theirs: Sequence[tuple[str, str]]) -> list[str]:
    left = Counter(word for word, _ in ours) - Counter(word for word, _ in theirs)
    return list(left.elements())


def _without_misread(ours: Sequence[str], theirs: Sequence[str]) -> tuple[list[str], list[str]]:
    """Leave out words that differ from one of the other text as a misread one does."""
    if len(ours) * len(theirs) > _MOST_PAIRS:
        # So many different words are no misreadings.
        return list(ours), list(theirs)
    lonely, waiting = [], list(theirs)
    for word in ours:
        twin = next((other for other in waiting if _is_misread(word, other)), None)
        if twin is None:
            lonely.append(word)
        else:
            waiting.remove(twin)
    return lonely, waiting


def _is_misread(word: str, other: str) -> bool:
    if _is_number(word) or _is_number(other) or min(len(word), len(other)) < _SHORTEST_MISREAD:
        return False
    most = 1 if min(len(word), len(other)) < 2 * _SHORTEST_MISREAD else 2
    return abs(len(word) - len(other)) <= most and _distance(word, other, most) <= most


def _distance(word: str, other: str, most: int) -> int:
    """Return how many letters differ, or more than ``most``."""
    before = list(range(len(other) + 1))
    for row, letter in enumerate(word, start=1):
        now = [row]
        for column, twin in enumerate(other, start=1):
            now.append(min(before[column] + 1, now[-1] + 1, before[column - 1] + (letter != twin)))
        if min(now) > most:
            return most + 1
        before = now
    return before[-1]


def _hash(text: str) -> int:
    return int.from_bytes(blake2b(text.encode(), digest_size=8).digest(), "big")


@lru_cache(maxsize=1)
def _permutations() -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    chance = np.random.default_rng(_SEED)
    count = BANDS * ROWS
    return chance.integers(1, _PRIME, count, dtype=np.int64), chance.integers(0, _PRIME, count, dtype=np.int64)
