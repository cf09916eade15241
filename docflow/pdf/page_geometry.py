"""Matrices between the upright page, in pixels, and a PDF page's own space."""

from __future__ import annotations

import math
from typing import Any, TypeAlias

import pikepdf

Matrix: TypeAlias = tuple[float, float, float, float, float, float]
"""a, b, c, d, e, f of x' = ax + cy + e, y' = bx + dy + f (ISO 32000-1, 8.3.3)."""


def levelling_matrix(page: pikepdf.Page, skew_deg: float) -> Matrix:
    """Return the counter-clockwise turn by ``skew_deg`` about the centre of the page."""
    left, bottom, right, top = (float(edge) for edge in page.cropbox)
    centre_x, centre_y = (left + right) / 2, (bottom + top) / 2
    cosine, sine = math.cos(math.radians(skew_deg)), math.sin(math.radians(skew_deg))
    return (
        cosine,
        sine,
        -sine,
        cosine,
        centre_x - cosine * centre_x + sine * centre_y,
        centre_y - sine * centre_x - cosine * centre_y,
    )


def set_upright(page: pikepdf.Page) -> Matrix | None:
    """Make the page upright without its ``Rotate`` entry, and return the matrix that its drawing then needs.

    pypdf finds gaps between words where there are none when a page is displayed upside down or sideways. A page with
    annotations keeps its entry, because their places would have to be turned too.
    """
    turn = int(page.rotation) % 360
    if not turn or "/Annots" in page.obj:
        return None
    left, bottom, right, top = (float(edge) for edge in page.cropbox)
    width, height = right - left, top - bottom
    for key in ("/CropBox", "/TrimBox", "/BleedBox", "/ArtBox"):
        if key in page.obj:
            del page.obj[key]
    page.mediabox = pikepdf.Array([0, 0, height, width] if turn in {90, 270} else [0, 0, width, height])
    page.cropbox = page.mediabox
    page.rotate(0, relative=False)
    return {
        90: (0.0, -1.0, 1.0, 0.0, -bottom, right),
        180: (-1.0, 0.0, 0.0, -1.0, right, top),
        270: (0.0, 1.0, -1.0, 0.0, top, -left),
    }[turn]


def layer_matrix(page: pikepdf.Page, text: dict[str, Any]) -> Matrix:
    """Return the matrix from pixels of the upright page, y up from its lower edge, to the page's own space."""
    left, bottom, right, top = (float(edge) for edge in page.cropbox)
    turn = int(page.rotation) % 360
    width_pt, height_pt = (top - bottom, right - left) if turn in {90, 270} else (right - left, top - bottom)
    width, height = text["width"], text["height"]

    def placed(x: float, y_up: float) -> tuple[float, float]:
        shown_x, shown_y = x * width_pt / width, (height - y_up) * height_pt / height
        return {
            0: (left + shown_x, top - shown_y),
            90: (left + shown_y, bottom + shown_x),
            180: (right - shown_x, bottom + shown_y),
            270: (right - shown_y, top - shown_x),
        }[turn]

    origin_x, origin_y = placed(0, 0)
    (x_x, x_y), (y_x, y_y) = placed(1000, 0), placed(0, 1000)
    return (
        (x_x - origin_x) / 1000,
        (x_y - origin_y) / 1000,
        (y_x - origin_x) / 1000,
        (y_y - origin_y) / 1000,
        origin_x,
        origin_y,
    )


def written(matrix: Matrix) -> str:
    """Return the six numbers as the operand of ``cm``, as short as they can be written."""
    return " ".join(f"{value:.5f}".rstrip("0").rstrip(".") if value else "0" for value in matrix)
