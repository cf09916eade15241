"""Hits shown in their text: which words of a page answer a query, and the passage that shows them best.

The original text is analysed again with offsets, so this works the same whatever the engine of the index.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

from docflow.search import query as q
from docflow.search.language.added_words import NO_ADDED_WORDS, AddedWords
from docflow.search.language.analyser import Analysed, analyse, analysed_forms, is_arabic
from docflow.search.language.arabic import is_known
from docflow.search.language.expansion import other_sequences, other_stems, prefix_clitics
from docflow.search.language.misreadings import misread_stems, misreadings, misreadings_of_known
from docflow.search.language.numbers import joined_digits
from docflow.search.naming import Names, required_parts

SNIPPET_WIDTH = 200
"""Characters of a snippet, about."""

MOST_PAGES = 60
"""Numbers of pages kept of one document: a reader opens the first ones."""

_SHARE_BEFORE_HIT = 4
_ELLIPSIS = "…"
_SPACES = re.compile(r"\s+")
_page = lru_cache(maxsize=64)(analyse)
"""Analysis of a page, kept for the questions that follow about the same one."""


@dataclass(frozen=True, slots=True)
class Fragment:
    """A piece of a snippet; the pieces follow one another without space between them."""

    text: str
    is_hit: bool


@dataclass(frozen=True, slots=True)
class Passage:
    """What shows a document among results: the numbers of the pages that hold a hit, and a snippet."""

    page_numbers: tuple[int, ...]
    snippet: tuple[Fragment, ...]


@dataclass(frozen=True, slots=True)
class _Wanted:
    """What answers a query: one word by its stem, its exact form or its beginning, or a sequence of stems."""

    stems: frozenset[str]
    exact: frozenset[str]
    prefixes: tuple[str, ...]
    sequences: tuple[tuple[str, ...], ...]


def passage(
    pages: Sequence[str], tree: q.Node, *, added: AddedWords = NO_ADDED_WORDS, width: int = SNIPPET_WIDTH
) -> Passage:
    """Return the numbers of the pages that hold a hit and the best passage of the first of them."""
    if len(pages) == 1:
        # The usual letter: its snippet tells whether there is a hit, and the page need not be read twice.
        only = snippet(pages[0], tree, added=added, width=width)
        return Passage((1,) if any(fragment.is_hit for fragment in only) else (), only)
    numbers: list[int] = []
    for number, text in enumerate(pages, start=1):
        if has_hit(text, tree, added=added):
            numbers.append(number)
            if len(numbers) == MOST_PAGES:
                break
    shown = pages[numbers[0] - 1] if numbers else next(iter(pages), "")
    return Passage(tuple(numbers), snippet(shown, tree, added=added, width=width))


def snippet(
    text: str, tree: q.Node, *, added: AddedWords = NO_ADDED_WORDS, width: int = SNIPPET_WIDTH
) -> tuple[Fragment, ...]:
    """Return the passage of a text with most hits, cut between words; its beginning when there is no hit."""
    analysed = _page(text)
    if not analysed.offsets:
        return ()
    hits = _hits(analysed, tree, added)
    first, last = _window(analysed.offsets, hits, width)
    start = 0 if first == 0 else analysed.offsets[first][0]
    end = len(text) if last == len(analysed.offsets) - 1 else analysed.offsets[last][1]
    end = min(end, start + 2 * width)
    return tuple(_fragments(text, [analysed.offsets[hit] for hit in hits if first <= hit <= last], start, end))


def marked(
    text: str, tree: q.Node, field: str = "subject", *, added: AddedWords = NO_ADDED_WORDS
) -> tuple[Fragment, ...]:
    """Return a whole short text, what one field of a document says, with the words that answer the query."""
    analysed = _page(text)
    hits = _hits(analysed, tree, added, field)
    return tuple(_fragments(text, [analysed.offsets[hit] for hit in hits], 0, len(text)))


def has_hit(text: str, tree: q.Node, *, added: AddedWords = NO_ADDED_WORDS) -> bool:
    """Tell whether some word of a text answers the query."""
    forms = analysed_forms(text)
    return any(_has_word(forms, wanted) or _has_sequence(text, forms, wanted) for wanted in _wanted(tree, added))


def _has_word(forms: frozenset[tuple[str, str]], wanted: _Wanted) -> bool:
    stems, exact, prefixes = wanted.stems, wanted.exact, wanted.prefixes
    if any(stem in stems or word in exact for word, stem in forms):
        return True
    return bool(prefixes) and any(word.startswith(prefixes) for word, _ in forms)


def _has_sequence(text: str, forms: frozenset[tuple[str, str]], wanted: _Wanted) -> bool:
    # The order of the words is looked at only where all of them are written: most pages are set aside before.
    if not wanted.sequences:
        return False
    stems = {stem for _, stem in forms}
    return any(stems.issuperset(sequence) for sequence in wanted.sequences) and bool(_found(_page(text), wanted))


def hit_words(words: Sequence[str], tree: q.Node, *, added: AddedWords = NO_ADDED_WORDS) -> tuple[int, ...]:
    """Return the indexes of the words of a page that answer the query, in order; phrases go over several words."""
    starts: list[int] = []
    position = 0
    for word in words:
        starts.append(position)
        position += len(word) + 1
    analysed = analyse(" ".join(words))
    found = {bisect_right(starts, analysed.offsets[hit][0]) - 1 for hit in _hits(analysed, tree, added)}
    return tuple(sorted(found))


def _hits(analysed: Analysed, tree: q.Node, added: AddedWords, field: str = "content") -> list[int]:
    """Return the indexes of the tokens that answer; misread words only where nothing else does."""
    direct, misread = _wanted(tree, added, field)
    return _found(analysed, direct) or _found(analysed, misread)


def _found(analysed: Analysed, wanted: _Wanted) -> list[int]:
    stems, exact, prefixes = wanted.stems, wanted.exact, wanted.prefixes
    found = {
        index
        for index, (word, stem) in enumerate(zip(analysed.exact, analysed.stems, strict=True))
        if stem in stems or word in exact or (prefixes and word.startswith(prefixes))
    }
    for sequence in wanted.sequences:
        length = len(sequence)
        for index in range(len(analysed.stems) - length + 1):
            if analysed.stems[index] == sequence[0] and analysed.stems[index : index + length] == sequence:
                found.update(range(index, index + length))
    return sorted(found)


@lru_cache(maxsize=256)
def _wanted(tree: q.Node, added: AddedWords, field: str = "content") -> tuple[_Wanted, _Wanted]:
    stems: set[str] = set()
    exact: set[str] = set()
    prefixes: list[str] = []
    sequences: list[tuple[str, ...]] = []
    words: list[str] = []
    for leaf in _leaves(tree, field):
        analysed = analyse(leaf.text)
        if not analysed.exact:
            continue
        if isinstance(leaf, q.Prefix):
            prefixes += [clitic + analysed.exact[-1] for clitic in prefix_clitics(analysed.exact[-1])]
        elif len(analysed.exact) > 1:
            sequences.append(analysed.stems)
            if joined := joined_digits(analysed.exact):
                stems.add(joined)
        else:
            word, stem = analysed.exact[0], analysed.stems[0]
            if whole := added.whole_forms(word):
                exact |= whole
                continue
            stems |= {stem, *other_stems(word), *added.other_stems(stem)}
            sequences += other_sequences(word)
            words.append(word)
    sequences += Names(tree, added.thesaurus).all_others()
    direct = _Wanted(frozenset(stems), frozenset(exact), tuple(prefixes), tuple(sequences))
    misread = _Wanted(
        stems=frozenset().union(*(misread_stems(word, is_known=_is_lexical(word)) for word in words)),
        exact=frozenset().union(
            *(misreadings_of_known(word) if _is_lexical(word) else misreadings(word) for word in words)
        ),
        prefixes=(),
        sequences=(),
    )
    return direct, misread


def _is_lexical(word: str) -> bool:
    """Tell whether a word is certainly well spelled; a mistyped one shows the right one, but no word shows another."""
    return is_arabic(word) and is_known(word)


def _leaves(node: q.Node, field: str) -> Iterator[q.Term | q.Phrase | q.Prefix | q.Approximate]:
    """Yield what is asked of one field; what is refused, and what is asked of other fields, is not shown."""
    match node:
        case q.And(parts):
            for part in required_parts(parts):
                yield from _leaves(part, field)
        case q.Or(parts):
            for part in parts:
                yield from _leaves(part, field)
        case q.FieldQuery(name, part) if name == field:
            yield from _leaves(part, field)
        case q.Dated():
            yield from _leaves(q.dated_words(node), field)
        case q.Term() | q.Phrase() | q.Prefix() | q.Approximate():
            yield node


def _window(offsets: Sequence[tuple[int, int]], hits: Sequence[int], width: int) -> tuple[int, int]:
    """Return the first and last token of the passage with most hits, starting a little before its first hit."""
    best, most = 0, 0
    for rank, hit in enumerate(hits):
        limit = offsets[hit][0] + width
        count = bisect_right(hits, limit, lo=rank, key=lambda index: offsets[index][1]) - rank
        if count > most:
            best, most = hit, count
    first = best
    while first > 0 and offsets[best][1] - offsets[first - 1][0] <= width // _SHARE_BEFORE_HIT:
        first -= 1
    last = best
    while last + 1 < len(offsets) and offsets[last + 1][1] - offsets[first][0] <= width:
        last += 1
    return first, last


def _fragments(text: str, hits: Sequence[tuple[int, int]], start: int, end: int) -> Iterator[Fragment]:
    position = start
    before = f"{_ELLIPSIS} " if start > 0 else ""
    for hit_start, hit_end in hits:
        if between := before + _SPACES.sub(" ", text[position:hit_start]):
            yield Fragment(between, is_hit=False)
        yield Fragment(text[hit_start:hit_end], is_hit=True)
        before, position = "", hit_end
    after = f" {_ELLIPSIS}" if end < len(text) else ""
    if rest := before + _SPACES.sub(" ", text[position:end]).rstrip() + after:
        yield Fragment(rest, is_hit=False)
