"""Each line read by the model that suits it, a second look only where the first one doubts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from statistics import median

from docflow.ocr.crops import Crop, blurred, cropped, cut_close, parts_of_pair, without_intruders
from docflow.ocr.layout import LineBox
from docflow.ocr.letter_shapes import sure_language_of
from docflow.ocr.mixed import has_both_scripts, language_of, put_together
from docflow.ocr.ports import Box, GreyImage, Language, LineReader, LineReading
from docflow.ocr.script import doubts_script, letter_count, main_language
from docflow.ocr.tidying import tidied

OTHER_LANGUAGE_BELOW = 72
CLEANED_BELOW = 82
SURELY_WRITTEN = 80
SURELY_TEXT = 50
"""What reads worse than this is not a line of text as it was cut."""
SURE_SIGN, SURE_SIGNS, SURE_SHARE = 98, 4, 0.27
"""A line with so many signs of which the engine was so sure, and so much of them, is text; in stamps, signatures and
stains it sees letters too, but is seldom sure of one."""
SURELY_SHORT = 85
"""A shorter line, a page's number, is text when it is read as well as this."""
MIN_LETTERS = 8
TALLEST = 1.6
"""In heights of the lines that are read well."""
WHOLE_IS_BETTER = 5
TOPS = 0.85
"""What is so much lower than a line usually is may be the tops of large letters."""
WIDE_HEIGHTS = 8
SURELY_A_LINE = 75
PAIR_HEIGHTS, PAIR_WIDTH_HEIGHTS = (1.35, 2.9), 2


@dataclass(frozen=True, slots=True)
class RecognisedLine:
    """A line of the page: where its ink is, and what was read, with boxes in pixels of the page.

    ``differing`` is the number of letters by which readings of other pictures of it differ, all of them together.
    """

    line: LineBox
    reading: LineReading
    language: Language
    differing: int = 0


@dataclass(frozen=True, slots=True)
class LineImages:
    """The lines of one page, and how to read some of them."""

    grey: GreyImage
    mm_px: float
    lines: Sequence[LineBox]
    reader: LineReader

    def read(self, indexes: Sequence[int], *, language: Language) -> list[LineReading]:
        """Return the readings of some lines, with boxes in pixels of the page."""
        crops = [cropped(self.grey, self.lines[index].box, mm_px=self.mm_px) for index in indexes]
        return self._read(crops, language=language)

    def read_cleaned(self, indexes: Sequence[int], *, language: Language) -> list[LineReading]:
        """Return the readings of some lines without the ink that reaches into them from elsewhere."""
        crops = [without_intruders(self.grey, self.lines[index].box, mm_px=self.mm_px) for index in indexes]
        return self._read(crops, language=language)

    def read_in_other_pictures(self, indexes: Sequence[int], *, language: Language) -> list[list[LineReading]]:
        """Return the readings of some lines from each of two other pictures of them: blurred, and cut closer."""
        boxes = [self.lines[index].box for index in indexes]
        return [
            self._read([picture(self.grey, box, mm_px=self.mm_px) for box in boxes], language=language)
            for picture in (blurred, cut_close)
        ]

    def sure_languages(self) -> list[Language | None]:
        """Return for each line the language that the shapes of its letters tell, if they do."""
        return [sure_language_of(cropped(self.grey, line.box, mm_px=self.mm_px).pixels) for line in self.lines]

    def _read(self, crops: Sequence[Crop], *, language: Language) -> list[LineReading]:
        readings = self.reader.read_lines([crop.pixels for crop in crops], language=language)
        return [
            LineReading(tuple(replace(word, box=crop.on_page(word.box)) for word in reading.words))
            for crop, reading in zip(crops, readings, strict=True)
        ]


def recognise_lines(images: LineImages, *, first_language: Language) -> list[RecognisedLine]:
    """Return every line as it was read best, in the order of ``images.lines``.

    Where close lines touch, a tall line is cut like two of them; what reads badly in both parts, and a title whose tops
    were cut off, is read whole. Two lines that were taken for one, which reads as nothing, are read one by one.
    """
    lines = _each_recognised(images, first_language=first_language)
    lines = _with_pairs_cut(images, lines, first_language=first_language)
    halves = _halves(lines)
    cut = [*halves, *(of_one for of_one in _without_tops(lines) if not any(set(of_one) <= set(one) for one in halves))]
    if not cut:
        return lines
    boxes = [LineBox(_box_around(of_one), of_one[0].line.path) for of_one in cut]
    whole = _each_recognised(replace(images, lines=boxes), first_language=first_language)
    for of_one, line in zip(cut, whole, strict=True):
        is_better = line.reading.confidence > max(part.reading.confidence for part in of_one) + WHOLE_IS_BETTER
        if is_better and all(part in lines for part in of_one):
            lines[lines.index(of_one[0])] = line
            lines = [other for other in lines if other not in of_one]
    return lines


def _with_pairs_cut(
    images: LineImages, lines: Sequence[RecognisedLine], *, first_language: Language
) -> list[RecognisedLine]:
    """Return the lines, a badly read one as high as two as its upper and its lower part where those read better."""
    usual = _usual_height(lines)
    pairs = [
        line
        for line in lines
        if line.reading.confidence < SURELY_TEXT
        and PAIR_HEIGHTS[0] * usual <= _height(line) <= PAIR_HEIGHTS[1] * usual
        and line.line.box[2] - line.line.box[0] > PAIR_WIDTH_HEIGHTS * usual
    ]
    if not pairs:
        return list(lines)
    boxes = [LineBox(box, line.line.path) for line in pairs for box in parts_of_pair(images.grey, line.line.box)]
    parts = _each_recognised(replace(images, lines=boxes), first_language=first_language)
    cut = {
        line.line: of_one
        for line, of_one in zip(pairs, zip(parts[::2], parts[1::2], strict=True), strict=True)
        if any(_is_surely_a_line(part) for part in of_one)
    }
    return [part for line in lines for part in cut.get(line.line, (line,))]


