"""Doubtful lines read again from other pictures of them: the surest reading stands, what they differ in is doubt."""

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


def with_other_pictures(lines: Sequence[RecognisedLine], images: LineImages) -> list[RecognisedLine]:
    """Return the lines of a page, each doubtful one of a single script as it is read most surely in three pictures."""
    images = replace(images, lines=[line.line for line in lines])
    better = list(lines)
    for language in Language:
        doubtful = [index for index, line in enumerate(lines) if line.language is language and _is_doubtful(line)]
        pictures = images.read_in_other_pictures(doubtful, language=language)
        for index, others in zip(doubtful, zip(*pictures, strict=True), strict=True):
            better[index] = _surest(lines[index], [put_together({language: other}) for other in others])
    return better


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
