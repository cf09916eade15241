"""Draws the invisible text layer with qpdf; runs in the child process only.

The letters of an Arabic word are drawn from left to right, as they are seen, because that is what pdfium (Chromium) and
poppler turn back into logical order; the words come in logical order with a space of their own in the gap between them,
because pypdf reads the order of the stream.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable
from contextlib import ExitStack
from itertools import pairwise
from pathlib import Path
from typing import Any, TypeAlias

import pikepdf

from docflow.core.errors import InvalidInput
from docflow.pdf.glyphless import ADVANCE, FONT_NAME, UNITS_PER_EM, encoded, font_file, to_unicode_map
from docflow.pdf.picture_pdf import pdf_of_pictures

Matrix: TypeAlias = tuple[float, float, float, float, float, float]
"""a, b, c, d, e, f of x' = ax + cy + e, y' = bx + dy + f (ISO 32000-1, 8.3.3)."""

RTL_LETTER = re.compile("[\u0590-\u05ff\u0621-\u064a\u0671-\u06d3]")
MIRRORED = str.maketrans("()[]{}<>«»", ")(][}{><»«")
FONT_KEY = "/DocFlowLayer"
INVISIBLE_MODE = 3
CODES = 65_536
LETTER_SHARE = 0.6


def write_with_text_layer(request: dict[str, Any]) -> None:
    """Write the copy that ``searchable.write_searchable_pdf`` asks for."""
    pages = request["pages"]
    with ExitStack() as opened:
        sources = [
            opened.enter_context(_opened(source, index, request)) for index, source in enumerate(request["sources"])
        ]
        for text in pages:
            if text["page_index"] >= len(sources[text["source_index"]].pages):
                raise InvalidInput("page_not_found", page_number=text["page_index"] + 1)
        pdf = opened.enter_context(_copy_of(sources, pages))
        read_pages = [page for page in pages if not page["is_embedded"] and page["words"]]
        characters = {
            character for page in read_pages for word in page["words"] for character in _visible(word["text"])
        }
        font = _add_font(pdf, characters | {" "}) if read_pages else None
        for page, text in zip(pdf.pages, pages, strict=True):
            _add_text(pdf, page, text, font)
        pdf.save(request["out"], object_stream_mode=pikepdf.ObjectStreamMode.generate)


def _opened(source: dict[str, Any], source_index: int, request: dict[str, Any]) -> pikepdf.Pdf:
    """Open a source as a PDF; a file of pictures gets a page for every picture, but only those asked for are made."""
    try:
        if source["kind"] == "pdf":
            return pikepdf.open(source["path"])
        wanted = {page["page_index"] for page in request["pages"] if page["source_index"] == source_index}
        return pdf_of_pictures(Path(source["path"]), wanted=wanted, max_pixels=request["limits"]["max_page_pixels"])
    except pikepdf.PasswordError as error:
        raise InvalidInput("file_encrypted") from error
    except pikepdf.PdfError as error:
        raise InvalidInput("file_damaged") from error


def _copy_of(sources: list[pikepdf.Pdf], pages: list[dict[str, Any]]) -> pikepdf.Pdf:
    """Return the document to draw on: the source itself when all its pages are asked for in its order, or a new one."""
    places = [(page["source_index"], page["page_index"]) for page in pages]
    if len(sources) == 1 and places == [(0, index) for index in range(len(sources[0].pages))]:
        return sources[0]
    pdf = pikepdf.new()
    for source_index, page_index in places:
        pdf.pages.append(sources[source_index].pages[page_index])
    return pdf


def _visible(text: str) -> str:
    """Return a word's characters from left to right."""
    return text[::-1].translate(MIRRORED) if RTL_LETTER.search(text) else text


def _add_font(pdf: pikepdf.Pdf, characters: Iterable[str]) -> pikepdf.Object:
    name = pikepdf.Name(f"/{FONT_NAME}")
    descriptor = pikepdf.Dictionary(
        Type=pikepdf.Name.FontDescriptor,
        FontName=name,
        Flags=4,
        FontBBox=[0, -200, ADVANCE, 800],
        ItalicAngle=0,
        Ascent=800,
        Descent=-200,
        CapHeight=800,
        StemV=80,
        FontFile2=pdf.make_stream(font_file()),
    )
    descendant = pikepdf.Dictionary(
        Type=pikepdf.Name.Font,
        Subtype=pikepdf.Name.CIDFontType2,
        BaseFont=name,
        CIDSystemInfo=pikepdf.Dictionary(
            Registry=pikepdf.String("Adobe"), Ordering=pikepdf.String("Identity"), Supplement=0
        ),
        DW=ADVANCE,
        FontDescriptor=pdf.make_indirect(descriptor),
        CIDToGIDMap=pdf.make_stream(b"\x00\x01" * CODES),
    )
    font = pikepdf.Dictionary(
        Type=pikepdf.Name.Font,
        Subtype=pikepdf.Name.Type0,
        BaseFont=name,
        Encoding=pikepdf.Name("/Identity-H"),
        DescendantFonts=[pdf.make_indirect(descendant)],
        ToUnicode=pdf.make_stream(to_unicode_map(characters)),
    )
    return pdf.make_indirect(font)


