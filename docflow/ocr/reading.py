"""The reading of one page, top-down."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Literal, TypeAlias

import cv2
from threadpoolctl import threadpool_limits

from docflow.ocr.arabic_digits import with_arabic_digits
from docflow.ocr.doubt import needs_review
from docflow.ocr.imaging import Pixels, deskewed, ink_grey, levelled, turned
from docflow.ocr.orientation import set_upright
from docflow.ocr.other_pictures import with_other_pictures
from docflow.ocr.ports import Box, Language, LineReader, ReadWord
from docflow.ocr.reading_order import in_reading_order
from docflow.ocr.recognition import LineImages, RecognisedLine, kept_lines, page_language, recognise_lines
from docflow.ocr.script import languages_of
from docflow.ocr.second_look import with_numbers_reread
from docflow.pdf.embedded_text import EmbeddedWord, TextState
from docflow.pdf.raster import PageImage

TextSource: TypeAlias = Literal["ocr", "embedded", "repaired", "reread"]
SURE = 100.0


@dataclass(frozen=True, slots=True)
class Word:
    """A word of the page, letters in logical order.

    Attributes:
        text: without white space.
        box: in pixels of the upright page.
        confidence: 0 to 100.
        line_index: the line of ``PageReading.text`` that holds it, from 0.
    """

    text: str
    box: Box
    confidence: float
    line_index: int


@dataclass(frozen=True, slots=True)
class PageReading:
    """What was read on a page.

    Attributes:
        upright: the page turned and deskewed, in its own colours, ``width`` by ``height``.
        dpi: pixels an inch of ``upright``.
        languages: codes of the languages written on it, the main one first.
        rotation_deg: clockwise turn that set the page upright: 0, 90, 180 or 270.
        skew_deg: further counter-clockwise turn, in degrees.
        confidence: mean of the words', each weighing its length; 0 to 100.
        text: lines in reading order, letters in logical order.
        words: in the order of the text.
        needs_review: whether a person should look at it.
        source: ``embedded`` or ``repaired`` for the page's own text, ``reread`` where it had one that is not sound.
    """

    upright: Pixels
    dpi: int
    languages: tuple[str, ...]
    rotation_deg: int
    skew_deg: float
    confidence: float
    text: str
    words: tuple[Word, ...]
    needs_review: bool
    source: TextSource

    @property
    def has_own_text(self) -> bool:
        """Whether the file brought the text."""
        return self.source in {"embedded", "repaired"}

    @property
    def width(self) -> int:
        """Pixels across the upright page."""
        return int(self.upright.shape[1])

    @property
    def height(self) -> int:
        """Pixels down the upright page."""
        return int(self.upright.shape[0])


def read_page(image: PageImage, reader: LineReader) -> PageReading:
    """Read a page: its own text when it is sound, else what the reader recognises line by line.

    Raises:
        Unavailable: the engine's refusals, for this page only.
    """
    if image.has_sound_text:
        return _own_reading(image)
    _stay_on_one_processor()
    grey = levelled(ink_grey(image.pixels))
    page = set_upright(grey, reader=reader)
    images = LineImages(page.grey, page.layout.mm_px, page.layout.lines, reader)
    recognised = with_other_pictures(recognise_lines(images, first_language=page.language), images)
    recognised = with_arabic_digits(recognised, images)
    lines = with_numbers_reread(kept_lines(recognised), images)
    kept = {line.line for line in lines}
    is_rtl = page_language(lines) is Language.ARABIC
    order = in_reading_order(page.layout, [line.line for line in lines], is_rtl=is_rtl)
    places = {line: place for place, line in enumerate(order)}
    lines.sort(key=lambda recognised: places[recognised.line])
    words = _words_of(lines, width=page.grey.shape[1], height=page.grey.shape[0])
    return PageReading(
        upright=deskewed(turned(image.pixels, rotation_deg=page.rotation_deg), skew_deg=page.skew_deg),
        dpi=image.dpi,
        languages=languages_of([line.reading.text for line in lines]),
        rotation_deg=page.rotation_deg,
        skew_deg=page.skew_deg,
        confidence=_mean_confidence(words),
        text="\n".join(line.reading.text for line in lines),
        words=words,
        needs_review=needs_review(
            lines, dropped=[line for line in recognised if line.line not in kept], stamps=page.stamps
        ),
        source="reread" if image.text_state is TextState.REFUSED else "ocr",
    )


@cache
def _stay_on_one_processor() -> None:
    """Let one page be one processor's work: the pages of a file go to several workers.

    A second thread of numpy's spins for a while after each product of the small matrices here, and takes the processor
    from the next worker.
    """
    cv2.setNumThreads(1)
    threadpool_limits(1, user_api="blas")


def _own_reading(image: PageImage) -> PageReading:
    """Return the page's own text; what was typed is not in doubt."""
    lines = _lines_of(image.words)
    words = tuple(
        Word(word.text, _rounded(word.box), SURE, line_index) for line_index, line in enumerate(lines) for word in line
    )
    texts = [" ".join(word.text for word in line) for line in lines]
    return PageReading(
        upright=image.pixels,
        dpi=image.dpi,
        languages=languages_of(texts),
        rotation_deg=0,
        skew_deg=0.0,
        confidence=SURE,
        text="\n".join(texts),
        words=words,
        needs_review=False,
        source="repaired" if image.text_state is TextState.REPAIRED else "embedded",
    )


def _lines_of(words: Sequence[EmbeddedWord]) -> list[list[EmbeddedWord]]:
    lines: dict[int, list[EmbeddedWord]] = {}
    for word in words:
        lines.setdefault(word.line_index, []).append(word)
    return list(lines.values())


def _words_of(lines: Sequence[RecognisedLine], *, width: int, height: int) -> tuple[Word, ...]:
    return tuple(
        Word(word.text, _inside(word.box, width=width, height=height), word.confidence, line_index)
        for line_index, line in enumerate(lines)
        for word in line.reading.words
    )


def _rounded(box: tuple[float, float, float, float]) -> Box:
    x0, y0, x1, y1 = box
    return round(x0), round(y0), round(x1), round(y1)


def _inside(box: Box, *, width: int, height: int) -> Box:
    x0, y0, x1, y1 = box
    return max(0, x0), max(0, y0), min(width, x1), min(height, y1)


def _mean_confidence(words: Sequence[Word | ReadWord]) -> float:
    weight = sum(len(word.text) for word in words)
    return round(sum(word.confidence * len(word.text) for word in words) / weight, 1) if weight else 0.0
