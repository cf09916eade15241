"""The font of the invisible text layer: every code is a box, and what it says stands in the ToUnicode map alone.

The boxes are never drawn, because the layer's text is invisible; an empty glyph would have no height, and pdfium leaves
out text without extent, which hides the layer of every page that was turned by a quarter.
"""

from __future__ import annotations

import io
from collections.abc import Collection, Iterable, Mapping
from enum import Enum
from typing import Any

import pikepdf
from fontTools.fontBuilder import FontBuilder
from fontTools.pens.ttGlyphPen import TTGlyphPen
from fontTools.ttLib import newTable
from fontTools.ttLib.tables._c_m_a_p import CmapSubtable

UNITS_PER_EM = 1000
ADVANCE = 500
"""Width of most characters, in units of the em; the layer scales each word to the width of its box."""
NARROW, WIDE = 250, 800
"""Of letters that are narrow or wide in most typefaces: most words then need no horizontal scale of their own."""
NARROW_CHARACTERS = frozenset(" iljtfrI'’.,:;!|()[]-/ادذرزولأإآؤء،؛")
WIDE_CHARACTERS = frozenset("mwMWœŒæÆ—شسصض")
ASCENT, DESCENT = 800, -200
FONT_NAME = "DocFlow"
FIRST_CODE = 0x20
CODES = [code for code in range(FIRST_CODE, 0x100) if code not in b"()\\"]
"""The codes given out: no string of a content stream needs an escape."""
RLM, LRM = "\u200f", "\u200e"


class Height(Enum):
    """Where the box of a code stands on its line, as bottom and top in units of the em.

    A line whose words all run one way uses the full height. Where a few words run the other way, they stand in the
    upper part of the line and the others in the lower one, so that pdfium takes them for a line of their own.
    """

    FULL = (DESCENT, ASCENT)
    LOWER = (-350, 320)
    UPPER = (-60, 600)


class LayerFont:
    """A font of at most 221 codes; each stands for one glyph, a character or a number that must stay in one piece."""

    def __init__(self) -> None:
        """Start with the space alone."""
        self._glyphs = {(" ", Height.FULL)}
        self._codes: dict[tuple[str, Height], int] = {}

    def takes(self, glyphs: Collection[tuple[str, Height]]) -> bool:
        """Take these glyphs in, and tell whether there was room for them; asked before the first is drawn."""
        has_room = len(self._glyphs | set(glyphs)) <= len(CODES)
        if has_room:
            self._glyphs |= set(glyphs)
        return has_room

    def encoded(self, glyphs: Iterable[str], height: Height) -> bytes:
        """Return the codes of the glyphs; a space for each that was not taken in."""
        if not self._codes:
            ordered = sorted(self._glyphs, key=lambda key: (key[1].value != Height.FULL.value, key[1].value, key[0]))
            self._codes = dict(zip(ordered, CODES, strict=False))
        return bytes(self._codes.get((glyph, height), CODES[0]) for glyph in glyphs)

    def add_to(self, pdf: pikepdf.Pdf) -> pikepdf.Object:
        """Write the font into a PDF and return its dictionary, a simple symbolic TrueType font."""
        name = pikepdf.Name(f"/{FONT_NAME}")
        widths = [0] * (max(self._codes.values()) - FIRST_CODE + 1)
        for (glyph, height), code in self._codes.items():
            widths[code - FIRST_CODE] = glyph_width(glyph, height)
        program = _program(self._codes)
        descriptor = pikepdf.Dictionary(
            Type=pikepdf.Name.FontDescriptor,
            FontName=name,
            Flags=4,
            FontBBox=[0, -350, ADVANCE, ASCENT],
            ItalicAngle=0,
            Ascent=ASCENT,
            Descent=DESCENT,
            CapHeight=ASCENT,
            StemV=80,
            FontFile2=pdf.make_stream(program, Length1=len(program)),
        )
        font = pikepdf.Dictionary(
            Type=pikepdf.Name.Font,
            Subtype=pikepdf.Name.TrueType,
            BaseFont=name,
            FirstChar=FIRST_CODE,
            LastChar=FIRST_CODE + len(widths) - 1,
            Widths=widths,
            FontDescriptor=pdf.make_indirect(descriptor),
            ToUnicode=pdf.make_stream(_to_unicode({code: glyph for (glyph, _), code in self._codes.items()})),
        )
        return pdf.make_indirect(font)


