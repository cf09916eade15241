"""Papers that the registry prints: words of both directions, rules and codes on sheets and rolls; lengths in mm."""

from __future__ import annotations

import io
import unicodedata
from collections.abc import Sequence
from functools import cache
from importlib.metadata import files
from pathlib import Path
from typing import Final, Literal, TypeAlias

import segno
from fpdf import FPDF
from fpdf.bidi import BidiParagraph
from fpdf.enums import TextDirection
from fpdf.fonts import TTFFont

FONT_PACKAGE: Final = "fontpkg-ibm-plex-sans-arabic"
A4_MM: Final = (210.0, 297.0)
MM_PER_POINT: Final = 25.4 / 72
MISSING: Final = "?"
"""Stands for a letter that the typeface has not."""
SHAPING: Final = ("GDEF", "GPOS", "GSUB")
"""Tables of a typeface by which letters are joined and placed."""
UNDRAWN: Final = frozenset({"Cc", "Cf", "Cs", "Co"})
VOWELS: Final = ("\u064b", "\u0652")
"""First and last of the signs over and under Arabic letters."""
QUIET_MODULES: Final = 4
"""White modules around a code (ISO/IEC 18004, 5.3.8)."""

Align: TypeAlias = Literal["L", "C", "R"]
Weighted: TypeAlias = tuple[str, bool]
"""Words and whether they are bold."""


class _Drawn(dict[int, str]):
    """What is drawn for each character: itself, its ordinary form, the sign of a missing one, or nothing."""

    def __init__(self, letters: frozenset[int]) -> None:
        super().__init__()
        self._letters = letters

    def __missing__(self, point: int) -> str:
        character = chr(point)
        forms = (character, unicodedata.normalize("NFKC", character))
        if unicodedata.category(character) in UNDRAWN or VOWELS[0] <= character <= VOWELS[1]:
            self[point] = ""
        else:
            self[point] = next((form for form in forms if self._letters.issuperset(map(ord, form))), MISSING)
        return self[point]


