"""From what a person typed back to words with boxes; plain Python."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from difflib import SequenceMatcher
from itertools import groupby
from typing import TypeAlias

from docflow.core.directions import reads_rtl
from docflow.core.errors import InvalidInput
from docflow.documents.rules import Word

Box: TypeAlias = tuple[int, int, int, int]
"""x0, y0, x1, y1 in pixels of the upright page, y down."""

SURE = 100.0
"""Confidence of what a person typed, or looked at and left."""

DOUBTFUL_BELOW = 84.0
"""A word read with less is shown as a field to check: one in ten of those just below it is wrong."""
DOUBTFUL_NUMBER_BELOW = 90.0
"""A number is wrong as often at this confidence."""

MOST_WORDS_A_LINE = 400
MOST_CHARACTERS = 100_000
INVISIBLE = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})


@dataclass(frozen=True, slots=True)
class Line:
    """A line of a page; ``first`` is the place of its first word among the page's words."""

    words: tuple[Word, ...]
    first: int

    @property
    def text(self) -> str:
        """The words joined by single spaces."""
        return " ".join(word.text for word in self.words)

    @property
    def is_rtl(self) -> bool:
        """Whether most of its letters are Arabic."""
        return reads_rtl(self.text)

    @property
    def doubtful(self) -> tuple[int, ...]:
        """The places, among the page's words, of those read with doubt."""
        return tuple(self.first + at for at, word in enumerate(self.words) if is_doubtful(word))


