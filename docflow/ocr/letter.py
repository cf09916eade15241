"""A letter as its lines: where each stands, what is above the subject, what goes on in the next line."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import pairwise
from typing import Protocol

from docflow.ocr.dates import DIGITS
from docflow.ocr.likeness import is_within_one_edit
from docflow.ocr.ports import Box, Language
from docflow.ocr.script import main_language

TATWEEL = "ـ"
COLUMN_GAP_HEIGHTS = 3.0
"""A gap of so many line heights divides two columns that were read as one line."""
NEXT_LINE_GAP_HEIGHTS = 1.3
"""The next line of one paragraph is no further below than so many line heights."""
FULL_LINE_SHARE = 0.86
"""A line that fills so much of the page's width was broken because there was no room left."""
HEADER_LINES = 25
MIN_LABEL_LETTERS_TO_REPAIR = 5


class FieldWord(Protocol):
    """A word as ``reading.Word`` holds it, or as it comes back from the database."""

    @property
    def text(self) -> str:
        """The letters in logical order."""
        ...

    @property
    def box(self) -> Box:
        """Where it stands, in pixels of the upright page."""
        ...

    @property
    def confidence(self) -> float:
        """From 0 to 100."""
        ...

    @property
    def line_index(self) -> int:
        """The line that holds it."""
        ...


class Boxed(Protocol):
    """A word that stands somewhere."""

    @property
    def box(self) -> Box:
        """Where, in pixels."""
        ...


class PageWords(Protocol):
    """A page whose fields are wanted."""

    @property
    def words(self) -> Sequence[FieldWord]:
        """The words in reading order."""
        ...


@dataclass(frozen=True, slots=True)
class ProposedField:
    """A value for the clerk to confirm.

    Attributes:
        value: digits Western, a date in ISO 8601; ``kind`` is a code of ``DocumentKind``.
        confidence: 0 to 100; what it is made from and where it is enough is said in ``fields``.
        page_number: from 1.
        box: where it stands, in pixels of the upright page.
    """

    value: str
    confidence: float
    page_number: int
    box: Box


@dataclass(frozen=True)
class Line:
    """Words of a page that are read together; its text is the words joined by single spaces, digits as written."""

    words: tuple[FieldWord, ...]
    page_number: int

    @cached_property
    def text(self) -> str:
        """The words without the strokes that only lengthen a letter."""
        return " ".join(self._texts)

    @cached_property
    def digits_western(self) -> str:
        """The text with Western digits, character by character."""
        return self.text.translate(DIGITS)

    @cached_property
    def box(self) -> Box:
        """The box around its words."""
        return box_around(self.words)

    @property
    def height(self) -> int:
        """Pixels from top to bottom."""
        return self.box[3] - self.box[1]

    @property
    def _texts(self) -> list[str]:
        return [word.text.replace(TATWEEL, "") or word.text for word in self.words]

    def words_at(self, start: int, end: int) -> tuple[FieldWord, ...]:
        """Return the words that hold the characters ``start`` to ``end`` of the text; all of them when none does."""
        touched, at = [], 0
        for word, text in zip(self.words, self._texts, strict=True):
            if at < end and at + len(text) > start:
                touched.append(word)
            at += len(text) + 1
        return tuple(touched) or self.words

    def field(self, value: str, start: int, end: int) -> ProposedField:
        """Return a value read from the characters ``start`` to ``end``, as sure as its words on the average."""
        words = self.words_at(start, end)
        weight = sum(len(word.text) for word in words)
        confidence = sum(word.confidence * len(word.text) for word in words) / weight
        return ProposedField(value, confidence, self.page_number, box_around(words))

    def number(self, value: str, start: int, end: int) -> ProposedField:
        """Return a value in which every sign counts: as sure as the least sure of its words that hold a digit."""
        words = self.words_at(start, end)
        with_digits = [word for word in words if any(sign.isdigit() for sign in word.text)] or words
        confidence = min(word.confidence for word in with_digits)
        return ProposedField(value, confidence, self.page_number, box_around(words))

    def matched(self, match: re.Match[str]) -> ProposedField:
        """Return the group ``value`` of a pattern that matched the text."""
        return self.field(match["value"].strip(), match.start("value"), match.end("value"))

    def as_seen(self) -> Line:
        """Return the line with its words from left to right, as digits run in every script."""
        return replace(self, words=tuple(sorted(self.words, key=lambda word: word.box[0])))

    def joined(self, other: Line) -> Line:
        """Return this line and the one that it goes on in."""
        return replace(self, words=(*self.words, *other.words))