class Sheet:
    """A PDF in the making: pages of one size, with fonts embedded and letters shaped."""

    def __init__(self, *, title: str, size_mm: tuple[float, float] = A4_MM) -> None:
        """Take what readers call the file, and the width and height of its pages."""
        self.width, self.height = size_mm
        self._pdf = FPDF(format=size_mm, unit="mm")
        self._pdf.set_title(title)
        self._pdf.set_auto_page_break(auto=False)
        self._pdf.set_margin(0)
        self._pdf.c_margin = 0
        for style, weight in (("", "Regular"), ("B", "Bold")):
            self._pdf.add_font("Plex", style, _font(weight))
        self._widths: dict[tuple[str, bool], float] = {}
        self._fonts = [font for font in self._pdf.fonts.values() if isinstance(font, TTFFont)]
        self._drawn = _Drawn(frozenset(self._fonts[0].cmap))
        self._wrapped: dict[tuple[str, float, float, bool], list[str]] = {}
        self._style: tuple[bool, float] | None = None

    def add_page(self) -> None:
        """Begin a page."""
        self._pdf.add_page()
        self._style = None

    def write(
        self,
        text: str,
        *,
        x: float,
        y: float,
        width: float,
        size_pt: float,
        align: Align = "C",
        bold: bool = False,
        is_struck: bool = False,
        is_rtl: bool | None = None,
    ) -> None:
        """Write one line, its top at ``y``; smaller when it is too long. The direction is that of its first letter."""
        said = self.printable(text)
        if not said:
            return
        wide = self._sum(said, size_pt=size_pt, bold=bold)
        size_pt *= min(1.0, width / wide) if wide else 1.0
        self._use(bold=bold, size_pt=size_pt)
        wide = min(wide, width)
        left = x + {"L": 0.0, "C": (width - wide) / 2, "R": width - wide}[align]
        height = line_mm(size_pt)
        if is_plain(said):
            baseline = y + height / 2 + 0.3 * size_pt * MM_PER_POINT
            self._pdf.text(left, baseline, said)
        else:
            rtl = starts_rtl(said) if is_rtl is None else is_rtl
            self._pdf.set_text_shaping(direction="rtl" if rtl else "ltr")
            self._pdf.set_xy(left, y)
            self._pdf.cell(wide, height, said, align="L")
            self._pdf.set_text_shaping(use_shaping_engine=False)
        if is_struck:
            self.rule(x=left, y=y + height / 2, width=wide, line_width=0.2)

    def picture(self, png: bytes, *, x: float, y: float, width: float, height: float) -> None:
        """Draw a picture as large as fits into a box, in its middle."""
        self._pdf.image(io.BytesIO(png), x=x, y=y, w=width, h=height, keep_aspect_ratio=True)

    def write_lines(
        self,
        lines: Sequence[str],
        *,
        x: float,
        y: float,
        width: float,
        size_pt: float,
        align: Align | None = None,
        bold: bool = False,
        is_struck: bool = False,
    ) -> float:
        """Write lines of one paragraph, by default at the side where its language begins; return where they end."""
        rtl = starts_rtl(" ".join(lines))
        for line in lines:
            self.write(
                line,
                x=x,
                y=y,
                width=width,
                size_pt=size_pt,
                align=align or ("R" if rtl else "L"),
                bold=bold,
                is_struck=is_struck,
                is_rtl=rtl,
            )
            y += line_mm(size_pt)
        return y

    def wrapped(
        self, text: str, *, width: float, size_pt: float, bold: bool = False, most: int | None = None
    ) -> list[str]:
        """Return a text in lines no wider than ``width``; with ``most``, what is left over ends in an ellipsis."""
        key = (text, width, size_pt, bold)
        if key not in self._wrapped:
            self._wrapped[key] = self._broken(self.printable(text), width=width, size_pt=size_pt, bold=bold)
        lines = self._wrapped[key]
        if most is not None and len(lines) > most:
            lines = [
                *lines[: most - 1],
                self._cut(" ".join(lines[most - 1 :]), width=width, size_pt=size_pt, bold=bold),
            ]
        return lines

    def write_weighted(
        self, line: Sequence[Weighted], *, x: float, y: float, width: float, size_pt: float, is_rtl: bool
    ) -> None:
        """Write one line of words of two weights at the side where its language begins, its top at ``y``."""
        pieces = _visual_pieces(line, is_rtl=is_rtl)
        widths = [self.width_of(text, size_pt=size_pt, bold=bold, is_rtl=rtl) for text, bold, rtl in pieces]
        left = x + max(0.0, width - sum(widths)) if is_rtl else x
        height = line_mm(size_pt)
        for (text, bold, rtl), wide in zip(pieces, widths, strict=True):
            self._use(bold=bold, size_pt=size_pt)
            self._pdf.set_text_shaping(direction="rtl" if rtl else "ltr")
            self._pdf.set_xy(left, y)
            self._pdf.cell(wide, height, text, align="L")
            self._pdf.set_text_shaping(use_shaping_engine=False)
            left += wide

    def wrapped_weighted(self, runs: Sequence[Weighted], *, width: float, size_pt: float) -> list[list[Weighted]]:
        """Return words of two weights in lines no wider than ``width``."""
        lines: list[list[Weighted]] = []
        space = self.width_of(" ", size_pt=size_pt)
        taken = 0.0
        for word in self._weighted_words(runs, width=width, size_pt=size_pt):
            wide = sum(self.width_of(text, size_pt=size_pt, bold=bold) for text, bold in word)
            if lines and taken + space + wide <= width:
                lines[-1] += [(" ", lines[-1][-1][1] and word[0][1]), *word]
                taken += space + wide
            elif wide <= width:
                lines.append(word)
                taken = wide
            else:
                # What stands together and does not fit is divided where the weight changes.
                lines += [[part] for part in word]
                taken = self.width_of(word[-1][0], size_pt=size_pt, bold=word[-1][1])
        return [_joined(line) for line in lines]

    def _weighted_words(self, runs: Sequence[Weighted], *, width: float, size_pt: float) -> list[list[Weighted]]:
        """Return words, each in its parts: bold may end in the middle of one, before a comma for instance."""
        words: list[list[Weighted]] = []
        goes_on = False
        for text, bold in runs:
            for at, part in enumerate(self.printable(text).split(" ")):
                if not part:
                    continue
                pieces = [(piece, bold) for piece in self._pieces(part, width=width, size_pt=size_pt, bold=bold)]
                if at == 0 and goes_on and not text[:1].isspace():
                    words[-1].append(pieces.pop(0))
                words += [[piece] for piece in pieces]
            goes_on = bool(words) and not text[-1:].isspace()
        return words

    def width_of(self, text: str, *, size_pt: float, bold: bool = False, is_rtl: bool | None = None) -> float:
        """Return how wide a line is."""
        key = (text, bold)
        if key not in self._widths:
            self._use(bold=bold, size_pt=100)
            if not is_plain(text):
                rtl = starts_rtl(text) if is_rtl is None else is_rtl
                self._pdf.set_text_shaping(direction="rtl" if rtl else "ltr")
            self._widths[key] = self._pdf.get_string_width(text)
            self._pdf.set_text_shaping(use_shaping_engine=False)
        return self._widths[key] * size_pt / 100

    def printable(self, text: str) -> str:
        """Return a text without marks that would turn its direction, its missing letters replaced.

        Vowel signs are left out: the library that draws puts them beside their letters.
        """
        return unicodedata.normalize("NFC", " ".join(text.split())).translate(self._drawn)

    def rule(
        self, *, x: float, y: float, width: float, height: float = 0, line_width: float = 0.2, is_dashed: bool = False
    ) -> None:
        """Draw a line from a point, ``width`` to the right and ``height`` down."""
        self._pdf.set_line_width(line_width)
        if is_dashed:
            self._pdf.set_dash_pattern(dash=1.2, gap=1)
        self._pdf.line(x, y, x + width, y + height)
        if is_dashed:
            self._pdf.set_dash_pattern()

    def box(self, *, x: float, y: float, width: float, height: float, grey: int | None = None) -> None:
        """Draw a frame, or a grey field (0 black to 255 white) without one."""
        self._pdf.set_line_width(0.2)
        if grey is not None:
            self._pdf.set_fill_color(grey)
        self._pdf.rect(x, y, width, height, style="D" if grey is None else "F")
        self._pdf.set_fill_color(0)

    def code(self, address: str, *, x: float, y: float, side: float) -> None:
        """Draw a QR code, its quiet zone within ``side``."""
        rows = code_rows(address)
        module = side / len(rows)
        self._pdf.set_fill_color(0)
        for down, row in enumerate(rows):
            for start, end in dark_runs(row):
                # A hair of overlap, so that no white line shows between two rows.
                self._pdf.rect(x + start * module, y + down * module, (end - start) * module, module * 1.03, style="F")

    def content(self) -> bytes:
        """Return the file; the sheet is finished."""
        for font in self._fonts:
            # The letters are joined by now, and the file holds none of these: reading them is a third of making it.
            for table in SHAPING:
                if table in font.ttfont:
                    del font.ttfont[table]
        made = bytes(self._pdf.output())
        self.close()
        return made

    def close(self) -> None:
        """Let go of the files of the fonts; a sheet that was only drawn to be measured is left by this."""
        for font in self._fonts:
            font.close()

    def _use(self, *, bold: bool, size_pt: float) -> None:
        if self._style != (bold, size_pt):
            self._pdf.set_font("Plex", "B" if bold else "", size_pt)
            self._style = (bold, size_pt)

    def _sum(self, line: str, *, size_pt: float, bold: bool) -> float:
        """Return the width of a line as that of its words: no letter is joined across a space."""
        words = line.split(" ")
        space = self.width_of(" ", size_pt=size_pt, bold=bold)
        return sum(self.width_of(word, size_pt=size_pt, bold=bold) for word in words) + space * (len(words) - 1)

    def _broken(self, text: str, *, width: float, size_pt: float, bold: bool) -> list[str]:
        lines: list[str] = []
        space = self.width_of(" ", size_pt=size_pt, bold=bold)
        taken = 0.0
        for word in text.split(" "):
            wide = self.width_of(word, size_pt=size_pt, bold=bold)
            if lines and taken + space + wide <= width:
                lines[-1] = f"{lines[-1]} {word}"
                taken += space + wide
                continue
            lines += self._pieces(word, width=width, size_pt=size_pt, bold=bold)
            taken = self.width_of(lines[-1], size_pt=size_pt, bold=bold)
        return lines

    def _pieces(self, word: str, *, width: float, size_pt: float, bold: bool) -> list[str]:
        """Return a word, in pieces when it is wider than a line: an address, or what a stranger typed."""
        pieces = []
        while self.width_of(word, size_pt=size_pt, bold=bold) > width and len(word) > 1:
            end = len(word) - 1
            while end > 1 and self.width_of(word[:end], size_pt=size_pt, bold=bold) > width:
                end -= 1
            pieces.append(word[:end])
            word = word[end:]
        return [*pieces, word]

    def _cut(self, text: str, *, width: float, size_pt: float, bold: bool) -> str:
        while text and self._sum(f"{text}…", size_pt=size_pt, bold=bold) > width:
            text = text[:-1].rstrip()
        return f"{text}…"


