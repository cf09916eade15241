"""Born-digital pages as different programs write them: the same look, the letters named and stored in other ways."""

from __future__ import annotations

import io
import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from importlib.metadata import files
from itertools import groupby
from typing import Any

import pikepdf
import uharfbuzz as hb
from fpdf.bidi import BidiParagraph
from fpdf.enums import TextDirection

WIDTH_PT, HEIGHT_PT = 595, 842
MARGIN_PT = 60
SIZE_PT = 13
LEADING_PT = 24
UNITS = 1000
LAM = "\u0644"
ALEFS = "\u0622\u0623\u0625\u0627"


@dataclass(frozen=True, slots=True)
class Line:
    """A line in logical order.

    Attributes:
        is_right: whether it runs from right to left and ends, on the right, at ``right_pt``; else it begins at the left
            margin.
        down: lines that it stands below its place in the order of storing.
        is_beside: whether it stands beside the line before it, as a cell of the same row.
    """

    text: str
    is_right: bool = True
    right_pt: float = WIDTH_PT - MARGIN_PT
    is_beside: bool = False
    down: int = 0


@dataclass(frozen=True, slots=True)
class Writing:
    """How a program writes a page.

    Attributes:
        name: what the file calls a glyph, from its letters in logical order and its name in the font.
        is_stored_in_reading_order: glyphs in logical order, each placed where it is seen; else from left to right.
        is_glyph_by_glyph: each glyph shown by itself; else the glyphs of a stretch in one string.
        has_space_glyphs: spaces drawn; else gaps are left.
        is_shaped: letters joined and put in the order of sight; else drawn from left to right as they come.
        state: operators before the text, its colour and rendering mode among them.
    """

    name: Callable[[str, str], str] = lambda letters, _: letters
    is_stored_in_reading_order: bool = False
    is_glyph_by_glyph: bool = False
    has_space_glyphs: bool = True
    is_shaped: bool = True
    state: str = ""


@dataclass(slots=True)
class _Face:
    """The font, and a code for every glyph under every name it gets."""

    data: bytes
    font: Any
    codes: dict[tuple[int, str], int] = field(default_factory=dict)

    def code(self, glyph: int, name: str) -> int:
        return self.codes.setdefault((glyph, name), len(self.codes) + 1)


@dataclass(frozen=True, slots=True)
class _Placed:
    code: int
    x: float
    y: float
    is_space: bool


def by_form(letters: str, glyph_name: str) -> str:
    """Name a glyph by its presentation form, as its name in the font tells it."""
    if not glyph_name.startswith("uniF") or len(glyph_name) != len("uniFE8E"):
        return letters
    return chr(int(glyph_name[3:], 16)) + "".join(letter for letter in letters if unicodedata.combining(letter))


def with_turned_lam_alef(letters: str, _: str) -> str:
    """Name the ligature of lam and alef the wrong way round."""
    is_ligature = len(letters) == 2 and letters[0] == LAM and letters[1] in ALEFS
    return letters[::-1] if is_ligature else letters


def without_alef(letters: str, _: str) -> str:
    """Name the ligature of lam and alef by its lam alone."""
    return LAM if len(letters) == 2 and letters[0] == LAM else letters


def with_controls(letters: str, _: str) -> str:
    """Put marks of direction and of joining around the letters."""
    return f"\u202b\u200f{letters}\u200d" if letters.strip() and letters > "\u0600" else letters


def typeset(pages: Sequence[Sequence[Line]], writing: Writing | None = None, *, behind: bytes = b"") -> bytes:
    """Return a PDF of A4 pages; ``behind`` is drawn under the text of each."""
    writing = writing or Writing()
    path = next(file for file in files("fontpkg-ibm-plex-sans-arabic") or () if file.name.endswith("-Regular.ttf"))
    data = path.locate().read_bytes()  # type: ignore[attr-defined]
    face = _Face(data, hb.Font(hb.Face(data)))
    pdf = pikepdf.new()
    contents = [_content(face, lines, writing) for lines in pages]
    font = _font_object(pdf, face)
    for content in contents:
        page = pdf.add_blank_page(page_size=(WIDTH_PT, HEIGHT_PT))
        page.obj.Resources = pikepdf.Dictionary(Font=pikepdf.Dictionary(F1=font))
        page.obj.Contents = pdf.make_stream(b"q %s Q\n%s" % (behind, content))
    out = io.BytesIO()
    pdf.save(out)
    return out.getvalue()


def _content(face: _Face, lines: Sequence[Line], writing: Writing) -> bytes:
    parts = [f"q BT /F1 {SIZE_PT} Tf {writing.state}"]
    y = HEIGHT_PT - 2 * MARGIN_PT
    for line in lines:
        y -= 0 if line.is_beside else LEADING_PT
        baseline = y - LEADING_PT * line.down
        stretches, width = _placed(face, line, writing)
        x = line.right_pt - width if line.is_right else MARGIN_PT
        for glyphs in stretches:
            shown = glyphs if writing.has_space_glyphs else [glyph for glyph in glyphs if not glyph.is_space]
            is_whole = not writing.is_glyph_by_glyph and writing.has_space_glyphs and all(g.y == 0 for g in glyphs)
            for group in [shown] if is_whole and not writing.is_stored_in_reading_order else [[g] for g in shown]:
                codes = "".join(f"{glyph.code:04x}" for glyph in group)
                if group:
                    parts.append(f"1 0 0 1 {x + group[0].x:.3f} {baseline + group[0].y:.3f} Tm <{codes}> Tj")
    return "\n".join([*parts, "ET Q"]).encode("ascii")


