"""The script of a line from the shapes of its ink: Latin letters stand apart, Arabic ones are joined to wide pieces."""

from __future__ import annotations

import cv2
import numpy as np

from docflow.ocr.crops import LINE_HEIGHT_PX, PAPER
from docflow.ocr.ports import GreyImage, Language

LEAST_HEIGHT_PX = LINE_HEIGHT_PX // 5
"""Dots and stops tell nothing."""
WIDE = 1.3
"""A piece of ink is wide when it is so many times wider than high."""
MIDDLE_SHARE = 0.25
"""On 80 pages, wide pieces have at most 0.17 of the inked width of French lines, and at least 0.3 of Arabic ones."""
SURELY_LATIN, SURELY_ARABIC = 0.1, 0.5
FEWEST_PIECES = 10


def share_of_wide_pieces(crop: GreyImage) -> tuple[float, int]:
    """Return the share of the inked width of a line's crop that is in wide pieces, and the number of all pieces."""
    darkest = float(np.percentile(crop, 2))
    _, _, stats, _ = cv2.connectedComponentsWithStats((crop < (darkest + PAPER) / 2).astype(np.uint8), connectivity=8)
    pieces = np.asarray(stats)[1:]
    widths, heights = pieces[:, cv2.CC_STAT_WIDTH], pieces[:, cv2.CC_STAT_HEIGHT]
    is_letter = heights >= LEAST_HEIGHT_PX
    widths, heights = widths[is_letter], heights[is_letter]
    return float(widths[widths > WIDE * heights].sum() / max(1, widths.sum())), len(widths)


def sure_language_of(crop: GreyImage) -> Language | None:
    """Return the language of a line whose pieces leave no doubt of its script."""
    share, count = share_of_wide_pieces(crop)
    if count < FEWEST_PIECES or SURELY_LATIN < share < SURELY_ARABIC:
        return None
    return Language.FRENCH if share <= SURELY_LATIN else Language.ARABIC