@dataclass(frozen=True)
class Letter:
    """The lines of a document in reading order; the first page is where a letter says who writes to whom."""

    lines: tuple[Line, ...]

    @cached_property
    def first_page(self) -> tuple[Line, ...]:
        """The lines of the first page."""
        return tuple(line for line in self.lines if line.page_number == 1)

    @cached_property
    def subject_index(self) -> int | None:
        """Where among the lines of the first page the subject begins."""
        for index, line in enumerate(self.first_page[:HEADER_LINES]):
            if label_and_value(line, SUBJECT_LABELS) is not None:
                return index
        return None

    @cached_property
    def header(self) -> tuple[Line, ...]:
        """The lines above the subject; the upper part of the page when it has none."""
        end = HEADER_LINES // 2 if self.subject_index is None else self.subject_index
        return self.first_page[:end]

    @cached_property
    def language(self) -> Language:
        """The language of the letter itself: that of its subject, else of its first page."""
        if self.subject_index is not None:
            return main_language([self.first_page[self.subject_index].text])
        return main_language([line.text for line in self.first_page])

    @cached_property
    def text_box(self) -> Box:
        """The box around all that is written on the first page."""
        return box_around([word for line in self.first_page for word in line.words])


SUBJECT_LABELS = frozenset({"الموضوع", "موضوع", "objet", "sujet"})
_LABEL = re.compile(
    r"^\W*(?P<label>[^\W\d_]+(?:\s[^\W\d_]+)?)\s*(?:[:؛;=]|[.](?=\s)|\s-\s|(?<=ع)\s)\s*(?P<value>\S.*)$"
)


def letter_of(pages: Sequence[PageWords]) -> Letter:
    """Return the lines of some pages; two columns that were read as one line are two lines."""
    return Letter(tuple(line for number, page in enumerate(pages, start=1) for line in _lines(page, number)))


def label_and_value(line: Line, labels: frozenset[str]) -> re.Match[str] | None:
    """Return the match of a line that begins with a label, one letter of which may be misread, and has a ``value``."""
    match = _LABEL.match(line.text)
    if match is None:
        return None
    label = match["label"].lower().replace(" ", "")
    is_known = label in labels or any(
        len(known) >= MIN_LABEL_LETTERS_TO_REPAIR and is_within_one_edit(label, known) for known in labels
    )
    return match if is_known else None


def is_next_line(line: Line, following: Line) -> bool:
    """Tell whether a line stands right under another one, as the next line of one paragraph does."""
    if line.page_number != following.page_number:
        return False
    gap = following.box[1] - line.box[3]
    height = min(line.height, following.height)
    is_below = following.box[1] + following.box[3] > line.box[1] + line.box[3] + height
    return is_below and gap <= NEXT_LINE_GAP_HEIGHTS * height


def box_around(words: Sequence[Boxed]) -> Box:
    """Return the smallest box that holds the boxes of some words, at least one."""
    x0s, y0s, x1s, y1s = zip(*(word.box for word in words), strict=True)
    return min(x0s), min(y0s), max(x1s), max(y1s)


def _lines(page: PageWords, page_number: int) -> Iterator[Line]:
    by_line: dict[int, list[FieldWord]] = {}
    for word in page.words:
        if word.text:
            by_line.setdefault(word.line_index, []).append(word)
    for words in by_line.values():
        yield from (Line(tuple(column), page_number) for column in _columns(words))


def _columns(words: list[FieldWord]) -> list[list[FieldWord]]:
    """Return the words of a line in groups with a wide gap between them, as the groups come in reading order."""
    heights = sorted(word.box[3] - word.box[1] for word in words)
    widest_space = COLUMN_GAP_HEIGHTS * heights[len(heights) // 2]
    # In a line of two scripts neighbours in the text need not be neighbours on the paper.
    from_left = sorted(words, key=lambda word: word.box[0])
    reach, starts = from_left[0].box[2], []
    for left, right in pairwise(from_left):
        reach = max(reach, left.box[2])
        if right.box[0] - reach > widest_space:
            starts.append(right.box[0])
    columns: dict[int, list[FieldWord]] = {}
    for word in words:
        columns.setdefault(sum(word.box[0] >= start for start in starts), []).append(word)
    return list(columns.values())
