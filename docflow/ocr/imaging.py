"""Corrections of a page's picture: paper levelled to white, turn, skew."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, TypeAlias

import cv2
import numpy as np
from numpy.typing import NDArray

from docflow.ocr.ports import GreyImage

Pixels: TypeAlias = NDArray[np.uint8]

WHITE = 250
SKEW_WIDTH_PX = 620
MAX_SKEW_DEG = 4.0
MIN_SKEW_DEG = 0.15
"""Below this a line of a page rises by less than a third of its height: turning would only blur it."""
_TURNS = {90: cv2.ROTATE_90_CLOCKWISE, 180: cv2.ROTATE_180, 270: cv2.ROTATE_90_COUNTERCLOCKWISE}


def ink_grey(pixels: Pixels) -> GreyImage:
    """Return grey levels in which coloured ink (stamps, pens) fades: the brightest of red, green, blue."""
    if pixels.ndim == 2:
        return pixels
    red, green, blue = cv2.split(pixels)
    return _levels(cv2.max(cv2.max(red, green), blue))


def levelled(grey: GreyImage) -> GreyImage:
    """Return the page divided by its paper, so that shade, stains and the other side's print fade to white.

    The paper is a copy at an eighth of the size whose ink is dilated away and smoothed by a median.
    """
    small = cv2.resize(grey, None, fx=0.125, fy=0.125, interpolation=cv2.INTER_AREA)
    paper = cv2.medianBlur(cv2.dilate(small, np.ones((5, 5), np.uint8)), 21)
    paper = cv2.resize(paper, (grey.shape[1], grey.shape[0]), interpolation=cv2.INTER_LINEAR)
    return _levels(cv2.divide(grey, paper, scale=WHITE))


def turned(pixels: Pixels, *, rotation_deg: int) -> Pixels:
    """Return the picture turned clockwise by a multiple of 90 degrees."""
    return _levels(cv2.rotate(pixels, _TURNS[rotation_deg])) if rotation_deg else pixels


def deskewed(pixels: Pixels, *, skew_deg: float) -> Pixels:
    """Return the picture turned counter-clockwise by ``skew_deg`` about its centre, its size kept."""
    if not skew_deg:
        return pixels
    height, width = pixels.shape[:2]
    matrix = cv2.getRotationMatrix2D((width / 2, height / 2), skew_deg, 1)
    paper = [float(level) for level in np.atleast_1d(np.median(pixels[::50, ::50], axis=(0, 1)))]
    return _levels(cv2.warpAffine(pixels, matrix, (width, height), flags=cv2.INTER_LINEAR, borderValue=paper))


def skew_of(grey: GreyImage) -> float:
    """Return the angle, in degrees counter-clockwise, that makes the text rows level; 0 when it is not worth it."""
    scale = SKEW_WIDTH_PX / grey.shape[1]
    small = cv2.resize(grey, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    _, ink = cv2.threshold(small, 0, 255, cv2.THRESH_BINARY_INV | cv2.THRESH_OTSU)
    height, width = ink.shape

    def sharpness(angle_deg: float) -> float:
        matrix = cv2.getRotationMatrix2D((width / 2, height / 2), angle_deg, 1)
        profile = cv2.warpAffine(ink, matrix, (width, height), flags=cv2.INTER_LINEAR).sum(axis=1, dtype=np.float64)
        return float((np.diff(profile) ** 2).sum())

    coarse = _best(np.arange(-MAX_SKEW_DEG, MAX_SKEW_DEG + 0.01, 0.5).tolist(), sharpness)
    fine = _best(np.arange(coarse - 0.4, coarse + 0.41, 0.1).tolist(), sharpness)
    return round(fine, 2) if abs(fine) >= MIN_SKEW_DEG else 0.0


def _best(angles: Sequence[float], score: Any) -> float:
    return float(max(angles, key=score))


def _levels(image: Any) -> Pixels:
    """Return OpenCV's answer under the type that it has here, which its stubs leave open."""
    return np.asarray(image, dtype=np.uint8)