def _add_text(pdf: pikepdf.Pdf, page: pikepdf.Page, text: dict[str, Any], font: pikepdf.Object | None) -> None:
    """Turn the page upright and draw the layer over it."""
    page.rotate(text["rotation_deg"], relative=True)
    if text["is_embedded"] or font is None or not text["words"]:
        return
    page.add_resource(font, pikepdf.Name.Font, name=pikepdf.Name(FONT_KEY), replace_existing=True)
    matrix = " ".join(f"{value:.5f}" for value in _layer_matrix(page, text))
    drawn = "\n".join(_drawn_words(text))
    layer = f"q {matrix} cm BT {INVISIBLE_MODE} Tr\n{drawn}\nET Q"
    # The page's own drawing is deskewed by a matrix, its bytes unchanged: pdfium reads leaning lines in disorder. It
    # also stands between q and Q because it may leave the graphics state changed.
    levelling = " ".join(f"{value:.6f}" for value in _levelling_matrix(page, text["skew_deg"]))
    page.contents_add(pdf.make_stream(f"q {levelling} cm".encode("ascii")), prepend=True)
    page.contents_add(pdf.make_stream(b"Q\n" + layer.encode("ascii")))


def _levelling_matrix(page: pikepdf.Page, skew_deg: float) -> Matrix:
    """Return the counter-clockwise turn by ``skew_deg`` about the centre of the page."""
    left, bottom, right, top = (float(edge) for edge in page.cropbox)
    centre_x, centre_y = (left + right) / 2, (bottom + top) / 2
    cosine, sine = math.cos(math.radians(skew_deg)), math.sin(math.radians(skew_deg))
    return (
        cosine,
        sine,
        -sine,
        cosine,
        centre_x - cosine * centre_x + sine * centre_y,
        centre_y - sine * centre_x - cosine * centre_y,
    )


def _layer_matrix(page: pikepdf.Page, text: dict[str, Any]) -> Matrix:
    """Return the matrix from pixels of the upright page, y up from its lower edge, to the page's own space."""
    left, bottom, right, top = (float(edge) for edge in page.cropbox)
    turn = int(page.rotation) % 360
    width_pt, height_pt = (top - bottom, right - left) if turn in {90, 270} else (right - left, top - bottom)
    width, height = text["width"], text["height"]

    def placed(x: float, y_up: float) -> tuple[float, float]:
        shown_x, shown_y = x * width_pt / width, (height - y_up) * height_pt / height
        return {
            0: (left + shown_x, top - shown_y),
            90: (left + shown_y, bottom + shown_x),
            180: (right - shown_x, bottom + shown_y),
            270: (right - shown_y, top - shown_x),
        }[turn]

    origin_x, origin_y = placed(0, 0)
    (x_x, x_y), (y_x, y_y) = placed(1000, 0), placed(0, 1000)
    return (
        (x_x - origin_x) / 1000,
        (x_y - origin_y) / 1000,
        (y_x - origin_x) / 1000,
        (y_y - origin_y) / 1000,
        origin_x,
        origin_y,
    )


def _drawn_words(text: dict[str, Any]) -> list[str]:
    lines: dict[int, list[dict[str, Any]]] = {}
    for word in text["words"]:
        lines.setdefault(word["line_index"], []).append(word)
    return [drawn for line in lines.values() for drawn in _drawn_line(line, page_height=text["height"])]


def _drawn_line(words: list[dict[str, Any]], *, page_height: int) -> list[str]:
    """Return the operators that draw a line; all its words share one base line and one size."""
    top, bottom = min(word["box"][1] for word in words), max(word["box"][3] for word in words)
    # Letters as tall as the line's ink would overlap those of the next line, and pdfium would mix the two.
    size = max(1, round(LETTER_SHARE * (bottom - top)))
    base = page_height - bottom + (1 - LETTER_SHARE) / 2 * (bottom - top)

    is_rtl = any(RTL_LETTER.search(word["text"]) for word in words)

    def draw(characters: str, x0: float, x1: float) -> str:
        stretch = 100 * max(x1 - x0, 1) / (len(characters) * size * ADVANCE / UNITS_PER_EM)
        return f"{FONT_KEY} {size} Tf {stretch:.2f} Tz 1 0 0 1 {x0:.1f} {base:.1f} Tm <{encoded(characters)}> Tj"

    drawn = []
    for word, following in pairwise([*words, None]):
        if word is None:
            break
        x0, _, x1, _ = word["box"]
        characters = _visible(word["text"])
        if following is None:
            drawn.append(draw(characters, x0, x1))
        elif not is_rtl:
            # A space of its own would stand beside the one that pypdf sees in the gap.
            drawn.append(draw(characters + " ", x0, x1 + (x1 - x0) / len(characters)))
        elif len(characters) == 1:
            # Pdfium drops a lone character that stands as a text object of its own.
            drawn.append(draw(characters + " ", x0, x1 + (x1 - x0) / 2))
        else:
            next_x0, _, next_x1, _ = following["box"]
            gap = (next_x1, x0) if next_x0 < x0 else (x1, next_x0)
            drawn += [draw(characters, x0, x1), draw(" ", min(gap) + 0.5, max(gap) - 0.5)]
    return drawn
