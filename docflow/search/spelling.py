"""Did you mean: a query whose unknown words are replaced by words that differ by one letter and are written."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from docflow.search import query as q
from docflow.search.language.analyser import analyse, is_arabic
from docflow.search.language.misreadings import SHORTEST_WORD, misreadings
from docflow.search.printing import to_text

_LATIN = "abcdefghijklmnopqrstuvwxyz"
_ARABIC = "ابتثجحخدذرزسشصضطظعغفقكلمنهوي"


def corrected(tree: q.Node, is_readable: Callable[[str], bool], is_any_word: Callable[[str], bool]) -> str | None:
    """Return the query, printed, with its unknown words corrected; None when nothing better is known.

    ``is_any_word`` is a quick look into the whole index, and only picks candidates; ``is_readable`` decides, and tells
    whether the actor may see the word, so that a correction never shows that a hidden document exists.
    """
    better = _corrected(tree, lambda word: _best(word, is_readable, is_any_word))
    return to_text(better) if better != tree else None


def _corrected(node: q.Node, best: Callable[[str], str]) -> q.Node:
    match node:
        case q.And(parts):
            return q.And(tuple(_corrected(part, best) for part in parts))
        case q.Or(parts):
            return q.Or(tuple(_corrected(part, best) for part in parts))
        case q.FieldQuery(field, part):
            return q.FieldQuery(field, _corrected(part, best))
        case q.Term(text):
            return q.Term(best(text))
        case _:
            return node


def terms_of(node: q.Node) -> Iterator[q.Term]:
    """Yield the plain words that :func:`corrected` would look at."""
    match node:
        case q.And(parts) | q.Or(parts):
            for part in parts:
                yield from terms_of(part)
        case q.FieldQuery(_, part):
            yield from terms_of(part)
        case q.Term():
            yield node


def _best(text: str, is_readable: Callable[[str], bool], is_any_word: Callable[[str], bool]) -> str:
    words = analyse(text).exact
    if len(words) != 1 or len(words[0]) < SHORTEST_WORD or not words[0].isalpha() or is_readable(text):
        return text
    seen: set[str] = set()
    for candidate in _neighbours(words[0]):
        if candidate not in seen and is_any_word(candidate) and is_readable(candidate):
            return candidate
        seen.add(candidate)
    return text


def _neighbours(word: str) -> Iterator[str]:
    """Yield the words at a distance of one letter, the likeliest first."""
    yield from sorted(misreadings(word))
    letters = _ARABIC if is_arabic(word) else _LATIN
    for index in range(len(word) + 1):
        before, after = word[:index], word[index:]
        for letter in letters:
            yield before + letter + after
            if after:
                yield before + letter + after[1:]
