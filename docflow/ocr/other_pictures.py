"""Doubtful lines read again from other pictures of them: the surest reading stands, what they differ in is doubt.

Of a line in a hundred thousand, printed as clearly as its neighbours, the models read nothing at all; smoothed
by a pixel it reads like those.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from statistics import fmean

from rapidfuzz.distance import Levenshtein

from docflow.ocr.mixed import has_both_scripts, put_together
from docflow.ocr.ports import Language, LineReading
from docflow.ocr.recognition import LineImages, RecognisedLine, is_text

SURELY_READ = 88
"""Above this confidence of a line, other pictures of it read the same."""
UNREAD_HEIGHTS, UNREAD_BELOW, READ_AFTER_ALL = 15, 50, 75
"""A line so many times as wide as high, read worse than the second, is text if another picture of it reads as well as
the third; a signature is seldom so wide."""


def with_other_pictures(lines: Sequence[RecognisedLine], images: LineImages) -> list[RecognisedLine]:
    """Return the lines of a page, each doubtful one of a single script as it is read most surely in three pictures."""
    images = replace(images, lines=[line.line for line in lines])
    lines = _with_unread_lines(lines, images)
    better = list(lines)
    for language in Language:
        doubtful = [index for index, line in enumerate(lines) if line.language is language and _is_doubtful(line)]
        pictures = images.read_in_other_pictures(doubtful, language=language)
        for index, others in zip(doubtful, zip(*pictures, strict=True), strict=True):
            better[index] = _surest(lines[index], [put_together({language: other}) for other in others])
    return better


def _with_unread_lines(lines: Sequence[RecognisedLine], images: LineImages) -> list[RecognisedLine]:
    """Return the lines, each wide one that was not read as another picture of it reads, in either language."""
    unread = [index for index, line in enumerate(lines) if _is_unread(line)]
    better = list(lines)
    for language in Language:
        pictures = images.read_in_other_pictures(unread, language=language)
        for index, others in zip(unread, zip(*pictures, strict=True), strict=True):
            surest = put_together({language: max(others, key=lambda other: other.confidence)})
            if surest.confidence >= max(READ_AFTER_ALL, better[index].reading.confidence):
                better[index] = replace(lines[index], reading=surest, language=language)
    return better


def _is_unread(line: RecognisedLine) -> bool:
    left, top, right, bottom = line.line.box
    return line.reading.confidence < UNREAD_BELOW and right - left >= UNREAD_HEIGHTS * (bottom - top)


def _is_doubtful(line: RecognisedLine) -> bool:
    reading = line.reading
    return reading.confidence < SURELY_READ and is_text(reading) and not has_both_scripts(reading.text)


def _surest(line: RecognisedLine, others: Sequence[LineReading]) -> RecognisedLine:
    readings = [line.reading, *others]
    best = max(readings, key=_mean_of_signs)
    differing = sum(Levenshtein.distance(best.text, reading.text) for reading in readings)
    return replace(line, reading=best, differing=differing)


def _mean_of_signs(reading: LineReading) -> float:
    """Return how sure the engine is of the signs of a line: a word is as sure as its least sure sign only."""
    signs = [sign for word in reading.words for sign in word.letters]
    return fmean(signs) if signs else 0.0
