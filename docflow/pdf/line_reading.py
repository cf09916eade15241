"""Lines with Arabic in them, read from where their glyphs stand on the page and not from the order of the file.

What is seen is what the writer meant: whatever order a file stores its letters in, they stand in the right places.
"""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from docflow.pdf.glyph_signs import SPACE, Box, Glyph, is_mark
from docflow.pdf.logical_order import logical_order, with_brackets_told
from docflow.pdf.word_order import LATIN_LETTER, RIGHT_LETTER, Way

BASELINE_EM = 0.4
"""Glyphs whose baselines differ by less stand on one line."""
COLUMN_EM = 2.0
"""A wider gap divides a line."""
GAP_EM = 0.2
"""A wider gap divides words."""
TOLD_GAP_EM = 0.15
"""A wider gap divides words where the file has a space as well."""
BETWEEN_ADVANCES_EM = 0.1
"""A wider gap divides words where the advances of both glyphs are known, which touch within a word."""
TOLD_BETWEEN_ADVANCES_EM = 0.05
"""The same where the file has a space as well, over which a typeface draws some letters nearly together (رك)."""
ADVANCE_BOX_EM = 1.1
"""A box that is higher is that of the glyph's advance, of the font's height, and not that of its ink."""
MIN_OVERLAP = 0.2
"""Of the narrower of two glyphs that stand over each other."""
MOST_OVERLAPPING = 3
"""Glyphs that a typeface puts over each other."""
MARGIN_EM = 2.0
"""A line begins at the margin when it begins nearer to it."""
CLEAR_SHARE = 0.7
"""Of the letters, the share that settles which way a line runs."""
KASHIDA = re.compile("(?<=[\u0620-\u064a])\u0640+(?=[\u0620-\u064a])")
"""Tatweel within a word only stretches it; after a final heh it is written on purpose (هـ, of the Hijra)."""


@dataclass(frozen=True, slots=True)
class PlacedWord:
    """A word in logical order with its box in pixels of the displayed page."""

    text: str
    box: Box


@dataclass(frozen=True, slots=True)
class Segment:
    """Signs of one line without a wide gap, from left to right."""

    signs: tuple[Glyph, ...]

    def is_read_from_places(self, way: Way) -> bool:
        """Whether the file's order is no help: there is Arabic in it, or it is one number with a stop on its left."""
        text = "".join(sign.text for sign in self.signs)
        if RIGHT_LETTER.search(text):
            return True
        return way is Way.RIGHT_TO_LEFT and not LATIN_LETTER.search(text) and None not in _with_spaces(self.signs)

    @property
    def place(self) -> int:
        """Where the reader of the file first met it."""
        return min(sign.place for sign in self.signs)

    @property
    def edges(self) -> tuple[float, float]:
        """Its left and right end."""
        return min(sign.box[0] for sign in self.signs), max(sign.box[2] for sign in self.signs)


def segments_of(signs: Sequence[Glyph]) -> list[Segment]:
    """Return the segments of a page's signs; vowel marks go to the letters they stand on."""
    bases = [sign for sign in signs if not is_mark(sign.text)]
    bases = _with_marks(bases, [sign for sign in signs if is_mark(sign.text)])
    segments = []
    for line in _lines(bases):
        part: list[Glyph] = []
        edge = 0.0
        for sign in sorted(line, key=lambda sign: sign.box[0]):
            # Spaces in a row may stand for a wide gap, so they do not bridge it.
            if sign.text == SPACE:
                part.append(sign)
                continue
            if edge and sign.left - edge > COLUMN_EM * sign.em:
                segments.append(_segment(part))
                part, edge = [], 0.0
            edge = max(edge, sign.box[2])
            part.append(sign)
        if edge:
            segments.append(_segment(part))
    return segments


def words_of_segment(segment: Segment, *, base: Way, is_drawn_backwards: bool = False) -> list[PlacedWord]:
    """Return the words of a segment in logical order.

    ``base`` is the way the line runs. A program that knows no Arabic may draw the letters from left to right: what is
    seen is then wrong, and the order of the places is already that of reading.
    """
    signs = _with_spaces(segment.signs)
    texts = [SPACE if sign is None else sign.text for sign in signs]
    order = list(range(len(signs))) if is_drawn_backwards else logical_order(texts, base=base)
    told = with_brackets_told([texts[at] for at in order])
    words: list[PlacedWord] = []
    text, boxes = "", list[Box]()
    for at, sign_text in zip([*order, -1], [*told, SPACE], strict=True):
        sign = signs[at] if sign_text != SPACE else None
        if sign is not None:
            text += sign_text
            boxes.append(sign.box)
        elif boxes:
            x0s, y0s, x1s, y1s = zip(*boxes, strict=True)
            word = unicodedata.normalize("NFC", KASHIDA.sub("", text))
            words.append(PlacedWord(word, (min(x0s), min(y0s), max(x1s), max(y1s))))
            text, boxes = "", []
    return words


