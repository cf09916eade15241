"""Where a levelled page is inked, on a small map of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

import cv2
import numpy as np
from numpy.typing import NDArray

from docflow.ocr.imaging import WHITE
from docflow.ocr.ports import GreyImage

Ink: TypeAlias = NDArray[np.uint8]
"""1 where there is ink, else 0, of shape (height, width)."""

MAP_WIDTH_PX = 900
PAGE_WIDTH_MM = 210
INK_SHARE, FAINT_SHARE = 0.4, 0.16
AROUND_MM = 12
FAINTEST_PRINT = 150
"""Where nothing around is darker, the print of the other side would be taken for ink."""


@dataclass(frozen=True, slots=True)
class InkMap:
    """Ink of a page; ``mm`` is the length of a millimetre on the map if the page is an A4 sheet.

    ``scale`` turns pixels of the page into pixels of the map.
    """

    ink: Ink
    scale: float
    mm: float


def ink_map(grey: GreyImage, *, share: float = INK_SHARE) -> InkMap:
    """Return the ink of a page on white paper; what is dark is told from the print around it, so that faint lines stay.

    ``share`` is how far from the paper towards the darkest print around it a point must be to count as ink.
    """
    scale, mm = MAP_WIDTH_PX / grey.shape[1], MAP_WIDTH_PX / PAGE_WIDTH_MM
    small = cv2.resize(grey, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    coarse = cv2.resize(
        cv2.erode(small, np.ones((3, 3), np.uint8)), None, fx=0.25, fy=0.25, interpolation=cv2.INTER_AREA
    )
    reach = round(AROUND_MM * mm / 4) | 1
    darkest = cv2.blur(cv2.erode(coarse, np.ones((reach, reach), np.uint8)), (reach, reach))
    darkest = cv2.resize(darkest, (small.shape[1], small.shape[0]), interpolation=cv2.INTER_LINEAR)
    limit = WHITE - share * (WHITE - np.minimum(darkest, FAINTEST_PRINT).astype(np.float32))
    return InkMap((small < limit).astype(np.uint8), scale, mm)


def faint_ink_map(grey: GreyImage) -> InkMap:
    """Return the ink of a page with what is much lighter than its print: rules, stamps, and dirt too."""
    return ink_map(grey, share=FAINT_SHARE)
