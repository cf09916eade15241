"""A PDF of a file of pictures, their pixels unchanged; runs in the child process only."""

from __future__ import annotations

import io
from collections.abc import Container
from pathlib import Path
from typing import Any

import pikepdf
from PIL import ExifTags, Image

from docflow.pdf.picture_pages import flattened, opened_picture, plausible_dpi

POINTS_PER_INCH = 72
EXIF_TURNS = {1: 0, 3: 180, 6: 90, 8: 270}
"""Clockwise turn, in degrees, of the EXIF orientations that do not mirror."""
LOSSY_QUALITY = 88
ROWS_PER_STRIP_TAG, STRIP_OFFSETS_TAG, STRIP_BYTES_TAG = 278, 273, 279


def pdf_of_pictures(path: Path, *, wanted: Container[int], max_pixels: int) -> pikepdf.Pdf:
    """Return a PDF with a page for each picture of the file; those whose index is not wanted stay empty."""
    pdf = pikepdf.new()
    with opened_picture(path, max_pixels=max_pixels) as picture:
        for index in range(getattr(picture, "n_frames", 1) if picture.format == "TIFF" else 1):
            if index not in wanted:
                pdf.add_blank_page()
                continue
            if index:
                picture.seek(index)
            _add_page(pdf, picture, path)
    return pdf


def _add_page(pdf: pikepdf.Pdf, picture: Image.Image, path: Path) -> None:
    dpi = plausible_dpi(picture)
    width, height = (side * POINTS_PER_INCH / dpi for side in picture.size)
    orientation = picture.getexif().get(ExifTags.Base.Orientation, 1)
    image = _stored(pdf, picture, path) if orientation in EXIF_TURNS else _deflated(pdf, flattened(picture))
    page = pdf.add_blank_page(page_size=(width, height))
    page.obj.Resources = pikepdf.Dictionary(XObject=pikepdf.Dictionary(Scan=image))
    page.obj.Contents = pdf.make_stream(f"q {width:.3f} 0 0 {height:.3f} 0 0 cm /Scan Do Q".encode("ascii"))
    page.rotate(EXIF_TURNS.get(orientation, 0), relative=False)


def _stored(pdf: pikepdf.Pdf, picture: Image.Image, path: Path) -> pikepdf.Object:
    """Return the picture as an image object, in the bytes of the file where PDF knows their format."""
    if picture.format == "JPEG" and picture.mode in {"L", "RGB"}:
        return _image(pdf, path.read_bytes(), picture, filter_name="DCTDecode")
    if picture.mode == "1":
        return _fax(pdf, picture)
    if picture.format in {"WEBP", "HEIF"} or picture.info.get("compression") == "jpeg":
        # Their pixels have been through a lossy coder already; deflated they would weigh ten times the scan.
        stream = io.BytesIO()
        flat = flattened(picture)
        flat.save(stream, "JPEG", quality=LOSSY_QUALITY)
        return _image(pdf, stream.getvalue(), flat, filter_name="DCTDecode")
    return _deflated(pdf, flattened(picture))


def _image(
    pdf: pikepdf.Pdf, data: bytes, picture: Image.Image, *, filter_name: str, parameters: dict[str, Any] | None = None
) -> pikepdf.Object:
    image = pikepdf.Stream(pdf, data)
    image.stream_dict = pikepdf.Dictionary(
        Type=pikepdf.Name.XObject,
        Subtype=pikepdf.Name.Image,
        Width=picture.width,
        Height=picture.height,
        ColorSpace=pikepdf.Name.DeviceRGB if picture.mode == "RGB" else pikepdf.Name.DeviceGray,
        BitsPerComponent=1 if picture.mode == "1" else 8,
        Filter=pikepdf.Name(f"/{filter_name}"),
    )
    if parameters:
        image.stream_dict.DecodeParms = pikepdf.Dictionary(parameters)
    return pdf.make_indirect(image)


def _fax(pdf: pikepdf.Pdf, picture: Image.Image) -> pikepdf.Object:
    """Return a black and white picture coded as a fax (ITU-T T.6), through a TIFF of one strip."""
    stream = io.BytesIO()
    picture.save(stream, "TIFF", compression="group4", tiffinfo={ROWS_PER_STRIP_TAG: picture.height})
    stream.seek(0)
    with Image.open(stream) as fax:
        offset, size = fax.tag_v2[STRIP_OFFSETS_TAG][0], fax.tag_v2[STRIP_BYTES_TAG][0]  # type: ignore[attr-defined]
        is_black_zero = fax.tag_v2.get(262) == 1  # type: ignore[attr-defined]
    data = stream.getvalue()[offset : offset + size]
    parameters = {"/K": -1, "/Columns": picture.width, "/Rows": picture.height, "/BlackIs1": not is_black_zero}
    return _image(pdf, data, picture, filter_name="CCITTFaxDecode", parameters=parameters)


def _deflated(pdf: pikepdf.Pdf, picture: Image.Image) -> pikepdf.Object:
    """Return the picture deflated with PNG's predictors, taken from a PNG of it."""
    stream = io.BytesIO()
    picture.save(stream, "PNG", compress_level=6)
    png, at, data = stream.getvalue(), 8, b""
    while at < len(png):
        size = int.from_bytes(png[at : at + 4], "big")
        if png[at + 4 : at + 8] == b"IDAT":
            data += png[at + 8 : at + 8 + size]
        at += 12 + size
    colours = len(picture.getbands())
    parameters = {"/Predictor": 15, "/Colors": colours, "/BitsPerComponent": 8, "/Columns": picture.width}
    return _image(pdf, data, picture, filter_name="FlateDecode", parameters=parameters)
