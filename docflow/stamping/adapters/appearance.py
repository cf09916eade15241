"""The stamp as the appearance of the seal's own field; used in the sealing process only."""

from __future__ import annotations

import io
import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import pypdfium2
from numpy.typing import NDArray
from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.generic import pdf_name
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.misc import PdfReadError
from pyhanko.stamp import BaseStampStyle

from docflow.stamping.display import Box, DisplayedPage, Matrix
from docflow.stamping.drawing import Drawing
from docflow.stamping.placement import MARGIN_PT, POINTS_PER_INCH, SCALES, SEARCH_DPI, free_spot
from docflow.stamping.rules import StampPlace, StampPlacement

MOST_PIXELS = 1_200_000
"""Of the picture in which room is looked for; larger sheets are looked at more coarsely."""
DEEPEST_TREE = 64
SIZE_TOLERANCE = 0.02
"""Between the page's own boxes and what pdfium makes of them."""


@dataclass(frozen=True, slots=True)
class Placed:
    """Where a stamp goes.

    Attributes:
        how: on the page, or in a strip added to it.
        box: the field's rectangle in the page's own space.
        page: the page as it is displayed afterwards.
        area: width and height of the field, in points of the displayed page.
        offset: left and bottom of the drawing within the field.
        scale: size of the drawing, as part of the wanted one.
    """

    how: StampPlacement
    box: Box
    page: DisplayedPage
    area: tuple[float, float]
    offset: tuple[float, float]
    scale: float


def displayed_page(writer: IncrementalPdfFileWriter, page_index: int = 0) -> DisplayedPage:
    """Return how a page is displayed: boxes and turn may be inherited (ISO 32000-1, 7.7.3.4).

    Raises:
        PdfReadError: its turn is not a quarter.
    """
    page = writer.prev.find_page_for_modification(page_index)[0].get_object()
    media = _box(_inherited(page, "/MediaBox")) or (0.0, 0.0, 612.0, 792.0)
    crop = _box(_inherited(page, "/CropBox")) or media
    inner = (max(crop[0], media[0]), max(crop[1], media[1]), min(crop[2], media[2]), min(crop[3], media[3]))
    if inner[0] >= inner[2] or inner[1] >= inner[3]:
        inner = media
    turn = _inherited(page, "/Rotate")
    degrees = int(turn) % 360 if isinstance(turn, (int, float)) else 0
    if degrees % 90:
        raise PdfReadError("a turn that readers understand differently")
    unit = page.get("/UserUnit", 1)
    return DisplayedPage(inner, degrees, float(unit) if float(unit) > 0 else 1.0)


def _inherited(page: Any, key: str) -> Any:
    node = page
    for _ in range(DEEPEST_TREE):
        if key in node:
            return node[key]
        if "/Parent" not in node:
            return None
        node = node["/Parent"]
    return None


def _box(value: Any) -> Box | None:
    if value is None or len(value) != 4:
        return None
    first, second, third, fourth = (float(item) for item in value)
    return min(first, third), min(second, fourth), max(first, third), max(second, fourth)


def place_stamp(source: bytes, page: DisplayedPage, drawing: Drawing, place: StampPlace) -> Placed:
    """Return where a stamp stands on the first page of a file."""
    width, height = drawing.width_pt, drawing.height_pt
    grey, dpi = picture_of_page(source, page)
    spot = free_spot(grey, size=(width, height), place=place, dpi=dpi)
    if spot is not None:
        area = (width * spot.scale, height * spot.scale)
        box = page.box_of(spot.left, spot.top, *area)
        return Placed(StampPlacement.FREE, box, page, area, (0, 0), spot.scale)
    scale = next((s for s in SCALES if width * s + 2 * MARGIN_PT <= page.size[0]), SCALES[-1])
    strip = float(math.ceil(height * scale + MARGIN_PT))
    grown = page.with_strip(height=strip, least_width=width * scale + 2 * MARGIN_PT)
    area = (grown.size[0], strip)
    is_left = place in {StampPlace.TOP_LEFT, StampPlace.BOTTOM_LEFT}
    left = MARGIN_PT if is_left else area[0] - width * scale - MARGIN_PT
    box = grown.box_of(0, 0, *area)
    return Placed(StampPlacement.STRIP, box, grown, area, (left, MARGIN_PT / 2), scale)


def picture_of_page(source: bytes, page: DisplayedPage, page_index: int = 0) -> tuple[NDArray[np.uint8], int]:
    """Return the levels of a page as it is displayed, forms and notes included, and its dots an inch.

    Raises:
        PdfReadError: readers understand its boxes differently.
    """
    width, height = page.size
    dpi = SEARCH_DPI
    while width * height * (dpi / POINTS_PER_INCH) ** 2 > MOST_PIXELS and dpi > 1:
        dpi //= 2
    document = pypdfium2.PdfDocument(source)
    try:
        document.init_forms()
        shown = document[page_index]
        # pdfium may or may not count the page's own unit; its proportions must be the page's in any case.
        seen_width, seen_height = shown.get_size()
        if seen_width < 1 or abs(seen_height * width / seen_width - height) > SIZE_TOLERANCE * height:
            raise PdfReadError("boxes that readers understand differently")
        scale = dpi / POINTS_PER_INCH * width / seen_width
        bitmap = shown.render(scale=scale, grayscale=True, may_draw_forms=True)
        levels = bitmap.to_numpy()
        grey = levels[..., 0] if levels.ndim == 3 else levels
        return np.array(grey), dpi
    finally:
        document.close()


