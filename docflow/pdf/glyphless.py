"""The font of the invisible text layer: one box for every character, made when it is needed.

The box is never drawn, because the layer's text is invisible; an empty glyph would have no height, and pdfium leaves
out text without extent, which hides the layer of every page that was turned by a quarter.
"""

from __future__ import annotations

import io
from collections.abc import Iterable
from typing import Any

from fontTools.fontBuilder import FontBuilder
from fontTools.pens.ttGlyphPen import TTGlyphPen

UNITS_PER_EM = 1000
ADVANCE = 500
ASCENT, DESCENT = 800, -200
"""Width of every glyph, in units of the em; the layer scales each word to the width of its box."""
FONT_NAME = "DocFlowGlyphless"
LAST_CODE = 0xFFFF
CHARACTERS_PER_BLOCK = 100
"""ToUnicode maps hold at most 100 entries a block (Adobe technical note 5014)."""


def font_file() -> bytes:
    """Return a TrueType font whose glyph 1 is a box of the full height."""
    builder = FontBuilder(UNITS_PER_EM, isTTF=True)
    builder.setupGlyphOrder([".notdef", "blank"])
    builder.setupCharacterMap({0x20: "blank"})
    box = _box()
    builder.setupGlyf({".notdef": box, "blank": box})
    builder.setupHorizontalMetrics({".notdef": (ADVANCE, 0), "blank": (ADVANCE, 0)})
    builder.setupHorizontalHeader(ascent=ASCENT, descent=DESCENT)
    builder.setupNameTable({"familyName": FONT_NAME, "styleName": "Regular"})
    builder.setupOS2()
    builder.setupPost()
    stream = io.BytesIO()
    builder.font.save(stream)
    return stream.getvalue()


def _box() -> Any:
    pen = TTGlyphPen(None)
    pen.moveTo((0, DESCENT))
    for corner in ((0, ASCENT), (ADVANCE, ASCENT), (ADVANCE, DESCENT)):
        pen.lineTo(corner)
    pen.closePath()
    return pen.glyph()


def encoded(text: str) -> str:
    """Return the text as a hexadecimal string of two-byte codes; what two bytes cannot hold becomes U+FFFD."""
    return "".join(f"{ord(character) if ord(character) <= LAST_CODE else 0xFFFD:04X}" for character in text)


def to_unicode_map(characters: Iterable[str]) -> bytes:
    """Return the ToUnicode CMap of the codes used (ISO 32000-1, 9.10.3): each code is its own UTF-16 value."""
    codes = sorted({encoded(character) for character in characters})
    blocks = []
    for start in range(0, len(codes), CHARACTERS_PER_BLOCK):
        block = codes[start : start + CHARACTERS_PER_BLOCK]
        entries = "\n".join(f"<{code}> <{code}>" for code in block)
        blocks.append(f"{len(block)} beginbfchar\n{entries}\nendbfchar")
    body = "\n".join(blocks)
    return (
        "/CIDInit /ProcSet findresource begin\n12 dict begin\nbegincmap\n"
        "/CIDSystemInfo << /Registry (Adobe) /Ordering (UCS) /Supplement 0 >> def\n"
        "/CMapName /Adobe-Identity-UCS def\n/CMapType 2 def\n"
        "1 begincodespacerange\n<0000> <FFFF>\nendcodespacerange\n"
        f"{body}\nendcmap\nCMapName currentdict /CMap defineresource pop\nend\nend\n"
    ).encode("ascii")