def glyph_width(glyph: str, height: Height = Height.FULL) -> int:
    """Return the width of a glyph in units of the em: marks of direction have none, a number that of its digits.

    Where a line is split in height everything is half as wide: pdfium takes the distance between two lines for
    greater, the narrower the characters are.
    """
    width = sum(_character_width(character) for character in glyph)
    return width if height is Height.FULL else width // 2


def _character_width(character: str) -> int:
    if character in {RLM, LRM}:
        return 0
    return NARROW if character in NARROW_CHARACTERS else WIDE if character in WIDE_CHARACTERS else ADVANCE


def _program(codes: Mapping[tuple[str, Height], int]) -> bytes:
    """Return a TrueType font with a glyph for each width and height in use, and its codes in one byte encoding.

    One Macintosh encoding and nothing else is what a symbolic font of PDF/A may have (ISO 19005-2, 6.2.11.6).
    """
    shapes = {code: (glyph_width(glyph, height), height) for (glyph, height), code in codes.items()}
    names = {shape: f"g{index}" for index, shape in enumerate(dict.fromkeys(shapes.values()))}
    builder = FontBuilder(UNITS_PER_EM, isTTF=True)
    builder.setupGlyphOrder([".notdef", *names.values()])
    outlines = {name: _box(width, *height.value) for (width, height), name in names.items()}
    builder.setupGlyf({".notdef": _box(ADVANCE, DESCENT, ASCENT), **outlines})
    widths = {name: (width, 0) for (width, _), name in names.items()}
    builder.setupHorizontalMetrics({".notdef": (ADVANCE, 0), **widths})
    builder.setupHorizontalHeader(ascent=ASCENT, descent=DESCENT)
    # The same layer must give the same bytes, so that the store keeps one copy.
    builder.font["head"].created = builder.font["head"].modified = 0
    builder.font.recalcTimestamp = False
    encoding = CmapSubtable.newSubtable(0)
    encoding.platformID, encoding.platEncID, encoding.language = 1, 0, 0
    encoding.cmap = {code: names[shapes[code]] if code in shapes else ".notdef" for code in range(256)}
    builder.font["cmap"] = newTable("cmap")
    builder.font["cmap"].tableVersion, builder.font["cmap"].tables = 0, [encoding]
    stream = io.BytesIO()
    builder.font.save(stream)
    return stream.getvalue()


def _box(width: int, bottom: int, top: int) -> Any:
    pen = TTGlyphPen(None)
    pen.moveTo((0, bottom))
    for corner in ((0, top), (width, top), (width, bottom)):
        pen.lineTo(corner)
    pen.closePath()
    return pen.glyph()


def _to_unicode(glyphs: Mapping[int, str]) -> bytes:
    """Return the ToUnicode CMap of the codes used (ISO 32000-1, 9.10.3), a range for each row of codes."""
    rows: list[list[int]] = []
    for code in sorted(glyphs):
        if rows and code == rows[-1][-1] + 1:
            rows[-1].append(code)
        else:
            rows.append([code])
    texts = {code: f"<{glyph.encode('utf-16-be').hex()}>" for code, glyph in glyphs.items()}
    ranges = "".join(f"<{row[0]:02x}><{row[-1]:02x}>[{''.join(texts[code] for code in row)}]\n" for row in rows)
    return (
        "/CIDInit /ProcSet findresource begin 12 dict begin begincmap "
        "/CMapName /A def /CMapType 2 def 1 begincodespacerange<00><ff>endcodespacerange "
        f"{len(rows)} beginbfrange\n{ranges}endbfrange endcmap CMapName currentdict /CMap defineresource pop end end"
    ).encode("ascii")
