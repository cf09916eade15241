"""Readings of pages that a person turned, and of sheets on which nothing is read."""

from __future__ import annotations

from dataclasses import replace
from typing import TypeVar

from docflow.ocr.imaging import turned
from docflow.ocr.ports import LineReader
from docflow.ocr.reading import PageReading, read_page
from docflow.pdf.raster import PageImage

FULL_TURN = 360

Edge = TypeVar("Edge", int, float)


def read_as_turned(image: PageImage, reader: LineReader, *, turned_deg: int) -> PageReading:
    """Read a page in the position that a person gave it, clockwise from how it lies in its file.

    Where the reader finds that the text runs another way, its text is kept, and page and words are shown as the person
    turned them.
    """
    reading = read_page(_turned_image(image, turned_deg), reader)
    back = -reading.rotation_deg % FULL_TURN
    height, width = reading.upright.shape[:2]
    words = tuple(replace(word, box=_turned_box(word.box, width, height, turn=back)) for word in reading.words)
    return replace(
        reading, upright=turned(reading.upright, rotation_deg=back), words=words, rotation_deg=turned_deg % FULL_TURN
    )


def unread(image: PageImage) -> PageReading:
    """Return a sheet as it lies, with no text."""
    return PageReading(
        upright=image.pixels,
        dpi=image.dpi,
        languages=(),
        rotation_deg=0,
        skew_deg=0.0,
        confidence=0.0,
        text="",
        words=(),
        needs_review=False,
        source="ocr",
    )


def _turned_image(image: PageImage, turn: int) -> PageImage:
    height, width = image.pixels.shape[:2]
    words = tuple(replace(word, box=_turned_box(word.box, width, height, turn=turn)) for word in image.words)
    return replace(image, pixels=turned(image.pixels, rotation_deg=turn), words=words)


def _turned_box(
    box: tuple[Edge, Edge, Edge, Edge], width: int, height: int, *, turn: int
) -> tuple[Edge, Edge, Edge, Edge]:
    """Return a box of a picture of ``width`` by ``height`` after a clockwise turn of the picture."""
    x0, y0, x1, y1 = box
    match turn % FULL_TURN:
        case 90:
            return height - y1, x0, height - y0, x1
        case 180:
            return width - x1, height - y1, width - x0, height - y0
        case 270:
            return y0, width - x1, y1, width - x0
        case _:
            return box
