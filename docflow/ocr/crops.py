"""Pictures of single lines, as the engine reads them best, and the way back to the page's pixels."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from docflow.ocr.ports import Box, GreyImage, LineMode

LINE_HEIGHT_PX = 40
"""Taller crops read no better; at this height the raw-line mode lost almost no line."""
BORDER_PX = {LineMode.LINE: 20, LineMode.RAW_LINE: 0}
PAPER = 250


@dataclass(frozen=True, slots=True)
class Crop:
    """The picture of a line; a point (x, y) of it is at ``origin + (point - border) / scale`` on the page."""

    pixels: GreyImage
    origin: tuple[int, int]
    border_px: int
    scale_x: float
    scale_y: float

    def on_page(self, box: Box) -> Box:
        """Return a box of the crop in pixels of the page."""
        x0, y0, x1, y1 = box
        left, top = self.origin
        return (
            round(left + (x0 - self.border_px) / self.scale_x),
            round(top + (y0 - self.border_px) / self.scale_y),
            round(left + (x1 - self.border_px) / self.scale_x),
            round(top + (y1 - self.border_px) / self.scale_y),
        )


def cropped(grey: GreyImage, box: Box, *, mm_px: float, mode: LineMode) -> Crop:
    """Return the crop of a line with a little of the paper around it, at the height the engine reads best."""
    page_height, page_width = grey.shape
    pad_y, pad_x = int(0.7 * mm_px), int(1.4 * mm_px)
    x0, y0 = max(0, box[0] - pad_x), max(0, box[1] - pad_y)
    x1, y1 = min(page_width, box[2] + pad_x), min(page_height, box[3] + pad_y)
    line = grey[y0:y1, x0:x1]
    scale = LINE_HEIGHT_PX / line.shape[0]
    width = max(8, int(line.shape[1] * scale))
    scaling = cv2.INTER_AREA if scale < 1 else cv2.INTER_CUBIC
    scaled = cv2.resize(line, (width, LINE_HEIGHT_PX), interpolation=scaling)
    border = BORDER_PX[mode]
    if border:
        scaled = cv2.copyMakeBorder(scaled, border, border, border, border, cv2.BORDER_CONSTANT, value=PAPER)
    pixels = np.asarray(scaled, dtype=np.uint8)
    return Crop(pixels, (x0, y0), border, width / line.shape[1], scale)
