"""Which way up a page lies, told by how well a few of its lines read."""

from __future__ import annotations

from dataclasses import dataclass
from statistics import fmean

from docflow.ocr.imaging import deskewed, has_vertical_lines, skew_of, turned
from docflow.ocr.layout import LineBox, PageLayout, find_lines
from docflow.ocr.ports import GreyImage, Language, LineMode, LineReader
from docflow.ocr.recognition import LineImages

PROBE_LINES = 3
PROBE_WIDTH_HEIGHTS = 12
SURE_CONFIDENCE = 70
SURE_OF_LANGUAGE = 85
"""At this confidence the other model is not asked; a model reading the wrong script stays far below."""
AS_IT_LIES_BONUS = 5
"""A page is turned only when it reads clearly better turned."""


@dataclass(frozen=True, slots=True)
class UprightPage:
    """A page turned and deskewed, its lines, and the language its probe lines read best in."""

    grey: GreyImage
    rotation_deg: int
    skew_deg: float
    layout: PageLayout
    language: Language
    confidence: float


def set_upright(grey: GreyImage, *, reader: LineReader) -> UprightPage:
    """Return the page upright; ``rotation_deg`` is clockwise, 0, 90, 180 or 270.

    The rows of ink tell the axis; the probe lines tell up from down, and are asked again on the other axis when neither
    way reads well.
    """
    axis = 90 if has_vertical_lines(grey) else 0
    first = _candidate(grey, rotation_deg=axis, reader=reader)
    if first.confidence >= SURE_CONFIDENCE or not first.layout.lines:
        return first
    candidates = [first, _candidate(grey, rotation_deg=axis + 180, reader=reader)]
    if axis and max(candidate.confidence for candidate in candidates) < SURE_CONFIDENCE:
        candidates += [_candidate(grey, rotation_deg=rotation, reader=reader) for rotation in (0, 180)]
    return max(candidates, key=lambda page: page.confidence + (AS_IT_LIES_BONUS if page.rotation_deg == axis else 0))


def _candidate(grey: GreyImage, *, rotation_deg: int, reader: LineReader) -> UprightPage:
    as_turned = turned(grey, rotation_deg=rotation_deg)
    skew_deg = skew_of(as_turned)
    upright = deskewed(as_turned, skew_deg=skew_deg)
    layout = find_lines(upright)
    probes = LineImages(upright, layout.mm_px, _probe_lines(layout), reader)
    confidence, language = _best_language(probes)
    return UprightPage(upright, rotation_deg, skew_deg, layout, language, confidence)


def _probe_lines(layout: PageLayout) -> list[LineBox]:
    """Return the beginnings of a few long lines, spread over the page."""

    def weight(line: LineBox) -> int:
        x0, y0, x1, y1 = line.box
        return min(x1 - x0, 25 * (y1 - y0))

    longest = sorted(layout.lines, key=weight, reverse=True)[: 2 * PROBE_LINES : 2]
    return [
        LineBox((x0, y0, min(x1, x0 + PROBE_WIDTH_HEIGHTS * (y1 - y0)), y1), line.path)
        for line in longest
        for x0, y0, x1, y1 in [line.box]
    ]


def _best_language(probes: LineImages) -> tuple[float, Language]:
    """Return the better mean confidence and its language; the second language is asked only when the first doubts."""
    best = (0.0, Language.FRENCH)
    if not probes.lines:
        return best
    for language in Language:
        readings = probes.read(range(len(probes.lines)), language=language, mode=LineMode.RAW_LINE)
        confidence = fmean(reading.confidence for reading in readings)
        best = max(best, (confidence, language))
        if confidence >= SURE_OF_LANGUAGE:
            break
    return best
