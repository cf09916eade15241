"""From the characters a PDF names for its glyphs to signs: the letters of one glyph, in logical order.

Files name an Arabic glyph in many ways: by the letter, by its presentation form, and the ligature of lam and alef as
two letters in either order. Readers of PDF files turn some of them round once more.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import groupby, pairwise
from typing import TypeAlias

from docflow.pdf.word_order import RIGHT_LETTER

Box: TypeAlias = tuple[float, float, float, float]

SPACE = " "
LOOK = re.compile("[\ufb00-\ufb06\ufb50-\ufdff\ufe70-\ufefc]")
"""A letter named by its look: a Latin ligature or an Arabic presentation form."""
ALEFS = "\u0622\u0623\u0625\u0627\u0671"
LAM = "\u0644"
ALEF_BEFORE_LAM = re.compile(f"([{ALEFS}])({LAM})")
ALLAH = {"".join(sorted(word)): word for word in ("لله", "الله")}


@dataclass(frozen=True, slots=True)
class Glyph:
    """A character of a page as its reader gives it, or the sign that several of them make.

    Attributes:
        text: one character; of a sign, its letters in logical order, each with its marks.
        box: x0, y0, x1, y1 in pixels of the displayed page, y down, over its advance where that is known.
        origin: x and y of its place on the baseline, in the same pixels.
        em: size of its type, in the same pixels.
        line_index: the line that the reader found it in.
        token_index: the stretch without white space that the reader found it in.
        place: its place in the reader's order.
        is_level: whether it stands upright on the displayed page.
    """

    text: str
    box: Box
    origin: tuple[float, float]
    em: float
    line_index: int
    token_index: int
    place: int
    is_level: bool = True

    @property
    def left(self) -> float:
        """Its left edge, or the pen's place before it where that is further left."""
        return min(self.box[0], self.origin[0])

    @property
    def centre(self) -> float:
        """Its middle from left to right."""
        return (self.box[0] + self.box[2]) / 2


def is_mark(text: str) -> bool:
    """Tell whether the text stands over or under a letter and is no letter itself."""
    return all(unicodedata.combining(character) for character in text)


def is_vowel_mark(text: str) -> bool:
    """Tell whether the text is an Arabic mark without its letter."""
    return is_mark(text) and bool(RIGHT_LETTER.match(text))


def letters_of_look(text: str) -> str:
    """Return the text with each presentation form or Latin ligature as the letters it shows (Unicode NFKC)."""
    if not LOOK.search(text):
        return text
    # A vowel sign's own form is a space with the sign on it; that space is none.
    return "".join(
        unicodedata.normalize("NFKC", character).strip() if LOOK.match(character) else character for character in text
    )


def signs_of(glyphs: Sequence[Glyph], *, are_ligatures_turned: bool = True) -> list[Glyph]:
    """Return the signs of a page: characters of one glyph put together, their letters in logical order.

    A reader that turns a line of Arabic round turns the letters of a ligature as well, ``are_ligatures_turned``; but
    some files have turned them before, or name a ligature by a form that the reader leaves alone.
    """
    clusters = [list(group) for _, group in groupby(glyphs, key=lambda glyph: (glyph.line_index, glyph.origin))]
    return [
        cluster[0]
        if len(cluster) == 1
        else _together(cluster, is_turned=_runs_left(clusters, at) is are_ligatures_turned)
        for at, cluster in enumerate(clusters)
    ]


def _runs_left(clusters: Sequence[Sequence[Glyph]], at: int) -> bool:
    """Tell whether the reader goes on to the left around a cluster, as it does where it turned a line round.

    Words may follow each other another way than their letters: neighbours in the same word tell better.
    """
    own = clusters[at][0]
    near = [clusters[place][0] for place in (at - 1, at, at + 1) if 0 <= place < len(clusters)]
    line = [glyph for glyph in near if glyph.line_index == own.line_index]
    word = [glyph for glyph in line if glyph.token_index == own.token_index]
    first, last = (word[0], word[-1]) if len(word) > 1 else (line[0], line[-1])
    return first.origin[0] > last.origin[0]


def _are_apart(cluster: Sequence[Glyph]) -> bool:
    """Tell whether the reader divided the width of a glyph among its letters."""
    by_place = sorted(cluster, key=lambda glyph: glyph.box[0])
    return all(one.box[2] <= other.box[0] + 0.05 * one.em for one, other in pairwise(by_place))


def _together(cluster: Sequence[Glyph], *, is_turned: bool) -> Glyph:
    texts = [glyph.text for glyph in cluster]
    bases = [text for text in texts if not is_mark(text)]
    is_right = any(RIGHT_LETTER.match(text) for text in bases)
    has_marks = len(bases) < len(texts)
    if is_right and _are_apart(cluster):
        texts = [glyph.text for glyph in sorted(cluster, key=lambda glyph: -glyph.box[0])]
    # Where there are marks they tell the order, because a mark follows its letter.
    elif bases and is_right and (is_mark(texts[0]) if has_marks else is_turned):
        texts.reverse()
    text = "".join(texts)
    if len(bases) == 2:
        text = ALEF_BEFORE_LAM.sub(r"\2\1", text)
    text = ALLAH.get("".join(sorted(text)), text)
    x0s, y0s, x1s, y1s = zip(*(glyph.box for glyph in cluster), strict=True)
    return replace(cluster[0], text=text, box=(min(x0s), min(y0s), max(x1s), max(y1s)))