def ways_of(segments: Sequence[Segment]) -> list[Way]:
    """Return the way each segment runs: by its letters, else by the margin it begins at, else by the page's as well."""
    if not segments:
        return []
    edges = [segment.edges for segment in segments]
    left, right = min(x0 for x0, _ in edges), max(x1 for _, x1 in edges)
    page_share = _right_share(sign for segment in segments for sign in segment.signs) or 0.0
    ways = []
    for segment, (x0, x1) in zip(segments, edges, strict=True):
        share = _right_share(segment.signs)
        margin = MARGIN_EM * segment.signs[0].em
        is_at_left, is_at_right = x0 - left < margin, right - x1 < margin
        if share is None or max(share, 1 - share) < CLEAR_SHARE:
            if page_share and is_at_left is not is_at_right:
                share = float(is_at_right)
            else:
                share = page_share if share is None else (share + page_share) / 2
        ways.append(Way.RIGHT_TO_LEFT if share >= 0.5 else Way.LEFT_TO_RIGHT)
    return ways


def _right_share(signs: Iterable[Glyph]) -> float | None:
    """Return the share of Arabic among the letters, nothing without any."""
    text = "".join(sign.text for sign in signs)
    right, left = len(RIGHT_LETTER.findall(text)), len(LATIN_LETTER.findall(text))
    return right / (right + left) if right + left else None


def _lines(signs: Sequence[Glyph]) -> list[list[Glyph]]:
    lines: list[list[Glyph]] = []
    for sign in sorted(signs, key=lambda sign: sign.origin[1]):
        if lines and sign.origin[1] - lines[-1][0].origin[1] < BASELINE_EM * min(sign.em, lines[-1][0].em):
            lines[-1].append(sign)
        else:
            lines.append([sign])
    return lines


def _segment(signs: Sequence[Glyph]) -> Segment:
    ordered: list[Glyph] = []
    for sign in sorted(signs, key=lambda sign: sign.centre):
        if not ordered or not _is_same_again(ordered[-1], sign):
            ordered.append(sign)
    _order_overlapping(ordered)
    written = [at for at, sign in enumerate(ordered) if sign.text != SPACE]
    return Segment(tuple(ordered[written[0] : written[-1] + 1]))


def _order_overlapping(signs: list[Glyph]) -> None:
    """Put signs that stand over each other, as in many typefaces, in the order that the file has around them."""
    steps: Counter[int] = Counter()
    for one, other in pairwise(signs):
        if one.token_index == other.token_index:
            steps[one.token_index] += 1 if other.place > one.place else -1
    for _ in range(MOST_OVERLAPPING):
        for at in range(len(signs) - 1):
            one, other = signs[at], signs[at + 1]
            is_turned = (other.place - one.place) * steps[one.token_index] < 0
            if one.token_index == other.token_index and is_turned and _overlap(one, other) > MIN_OVERLAP:
                signs[at], signs[at + 1] = other, one


def _overlap(one: Glyph, other: Glyph) -> float:
    """Return the share of the narrower glyph's width that the other covers."""
    common = min(one.box[2], other.box[2]) - max(one.box[0], other.box[0])
    width = min(one.box[2] - one.box[0], other.box[2] - other.box[0])
    return common / width if width > 0 else 0.0


def _is_same_again(one: Glyph, other: Glyph) -> bool:
    """Tell whether a glyph is drawn once more over itself, for bolder type or a shadow."""
    return one.text == other.text and abs(one.centre - other.centre) < 0.1 * one.em and _overlap(one, other) > 0.8


def _with_spaces(signs: Sequence[Glyph]) -> list[Glyph | None]:
    """Return the signs with ``None`` where a space stands between words."""
    spaced: list[Glyph | None] = []
    edge = 0.0
    before: Glyph | None = None
    for sign in signs:
        if sign.text == SPACE:
            spaced.append(None)
            continue
        if before is not None and spaced[-1] is not None and sign.left - edge > _least_gap(before, sign):
            spaced.append(None)
        edge = max(edge, sign.box[2]) if before else sign.box[2]
        before = sign
        spaced.append(sign)
    return spaced


def _least_gap(one: Glyph, other: Glyph) -> float:
    """Return the width in pixels of the narrowest gap that divides words between two signs."""
    em, is_told = min(one.em, other.em), one.token_index != other.token_index
    if all(sign.box[3] - sign.box[1] > ADVANCE_BOX_EM * em for sign in (one, other)):
        return (TOLD_BETWEEN_ADVANCES_EM if is_told else BETWEEN_ADVANCES_EM) * em
    return (TOLD_GAP_EM if is_told else GAP_EM) * em


def _with_marks(bases: Sequence[Glyph], marks: Sequence[Glyph]) -> list[Glyph]:
    added: dict[int, str] = {}
    by_height = sorted(range(len(bases)), key=lambda at: bases[at].origin[1])
    heights = [bases[at].origin[1] for at in by_height]
    for mark in marks:
        y = mark.origin[1]
        near = by_height[bisect_left(heights, y - mark.em) : bisect_right(heights, y + mark.em)]
        if near:
            closest = min(near, key=lambda at: _distance(bases[at], mark))
            added[closest] = added.get(closest, "") + mark.text
    return [replace(base, text=base.text + added[at]) if at in added else base for at, base in enumerate(bases)]


def _distance(base: Glyph, mark: Glyph) -> float:
    """Return how far a mark's middle is from a letter, a line's height counting more than a letter's width."""
    beside = max(base.box[0] - mark.centre, mark.centre - base.box[2], 0.0)
    return beside + 2 * abs(base.origin[1] - mark.origin[1]) + 0.01 * abs(base.centre - mark.centre)
