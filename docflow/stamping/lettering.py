"""Words as outlines: lines in both directions, shaped by HarfBuzz, drawn without any font in the file.

Outlines look the same in every reader, need no font to be embedded, and do not break a PDF/A.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from functools import cache
from importlib.metadata import files
from pathlib import Path
from typing import Final

import uharfbuzz
from fpdf.bidi import BidiParagraph
from fpdf.enums import TextDirection

FONT_PACKAGE: Final = "fontpkg-ibm-plex-sans-arabic"
ISOLATES: Final = frozenset("\u2066\u2067\u2068\u2069\u200e\u200f")
"""Marks that order a line and have no shape of their own."""


class Weight(StrEnum):
    """A cut of the typeface."""

    REGULAR = "Regular"
    BOLD = "Bold"


@dataclass(frozen=True, slots=True)
class PlacedGlyph:
    """A glyph and its origin on the line, in units of the font."""

    glyph: int
    x: int
    y: int


@dataclass(frozen=True, slots=True)
class ShapedLine:
    """A line in visual order; widths in thousandths of the size."""

    weight: Weight
    glyphs: tuple[PlacedGlyph, ...]
    width: int

    def drawn(self, *, x: float, y: float, size: float) -> bytes:
        """Return the operators that fill the line with its origin at a point."""
        scale = size / _upem(self.weight)
        parts = [f"q {scale:.5f} 0 0 {scale:.5f} {x:.2f} {y:.2f} cm\n"]
        parts += [
            f"q 1 0 0 1 {placed.x} {placed.y} cm\n{outline}f Q\n"
            for placed in self.glyphs
            if (outline := _outline(self.weight, placed.glyph))
        ]
        return "".join([*parts, "Q\n"]).encode("ascii")


def shaped(text: str, weight: Weight, *, is_rtl: bool) -> ShapedLine:
    """Return a line as it is written, in a paragraph of one direction (UAX #9, HarfBuzz)."""
    glyphs: list[PlacedGlyph] = []
    x = 0
    for run, level in _visual_runs(text, is_rtl=is_rtl):
        buffer = uharfbuzz.Buffer()
        buffer.add_str(run)
        buffer.guess_segment_properties()
        buffer.direction = "rtl" if level % 2 else "ltr"
        uharfbuzz.shape(_font(weight), buffer, {})
        for info, position in zip(buffer.glyph_infos, buffer.glyph_positions, strict=True):
            glyphs.append(PlacedGlyph(info.codepoint, x + position.x_offset, position.y_offset))
            x += position.x_advance
    return ShapedLine(weight, tuple(glyphs), round(x * 1000 / _upem(weight)))


def _visual_runs(text: str, *, is_rtl: bool) -> list[tuple[str, int]]:
    """Return runs of one level from left to right, each in logical order (UAX #9, rule L2)."""
    if not text:
        return []
    paragraph = BidiParagraph(text, TextDirection.RTL if is_rtl else TextDirection.LTR)
    runs: list[tuple[str, int]] = []
    for character in paragraph.get_characters_with_embedding_level():
        if character.character in ISOLATES:
            continue
        if runs and runs[-1][1] == character.embedding_level:
            runs[-1] = (runs[-1][0] + character.character, character.embedding_level)
        else:
            runs.append((character.character, character.embedding_level))
    highest = max((level for _, level in runs), default=0)
    for level in range(highest, 0, -1):
        start = 0
        while start < len(runs):
            end = start
            while end < len(runs) and runs[end][1] >= level:
                end += 1
            runs[start:end] = reversed(runs[start:end])
            start = max(end, start) + 1
    return runs


@cache
def _font(weight: Weight) -> uharfbuzz.Font:
    name = f"IBMPlexSansArabic-{weight}.ttf"
    path = next(Path(str(file.locate())) for file in files(FONT_PACKAGE) or () if file.name == name)
    return uharfbuzz.Font(uharfbuzz.Face(uharfbuzz.Blob.from_file_path(str(path))))


@cache
def _upem(weight: Weight) -> int:
    return int(_font(weight).face.upem)


@dataclass(slots=True)
class _Pen:
    """Writes an outline as PDF operators; quadratic curves are raised to cubic ones."""

    parts: list[str] = field(default_factory=list)
    at: tuple[float, float] = (0, 0)

    def moveTo(self, point: tuple[float, float]) -> None:  # noqa: N802 - the pen protocol of HarfBuzz
        self.parts.append(f"{_number(point[0])} {_number(point[1])} m\n")
        self.at = point

    def lineTo(self, point: tuple[float, float]) -> None:  # noqa: N802 - the pen protocol of HarfBuzz
        self.parts.append(f"{_number(point[0])} {_number(point[1])} l\n")
        self.at = point

    def curveTo(self, *points: tuple[float, float]) -> None:  # noqa: N802 - the pen protocol of HarfBuzz
        self.parts.append(" ".join(f"{_number(x)} {_number(y)}" for x, y in points) + " c\n")
        self.at = points[-1]

    def qCurveTo(self, control: tuple[float, float], end: tuple[float, float]) -> None:  # noqa: N802 - as above
        first = tuple(self.at[i] + 2 / 3 * (control[i] - self.at[i]) for i in (0, 1))
        second = tuple(end[i] + 2 / 3 * (control[i] - end[i]) for i in (0, 1))
        self.curveTo((first[0], first[1]), (second[0], second[1]), end)

    def closePath(self) -> None:  # noqa: N802 - the pen protocol of HarfBuzz
        self.parts.append("h\n")

    def endPath(self) -> None:  # noqa: N802 - the pen protocol of HarfBuzz
        self.closePath()


def _number(value: float) -> str:
    return str(round(value))


@cache
def _outline(weight: Weight, glyph: int) -> str:
    pen = _Pen()
    _font(weight).draw_glyph_with_pen(glyph, pen)
    return "".join(pen.parts)