@dataclass(frozen=True, slots=True)
class Edit:
    """What a person typed over a page.

    ``words``: by place among the page's words; empty deletes the word. ``lines``: by line; a row more is a line that
    was missed, empty deletes the line; the number after the last line holds rows that were missed after it, and on a
    page without lines its whole text. What is absent, or typed as it was, stays.
    """

    words: Mapping[int, str] = field(default_factory=dict)
    lines: Mapping[int, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class _Placed:
    """A word of the new text; ``box`` is none while only its neighbours tell where it is."""

    text: str
    box: Box | None
    confidence: float


_Row: TypeAlias = list[_Placed]


def is_doubtful(word: Word) -> bool:
    """Tell whether a person should compare the word with the picture."""
    has_digit = any(sign.isdigit() for sign in word.text)
    return word.confidence < (DOUBTFUL_NUMBER_BELOW if has_digit else DOUBTFUL_BELOW)


def lines_of(words: Sequence[Word]) -> tuple[Line, ...]:
    """Return the lines of a page in reading order."""
    lines, first = [], 0
    for _, group in groupby(words, key=lambda word: word.line_index):
        line = Line(tuple(group), first)
        lines.append(line)
        first += len(line.words)
    return tuple(lines)


def text_of(words: Sequence[Word]) -> str:
    """Return the text of words, a row a line."""
    return "\n".join(line.text for line in lines_of(words))


def edited_words(words: Sequence[Word], edit: Edit, *, width: int, height: int) -> tuple[Word, ...]:
    """Return the words of the page after an edit, each with a box inside the page of ``width`` by ``height``.

    An unchanged word keeps its box and, unless it was shown as doubtful, its confidence. A replaced word takes the box
    of what it replaces; inserted words share the gap between their neighbours; a missed line shares the gap between
    the lines around it.

    Raises:
        InvalidInput: ``line_too_long`` with ``limit``, ``text_too_long`` with ``limit``.
    """
    rows: list[_Row] = []
    lines = lines_of(words)
    for at, line in enumerate(lines):
        rows += _edited_line(line, edit, at, page_words=words)
    rows += [[_Placed(text, None, SURE) for text in tokens] for tokens in _typed_rows(edit.lines.get(len(lines), ""))]
    rows = [row for row in rows if row]
    if sum(len(word.text) + 1 for row in rows for word in row) > MOST_CHARACTERS:
        raise InvalidInput("text_too_long", limit=MOST_CHARACTERS)
    rows = [_with_gaps_shared(row, width=width) for row in rows]
    placed = _with_missed_lines_placed(rows, width=width, height=height)
    return tuple(
        Word(word.text, _inside(word.box or (0, 0, width, height), width=width, height=height), word.confidence, index)
        for index, row in enumerate(placed)
        for word in row
    )


def is_same_text(before: Sequence[Word], after: Sequence[Word]) -> bool:
    """Tell whether two lists of words say the same, line by line."""
    return [(word.text, word.line_index) for word in _renumbered(before)] == [
        (word.text, word.line_index) for word in after
    ]


def typed_words(text: str) -> list[str]:
    """Return the words that were typed, composed and without the invisible characters that could deceive.

    Raises:
        InvalidInput: ``line_too_long`` with ``limit``.
    """
    visible = "".join(
        " " if character in "\t\n\r\v\f" else character
        for character in unicodedata.normalize("NFC", text)
        if character in "\t\n\r\v\f" or unicodedata.category(character) not in INVISIBLE
    )
    words = visible.split()
    if len(words) > MOST_WORDS_A_LINE:
        raise InvalidInput("line_too_long", limit=MOST_WORDS_A_LINE)
    return words


def _renumbered(words: Sequence[Word]) -> list[Word]:
    return [replace(word, line_index=at) for at, line in enumerate(lines_of(words)) for word in line.words]


def _typed_rows(text: str) -> list[list[str]]:
    return [row for row in map(typed_words, re.split(r"\r\n|\r|\n", text)) if row]


def _edited_line(line: Line, edit: Edit, at: int, *, page_words: Sequence[Word]) -> list[_Row]:
    typed = [[word.text for word in line.words]]
    if at in edit.lines:
        typed = _typed_rows(edit.lines[at])
    rows = _aligned(line.words, typed)
    changed = {
        place - line.first: typed_words(text)
        for place, text in edit.words.items()
        if line.first <= place < line.first + len(line.words) and text.strip() != page_words[place].text
    }
    return [_with_changed_words(row, line.words, changed) for row in rows]


def _aligned(old: Sequence[Word], typed: Sequence[Sequence[str]]) -> list[list[tuple[_Placed, int | None]]]:
    """Return the typed rows, each word with the place of the old word that it still is, if any."""
    new = [text for row in typed for text in row]
    placed: list[tuple[_Placed, int | None]] = []
    matcher = SequenceMatcher(a=[word.text for word in old], b=new, autojunk=False)
    for kind, old_start, old_end, new_start, new_end in matcher.get_opcodes():
        if kind == "equal":
            placed += [(_kept(old[place]), place) for place in range(old_start, old_end)]
        elif kind == "replace":
            placed += [(word, None) for word in _replacing(old[old_start:old_end], new[new_start:new_end])]
        elif kind == "insert":
            placed += [(_Placed(text, None, SURE), None) for text in new[new_start:new_end]]
    rows, start = [], 0
    for row in typed:
        rows.append(placed[start : start + len(row)])
        start += len(row)
    return rows


def _with_changed_words(
    row: Sequence[tuple[_Placed, int | None]], old: Sequence[Word], changed: Mapping[int, Sequence[str]]
) -> _Row:
    result: _Row = []
    for word, place in row:
        if place is not None and place in changed:
            result += _replacing([old[place]], changed[place])
        else:
            result.append(word)
    return result


def _kept(word: Word) -> _Placed:
    return _Placed(word.text, word.box, SURE if is_doubtful(word) else word.confidence)


def _replacing(old: Sequence[Word], new: Sequence[str]) -> _Row:
    """Return new words in the place of old ones: one for one, else sharing their common box."""
    if len(old) == len(new):
        return [_Placed(text, word.box, SURE) for text, word in zip(new, old, strict=True)]
    hull = _hull([word.box for word in old])
    is_rtl = old[0].box[0] > old[-1].box[0] if len(old) > 1 else reads_rtl(" ".join(new))
    return [_Placed(text, box, SURE) for text, box in zip(new, _shared(hull, new, is_rtl=is_rtl), strict=True)]


def _with_gaps_shared(row: _Row, *, width: int) -> _Row:
    """Give boxes to the words of a row that have none, between or beside those that have one."""
    if all(word.box is None for word in row):
        return row
    result: _Row = []
    for has_box, group in groupby(row, key=lambda word: word.box is not None):
        run = list(group)
        if has_box:
            result += run
            continue
        after = next((word.box for word in row[len(result) + len(run) :] if word.box is not None), None)
        before = result[-1].box if result else None
        texts = [word.text for word in run]
        gap, is_rtl = _gap(before, after, row, texts, width=width)
        result += [replace(word, box=box) for word, box in zip(run, _shared(gap, texts, is_rtl=is_rtl), strict=True)]
    return result


def _gap(before: Box | None, after: Box | None, row: _Row, texts: Sequence[str], *, width: int) -> tuple[Box, bool]:
    """Return where inserted words are, and whether they follow each other from the right."""
    boxes = [word.box for word in row if word.box is not None]
    if before is not None and after is not None:
        is_rtl = before[0] > after[0]
        start, end = (after[2], before[0]) if is_rtl else (before[2], after[0])
        hull = _hull([before, after])
    else:
        neighbour = before or after or boxes[0]
        is_rtl = reads_rtl(" ".join(word.text for word in row))
        letters = sum(len(word.text) for word in row if word.box is not None)
        wide = round(sum(box[2] - box[0] for box in boxes) / max(1, letters) * (len(" ".join(texts)) + 1))
        is_at_left = is_rtl == (before is not None)
        start, end = (neighbour[0] - wide, neighbour[0]) if is_at_left else (neighbour[2], neighbour[2] + wide)
        start, end = max(0, start), min(width, end)
        hull = neighbour
    if end - start < len(texts):
        # The words were read as one with a neighbour: a sliver between the two is as near as can be told.
        middle = min(max((start + end) // 2, len(texts)), width - len(texts))
        start, end = middle - len(texts), middle + len(texts)
    return (start, hull[1], end, hull[3]), is_rtl


def _with_missed_lines_placed(rows: Sequence[_Row], *, width: int, height: int) -> list[_Row]:
    """Give boxes to the lines that were missed: together they share the gap between the lines around them."""
    result: list[_Row] = []
    for has_boxes, group in groupby(rows, key=lambda row: row[0].box is not None):
        run = list(group)
        if has_boxes:
            result += run
            continue
        above = _row_hull(result[-1]) if result else None
        following = rows[len(result) + len(run) : len(result) + len(run) + 1]
        below = _row_hull(following[0]) if following else None
        for row, band in zip(run, _bands(above, below, len(run), width=width, height=height), strict=True):
            texts = [word.text for word in row]
            boxes = _shared(band, texts, is_rtl=reads_rtl(" ".join(texts)))
            result.append([replace(word, box=box) for word, box in zip(row, boxes, strict=True)])
    return result


def _bands(above: Box | None, below: Box | None, count: int, *, width: int, height: int) -> list[Box]:
    """Return the bands of the page that ``count`` missed lines share."""
    known = [box for box in (above, below) if box is not None]
    x0, _, x1, _ = _hull(known) if known else (0, 0, width, height)
    line_height = max(box[3] - box[1] for box in known) if known else max(1, height // max(1, count))
    if above is not None and below is not None and below[1] - above[3] >= count:
        start, end = above[3], below[1]
    elif above is not None:
        start, end = above[3], min(height, above[3] + count * line_height)
    elif below is not None:
        start, end = max(0, below[1] - count * line_height), below[1]
    else:
        start, end = 0, height
    if end - start < count:
        start, end = max(0, end - count), max(0, end - count) + count
    edges = [start + (end - start) * at // count for at in range(count + 1)]
    return [(x0, edges[at], x1, edges[at + 1]) for at in range(count)]


def _shared(box: Box, texts: Sequence[str], *, is_rtl: bool) -> list[Box]:
    """Return the parts of a box for words that follow each other in it, each as wide as its letters ask."""
    x0, y0, x1, y1 = box
    total = sum(len(text) for text in texts) + len(texts) - 1
    parts, at = [], 0
    for text in texts:
        start, end = (x1 - x0) * at // total, (x1 - x0) * (at + len(text)) // total
        end = max(end, start + 1)
        parts.append((x1 - end, y0, x1 - start, y1) if is_rtl else (x0 + start, y0, x0 + end, y1))
        at += len(text) + 1
    return parts


def _inside(box: Box, *, width: int, height: int) -> Box:
    """Return the box inside the page, at least a pixel wide and high."""
    x0, y0 = min(max(0, box[0]), width - 1), min(max(0, box[1]), height - 1)
    return x0, y0, min(max(box[2], x0 + 1), width), min(max(box[3], y0 + 1), height)


def _row_hull(row: _Row) -> Box:
    return _hull([word.box for word in row if word.box is not None])


def _hull(boxes: Sequence[Box]) -> Box:
    x0s, y0s, x1s, y1s = zip(*boxes, strict=True)
    return min(x0s), min(y0s), max(x1s), max(y1s)
