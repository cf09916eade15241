"""Whether a font may be used in PDF/A-2u for the characters it is used for (ISO 19005-2, 6.2.11)."""

from __future__ import annotations

import io
import re
from collections.abc import Collection, Iterator
from typing import Any

import pikepdf
from fontTools.ttLib import TTFont, TTLibError

WIDTH_TOLERANCE = 1.0
"""Between the width that the PDF tells and that of the font program, in thousandths of the em (6.2.11.5)."""
FORBIDDEN_UNICODE = {"\0", "\ufeff", "\ufffe"}
CHARACTER_BLOCK = re.compile("beginbfchar(.*?)endbfchar", re.DOTALL)
RANGE_BLOCK = re.compile("beginbfrange(.*?)endbfrange", re.DOTALL)
HEX_STRING = re.compile(r"<([0-9A-Fa-f\s]*)>")
RANGE = re.compile(r"<([0-9A-Fa-f\s]+)>\s*<([0-9A-Fa-f\s]+)>\s*(?:<([0-9A-Fa-f\s]*)>|\[(.*?)\])", re.DOTALL)
LONGEST_RANGE = 65_536
LATIN_ENCODINGS = {"/WinAnsiEncoding", "/MacRomanEncoding"}


def obstacle_of_font(font: Any, strings: Collection[bytes]) -> str:
    """Return the code of what stands against a font, empty when nothing does.

    ``font_not_embedded``, ``text_without_unicode`` or ``font``: faulty, or of a kind that is not checked here.
    """
    try:
        return _obstacle(font, strings)
    except (pikepdf.PdfError, TTLibError, KeyError, ValueError, TypeError, AttributeError, IndexError, AssertionError):
        # A stranger's font may be broken in any way; what cannot be read is not vouched for.
        return "font"


def _obstacle(font: Any, strings: Collection[bytes]) -> str:
    subtype = str(font.Subtype)
    if subtype == "/Type0":
        return _obstacle_of_composite(font, strings)
    if subtype == "/TrueType":
        return _obstacle_of_truetype(font, strings)
    if subtype == "/Type1" and "/FontDescriptor" not in font:
        return "font_not_embedded"
    if not _program(font.get("/FontDescriptor", pikepdf.Dictionary())):
        return "font_not_embedded" if subtype != "/Type3" else "font"
    return "font"


def _program(descriptor: Any) -> bytes:
    for key in ("/FontFile2", "/FontFile3", "/FontFile"):
        if key in descriptor:
            return bytes(descriptor[key].read_bytes())
    return b""


def _obstacle_of_composite(font: Any, strings: Collection[bytes]) -> str:
    descendant = font.DescendantFonts[0]
    descriptor = descendant.FontDescriptor
    program = _program(descriptor)
    if not program:
        return "font_not_embedded"
    if (
        str(font.Encoding) != "/Identity-H"
        or str(descendant.Subtype) != "/CIDFontType2"
        or "/FontFile2" not in descriptor
    ):
        return "font"
    codes = {code for string in strings for code in _two_byte_codes(string)}
    if any(len(string) % 2 for string in strings):
        return "font"
    if not _are_unicode(font, {code.to_bytes(2, "big") for code in codes}):
        return "text_without_unicode"
    parsed = TTFont(io.BytesIO(program), lazy=True)
    to_glyph = descendant.CIDToGIDMap
    mapped = to_glyph.read_bytes() if isinstance(to_glyph, pikepdf.Stream) else None
    widths = _composite_widths(descendant)
    for code in codes:
        glyph = code if mapped is None else int.from_bytes(mapped[2 * code : 2 * code + 2], "big")
        if not _is_right_glyph(parsed, glyph, widths.get(code, float(descendant.get("/DW", 1000)))):
            return "font"
    _forget_glyph_lists(descriptor)
    return ""


def _obstacle_of_truetype(font: Any, strings: Collection[bytes]) -> str:
    descriptor = font.get("/FontDescriptor", pikepdf.Dictionary())
    program = _program(descriptor)
    if not program:
        return "font_not_embedded"
    codes = {code for string in strings for code in string}
    encoding = font.get("/Encoding")
    is_latin = isinstance(encoding, pikepdf.Name) and str(encoding) in LATIN_ENCODINGS
    if "/FontFile2" not in descriptor or (encoding is not None and not is_latin):
        return "font"
    needs_map = "/ToUnicode" in font or not is_latin
    if needs_map and not _are_unicode(font, {bytes([code]) for code in codes}):
        return "text_without_unicode"
    parsed = TTFont(io.BytesIO(program), lazy=True)
    glyphs = _truetype_glyphs(parsed, str(encoding) if is_latin else "", is_symbolic=bool(int(descriptor.Flags) & 4))
    if glyphs is None:
        return "font"
    first, widths = int(font.FirstChar), [float(width) for width in font.Widths]
    for code in codes:
        if not 0 <= code - first < len(widths):
            return "font"
        if not _is_right_glyph(parsed, glyphs.get(code, 0), widths[code - first]):
            return "font"
    _forget_glyph_lists(descriptor)
    return ""


