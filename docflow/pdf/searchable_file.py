"""Writes the searchable copy with qpdf; runs in the child process only."""

from __future__ import annotations

import math
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pikepdf

from docflow.core.errors import InvalidInput
from docflow.pdf.archival import describe, language_of, without_actions
from docflow.pdf.conformance import obstacles
from docflow.pdf.glyphless import LayerFont
from docflow.pdf.page_geometry import Matrix, layer_matrix, levelling_matrix, set_upright, written
from docflow.pdf.picture_pdf import pdf_of_pictures
from docflow.pdf.smaller import squeeze_faxes
from docflow.pdf.text_layer import INVISIBLE_MODE, Pen, assigned_fonts, in_units, lines_of_page

VERSION = "1.7"
"""PDF/A-2 is defined on PDF 1.7 (ISO 19005-2, 6.1.2)."""


def write_searchable(request: dict[str, Any]) -> dict[str, Any]:
    """Write the copy that ``searchable.write_searchable_pdf`` asks for; return what keeps it from being PDF/A-2u."""
    pages = request["pages"]
    with ExitStack() as opened:
        sources = [
            opened.enter_context(_opened(source, index, request)) for index, source in enumerate(request["sources"])
        ]
        for text in pages:
            if text["page_index"] >= len(sources[text["source_index"]].pages):
                raise InvalidInput("page_not_found", page_number=text["page_index"] + 1)
        pdf = opened.enter_context(_copy_of(sources, pages))
        without_actions(pdf)
        # Asked before our layers are drawn: these conform by the way they are made.
        against = obstacles(pdf)
        _add_layers(pdf, pages)
        squeeze_faxes(pdf)
        words = [word["text"] for page in pages for word in page["words"]]
        describe(pdf, language=language_of(words) if words else "", is_archival=not against)
        pikepdf.settings.set_flate_compression_level(9)
        # Given a name, it would write another file beside it first, and no folder is open here.
        with Path(request["out"]).open("wb+") as out:
            pdf.save(
                out,
                object_stream_mode=pikepdf.ObjectStreamMode.generate,
                force_version=VERSION,
                # The same copy must give the same bytes, so that the store keeps one.
                deterministic_id=True,
            )
    return {"obstacles": against}


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


def _add_layers(pdf: pikepdf.Pdf, texts: list[dict[str, Any]]) -> None:
    """Turn every page upright and draw the layer of those that were read."""
    fonts: list[LayerFont] = []
    layers = []
    for page, whole in zip(pdf.pages, texts, strict=True):
        page.rotate(whole["rotation_deg"], relative=True)
        if whole["is_embedded"] or not whole["words"]:
            continue
        turn = set_upright(page)
        text = in_units(whole, points_per_pixel=math.hypot(*layer_matrix(page, whole)[:2]))
        lines = lines_of_page(text)
        if lines:
            layers.append((page, turn, text, lines, assigned_fonts(lines, fonts)))
    keys = _font_keys(pdf, len(fonts))
    for page, turn, text, lines, places in layers:
        pen = Pen()
        for line, place in zip(lines, places, strict=True):
            pen.draw(line, fonts[place], keys[place])
        _draw(pdf, page, text, turn=turn, layer=pen.written)
    written_fonts = [font.add_to(pdf) for font in fonts]
    for page, _, _, _, places in layers:
        own = _own_fonts(page)
        for place in set(places):
            own[keys[place]] = written_fonts[place]


def _font_keys(pdf: pikepdf.Pdf, count: int) -> list[str]:
    """Return names that no page gives to a font already."""
    taken = {str(key) for page in pdf.pages for key in _font_resources(page)}
    free = (f"/L{number}" for number in range(len(taken) + count))
    return [key for key in free if key not in taken][:count]


def _font_resources(page: pikepdf.Page) -> pikepdf.Dictionary:
    fonts = page.resources.get("/Font", pikepdf.Dictionary())
    return fonts if isinstance(fonts, pikepdf.Dictionary) else pikepdf.Dictionary()


def _own_fonts(page: pikepdf.Page) -> pikepdf.Dictionary:
    """Return the page's fonts in a dictionary that it shares with no other page."""
    resources = pikepdf.Dictionary(dict(page.resources.items()))
    fonts = pikepdf.Dictionary(dict(_font_resources(page).items()))
    resources.Font = fonts
    page.obj.Resources = resources
    return fonts


def _draw(pdf: pikepdf.Pdf, page: pikepdf.Page, text: dict[str, Any], *, turn: Matrix | None, layer: bytes) -> None:
    """Draw the layer over the page in one content stream.

    The page's own drawing is turned and deskewed by a matrix, its bytes unchanged: pdfium reads leaning lines in
    disorder. It also stands between q and Q because it may leave the graphics state changed.
    """
    before = "q"
    if text["skew_deg"]:
        before += f" {written(levelling_matrix(page, text['skew_deg']))} cm"
    if turn is not None:
        before += f" {written(turn)} cm"
    own = b"\n".join(stream.read_bytes() for stream in _contents(page))
    start = f"q {written(layer_matrix(page, text))} cm BT {INVISIBLE_MODE} Tr\n"
    page.obj.Contents = pdf.make_stream(
        b"\n".join((before.encode("ascii"), own, b"Q", start.encode("ascii") + layer + b"ET Q"))
    )


def _contents(page: pikepdf.Page) -> list[pikepdf.Object]:
    contents = page.obj.get("/Contents")
    if contents is None:
        return []
    return list(contents) if isinstance(contents, pikepdf.Array) else [contents]
