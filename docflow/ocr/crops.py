"""Pictures of single lines, as the engine reads them best, and the way back to the page's pixels."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import NamedTuple

import cv2
import numpy as np

from docflow.ocr.ports import Box, GreyImage

LINE_HEIGHT_PX = 48
"""The height to which the models resize by themselves; taller crops read no better, lower ones worse."""
ABOVE_MM = 1.1
CLOSE_MM = 0.5
"""The second look is cut closer, so that letters fill more of it."""
BLUR_PX = 1.1
PAPER = 250
LIGHT, DARK_PERCENT = 190, 2
GRAIN_DEVIATIONS, MAD_TO_DEVIATION, PAPER_SHARE, INK_SHARE = 3, 1.4826, 0.1, 0.2
"""What is as light as paper, or as dark as ink: nearer than so many deviations of the grain, or these parts of the way
between them."""
PAIR_MIDDLE = 0.3, 0.7
ENDS_MM = 0.4
"""White at the ends of a line is read as letters, and a cut letter as another, so that little is left there."""


class _Place(NamedTuple):
    x0: int
    y0: int
    x1: int
    y1: int


@dataclass(frozen=True, slots=True)
class Crop:
    """The picture of a line; a point (x, y) of it is at ``origin + point / scale`` on the page."""

    pixels: GreyImage
    origin: tuple[int, int]
    scale_x: float
    scale_y: float

    def on_page(self, box: Box) -> Box:
        """Return a box of the crop in pixels of the page."""
        x0, y0, x1, y1 = box
        left, top = self.origin
        return (
            round(left + x0 / self.scale_x),
            round(top + y0 / self.scale_y),
            round(left + x1 / self.scale_x),
            round(top + y1 / self.scale_y),
        )


def cropped(grey: GreyImage, box: Box, *, mm_px: float) -> Crop:
    """Return the crop of a line with a little of the paper around it, at the height the engine reads best."""
    place = _place(grey, box, mm_px=mm_px)
    return _scaled(grey[place.y0 : place.y1, place.x0 : place.x1], place)


def cut_close(grey: GreyImage, box: Box, *, mm_px: float) -> Crop:
    """Return the crop of a line with less of what is above and below it."""
    place = _place(grey, box, mm_px=mm_px, above=CLOSE_MM)
    return _scaled(grey[place.y0 : place.y1, place.x0 : place.x1], place)


def blurred(grey: GreyImage, box: Box, *, mm_px: float) -> Crop:
    """Return the crop of a line whose strokes are smooth: of a copy's ragged ones other letters are read."""
    crop = cropped(grey, box, mm_px=mm_px)
    return replace(crop, pixels=np.asarray(cv2.GaussianBlur(crop.pixels, (0, 0), BLUR_PX), np.uint8))


def without_intruders(grey: GreyImage, box: Box, *, mm_px: float) -> Crop:
    """Return the crop of a line without ink that lies mostly outside of its box: a neighbour's letters, a stroke."""
    place = _place(grey, box, mm_px=mm_px, above=CLOSE_MM)
    line = grey[place.y0 : place.y1, place.x0 : place.x1].copy()
    darkest = float(np.percentile(line, 2))
    ink = (line < (darkest + PAPER) / 2).astype(np.uint8)
    _, labels, stats, _ = cv2.connectedComponentsWithStats(ink, connectivity=8)
    sizes = np.asarray(stats)
    top, bottom = sizes[:, cv2.CC_STAT_TOP], sizes[:, cv2.CC_STAT_TOP] + sizes[:, cv2.CC_STAT_HEIGHT]
    first, last = box[1] - place.y0, box[3] - place.y0
    inside = np.minimum(bottom, last) - np.maximum(top, first)
    touches_edge = (top == 0) | (bottom == line.shape[0])
    is_intruder = (inside < 0.5 * sizes[:, cv2.CC_STAT_HEIGHT]) & (touches_edge | (inside <= 0))
    is_intruder[0] = False
    around = cv2.dilate(is_intruder[np.asarray(labels)].astype(np.uint8), np.ones((3, 3), np.uint8))
    line[(np.asarray(around) > 0) & ((ink == 0) | is_intruder[np.asarray(labels)])] = PAPER
    return _scaled(line, place)


def parts_of_pair(grey: GreyImage, box: Box) -> tuple[Box, Box]:
    """Return the upper and the lower part of a box of two lines, cut where there is least ink in its middle."""
    x0, y0, x1, y1 = box
    ink = np.minimum(grey[y0:y1, x0:x1], PAPER).astype(np.float32).mean(axis=1)
    first, last = round(PAIR_MIDDLE[0] * len(ink)), max(1, round(PAIR_MIDDLE[1] * len(ink)))
    lightness = np.convolve(ink, np.ones(3) / 3, "same")[first:last]
    cut = y0 + first + int(np.argmax(lightness))
    return (x0, y0, x1, cut), (x0, cut, x1, y1)


def _place(grey: GreyImage, box: Box, *, mm_px: float, above: float = ABOVE_MM) -> _Place:
    page_height, page_width = grey.shape
    pad_y, pad_x = round(above * mm_px), round(ENDS_MM * mm_px)
    return _Place(
        max(0, box[0] - pad_x),
        max(0, box[1] - pad_y),
        min(page_width, box[2] + pad_x),
        min(page_height, box[3] + pad_y),
    )


def _scaled(line: GreyImage, place: _Place) -> Crop:
    scale = LINE_HEIGHT_PX / line.shape[0]
    width = max(8, round(line.shape[1] * scale))
    scaling = cv2.INTER_AREA if scale < 1 else cv2.INTER_CUBIC
    pixels = np.asarray(cv2.resize(line, (width, LINE_HEIGHT_PX), interpolation=scaling), dtype=np.uint8)
    return Crop(with_plain_contrast(pixels), (place.x0, place.y0), width / line.shape[1], scale)


def with_plain_contrast(line: GreyImage) -> GreyImage:
    """Return the picture of a line on whose middle row paper and ink are of one level each, without their grain.

    The engine tells black and white from the levels that are lower, or higher, than their neighbours on that row: where
    those of the grain outnumber those of strokes, a clear line reads as nothing.
    """
    light = line[line > LIGHT]
    if not light.size:
        return line
    paper, ink = float(np.median(light)), float(np.percentile(line, DARK_PERCENT))
    grain = GRAIN_DEVIATIONS * MAD_TO_DEVIATION * float(np.median(np.abs(light - paper)))
    contrast = paper - ink
    plain = line.copy()
    middle = plain[len(plain) // 2]
    middle[middle <= ink + min(max(grain, INK_SHARE * contrast), contrast / 2)] = round(ink)
    middle[middle >= paper - max(grain, PAPER_SHARE * contrast)] = 255
    return plain