def _placed(face: _Face, line: Line, writing: Writing) -> tuple[list[list[_Placed]], float]:
    """Return the glyphs of each stretch of one direction as they are stored, and the width of the line."""
    runs = _runs_from_left(line) if writing.is_shaped else [(line.text, False)]
    pen, stretches = 0.0, []
    for text, is_right in runs:
        placed = []
        for glyph, letters, x, y, advance in _shaped(face, text, is_right=is_right, is_joined=writing.is_shaped):
            name = writing.name(letters, face.font.glyph_to_string(glyph))
            scale = SIZE_PT / UNITS
            placed.append(_Placed(face.code(glyph, name), pen + x * scale, y * scale, letters == " "))
            pen += advance * scale
        stretches.append(placed[::-1] if writing.is_stored_in_reading_order and is_right else placed)
    if writing.is_stored_in_reading_order and line.is_right:
        stretches.reverse()
    return stretches, pen


def _runs_from_left(line: Line) -> list[tuple[str, bool]]:
    """Return the stretches of one direction from left to right (UAX 9, L2)."""
    base = TextDirection.RTL if line.is_right else TextDirection.LTR
    characters = BidiParagraph(text=line.text, base_direction=base).get_characters_with_embedding_level()
    runs = [
        ("".join(item.character for item in group), level)
        for level, group in groupby(characters, key=lambda item: item.embedding_level)
    ]
    for level in range(max(level for _, level in runs), 0, -1):
        turned: list[tuple[str, int]] = []
        for is_high, group in groupby(runs, key=lambda run, level=level: run[1] >= level):  # type: ignore[misc]
            part = list(group)
            turned += reversed(part) if is_high else part
        runs = turned
    return [(text, level % 2 == 1) for text, level in runs]


def _shaped(face: _Face, text: str, *, is_right: bool, is_joined: bool) -> list[tuple[int, str, float, float, float]]:
    """Return glyph, letters in logical order, offset and advance of the glyphs from left to right."""
    buffer = hb.Buffer()
    buffer.cluster_level = hb.BufferClusterLevel.CHARACTERS
    buffer.add_str(text)
    buffer.direction = "rtl" if is_right else "ltr"
    buffer.script = "Arab" if is_joined and is_right else "Latn"
    hb.shape(face.font, buffer, None if is_joined else {"liga": False})
    starts = sorted({info.cluster for info in buffer.glyph_infos})
    ends = dict(zip(starts, [*starts[1:], len(text)], strict=True))
    return [
        (info.codepoint, text[info.cluster : ends[info.cluster]], at.x_offset, at.y_offset, at.x_advance)
        for info, at in zip(buffer.glyph_infos, buffer.glyph_positions, strict=True)
    ]


def _font_object(pdf: pikepdf.Pdf, face: _Face) -> pikepdf.Object:
    glyphs = {code: glyph for (glyph, _), code in face.codes.items()}
    names = {code: name for (_, name), code in face.codes.items()}
    mapping = b"\0\0" + b"".join(glyphs[code].to_bytes(2, "big") for code in sorted(glyphs))
    widths = [0, *(face.font.get_glyph_h_advance(glyphs[code]) for code in sorted(glyphs))]
    lines = [f"<{code:04x}> <{name.encode('utf-16-be').hex()}>" for code, name in sorted(names.items()) if name]
    table = "\n".join(
        f"{len(part)} beginbfchar\n" + "\n".join(part) + "\nendbfchar"
        for part in (lines[start : start + 100] for start in range(0, len(lines), 100))
    )
    to_unicode = (
        "/CIDInit /ProcSet findresource begin 12 dict begin begincmap /CMapName /T def /CMapType 2 def\n"
        f"1 begincodespacerange <0000> <ffff> endcodespacerange\n{table}\nendcmap end end"
    )
    descriptor = pikepdf.Dictionary(
        Type=pikepdf.Name.FontDescriptor,
        FontName=pikepdf.Name("/Plex"),
        Flags=4,
        FontBBox=[-200, -400, 1200, 1100],
        ItalicAngle=0,
        Ascent=1090,
        Descent=-412,
        CapHeight=700,
        StemV=80,
        FontFile2=pdf.make_stream(face.data),
    )
    descendant = pikepdf.Dictionary(
        Type=pikepdf.Name.Font,
        Subtype=pikepdf.Name.CIDFontType2,
        BaseFont=pikepdf.Name("/Plex"),
        CIDSystemInfo=pikepdf.Dictionary(Registry=b"Adobe", Ordering=b"Identity", Supplement=0),
        FontDescriptor=descriptor,
        W=[0, widths],
        CIDToGIDMap=pdf.make_stream(mapping),
    )
    return pdf.make_indirect(
        pikepdf.Dictionary(
            Type=pikepdf.Name.Font,
            Subtype=pikepdf.Name.Type0,
            BaseFont=pikepdf.Name("/Plex"),
            Encoding=pikepdf.Name("/Identity-H"),
            DescendantFonts=[descendant],
            ToUnicode=pdf.make_stream(to_unicode.encode("ascii")),
        )
    )