@dataclass(frozen=True)
class DrawnStyle(BaseStampStyle):
    """Gives pyHanko the drawing as the appearance of the field, turned with the page."""

    drawing: Drawing | None = None
    placed: Placed | None = None

    def create_stamp(self, writer: Any, box: Any, text_params: dict[str, Any]) -> Any:
        """Return what sets the appearance of one field; pyHanko asks for it once the field is there."""
        assert self.drawing is not None  # noqa: S101 - a style is always made with both
        assert self.placed is not None  # noqa: S101 - as above
        return _Appearance(writer, self.drawing, self.placed)


@dataclass(frozen=True, slots=True)
class _Appearance:
    writer: Any
    drawing: Drawing
    placed: Placed

    def apply_appearance(self, annotation: Any) -> None:
        """Set the appearance of an annotation."""
        stream = form_object(self.writer, self.drawing, self.placed)
        normal = generic.DictionaryObject({pdf_name("/N"): self.writer.add_object(stream)})
        annotation[pdf_name("/AP")] = normal


def form_object(writer: Any, drawing: Drawing, placed: Placed) -> generic.StreamObject:
    """Return the drawing as a form XObject, upright on the displayed page."""
    width, height = placed.area
    left, bottom = placed.offset
    content = (
        f"q 1 1 1 rg 0 0 {width:.2f} {height:.2f} re f Q\n"
        f"q {placed.scale:.4f} 0 0 {placed.scale:.4f} {left:.2f} {bottom:.2f} cm\n"
    ).encode() + drawing.content
    stream = generic.StreamObject(
        {
            pdf_name("/Type"): pdf_name("/XObject"),
            pdf_name("/Subtype"): pdf_name("/Form"),
            pdf_name("/BBox"): _numbers((0, 0, width, height)),
            pdf_name("/Matrix"): _numbers(placed.page.appearance_matrix()),
            pdf_name("/Resources"): _resources(writer, drawing),
        },
        stream_data=content + b"Q\n",
    )
    stream.compress()
    return stream


def _numbers(values: Box | Matrix) -> generic.ArrayObject:
    return generic.ArrayObject([generic.FloatObject(f"{value:.3f}") for value in values])


def _resources(writer: Any, drawing: Drawing) -> generic.DictionaryObject:
    logo = drawing.logo
    if logo is None:
        return generic.DictionaryObject()
    picture = generic.StreamObject(
        {
            pdf_name("/Type"): pdf_name("/XObject"),
            pdf_name("/Subtype"): pdf_name("/Image"),
            pdf_name("/Width"): generic.NumberObject(logo.width),
            pdf_name("/Height"): generic.NumberObject(logo.height),
            pdf_name("/ColorSpace"): pdf_name("/DeviceRGB"),
            pdf_name("/BitsPerComponent"): generic.NumberObject(8),
        },
        stream_data=logo.rgb,
    )
    picture.compress()
    named = generic.DictionaryObject({pdf_name("/Logo"): writer.add_object(picture)})
    return generic.DictionaryObject({pdf_name("/XObject"): named})


def page_count(writer: IncrementalPdfFileWriter) -> int:
    """Return how many pages a file has."""
    return int(writer.prev.root["/Pages"]["/Count"])


def grow_page(writer: IncrementalPdfFileWriter, page: DisplayedPage, page_index: int = 0) -> None:
    """Give the page the boxes of a displayed page that was grown."""
    reference = writer.find_page_for_modification(page_index)[0]
    entry = reference.get_object()
    media = _box(_inherited(entry, "/MediaBox")) or page.crop
    left, bottom, right, top = page.crop
    whole = (min(left, media[0]), min(bottom, media[1]), max(right, media[2]), max(top, media[3]))
    entry[pdf_name("/MediaBox")] = _numbers(whole)
    entry[pdf_name("/CropBox")] = _numbers(page.crop)
    writer.update_container(entry)
    writer.mark_update(reference)


def own_annotations(writer: IncrementalPdfFileWriter, page_index: int = 0) -> None:
    """Give the page a list of annotations of its own: one that pages share would show the stamp on each of them."""
    reference = writer.find_page_for_modification(page_index)[0]
    page = reference.get_object()
    if isinstance(page.raw_get("/Annots") if "/Annots" in page else None, generic.IndirectObject):
        page[pdf_name("/Annots")] = generic.ArrayObject(list.__iter__(page["/Annots"]))
        writer.mark_update(reference)


def png_of(drawing: Drawing) -> bytes:
    """Return a picture of a stamp at 288 dots an inch."""
    import pikepdf

    made = pikepdf.new()
    made.add_blank_page(page_size=(drawing.width_pt, drawing.height_pt))
    page = made.pages[0]
    page.Contents = made.make_stream(drawing.content)
    if drawing.logo is not None:
        image = made.make_stream(drawing.logo.rgb)
        image.Type, image.Subtype = pikepdf.Name.XObject, pikepdf.Name.Image
        image.Width, image.Height = drawing.logo.width, drawing.logo.height
        image.ColorSpace, image.BitsPerComponent = pikepdf.Name.DeviceRGB, 8
        page.Resources = pikepdf.Dictionary(XObject=pikepdf.Dictionary(Logo=image))
    buffer = io.BytesIO()
    made.save(buffer)
    picture = io.BytesIO()
    pypdfium2.PdfDocument(buffer.getvalue())[0].render(scale=4).to_pil().save(picture, "PNG", optimize=True)
    return picture.getvalue()


def revisions_end(data: bytes) -> Iterator[int]:
    """Yield the ends of the states that a file went through, each after its end-of-file mark (ISO 32000-1, 7.5.6)."""
    at = 0
    while (found := data.find(b"%%EOF", at)) >= 0:
        at = found + 5
        end = at
        if data[end : end + 2] == b"\r\n":
            end += 2
        elif data[end : end + 1] in {b"\r", b"\n"}:
            end += 1
        yield end
