"""Whether a PDF can be called PDF/A-2u, clause by clause of ISO 19005-2.

It errs on one side only: what it does not know is an obstacle, so that a copy is never called what it is not. The
clauses about the file as a whole (header, cross-references, no encryption, no LZW) are kept by the way it is written.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pikepdf

from docflow.pdf.conforming_content import ContentCheck

MAX_OBJECTS = 200_000
DEEPEST_OBJECT = 50
SHORTEST_SIDE, LONGEST_SIDE = 3, 14_400
"""Of every page box, in units of user space (6.1.13)."""
LONGEST_STRING_BYTES, LONGEST_NAME_BYTES = 32_767, 127
"""6.1.13."""
IMAGE_FILTERS = {"/FlateDecode", "/DCTDecode", "/CCITTFaxDecode", "/JBIG2Decode", "/RunLengthDecode"}
OTHER_FILTERS = {"/FlateDecode", "/LZWDecode", "/ASCII85Decode", "/ASCIIHexDecode", "/RunLengthDecode"}
"""LZW and the ASCII filters are gone when the copy is written."""
INTENTS = {"/RelativeColorimetric", "/AbsoluteColorimetric", "/Perceptual", "/Saturation"}
BLEND_MODES = {
    f"/{mode}"
    for mode in (
        *("Normal", "Compatible", "Multiply", "Screen", "Overlay", "Darken", "Lighten", "ColorDodge", "ColorBurn"),
        *("HardLight", "SoftLight", "Difference", "Exclusion", "Hue", "Saturation", "Color", "Luminosity"),
    )
}
FORBIDDEN_STATE_KEYS = {"/TR", "/HTP", "/HTO"}
DRAWN_ANNOTATIONS = {
    f"/{kind}"
    for kind in (
        *("Text", "FreeText", "Line", "Square", "Circle", "Polygon", "PolyLine", "Highlight", "Underline"),
        *("Squiggly", "StrikeOut", "Stamp", "Caret", "Ink", "Widget"),
    )
}
PRINT, HIDDEN_FLAGS = 4, 1 | 2 | 32 | 256


def obstacles(pdf: pikepdf.Pdf) -> list[str]:
    """Return the codes of what stands against PDF/A-2u, empty when nothing does."""
    found: set[str] = set(_of_catalog(pdf.Root))
    content = ContentCheck()
    for page in pdf.pages:
        found.update(_of_page(page))
        content.check_page(page)
    for count, item in enumerate(pdf.objects):
        if count > MAX_OBJECTS:
            found.add("too_large_to_check")
            break
        for part in _parts(item):
            found.update(_of_object(part))
    return sorted(found | content.obstacles)


def _of_catalog(root: pikepdf.Object) -> Iterator[str]:
    names = root.get("/Names")
    if (isinstance(names, pikepdf.Dictionary) and "/EmbeddedFiles" in names) or "/AF" in root:
        yield "attachment"
    if "/OCProperties" in root:
        yield "layers"
    if isinstance(names, pikepdf.Dictionary) and "/AlternatePresentations" in names:
        yield "construct"


def _of_page(page: pikepdf.Page) -> Iterator[str]:
    for key in ("/MediaBox", "/CropBox", "/TrimBox", "/BleedBox", "/ArtBox"):
        box = getattr(page, key[1:].lower()) if key in {"/MediaBox", "/CropBox"} else page.obj.get(key)
        if box is None:
            continue
        sides = abs(float(box[2]) - float(box[0])), abs(float(box[3]) - float(box[1]))
        if min(sides) < SHORTEST_SIDE or max(sides) > LONGEST_SIDE:
            yield "page_size"
    for annotation in page.obj.get("/Annots", pikepdf.Array()):
        yield from _of_annotation(annotation)


def _of_annotation(annotation: Any) -> Iterator[str]:
    """6.3: a link needs its flags only, whatever is drawn needs an appearance."""
    if not isinstance(annotation, pikepdf.Dictionary):
        return
    kind, flags = str(annotation.get("/Subtype")), int(annotation.get("/F", 0))
    if kind == "/FileAttachment":
        yield "attachment"
    elif kind == "/Popup":
        return
    elif kind not in DRAWN_ANNOTATIONS | {"/Link"} or not flags & PRINT or flags & HIDDEN_FLAGS:
        yield "annotation"
    elif kind != "/Link":
        appearances = annotation.get("/AP", pikepdf.Dictionary())
        is_drawn = list(appearances.keys()) == ["/N"] and isinstance(appearances.get("/N"), pikepdf.Stream)
        if not is_drawn or "/CA" in annotation:
            yield "annotation"


def _parts(item: Any, *, depth: int = 0) -> Iterator[Any]:
    """Yield an object and everything that stands directly within it."""
    yield item
    if depth > DEEPEST_OBJECT:
        return
    if isinstance(item, pikepdf.Array):
        children: list[Any] = list(item)
    elif isinstance(item, pikepdf.Dictionary | pikepdf.Stream):
        children = [item.get(key) for key in item.keys()]  # noqa: SIM118 - an object is no mapping
    else:
        return
    for child in children:
        if isinstance(child, pikepdf.Object) and not child.is_indirect:
            yield from _parts(child, depth=depth + 1)


def _of_object(item: pikepdf.Object) -> Iterator[str]:
    yield from _of_limits(item)
    if isinstance(item, pikepdf.Stream):
        yield from _of_stream(item)
    elif isinstance(item, pikepdf.Dictionary):
        yield from _of_dictionary(item)


def _of_limits(item: Any) -> Iterator[str]:
    """6.1.13, for the values that stand directly in an object."""
    if isinstance(item, pikepdf.Array):
        values: list[Any] = list(item)
    elif isinstance(item, pikepdf.Dictionary | pikepdf.Stream):
        keys = item.keys()
        values = [item.get(key) for key in keys]
        if any(len(key.encode("utf-8", "surrogateescape")) > LONGEST_NAME_BYTES for key in keys):
            yield "construct"
    else:
        values = [item]
    if any(isinstance(value, pikepdf.String) and len(bytes(value)) > LONGEST_STRING_BYTES for value in values):
        yield "construct"


def _of_stream(stream: pikepdf.Stream) -> Iterator[str]:
    """6.1.7, 6.2.8 and 6.2.9: filters, images, form XObjects."""
    if stream.stream_dict.keys() & {"/F", "/FFilter", "/FDecodeParms"}:
        yield "construct"
    subtype = str(stream.get("/Subtype", ""))
    filters = stream.get("/Filter", pikepdf.Array())
    names = {str(name) for name in (filters if isinstance(filters, pikepdf.Array) else [filters])}
    if "/JPXDecode" in names:
        yield "jpeg2000"
    elif names - (IMAGE_FILTERS | OTHER_FILTERS if subtype == "/Image" else OTHER_FILTERS):
        yield "construct"
    if subtype == "/PS" or stream.stream_dict.keys() & {"/OPI", "/PS", "/Ref", "/Subtype2"}:
        yield "construct"
    if subtype == "/Image":
        yield from _of_image(stream)


def _of_image(image: pikepdf.Stream) -> Iterator[str]:
    if "/Alternates" in image or ("/Intent" in image and str(image.Intent) not in INTENTS):
        yield "construct"
    if "/Interpolate" in image and image.Interpolate:
        # It changes nothing that is stored, only how a viewer may smooth it.
        del image["/Interpolate"]


def _of_dictionary(item: pikepdf.Dictionary) -> Iterator[str]:
    """6.2.5: what a graphics state may set; 6.2.10: how it may blend."""
    is_state = str(item.get("/Type", "")) == "/ExtGState" or bool(item.keys() & {"/BM", "/SMask", "/TR", "/TR2", "/HT"})
    if not is_state:
        return
    if item.keys() & FORBIDDEN_STATE_KEYS or str(item.get("/TR2", "/Default")) != "/Default" or "/HT" in item:
        yield "construct"
    modes = item.get("/BM", pikepdf.Name.Normal)
    if {str(mode) for mode in (modes if isinstance(modes, pikepdf.Array) else [modes])} - BLEND_MODES:
        yield "construct"
    if "/RI" in item and str(item.RI) not in INTENTS:
        yield "construct"
