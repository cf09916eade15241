"""PDF pages through pdfium; runs in the child process only, because a flate bomb aborts pdfium's process."""

from __future__ import annotations

import io
from contextlib import closing
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np
import pypdfium2
import pypdfium2.raw as pdfium_c
from numpy.typing import NDArray
from PIL import Image

from docflow.core.errors import InvalidInput
from docflow.pdf.embedded_text import OwnText, TextState, own_text_of
from docflow.pdf.page_glyphs import glyphs_of_page
from docflow.pdf.page_ink import PageInk
from docflow.pdf.picture_pages import opened_picture, save_raster
from docflow.pdf.signatures import claimed_signatures

POINTS_PER_INCH = 72
SCAN_DPI = 300
TEXT_DPI = 200
"""A page with a sound text of its own is only looked at, never read: fewer pixels are enough."""
LONGEST_SIDE_PT = 14_400
"""200 inches, the largest page of ISO 32000-1, annex C."""
FULL_PAGE_SHARE = 0.95
ROWS_LOOKED_AT = 16
"""One of so many is looked at first."""
INVISIBLE_MODE = 3
"""Text rendering mode "neither fill nor stroke" (ISO 32000-1, 9.3.6): the layer of somebody's OCR."""


def _opened(path: Path) -> pypdfium2.PdfDocument:
    try:
        return pypdfium2.PdfDocument(path)
    except pypdfium2.PdfiumError as error:
        is_locked = error.err_code in {pdfium_c.FPDF_ERR_PASSWORD, pdfium_c.FPDF_ERR_SECURITY}
        raise InvalidInput("file_encrypted" if is_locked else "file_damaged") from error


def describe_pdf(path: Path) -> dict[str, Any]:
    """Return the number of pages and of signatures, and what the signatures claim."""
    with closing(_opened(path)) as document:
        count = max(0, pdfium_c.FPDF_GetSignatureCount(document))
        page_count = len(document)
    return {
        "page_count": page_count,
        "signature_count": count,
        "signatures": claimed_signatures(path) if count else [],
    }


def _full_page_image(page: pypdfium2.PdfPage, size: tuple[float, float]) -> pypdfium2.PdfImage | None:
    """Return the one image that fills the page, when nothing else that can be seen is drawn."""
    found = None
    for drawn in page.get_objects():
        if drawn.type == pdfium_c.FPDF_PAGEOBJ_IMAGE and found is None:
            found = drawn
            continue
        is_hidden_text = (
            drawn.type == pdfium_c.FPDF_PAGEOBJ_TEXT and pdfium_c.FPDFTextObj_GetTextRenderMode(drawn) == INVISIBLE_MODE
        )
        if drawn.type != pdfium_c.FPDF_PAGEOBJ_FORM and not is_hidden_text:
            return None
    if found is None:
        return None
    left, bottom, right, top = found.get_bounds()
    if (right - left) * (top - bottom) < FULL_PAGE_SHARE * size[0] * size[1]:
        return None
    matrix = found.get_matrix()
    is_upright = matrix.a > 0 and matrix.d > 0 and abs(matrix.b) + abs(matrix.c) < 1e-3 * matrix.a
    return found if is_upright else None


def _picture_of(image: pypdfium2.PdfImage, *, max_pixels: int) -> Image.Image | None:
    """Return the stored picture, through libjpeg when it is a plain JPEG, or nothing when it must be rendered."""
    width, height = image.get_px_size()
    if width * height > max_pixels:
        raise InvalidInput("image_too_large", limit=max_pixels)
    if image.get_filters() == ["DCTDecode"]:
        with opened_picture(io.BytesIO(bytes(image.get_data())), max_pixels=max_pixels) as picture:
            picture.load()
            if picture.mode in {"L", "RGB"}:
                return picture
        return None
    decoded: Image.Image = image.get_bitmap().to_pil()
    return decoded


def _render(
    page: pypdfium2.PdfPage, *, size: tuple[float, float], dpi: float, max_pixels: int
) -> tuple[Image.Image, int]:
    scale = dpi / POINTS_PER_INCH
    excess = (size[0] * size[1] * scale * scale / max_pixels) ** 0.5
    scale /= max(1.0, excess)
    bitmap = page.render(scale=scale)
    levels = bitmap.to_numpy()
    picture = Image.fromarray(levels[:, :, 0].copy()) if _is_grey(levels) else bitmap.to_pil()
    return picture, round(scale * POINTS_PER_INCH)