def _truetype_glyphs(font: TTFont, encoding: str, *, is_symbolic: bool) -> dict[int, int] | None:
    """Return the glyph of each code, or nothing when the font's tables do not suit its flags (6.2.11.6)."""
    tables = {(table.platformID, table.platEncID): table.cmap for table in font["cmap"].tables}
    if is_symbolic:
        if encoding or not tables or (len(tables) > 1 and (3, 0) not in tables):
            return None
        table = tables.get((3, 0)) or next(iter(tables.values()))
        return {code & 0xFF: font.getGlyphID(name) for code, name in table.items()}
    if not encoding or (3, 1) not in tables:
        return None
    codec = "cp1252" if encoding == "/WinAnsiEncoding" else "mac_roman"
    glyphs = {}
    for code in range(256):
        name = tables[(3, 1)].get(ord(bytes([code]).decode(codec, "replace")))
        if name is not None:
            glyphs[code] = font.getGlyphID(name)
    return glyphs


def _is_right_glyph(font: TTFont, glyph: int, width: float) -> bool:
    """Whether a glyph is there, is not ``.notdef`` (6.2.11.8) and has the width that the PDF tells (6.2.11.5)."""
    order = font.getGlyphOrder()
    if not 0 < glyph < len(order):
        return False
    advance = font["hmtx"][order[glyph]][0] * 1000 / font["head"].unitsPerEm
    return bool(abs(advance - width) <= WIDTH_TOLERANCE)


def _are_unicode(font: Any, codes: Collection[bytes]) -> bool:
    """Whether every code has a Unicode value (6.2.11.7.2)."""
    if "/ToUnicode" not in font or not isinstance(font.ToUnicode, pikepdf.Stream):
        return False
    known = _unicode_of(font.ToUnicode)
    return all(known.get(code, "") and not FORBIDDEN_UNICODE & set(known[code]) for code in codes)


def _unicode_of(to_unicode: pikepdf.Stream) -> dict[bytes, str]:
    """Return what a ToUnicode CMap says of each code (ISO 32000-1, 9.10.3)."""
    told = to_unicode.read_bytes().decode("latin-1")
    known: dict[bytes, str] = {}
    for block in CHARACTER_BLOCK.findall(told):
        strings = HEX_STRING.findall(block)
        known.update(zip(map(_bytes, strings[::2]), map(_text, strings[1::2]), strict=False))
    for block in RANGE_BLOCK.findall(told):
        for first, last, target, targets in RANGE.findall(block):
            low, size = int(first, 16), len(_bytes(first))
            count = min(int(last, 16) - low + 1, LONGEST_RANGE)
            texts = (
                [_text(each) for each in HEX_STRING.findall(targets)] if targets else _counted(_bytes(target), count)
            )
            known.update(zip(((low + step).to_bytes(size, "big") for step in range(count)), texts, strict=False))
    return known


def _bytes(digits: str) -> bytes:
    plain = "".join(digits.split())
    return bytes.fromhex(plain + "0" * (len(plain) % 2))


def _text(digits: str) -> str:
    return _bytes(digits).decode("utf-16-be", "replace")


def _counted(first: bytes, count: int) -> list[str]:
    """Return the texts of a range, whose last unit is counted up."""
    head, last = first[:-2], int.from_bytes(first[-2:], "big")
    return [
        (head + min(last + step, 0xFFFF).to_bytes(2, "big")).decode("utf-16-be", "replace") for step in range(count)
    ]


def _two_byte_codes(string: bytes) -> Iterator[int]:
    for at in range(0, len(string) - 1, 2):
        yield int.from_bytes(string[at : at + 2], "big")


def _composite_widths(descendant: Any) -> dict[int, float]:
    """Return the widths told by the array ``W`` (ISO 32000-1, 9.7.4.3)."""
    widths: dict[int, float] = {}
    entries = list(descendant.get("/W", pikepdf.Array()))
    at = 0
    while at < len(entries):
        first = int(entries[at])
        if isinstance(entries[at + 1], pikepdf.Array):
            widths.update({first + step: float(width) for step, width in enumerate(entries[at + 1])})
            at += 2
        else:
            widths.update(dict.fromkeys(range(first, min(int(entries[at + 1]), 0xFFFF) + 1), float(entries[at + 2])))
            at += 3
    return widths


def _forget_glyph_lists(descriptor: Any) -> None:
    """Take out the optional lists of glyphs, which many programs write wrongly (6.2.11.4.2)."""
    for key in ("/CIDSet", "/CharSet"):
        if key in descriptor:
            del descriptor[key]
