"""The text a born-digital page carries: its words in logical order, and whether they can be trusted."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from itertools import groupby

from docflow.pdf.glyph_signs import SPACE, Box, Glyph, is_vowel_mark, letters_of_look, signs_of
from docflow.pdf.line_reading import PlacedWord, segments_of, ways_of, words_of_segment
from docflow.pdf.reading_order import PlacedLine, in_reading_order
from docflow.pdf.soundness import Direction, brokenness_of, direction_of, is_sound
from docflow.pdf.word_order import Way

LIST_MARKS = range(0xF020, 0xF100)
"""Where symbol fonts put their signs; standing alone they mark the items of a list."""
BULLET = "•"


class TextState(StrEnum):
    """What a page's own text is worth."""

    ABSENT = "absent"
    KEPT = "kept"
    REPAIRED = "repaired"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class EmbeddedWord:
    """A word of the page's own text; the box is x0, y0, x1, y1 in pixels of the displayed page, y down."""

    text: str
    box: Box
    line_index: int

    def scaled(self, factor: float) -> EmbeddedWord:
        """Return the word on a raster ``factor`` times as fine."""
        x0, y0, x1, y1 = self.box
        return replace(self, box=(x0 * factor, y0 * factor, x1 * factor, y1 * factor))


@dataclass(frozen=True, slots=True)
class OwnText:
    """A page's own text.

    Attributes:
        state: whether it is kept as the file has it, repaired, or refused.
        words: in logical order; none when it is absent or refused.
    """

    state: TextState
    words: tuple[EmbeddedWord, ...] = ()


def own_text_of(glyphs: Sequence[Glyph]) -> OwnText:
    """Return the text that the visible glyphs of a page make.

    Lines without Arabic are taken as the reader of the file has them; lines with Arabic are read from where their
    letters stand.
    """
    if not glyphs:
        return OwnText(TextState.ABSENT)
    stored = [word.text for line in _stored_lines(glyphs) for word in line.words]
    words = _likeliest_words([replace(glyph, text=letters_of_look(glyph.text)) for glyph in glyphs])
    texts = [word.text for word in words]
    if not is_sound(texts):
        return OwnText(TextState.REFUSED)
    return OwnText(TextState.KEPT if texts == stored else TextState.REPAIRED, tuple(words))


def _likeliest_words(glyphs: Sequence[Glyph]) -> list[EmbeddedWord]:
    signs, otherwise = (signs_of(glyphs, are_ligatures_turned=are_turned) for are_turned in (True, False))
    words = _placed_words(signs, is_drawn_backwards=False)
    if otherwise != signs:
        others = _placed_words(otherwise, is_drawn_backwards=False)
        if brokenness_of([word.text for word in others]) < brokenness_of([word.text for word in words]):
            signs, words = otherwise, others
    if direction_of([word.text for word in words]) is Direction.REVERSED:
        return _placed_words(signs, is_drawn_backwards=True)
    return words


def _placed_words(signs: Sequence[Glyph], *, is_drawn_backwards: bool) -> list[EmbeddedWord]:
    segments = segments_of([sign for sign in signs if sign.is_level])
    ways = ways_of(segments)
    rebuilt = [(segment, way) for segment, way in zip(segments, ways, strict=True) if segment.is_read_from_places(way)]
    taken = {sign.place for segment, _ in rebuilt for sign in segment.signs}
    # A vowel mark is with its letter already.
    lines = _stored_lines([sign for sign in signs if sign.place not in taken and not is_vowel_mark(sign.text)])
    if rebuilt:
        lines += [
            PlacedLine(
                words=tuple(words_of_segment(segment, base=way, is_drawn_backwards=is_drawn_backwards)),
                place=segment.place,
                is_right=way is Way.RIGHT_TO_LEFT,
            )
            for segment, way in rebuilt
        ]
        lines = in_reading_order(lines)
    return [
        EmbeddedWord(_with_bullet(word.text), word.box, line_index)
        for line_index, line in enumerate(lines)
        for word in line.words
    ]


def _stored_lines(glyphs: Sequence[Glyph]) -> list[PlacedLine]:
    """Return the lines and words that the reader of the file found."""
    lines = []
    written = [glyph for glyph in glyphs if glyph.text != SPACE]
    for _, group in groupby(written, key=lambda glyph: glyph.line_index):
        line = list(group)
        tokens = groupby(line, key=lambda glyph: glyph.token_index)
        words = tuple(_stored_word(list(token)) for _, token in tokens)
        lines.append(PlacedLine(words=words, place=line[0].place, is_right=False))
    return lines


def _stored_word(glyphs: Sequence[Glyph]) -> PlacedWord:
    x0s, y0s, x1s, y1s = zip(*(glyph.box for glyph in glyphs), strict=True)
    return PlacedWord("".join(glyph.text for glyph in glyphs), (min(x0s), min(y0s), max(x1s), max(y1s)))


def _with_bullet(text: str) -> str:
    return BULLET if len(text) == 1 and ord(text) in LIST_MARKS else text
