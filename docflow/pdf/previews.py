"""Pictures of a page for the screen, from pixels that are already decoded and therefore harmless."""

from __future__ import annotations

import io
from dataclasses import dataclass

import cv2
import numpy as np
from PIL import Image

from docflow.pdf.raster import Pixels

PREVIEW_WIDTH_PX = 1240
"""A4 at 150 dpi: sharp at the width of a laptop's screen."""
THUMBNAIL_WIDTH_PX = 160
QUALITY = 70
REDUCED_QUALITIES = (60, 50, 40, 30, 20)
"""Tried one after the other until a picture weighs no more than it may."""
NARROWER = 0.8
"""By how much it is narrowed where the least of them is still too heavy."""
LEAST_WIDTH_PX = 120
PHOTOGRAPH_QUALITY = 88
"""Of a picture that takes the place of the file it was made from."""
EFFORT = 2
"""Of WebP's 0 (fast) to 6 (small); a choice for speed, not a measured optimum."""


@dataclass(frozen=True, slots=True)
class Preview:
    """A WebP picture of a page."""

    webp: bytes
    width: int
    height: int


def _preview(pixels: Pixels, *, width: int, quality: int = QUALITY) -> Preview:
    if width < pixels.shape[1]:
        height = max(1, round(pixels.shape[0] * width / pixels.shape[1]))
        pixels = np.asarray(cv2.resize(pixels, (width, height), interpolation=cv2.INTER_AREA), dtype=np.uint8)
    stream = io.BytesIO()
    small = Image.fromarray(pixels)
    small.save(stream, "WEBP", quality=quality, method=EFFORT)
    return Preview(webp=stream.getvalue(), width=small.width, height=small.height)


def make_preview(upright: Pixels) -> Preview:
    """Return the page at most 1,240 pixels wide; ``upright`` is the image whose boxes will be drawn on it."""
    return _preview(upright, width=PREVIEW_WIDTH_PX)


def make_photograph(upright: Pixels) -> bytes:
    """Return a picture at its full size as a JPEG file of its pixels alone, without what a camera wrote beside them."""
    stream = io.BytesIO()
    Image.fromarray(upright).save(stream, "JPEG", quality=PHOTOGRAPH_QUALITY)
    return stream.getvalue()


def make_thumbnail(upright: Pixels) -> Preview:
    """Return the page at most 160 pixels wide."""
    return _preview(upright, width=THUMBNAIL_WIDTH_PX)


def make_reduced(upright: Pixels, *, width: int, most_bytes: int) -> Preview:
    """Return a picture at most so many pixels wide and so many bytes heavy, for pages whose weight is limited."""
    while True:
        for quality in REDUCED_QUALITIES:
            made = _preview(upright, width=width, quality=quality)
            if len(made.webp) <= most_bytes:
                return made
        if width <= LEAST_WIDTH_PX:
            return made
        width = round(width * NARROWER)
