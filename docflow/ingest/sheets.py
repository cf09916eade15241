"""What a sheet is, told by its picture: a separator of ours, a blank page, or a page of a letter."""

from __future__ import annotations

from typing import Any, Final

import cv2
import numpy as np
import zxingcpp
from numpy.typing import NDArray

from docflow.documents.rules import PageFinding
from docflow.ingest.rules import is_separator
from docflow.pdf.raster import PageImage, Pixels

MM_PER_INCH: Final = 25.4
CODE_DPI: Final = 150
"""The code of a sheet is large: at this resolution its modules are still five pixels wide."""
SMALLEST_CODE_SHARE: Final = 0.2
"""The code of a sheet takes a third of its width; a smaller one is printed in a letter, and splits nothing."""

INK_DPI: Final = 100
PAPER_MM: Final = 12
"""Nothing that is written is as thick as this; what is darker over more than this is shade or coloured paper."""
FAINTEST_INK: Final = 0.22
"""Share by which ink is darker than the paper around it; the other side's print shows through at less."""
EDGE_MM: Final = 6
"""Within this of an edge lie the shadows of the lid and of the sheet."""
HOLE_ZONE_MM: Final = 22
HOLE_MM: Final = (3.5, 9.0)
"""Punched holes lie near an edge, and are discs of five to seven millimetres (ISO 838)."""
SMALLEST_STROKE_MM: Final = 1.3
SMALLEST_STROKE_MM2: Final = 0.25
"""What is smaller than a digit of a page number is dust."""


def what_sheet_is(image: PageImage) -> PageFinding:
    """Tell what a sheet is; in doubt it is a page, because leaving out a letter is worse than keeping a blank page."""
    if _has_separator_code(image):
        return PageFinding.SEPARATOR
    if not image.has_sound_text and is_blank(image.pixels, dpi=image.dpi):
        return PageFinding.BLANK
    return PageFinding.CONTENT


def codes_on(image: PageImage) -> list[str]:
    """Return what the QR codes of a picture say, however small they are on it."""
    grey = image.pixels if image.pixels.ndim == 2 else image.pixels[:, :, 1]
    return [code.text for code in _codes(np.ascontiguousarray(grey))]


def _codes(grey: Pixels) -> list[Any]:
    formats = zxingcpp.BarcodeFormats([zxingcpp.BarcodeFormat.QRCode])
    return list(zxingcpp.read_barcodes(grey, formats=formats, try_invert=False))


def _has_separator_code(image: PageImage) -> bool:
    grey = image.pixels if image.pixels.ndim == 2 else image.pixels[:, :, 1]
    small = _at_dpi(np.ascontiguousarray(grey), dpi=image.dpi, wanted_dpi=CODE_DPI)
    codes = _codes(small)
    width = min(small.shape[:2])
    return any(is_separator(code.text) and _side_px(code) >= SMALLEST_CODE_SHARE * width for code in codes)


def _side_px(code: Any) -> float:
    """Return the length of the upper side of a code, whichever way it lies."""
    start, end = code.position.top_left, code.position.top_right
    return float(np.hypot(end.x - start.x, end.y - start.y))


def is_blank(pixels: Pixels, *, dpi: int) -> bool:
    """Tell whether nothing was written, stamped or printed on a sheet.

    Coloured ink counts as its darkest channel. Print that shows through from the other side is faint, the shadow of
    the scanner touches an edge, a punched hole is a disc near an edge, dust is small: none of them is ink.
    """
    darkest = pixels if pixels.ndim == 2 else pixels.min(axis=2)
    small = _at_dpi(np.ascontiguousarray(darkest), dpi=dpi, wanted_dpi=INK_DPI)
    px_per_mm = min(dpi, INK_DPI) / MM_PER_INCH
    ink = _ink(small, px_per_mm=px_per_mm)
    count, _, stats, centres = cv2.connectedComponentsWithStats(ink, connectivity=8)
    height, width = ink.shape
    for index in range(1, count):
        x, y, across, down, area = (float(value) / px_per_mm for value in stats[index])
        centre_x, centre_y = (float(value) / px_per_mm for value in centres[index])
        to_edge = min(centre_x, centre_y, width / px_per_mm - centre_x, height / px_per_mm - centre_y)
        reach = min(x, y, width / px_per_mm - x - across, height / px_per_mm - y - down)
        is_dust = max(across, down) < SMALLEST_STROKE_MM or area / px_per_mm < SMALLEST_STROKE_MM2
        is_at_edge = to_edge < EDGE_MM or reach <= 1 / px_per_mm
        if not is_dust and not is_at_edge and not _is_hole(across, down, area / px_per_mm, to_edge=to_edge):
            return False
    return True


def _is_hole(across: float, down: float, area_mm2: float, *, to_edge: float) -> bool:
    smallest, largest = HOLE_MM
    is_round = smallest <= across <= largest and smallest <= down <= largest and 0.7 < across / down < 1.43
    # A disc fills 0.79 of its box; a ring is the shadow of a hole before the white lid; letters and stamps fill less
    # evenly, and a stamp is larger.
    return is_round and to_edge <= HOLE_ZONE_MM and area_mm2 >= 0.55 * across * down


def _ink(grey: Pixels, *, px_per_mm: float) -> NDArray[np.uint8]:
    """Return where a page is darker than the paper around it, without what the smallest stroke is not."""
    side = int(PAPER_MM * px_per_mm) | 1
    small = cv2.resize(grey, None, fx=0.25, fy=0.25, interpolation=cv2.INTER_AREA)
    kernel = np.ones((max(3, side // 4), max(3, side // 4)), np.uint8)
    # A closing keeps the level of shade and of coloured paper, and loses every stroke that is thinner than its kernel.
    paper = cv2.GaussianBlur(cv2.morphologyEx(small, cv2.MORPH_CLOSE, kernel), (0, 0), 2)
    paper = cv2.resize(paper, (grey.shape[1], grey.shape[0]), interpolation=cv2.INTER_LINEAR)
    relative = grey.astype(np.float32) / np.maximum(paper.astype(np.float32), 1)
    return np.asarray(relative < 1 - FAINTEST_INK, dtype=np.uint8)


def _at_dpi(grey: Pixels, *, dpi: int, wanted_dpi: int) -> Pixels:
    if dpi <= wanted_dpi:
        return grey
    share = wanted_dpi / dpi
    return np.asarray(cv2.resize(grey, None, fx=share, fy=share, interpolation=cv2.INTER_AREA), dtype=np.uint8)
