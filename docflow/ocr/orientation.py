"""Which way up a page lies, told by how well a few of its lines read."""

from __future__ import annotations

from dataclasses import dataclass, replace
from statistics import fmean, median

import numpy as np
from numpy.typing import NDArray

from docflow.ocr.crops import cropped
from docflow.ocr.drawings import straight_drawings, without_drawings
from docflow.ocr.imaging import deskewed, skew_of, turned
from docflow.ocr.ink import InkMap, faint_ink_map, ink_map
from docflow.ocr.layout import LineBox, PageLayout, find_lines
from docflow.ocr.letter_shapes import MIDDLE_SHARE, share_of_wide_pieces
from docflow.ocr.ports import Box, GreyImage, Language, LineReader
from docflow.ocr.recognition import LineImages

PROBE_LINES = 3
PROBE_CHOICE = 12
PROBE_HEIGHTS = (0.6, 1.6)
PROBE_WIDTH_HEIGHTS = 12
SURE_CONFIDENCE = 70
SURE_OF_LANGUAGE = 85
"""At this confidence the other model is not asked; a model reading the wrong script stays far below."""
UPRIGHT_BELOW, SIDEWAYS_ABOVE, SURELY_SIDEWAYS = 0.8, 1.3, 2.0
"""On the pages measured, upright ones stay below 0.72 and sideways ones above 2.1."""
STRIPS = 4
EDGE_MM = 10
AS_IT_LIES_BONUS = 5
"""A page is turned only when it reads clearly better turned."""


@dataclass(frozen=True, slots=True)
class UprightPage:
    """A page turned and deskewed, its lines, and the language its probe lines read best in.

    ``stamps`` are the boxes of those as black as print.
    """

    grey: GreyImage
    rotation_deg: int
    skew_deg: float
    layout: PageLayout
    language: Language
    confidence: float
    stamps: tuple[Box, ...]


def set_upright(grey: GreyImage, *, reader: LineReader) -> UprightPage:
    """Return the page upright; ``rotation_deg`` is clockwise, 0, 90, 180 or 270.

    Rows of ink tell the axis, on the page freed of rules; probe lines tell up from down, and the axis where rows leave
    it open.
    """
    page, faint = ink_map(grey), faint_ink_map(grey)
    ratio = _sideways_ratio(replace(page, ink=page.ink & ~straight_drawings(page, faint)))
    axis = 90 if ratio > SIDEWAYS_ABOVE else 0
    first = _candidate(grey, rotation_deg=axis, reader=reader)
    if first.confidence >= SURE_CONFIDENCE or not first.layout.lines:
        return first
    rotations = [axis + 180]
    if UPRIGHT_BELOW < ratio < SURELY_SIDEWAYS:
        rotations += [90 - axis, 270 - axis]
    candidates = [first, *(_candidate(grey, rotation_deg=rotation, reader=reader) for rotation in rotations)]
    return max(candidates, key=lambda page: page.confidence + (AS_IT_LIES_BONUS if page.rotation_deg == axis else 0))


def _sideways_ratio(page: InkMap) -> float:
    """Return how much more the ink changes from column to column than from row to row; over 1 on a page on its side.

    It is told in strips, because the lines of a leaning page do not meet those of its other side; the edges are left
    out.
    """
    edge = round(EDGE_MM * page.mm)
    ink = page.ink[edge:-edge, edge:-edge].astype(np.float32)
    columns, rows = (_change(ink, along=axis) for axis in (0, 1))
    return columns / max(rows, 1e-9)


def _change(ink: NDArray[np.float32], *, along: int) -> float:
    profiles = (
        np.convolve(strip.sum(axis=along), np.ones(3) / 3, "same") for strip in np.array_split(ink, STRIPS, along)
    )
    return float(sum((np.diff(profile) ** 2).sum() for profile in profiles))


def _candidate(grey: GreyImage, *, rotation_deg: int, reader: LineReader) -> UprightPage:
    as_turned = turned(grey, rotation_deg=rotation_deg)
    skew_deg = skew_of(as_turned)
    plain = without_drawings(deskewed(as_turned, skew_deg=skew_deg))
    layout = find_lines(plain.ink, plain.tables)
    probes = LineImages(plain.grey, layout.mm_px, _probe_lines(layout), reader)
    confidence, language = _best_language(probes)
    return UprightPage(plain.grey, rotation_deg, skew_deg, layout, language, confidence, plain.stamps)


def _probe_lines(layout: PageLayout) -> list[LineBox]:
    """Return the beginnings of a few wide lines of the usual height, spread over the page."""
    lines = sorted(layout.lines, key=_width, reverse=True)
    usual = median(_height(line) for line in lines[:PROBE_CHOICE]) if lines else 0
    usual_lines = [line for line in lines if PROBE_HEIGHTS[0] < _height(line) / usual < PROBE_HEIGHTS[1]]
    return [
        LineBox((x0, y0, min(x1, x0 + PROBE_WIDTH_HEIGHTS * (y1 - y0)), y1), line.path)
        for line in usual_lines[: 2 * PROBE_LINES : 2]
        for x0, y0, x1, y1 in [line.box]
    ]


def _width(line: LineBox) -> int:
    return line.box[2] - line.box[0]


def _height(line: LineBox) -> int:
    return line.box[3] - line.box[1]


def _best_language(probes: LineImages) -> tuple[float, Language]:
    """Return the better mean confidence and its language; the second language is asked only when the first doubts."""
    best = (0.0, Language.FRENCH)
    if not probes.lines:
        return best
    for language in _likelier_first(probes):
        readings = probes.read(range(len(probes.lines)), language=language)
        confidence = fmean(reading.confidence for reading in readings)
        best = max(best, (confidence, language))
        if confidence >= SURE_OF_LANGUAGE:
            break
    return best


def _likelier_first(probes: LineImages) -> tuple[Language, Language]:
    """Return the languages, that of the script which the letters of the probes look like first."""
    crops = [cropped(probes.grey, line.box, mm_px=probes.mm_px).pixels for line in probes.lines]
    is_latin = fmean(share_of_wide_pieces(crop)[0] for crop in crops) < MIDDLE_SHARE
    return (Language.FRENCH, Language.ARABIC) if is_latin else (Language.ARABIC, Language.FRENCH)
