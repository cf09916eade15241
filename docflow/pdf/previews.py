"""Pictures of a page for the screen, from pixels that are already decoded and therefore harmless."""

from __future__ import annotations

import io
from dataclasses import dataclass

from PIL import Image

from docflow.pdf.raster import Pixels

PREVIEW_WIDTH_PX = 1240
"""A4 at 150 dpi: sharp at the width of a laptop's screen."""
THUMBNAIL_WIDTH_PX = 160
QUALITY = 70
REDUCED_QUALITY = 50
EFFORT = 2
"""Of WebP's 0 (fast) to 6 (small); a choice for speed, not a measured optimum."""


@dataclass(frozen=True, slots=True)
class Preview:
    """A WebP picture of a page."""

    webp: bytes
    width: int
    height: int


def _preview(picture: Image.Image, *, width: int, quality: int = QUALITY) -> Preview:
    height = max(1, round(picture.height * width / picture.width))
    small = picture
    if width < picture.width:
        small = picture.resize((width, height), Image.Resampling.BOX)
    stream = io.BytesIO()
    small.save(stream, "WEBP", quality=quality, method=EFFORT)
    return Preview(webp=stream.getvalue(), width=small.width, height=small.height)


def make_preview(upright: Pixels) -> Preview:
    """Return the page at most 1,240 pixels wide; ``upright`` is the image whose boxes will be drawn on it."""
    return _preview(Image.fromarray(upright), width=PREVIEW_WIDTH_PX)


def make_thumbnail(upright: Pixels) -> Preview:
    """Return the page at most 160 pixels wide."""
    return _preview(Image.fromarray(upright), width=THUMBNAIL_WIDTH_PX)


def make_reduced(upright: Pixels, *, width: int) -> Preview:
    """Return a picture at most so many pixels wide, light enough for a list of them."""
    return _preview(Image.fromarray(upright), width=width, quality=REDUCED_QUALITY)
