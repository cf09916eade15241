"""The invisible text layer of a page, as operators of a content stream; runs in the child process only.

Three readers must find the same text in it, and each has its own idea of Arabic:

- pypdf takes the order of the stream, and turns the letters of a right-to-left word round;
- pdfium (Chromium) sorts what stands on a line from left to right, and turns whole lines round;
- poppler (``pdftotext``) sorts likewise, and carries the space beside a number or a colon to its other side, unless a
  right-to-left mark stands between the two.

So the letters of a word are drawn from left to right as they are seen, words follow each other in logical order, a sign
at either end of an Arabic word is drawn on its own, whatever runs left to right within an Arabic line has a mark at its
left, and words that run against their line stand a little above it, where pdfium takes them for a line of their own.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Any

from docflow.pdf.glyphless import LRM, RLM, UNITS_PER_EM, Height, LayerFont, glyph_width
from docflow.pdf.word_order import (
    ARABIC_DIGIT,
    LATIN_LETTER,
    RIGHT_LETTER,
    Run,
    Way,
    contrary_stretches,
    runs_of_word,
    way_of_line,
    way_of_word,
)

INVISIBLE_MODE = 3
"""Text rendering mode "neither fill nor stroke" (ISO 32000-1, 9.3.6)."""
LETTER_SHARE = 0.6
"""Height of the letters to that of the line: as tall as its ink, they would touch the next line, and pdfium would mix
them."""
BASE_SHARE = 0.2
"""Height of the base line above the lower edge of the line's box."""
WIDEST_GAP = 0.4
"""Largest gap between words, in letter heights: poppler takes a wider one for the space between two columns."""
COLUMN_GAP = 3.0
"""A gap of so many letter heights is one between columns, and stays."""
RAISE = 0.48
"""How far a contrary stretch stands above its line, in letter heights: poppler still sees one line, pdfium two."""
LONGEST_NUMBER = 30
SMALLEST_SPLIT_PT = 7.2
"""Size of the letters of a line with a contrary stretch: pdfium sees no second line in boxes under 4.5 points."""
UNIT_PT = 0.72
"""A hundredth of an inch: the step of every place in the layer."""
OVERLAP = 0.7
"""How far the parts of a word reach into each other, so that rounding opens no gap within it."""
LARGEST_EXCESS, LARGEST_DEFICIT = 0.04, 0.25
"""By how much a word may miss the width of its box, in letter heights, before it gets a scale of its own; too
wide, and poppler joins it to the next one."""


@dataclass(frozen=True, slots=True)
class Piece:
    """Glyphs drawn at once, from left to right, between two edges in pixels."""

    glyphs: tuple[str, ...]
    left: float
    right: float
    height: Height
    is_part: bool = False
    """Whether it is one of several parts of a word, which must touch."""


@dataclass(frozen=True, slots=True)
class Line:
    """A line of the layer: ``size`` and ``base`` in pixels, y up from the lower edge of the page."""

    size: int
    base: float
    way: Way
    pieces: tuple[Piece, ...]


def in_units(text: Mapping[str, Any], *, points_per_pixel: float) -> dict[str, Any]:
    """Return the page and its words measured in hundredths of an inch: numbers of two or three digits."""
    share = points_per_pixel / UNIT_PT
    words = [{**word, "box": [edge * share for edge in word["box"]]} for word in text["words"] if word["text"].strip()]
    return {**text, "width": text["width"] * share, "height": text["height"] * share, "words": words}


def lines_of_page(text: Mapping[str, Any]) -> list[Line]:
    """Lay out the words of a page in units, line by line."""
    lines: dict[int, list[Mapping[str, Any]]] = {}
    for word in text["words"]:
        lines.setdefault(word["line_index"], []).append(word)
    laid_out = [_laid_out(words, page_height=text["height"]) for words in lines.values()]
    return [_ended(line, following) for line, following in pairwise([*laid_out, None]) if line is not None]


def assigned_fonts(lines: Sequence[Line], fonts: list[LayerFont]) -> list[int]:
    """Return the place in ``fonts`` of each line's font; a new one is added when no other has room."""
    places = []
    for line in lines:
        glyphs = {(glyph, piece.height) for piece in line.pieces for glyph in piece.glyphs}
        place = next((at for at, font in enumerate(fonts) if font.takes(glyphs)), len(fonts))
        if place == len(fonts):
            fonts.append(LayerFont())
            fonts[place].takes(glyphs)
        places.append(place)
    return places


