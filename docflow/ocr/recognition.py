"""Each line read by the model that suits it, a second look only where the first one doubts."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from docflow.ocr.crops import cropped
from docflow.ocr.layout import LineBox
from docflow.ocr.ports import GreyImage, Language, LineMode, LineReader, LineReading
from docflow.ocr.script import is_doubtful, main_language, script_share, tidied_word

FIRST_MODE = LineMode.LINE
SECOND_MODE = LineMode.RAW_LINE
SECOND_MODE_BELOW = 75
OTHER_LANGUAGE_BELOW = 72
SURELY_TEXT = 50
"""What reads worse than this in every way tried is mostly a stamp, a signature or a stain."""
POSSIBLY_TEXT = 30
MIN_LETTERS = 8
"""A faint line of the page's own script is kept below ``SURELY_TEXT`` when it holds so many
letters; on the pages tried this lowered the error."""


@dataclass(frozen=True, slots=True)
class RecognisedLine:
    """A line of the page: where its ink is, and what was read, with boxes in pixels of the page."""

    line: LineBox
    reading: LineReading
    language: Language


@dataclass(frozen=True, slots=True)
class LineImages:
    """The lines of one page, and how to read some of them."""

    grey: GreyImage
    mm_px: float
    lines: Sequence[LineBox]
    reader: LineReader

    def read(self, indexes: Sequence[int], *, language: Language, mode: LineMode) -> list[LineReading]:
        """Return the readings of some lines, with boxes in pixels of the page."""
        crops = [cropped(self.grey, self.lines[index].box, mm_px=self.mm_px, mode=mode) for index in indexes]
        readings = self.reader.read_lines([crop.pixels for crop in crops], language=language, mode=mode)
        return [
            LineReading(tuple(replace(word, box=crop.on_page(word.box)) for word in reading.words))
            for crop, reading in zip(crops, readings, strict=True)
        ]


def recognise_lines(images: LineImages, *, first_language: Language) -> list[RecognisedLine]:
    """Return the lines worth keeping, in the order of ``images.lines``."""
    indexes = range(len(images.lines))
    first = images.read(indexes, language=first_language, mode=FIRST_MODE)
    best = [RecognisedLine(line, reading, first_language) for line, reading in zip(images.lines, first, strict=True)]

    def try_again(is_wanted: Callable[[RecognisedLine], bool], *, language: Language, mode: LineMode) -> None:
        wanted = [index for index in indexes if is_wanted(best[index])]
        for index, reading in zip(wanted, images.read(wanted, language=language, mode=mode), strict=True):
            if reading.confidence > best[index].reading.confidence:
                best[index] = RecognisedLine(best[index].line, reading, language)

    def doubts_language(line: RecognisedLine) -> bool:
        return line.language is first_language and is_doubtful(
            line.reading, language=first_language, threshold=OTHER_LANGUAGE_BELOW
        )

    def doubts_mode(line: RecognisedLine) -> bool:
        return line.reading.confidence < SECOND_MODE_BELOW

    try_again(doubts_language, language=first_language.other, mode=FIRST_MODE)
    try_again(
        lambda line: doubts_mode(line) and line.language is first_language, language=first_language, mode=SECOND_MODE
    )
    try_again(
        lambda line: doubts_mode(line) and line.language is not first_language,
        language=first_language.other,
        mode=SECOND_MODE,
    )
    kept = [line for line in best if _is_text(line, main=first_language)]
    return [replace(line, reading=_tidied(line.reading)) for line in kept]


def _is_text(line: RecognisedLine, *, main: Language) -> bool:
    if not line.reading.words or line.reading.confidence >= SURELY_TEXT:
        return bool(line.reading.words)
    text = line.reading.text
    return (
        line.language is main
        and line.reading.confidence >= POSSIBLY_TEXT
        and script_share(text, main) > 0.5
        and script_share(text, main) * len(text) >= MIN_LETTERS
    )


def page_language(lines: Sequence[RecognisedLine]) -> Language:
    """Return the language in which most of the page is written."""
    return main_language([line.reading.text for line in lines])


def _tidied(reading: LineReading) -> LineReading:
    has_opening_quote = "«" in reading.text
    last = len(reading.words) - 1
    words = [
        replace(word, text=tidied_word(word.text, line_has_opening_quote=has_opening_quote, is_last=index == last))
        for index, word in enumerate(reading.words)
    ]
    return LineReading(tuple(word for word in words if word.text))