def _is_grey(levels: NDArray[np.uint8]) -> bool:
    """Return whether a page shows no colour: then a third of its levels says everything, here and in all that follows.

    A few rows tell of most pages that have one.
    """
    return all(
        bool((rows[:, :, 0] == rows[:, :, channel]).all())
        for rows in (levels[::ROWS_LOOKED_AT], levels)
        for channel in (1, 2)
    )


def _raster(
    page: pypdfium2.PdfPage, image: pypdfium2.PdfImage | None, *, size: tuple[float, float], limits: dict[str, Any]
) -> tuple[Image.Image, int]:
    """Return the picture of the page as it is displayed, and its dots per inch."""
    if image is None:
        return _render(page, size=size, dpi=SCAN_DPI, max_pixels=limits["max_raster_pixels"])
    turn = page.get_rotation()
    stored = _picture_of(image, max_pixels=limits["max_page_pixels"])
    width_pt = size[1] if turn in {90, 270} else size[0]
    dpi = round(image.get_px_size()[0] / width_pt * POINTS_PER_INCH)
    if stored is None:
        return _render(page, size=size, dpi=min(dpi, SCAN_DPI), max_pixels=limits["max_raster_pixels"])
    # Pillow turns counter-clockwise, the page's Rotate entry clockwise.
    return (stored.rotate(-turn, expand=True) if turn else stored), dpi


def own_text_of_page(page: pypdfium2.PdfPage, *, is_scan: bool, max_count: int) -> OwnText:
    """Return the page's own text, with boxes at ``TEXT_DPI``, when it says what the page shows.

    Text that nobody can see over a scan is somebody's reading of it, not the page's own.
    """
    scale = TEXT_DPI / POINTS_PER_INCH
    if is_scan:
        has_text = next(page.get_objects(filter=[pdfium_c.FPDF_PAGEOBJ_TEXT]), None) is not None
        return OwnText(TextState.REFUSED if has_text else TextState.ABSENT)
    glyphs = glyphs_of_page(page, scale=scale, max_count=max_count)
    if not glyphs:
        return OwnText(TextState.ABSENT if glyphs is not None else TextState.REFUSED)
    ink = PageInk(page)
    seen = ink.visible(glyphs, scale=scale)
    if not seen or ink.is_mostly_picture:
        return OwnText(TextState.REFUSED)
    return own_text_of(seen)


def extract_pdf_page(path: Path, *, page_index: int, pixels: Path, limits: dict[str, Any]) -> dict[str, Any]:
    """Write the raster of a page and return it with the words the page itself holds.

    Raises:
        InvalidInput: ``page_too_large(width_pt, height_pt)``, ``page_damaged``, ``image_too_large(limit)``,
            ``file_damaged``, ``file_encrypted``.
    """
    with closing(_opened(path)) as document:
        try:
            page = document[page_index]
            size = page.get_size()
            if max(size) > LONGEST_SIDE_PT:
                raise InvalidInput("page_too_large", width_pt=round(size[0]), height_pt=round(size[1]))
            image = _full_page_image(page, size)
            own = own_text_of_page(page, is_scan=image is not None, max_count=limits["max_characters"])
            if own.words:
                picture, dpi = _render(page, size=size, dpi=TEXT_DPI, max_pixels=limits["max_raster_pixels"])
            else:
                picture, dpi = _raster(page, image, size=size, limits=limits)
        except pypdfium2.PdfiumError as error:
            raise InvalidInput("page_damaged", page_number=page_index + 1) from error
    raster = save_raster(picture, dpi=dpi, pixels=pixels, max_pixels=limits["max_raster_pixels"])
    scale = raster["dpi"] / TEXT_DPI
    return {
        **raster,
        "origin": "embedded_image" if image else "rendered",
        "text_state": own.state,
        "words": [asdict(word.scaled(scale)) for word in own.words],
    }


def plain_text(path: Path, *, page_index: int, boxes: list[list[float]]) -> dict[str, Any]:
    """Return every character of a page, seen or not, and those within some boxes, which are shares of its sides."""
    with closing(_opened(path)) as document:
        page = document[page_index]
        (width, height), text = page.get_size(), page.get_textpage()
        within = [
            text.get_text_bounded(
                left=x0 * width, bottom=height - y1 * height, right=x1 * width, top=height - y0 * height
            )
            for x0, y0, x1, y1 in boxes
        ]
        return {"text": text.get_text_bounded(), "within": within}