class Pen:
    """Writes lines one after the other into one text object, each place told from the one before."""

    def __init__(self) -> None:
        """Start at the lower left corner of the page."""
        self._written: list[bytes] = []
        self._x, self._y = 0, 0.0
        self._stretch = 100
        self._selected = b""

    def draw(self, line: Line, font: LayerFont, font_key: str) -> None:
        """Draw a line."""
        selection = f"{font_key} {line.size} Tf ".encode("ascii")
        usual = self._usual_stretch(line)
        for piece in line.pieces:
            has_arabic = any(RIGHT_LETTER.search(glyph) for glyph in piece.glyphs)
            # Choosing the font anew makes pypdf put down what it has, or it would turn several words round together.
            if has_arabic or line.way is Way.RIGHT_TO_LEFT or selection != self._selected:
                self._written.append(selection)
                self._selected = selection
            self._stretch_to(piece, line.size, usual)
            self._move(piece.left, round(line.base) + (RAISE * line.size if piece.height is Height.UPPER else 0))
            self._written.append(b"(" + font.encoded(piece.glyphs, piece.height) + b")Tj\n")

    @property
    def written(self) -> bytes:
        """The operators so far."""
        return b"".join(self._written)

    def _usual_stretch(self, line: Line) -> int:
        widths = [(piece.right - piece.left, _natural_width(piece, line.size)) for piece in line.pieces]
        wanted, natural = (sum(column) for column in zip(*widths, strict=True))
        return max(1, round(100 * wanted / natural)) if natural else 100

    def _stretch_to(self, piece: Piece, size: int, usual: int) -> None:
        """Set the horizontal scale, unless the one in force is near enough."""
        wanted = _stretch(piece, size)
        natural = _natural_width(piece, size) / 100
        for stretch in (self._stretch, usual):
            excess = (stretch - wanted) * natural
            deficit = 0 if piece.is_part else LARGEST_DEFICIT
            if -deficit * size <= excess <= LARGEST_EXCESS * size:
                wanted = stretch
                break
        if wanted != self._stretch:
            self._written.append(b"%d Tz " % wanted)
            self._stretch = wanted

    def _move(self, x: float, y: float) -> None:
        across, up = round(x) - self._x, round(y, 1) - self._y
        self._written.append(f"{across} {up:.1f}".removesuffix(".0").encode("ascii") + b" Td")
        self._x, self._y = self._x + across, self._y + up


def _natural_width(piece: Piece, size: int) -> float:
    """Return the width of a piece without stretch; a space at either end lies in the gap and does not count."""
    return sum(glyph_width(glyph, piece.height) for glyph in piece.glyphs if glyph != " ") * size / UNITS_PER_EM


def _stretch(piece: Piece, size: int) -> int:
    natural = _natural_width(piece, size) or glyph_width(" ", piece.height) * size / UNITS_PER_EM
    return min(999, max(1, round(100 * max(piece.right - piece.left, 0.5) / natural)))


def _laid_out(words: Sequence[Mapping[str, Any]], *, page_height: float) -> Line:
    top, bottom = min(word["box"][1] for word in words), max(word["box"][3] for word in words)
    texts = [_encodable(word["text"]) for word in words]
    edges = [(word["box"][0], word["box"][2]) for word in words]
    way = way_of_line(texts, edges)
    stretches = contrary_stretches(texts, way)
    size = max(1, round(LETTER_SHARE * (bottom - top)))
    if stretches:
        size = max(size, math.ceil(SMALLEST_SPLIT_PT / UNIT_PT))
    pieces = tuple(_pieces(texts, edges, way=way, stretches=stretches, size=size))
    return Line(size, page_height - bottom + BASE_SHARE * (bottom - top), way, pieces)


def _ended(line: Line, following: Line | None) -> Line:
    """Return the line with a space at its end when the next one stands beside it: pypdf would join the two."""
    if following is None or abs(line.base - following.base) > max(line.size, following.size):
        return line
    left = min(piece.left for piece in line.pieces)
    right = max(piece.right for piece in line.pieces)
    edge = left if line.way is Way.RIGHT_TO_LEFT else right
    blank = Piece((" ",), edge - 1, edge + 1, line.pieces[-1].height)
    return replace(line, pieces=(*line.pieces, blank))


def _encodable(text: str) -> str:
    """Return the text without what no ToUnicode map of PDF/A may hold (ISO 19005-2, 6.2.11.7.2) and lone surrogates."""
    return "".join(
        "\ufffd" if character in "\0\ufeff\ufffe" or "\ud800" <= character <= "\udfff" else character
        for character in text
    )