def _is_surely_a_line(line: RecognisedLine) -> bool:
    return line.reading.confidence >= SURELY_A_LINE and letter_count(line.reading.text) >= MIN_LETTERS


def _halves(lines: Sequence[RecognisedLine]) -> list[list[RecognisedLine]]:
    """Return badly read lines that begin where a badly read one ends, each with that one first."""
    bad = [line for line in lines if line.reading.confidence < SURELY_TEXT]
    usual = _usual_height(lines)
    halves: list[list[RecognisedLine]] = []
    for upper in bad:
        left, top, right, bottom = upper.line.box
        below = [lower for lower in bad if lower.line.box[1] == bottom and _share_columns(upper, lower)]
        is_line = right - left > WIDE_HEIGHTS * usual and bottom - top < TALLEST * usual
        if below and is_line and not any(upper in others for others in halves):
            halves.append([upper, *below])
    return halves


def _without_tops(lines: Sequence[RecognisedLine]) -> list[list[RecognisedLine]]:
    """Return unsure lines at least as high as a line usually is, each with the lower ones that end where it begins."""
    usual = _usual_height(lines)
    unsure = [line for line in lines if line.reading.confidence < SURELY_SHORT]
    tops = [line for line in unsure if _height(line) < TOPS * usual]
    cut = [
        [lower, *(upper for upper in tops if upper.line.box[3] == lower.line.box[1] and _share_columns(upper, lower))]
        for lower in unsure
        if _height(lower) >= usual
    ]
    return [of_one for of_one in cut if len(of_one) > 1]


def _share_columns(line: RecognisedLine, other: RecognisedLine) -> bool:
    return line.line.box[0] < other.line.box[2] and line.line.box[2] > other.line.box[0]


def _box_around(lines: Sequence[RecognisedLine]) -> Box:
    """Return the box that holds all the lines."""
    x0s, y0s, x1s, y1s = zip(*(line.line.box for line in lines), strict=True)
    return min(x0s), min(y0s), max(x1s), max(y1s)


def _each_recognised(images: LineImages, *, first_language: Language) -> list[RecognisedLine]:
    indexes = range(len(images.lines))
    other = first_language.other
    readings: list[dict[Language, LineReading]] = [{} for _ in indexes]
    of_other = {index for index, language in enumerate(images.sure_languages()) if language is other}

    def read(wanted: Sequence[int], language: Language) -> None:
        for index, reading in zip(wanted, images.read(wanted, language=language), strict=True):
            readings[index][language] = reading

    read([index for index in indexes if index not in of_other], first_language)
    doubted = {index for index in indexes if _doubts_language(readings[index], first_language)}
    read(sorted(of_other | doubted), other)
    read([index for index in sorted(of_other) if _doubts_language(readings[index], other)], first_language)

    for language in Language:
        wanted = [
            index
            for index in indexes
            if language_of(readings[index]) is language and readings[index][language].confidence < CLEANED_BELOW
        ]
        for index, reading in zip(wanted, images.read_cleaned(wanted, language=language), strict=True):
            if reading.confidence > readings[index][language].confidence:
                readings[index][language] = reading

    return [
        RecognisedLine(line, together, language_of(of_line))
        for line, of_line, together in zip(images.lines, readings, _put_together(readings), strict=True)
    ]


def _put_together(readings: Sequence[dict[Language, LineReading]]) -> list[LineReading]:
    """Return the lines in logical order; one of both scripts runs as the text around it does."""
    lines = [put_together(of_line) for of_line in readings]
    texts = [line.text for line in lines]
    return [
        put_together(of_line, direction=main_language(texts[max(0, index - 1) : index + 2]))
        if has_both_scripts(line.text)
        else line
        for index, (of_line, line) in enumerate(zip(readings, lines, strict=True))
    ]


def kept_lines(lines: Sequence[RecognisedLine]) -> list[RecognisedLine]:
    """Return the lines of a page worth keeping, tidied."""
    return [replace(line, reading=tidied(line.reading)) for line in lines if is_text(line.reading)]


def _usual_height(lines: Sequence[RecognisedLine]) -> float:
    """Return the height of a line that is read well, 0 without any."""
    heights = [_height(line) for line in lines if line.reading.confidence >= SURELY_WRITTEN]
    return median(heights) if heights else 0.0


def _doubts_language(readings: Mapping[Language, LineReading], language: Language) -> bool:
    """Tell whether a reading of a line should be compared with the other model's.

    Both read digits alike, so that a date or a number tells nothing of the words beside it.
    """
    reading = readings.get(language)
    if reading is None:
        return False
    in_words = LineReading(tuple(word for word in reading.words if letter_count(word.text)))
    return (
        reading.confidence < OTHER_LANGUAGE_BELOW
        or (bool(in_words.words) and in_words.confidence < OTHER_LANGUAGE_BELOW)
        or doubts_script(reading, language=language)
    )


def is_text(reading: LineReading) -> bool:
    """Tell whether a line is text rather than a stamp, a signature or a stain."""
    signs = [sign for word in reading.words for sign in word.letters or (word.confidence,) * len(word.text)]
    sure = sum(sign >= SURE_SIGN for sign in signs)
    return sure >= max(SURE_SIGNS, SURE_SHARE * len(signs)) or reading.confidence >= SURELY_SHORT


def _height(line: RecognisedLine) -> int:
    return line.line.box[3] - line.line.box[1]


def page_language(lines: Sequence[RecognisedLine]) -> Language:
    """Return the language in which most of the page is written."""
    return main_language([line.reading.text for line in lines])