def line_mm(size_pt: float) -> float:
    """Return the height of a line of a size of type."""
    return size_pt * MM_PER_POINT * 1.42


def starts_rtl(text: str) -> bool:
    """Return whether the first letter of a text is written from right to left (UAX #9, P2)."""
    kinds = (unicodedata.bidirectional(character) for character in text)
    return next((kind in {"R", "AL"} for kind in kinds if kind in {"L", "R", "AL"}), False)


def is_plain(text: str) -> bool:
    """Return whether a text has no letter that is joined, or written from right to left."""
    return all(ord(character) < 0x590 or 0x2000 <= ord(character) < 0x2700 for character in text)


def _joined(parts: Sequence[Weighted]) -> list[Weighted]:
    joined: list[Weighted] = []
    for text, bold in parts:
        if joined and joined[-1][1] == bold:
            joined[-1] = (joined[-1][0] + text, bold)
        else:
            joined.append((text, bold))
    return joined


def _visual_pieces(line: Sequence[Weighted], *, is_rtl: bool) -> list[tuple[str, bool, bool]]:
    """Return pieces of one weight and one direction from left to right (UAX #9, rule L2), each in logical order."""
    text = "".join(words for words, _ in line)
    bold = [weight for words, weight in line for _ in words]
    direction = TextDirection.RTL if is_rtl else TextDirection.LTR
    characters = list(BidiParagraph(text, direction).get_characters_with_embedding_level())
    levels = [character.embedding_level for character in characters]
    runs: list[tuple[str, bool, int]] = []
    for character, weight, level in zip(text, bold, levels, strict=True):
        if runs and runs[-1][1:] == (weight, level):
            runs[-1] = (runs[-1][0] + character, weight, level)
        else:
            runs.append((character, weight, level))
    for level in range(max(levels, default=0), 0, -1):
        start = 0
        while start < len(runs):
            end = start
            while end < len(runs) and runs[end][2] >= level:
                end += 1
            runs[start:end] = reversed(runs[start:end])
            start = max(end, start) + 1
    return [(words, weight, level % 2 == 1) for words, weight, level in runs]


def code_rows(address: str) -> list[bytes]:
    """Return the modules of a QR code row by row, 1 where they are dark, its quiet zone included."""
    made = segno.make(address, error="m", micro=False, boost_error=False)
    return [bytes(row) for row in made.matrix_iter(border=QUIET_MODULES)]


def dark_runs(row: bytes) -> list[tuple[int, int]]:
    """Return where runs of dark modules start and end."""
    edges = [at for at in range(len(row) + 1) if (row[at - 1 : at] or b"\0") != (row[at : at + 1] or b"\0")]
    return list(zip(edges[::2], edges[1::2], strict=True))


@cache
def _font(weight: str) -> Path:
    name = f"IBMPlexSansArabic-{weight}.ttf"
    return next(Path(str(file.locate())) for file in files(FONT_PACKAGE) or () if file.name == name)
