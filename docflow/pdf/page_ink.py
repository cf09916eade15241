"""What of a PDF page its text draws, and what its pictures; runs in the child process only."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from itertools import groupby
from typing import Any

import numpy as np
import pypdfium2
import pypdfium2.raw as pdfium_c
from numpy.typing import NDArray

from docflow.pdf.glyph_signs import Glyph

MAX_SCALE = 100 / 72
"""Pixels a point: 100 dots an inch show every letter."""
MAX_PIXELS = 4_000_000
CELL_PT = 14.4
"""Five millimetres, about the height of a line with its space."""
PICTURE_CONTRAST = 48
"""Levels between the darkest and the lightest pixel of a cell in which a picture shows something."""
MAX_PICTURE_SHARE = 0.5
SEGMENTS_LOOKED_AT = 64
OUTLINE_CURVES = 5
"""A rounded frame has four curves, a letter drawn as an outline more."""


class PageInk:
    """The ink of a page, told apart by what draws it."""

    def __init__(self, page: pypdfium2.PdfPage) -> None:
        """Draw the page with and without its text."""
        width_pt, height_pt = page.get_size()
        self._scale = min(MAX_SCALE, (MAX_PIXELS / (width_pt * height_pt)) ** 0.5)
        drawn = list(page.get_objects())
        texts = [item for item in drawn if item.type == pdfium_c.FPDF_PAGEOBJ_TEXT]
        rules = [item for item in drawn if item.type == pdfium_c.FPDF_PAGEOBJ_PATH and not _is_outline(item)]
        whole = self._rendered(page)
        with _left_out(texts):
            self._by_text = whole != self._rendered(page)
            with _left_out(rules):
                self._pictures = self._rendered(page)

    def visible(self, glyphs: Sequence[Glyph], *, scale: float) -> list[Glyph]:
        """Return the glyphs of those stretches of text that leave a mark on the page.

        Left out is what nobody can see: text without colour (an older reading of a scan), in the colour of its paper,
        under a picture, off the page. The boxes of the glyphs are at ``scale`` pixels a point.
        """
        factor = self._scale / scale
        seen: list[Glyph] = []
        for _, group in groupby(glyphs, key=lambda glyph: glyph.token_index):
            token = list(group)
            if any(self._has_text_ink(tuple(edge * factor for edge in glyph.box)) for glyph in token):
                seen += token
        return seen

    def _has_text_ink(self, box: tuple[float, ...]) -> bool:
        x0, y0, x1, y1 = (max(0, int(edge)) for edge in box)
        return bool(self._by_text[y0 : y1 + 1, x0 : x1 + 1].any())

    @property
    def is_mostly_picture(self) -> bool:
        """Whether pictures and outlines show something on more of the page than text does."""
        text = self._cells(self._by_text).any(axis=(1, 3))
        cells = self._cells(self._pictures).astype(np.int16)
        pictures = (cells.max(axis=(1, 3)) - cells.min(axis=(1, 3)) >= PICTURE_CONTRAST) & ~text
        return bool(pictures.sum() > MAX_PICTURE_SHARE * (pictures | text).sum())

    def _rendered(self, page: pypdfium2.PdfPage) -> NDArray[np.uint8]:
        levels: NDArray[np.uint8] = page.render(scale=self._scale, grayscale=True).to_numpy()
        return levels.reshape(levels.shape[:2]).copy()

    def _cells(self, levels: NDArray[Any]) -> NDArray[Any]:
        """Return the levels by row of cells, row, column of cells and column; a rest at the edges is left out."""
        side = max(1, round(CELL_PT * self._scale))
        rows, columns = levels.shape[0] // side, levels.shape[1] // side
        return levels[: rows * side, : columns * side].reshape(rows, side, columns, side)


@contextmanager
def _left_out(items: Sequence[pypdfium2.PdfObject]) -> Iterator[None]:
    """Draw the page without some of its objects meanwhile."""
    for item in items:
        pdfium_c.FPDFPageObj_SetIsActive(item, int(False))
    try:
        yield
    finally:
        for item in items:
            pdfium_c.FPDFPageObj_SetIsActive(item, int(True))


def _is_outline(path: pypdfium2.PdfObject) -> bool:
    """Tell whether a path draws letters and not frames, rules and fields."""
    count = min(SEGMENTS_LOOKED_AT, pdfium_c.FPDFPath_CountSegments(path))
    kinds = [pdfium_c.FPDFPathSegment_GetType(pdfium_c.FPDFPath_GetPathSegment(path, index)) for index in range(count)]
    return kinds.count(pdfium_c.FPDF_SEGMENT_BEZIERTO) >= OUTLINE_CURVES