def _pieces(
    texts: Sequence[str],
    edges: Sequence[tuple[float, float]],
    *,
    way: Way,
    stretches: Sequence[range],
    size: int,
) -> Iterator[Piece]:
    """Yield the pieces of a line in logical order; every word but the first has a space before it."""
    raised = {index for stretch in stretches for index in stretch}
    firsts = {stretch.start for stretch in stretches}
    lasts = {stretch.stop - 1 for stretch in stretches}
    is_spaced = True
    for index, text in enumerate(texts):
        height = Height.FULL if not stretches else Height.UPPER if index in raised else Height.LOWER
        following = edges[index + 1] if index + 1 < len(edges) else None
        left, right = _closed_gap(*edges[index], following, size=size)
        if _is_leftward(text, line=way):
            closing = LRM if way is Way.LEFT_TO_RIGHT and (index not in raised or index in firsts) else ""
            word = list(_leftward_word(text, left, right, height=height, line=way, mark=closing))
        else:
            before, after = _marks(way, is_raised=index in raised, is_first=index in firsts, is_last=index in lasts)
            word = [Piece((*before, *_rightward_glyphs(text), *after), left, right, height)]
        if not is_spaced:
            if RIGHT_LETTER.match(word[0].glyphs[0]):
                # Drawn last, at the right: pypdf turns it round with the letters, and it comes first.
                word[0] = replace(word[0], glyphs=(*word[0].glyphs, " "))
            else:
                low = Height.LOWER if height is Height.UPPER and index in firsts else height
                yield _space(edges[index - 1], edges[index], height=low)
        is_spaced = not _is_leftward(text, line=way) and (
            way is Way.LEFT_TO_RIGHT or (index in raised and index not in lasts)
        )
        if is_spaced and following is not None:
            word[-1] = replace(word[-1], glyphs=(*word[-1].glyphs, " "))
        yield from word


def _is_leftward(text: str, *, line: Way) -> bool:
    """Whether a word is drawn from its right edge: an Arabic one, or a sign alone on an Arabic line."""
    way = way_of_word(text)
    is_sign = way is Way.NEITHER and not any(character.isdigit() for character in text)
    return way is Way.RIGHT_TO_LEFT or (is_sign and line is Way.RIGHT_TO_LEFT)


def _closed_gap(left: float, right: float, following: tuple[float, float] | None, *, size: int) -> tuple[float, float]:
    """Return the edges of a word, widened towards the next one when poppler would see two columns."""
    if following is None:
        return left, right
    keep = WIDEST_GAP * size
    if following[0] < left:
        gap = left - following[1]
        return (left - (gap - keep) if keep < gap < COLUMN_GAP * size else left), right
    gap = following[0] - right
    return left, (right + (gap - keep) if keep < gap < COLUMN_GAP * size else right)


def _space(word: tuple[float, float], following: tuple[float, float], *, height: Height) -> Piece:
    """Return the space between a word and the next, in the gap between them."""
    edges = (following[1], word[0]) if following[0] < word[0] else (word[1], following[0])
    return Piece((" ",), min(edges), max(edges), height)


def _leftward_word(text: str, left: float, right: float, *, height: Height, line: Way, mark: str) -> Iterator[Piece]:
    """Yield the runs of a word from its right edge to its left one."""
    unit = (right - left) / sum(glyph_width(character) for character in text)
    edge = right
    runs = runs_of_word(text)
    for index, run in enumerate(runs):
        start = edge - sum(glyph_width(character) for character in run.text) * unit
        glyphs = _run_glyphs(run)
        if run.way is not Way.RIGHT_TO_LEFT and line is Way.RIGHT_TO_LEFT:
            glyphs = (RLM, *glyphs)
        if mark and index == 0:
            glyphs = (*glyphs, mark)
        yield Piece(glyphs, start, edge + (OVERLAP if len(runs) > 1 else 0), height, is_part=len(runs) > 1)
        edge = start


def _run_glyphs(run: Run) -> tuple[str, ...]:
    return tuple(reversed(run.text)) if run.way is Way.RIGHT_TO_LEFT else _rightward_glyphs(run.text)


def _rightward_glyphs(text: str) -> tuple[str, ...]:
    """Return the glyphs of a text that runs to the right; a number in Arabic digits is one, or pypdf turns it round."""
    is_whole = 1 < len(text) <= LONGEST_NUMBER and ARABIC_DIGIT.search(text) and not LATIN_LETTER.search(text)
    return (text,) if is_whole else tuple(text)


def _marks(line: Way, *, is_raised: bool, is_first: bool, is_last: bool) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return the marks of direction to the left and to the right of a word that runs to the right."""
    if line is not Way.RIGHT_TO_LEFT:
        return (), ()
    if not is_raised:
        return (RLM,), ()
    # The second mark keeps pdfium from mirroring a bracket that follows the first one.
    return ((RLM, LRM) if is_first else ()), ((LRM,) if is_last else ())
