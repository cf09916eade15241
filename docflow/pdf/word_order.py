"""Which way the words of a line run: the little of the bidirectional algorithm (UAX 9) that the text layer needs."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum
from itertools import groupby

RIGHT_LETTER = re.compile(
    "[\u0590-\u05ff\u0608\u060b\u060d-\u0659\u065b-\u065f\u066d-\u06d3\u06d5-\u06ef\u06fa-\u06ff\u0700-\u08ff\ufb1d-\ufdff\ufe70-\ufefc]"
)
LATIN_LETTER = re.compile("[A-Za-z\u00aa\u00ba\u00c0-\u024f\u0370-\u058f]")
DIGIT = re.compile("[0-9\u0660-\u0669\u06f0-\u06f9]")
ARABIC_DIGIT = re.compile("[\u0660-\u0669\u06f0-\u06f9]")


class Way(Enum):
    """The way a character or a word runs."""

    RIGHT_TO_LEFT = "right to left"
    LEFT_TO_RIGHT = "left to right"
    NEITHER = "neither"


@dataclass(frozen=True, slots=True)
class Run:
    """Part of a word that runs one way; the text is in logical order."""

    text: str
    way: Way


def _way_of_character(character: str) -> Way:
    if RIGHT_LETTER.match(character):
        return Way.RIGHT_TO_LEFT
    if LATIN_LETTER.match(character) or DIGIT.match(character):
        return Way.LEFT_TO_RIGHT
    return Way.NEITHER


def runs_of_word(word: str) -> list[Run]:
    """Split a word where its direction changes; a sign between two digits or two Latin letters goes with them."""
    ways = [_way_of_character(character) for character in word]
    for start in range(1, len(ways)):
        if ways[start] is Way.NEITHER and ways[start - 1] is Way.LEFT_TO_RIGHT:
            end = next((at for at in range(start, len(ways)) if ways[at] is not Way.NEITHER), len(ways))
            if end < len(ways) and ways[end] is Way.LEFT_TO_RIGHT:
                ways[start:end] = [Way.LEFT_TO_RIGHT] * (end - start)
    pairs = groupby(zip(ways, word, strict=True), key=lambda pair: pair[0])
    return [Run("".join(character for _, character in group), way) for way, group in pairs]


def way_of_word(word: str) -> Way:
    """Return the way of a word by its letters; a number runs neither way, it stands in the line's order."""
    if RIGHT_LETTER.search(word):
        return Way.RIGHT_TO_LEFT
    return Way.LEFT_TO_RIGHT if LATIN_LETTER.search(word) else Way.NEITHER


def way_of_line(words: Sequence[str], edges: Sequence[tuple[float, float]]) -> Way:
    """Return the way of a line from its letters and, when they run both ways, from where its first and last word stand.

    ``words`` are in reading order, ``edges`` their left and right edges.
    """
    ways = {way_of_word(word) for word in words} - {Way.NEITHER}
    if len(ways) == 1:
        return ways.pop()
    if not ways:
        return Way.LEFT_TO_RIGHT
    return Way.RIGHT_TO_LEFT if sum(edges[0]) > sum(edges[-1]) else Way.LEFT_TO_RIGHT


def contrary_stretches(words: Sequence[str], line: Way) -> list[range]:
    """Return the stretches of words that run against the line and would be read in the wrong order within it.

    A stretch is two words or more with the numbers between them, or one word of several parts, such as ``BK123456``.
    """
    ways = [way_of_word(word) for word in words]
    stretches, start = [], 0
    while start < len(words):
        if ways[start] in {line, Way.NEITHER}:
            start += 1
            continue
        end = start + 1
        while end < len(words) and ways[end] is not line:
            end += 1
        while ways[end - 1] is Way.NEITHER:
            end -= 1
        if end - start > 1 or _has_parts(words[start]):
            stretches.append(range(start, end))
        start = end
    return stretches


def _has_parts(word: str) -> bool:
    core = word.strip("()[]{}<>«».,:;!?\"'-–—،؛؟")
    return not (core.isalpha() or core.isdigit())
