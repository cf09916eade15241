"""Arabic commas that the model takes for a stop, a colon or a hamza, told by the shape of their ink."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from typing import NamedTuple

import cv2
import numpy as np

from docflow.ocr.crops import PAPER
from docflow.ocr.ports import Box, GreyImage, LineReading, ReadWord
from docflow.ocr.recognition import RecognisedLine

PERHAPS_A_COMMA = re.compile(r"(?<=[\u0621-\u064a])[.:ء]$")
LABEL_WORDS = 3
"""A colon after the first words of a line, or before a number, ends a label."""
LEFT_OF_END, RIGHT_OF_END, MIDDLE_OF_END = 0.3, 0.35, 0.08
"""How far from the end of a word, in heights of its line, its last mark stands at most, and mostly."""
WIDEST, HIGHEST, HIGHEST_PART, LEAST_AREA = 0.4, 0.6, 0.35, 0.004
"""Of a mark, in heights of the line: what is larger is a letter, what ends above this part of the line a dot of one."""
TALL, LEAST_HEIGHT, NARROW = 1.55, 0.13, 0.21
"""A comma is so many times as high as wide, higher and narrower than these parts of the line: of 8,000 marks in six
typefaces 77 in a hundred misread commas are, and of stops, colons and hamzas 5 in a thousand."""
FULLEST_HAMZA = 0.7
"""A comma taken for a hamza fills less of its box."""
STACKED_SHARE = 0.4


class _Mark(NamedTuple):
    """The box of a connected piece of ink and how many pixels of it are inked."""

    left: int
    top: int
    width: int
    height: int
    area: int


def with_commas(lines: Sequence[RecognisedLine], grey: GreyImage) -> list[RecognisedLine]:
    """Return the lines of a page with the Arabic commas that their ink tells."""
    return [replace(line, reading=_with_commas(line, grey)) for line in lines]


def _with_commas(line: RecognisedLine, grey: GreyImage) -> LineReading:
    words = list(line.reading.words)
    for index, word in enumerate(words):
        is_label = word.text.endswith(":") and (index < LABEL_WORDS or _is_number(words[index + 1 : index + 2]))
        if PERHAPS_A_COMMA.search(word.text) and not is_label and _ends_in_a_comma(word, line.line.box, grey):
            words[index] = replace(word, text=f"{word.text[:-1]}،")
    return LineReading(tuple(words))


def _is_number(words: Sequence[ReadWord]) -> bool:
    return any(sign.isdigit() for word in words for sign in word.text)


def _ends_in_a_comma(word: ReadWord, line: Box, grey: GreyImage) -> bool:
    marks = _marks_at_end(word.box, line, grey)
    if not marks:
        return False
    end, height = word.box[0], line[3] - line[1]
    mark = min(marks, key=lambda one: abs(one.left + one.width / 2 - end - MIDDLE_OF_END * height))
    is_comma = (
        mark.height >= TALL * mark.width and mark.height >= LEAST_HEIGHT * height and mark.width < NARROW * height
    )
    match word.text[-1]:
        case ":":
            return is_comma and not any(_is_stacked(mark, other) for other in marks if other is not mark)
        case "ء":
            return is_comma and mark.area < FULLEST_HAMZA * mark.width * mark.height
        case _:
            return is_comma


def _marks_at_end(word: Box, line: Box, grey: GreyImage) -> list[_Mark]:
    """Return the small marks about the left end of a word that reach into the lower part of its line, on the page."""
    height = line[3] - line[1]
    left, right = max(0, round(word[0] - 0.7 * height)), round(word[0] + height)
    top, bottom = max(0, round(line[1] - 0.1 * height)), round(line[3] + 0.1 * height)
    part = grey[top:bottom, left:right]
    if not part.size:
        return []
    darkest = float(np.percentile(part[:, max(0, round(word[0] - 0.1 * height) - left) :], 3))
    _, _, stats, _ = cv2.connectedComponentsWithStats((part < (darkest + PAPER) / 2).astype(np.uint8), connectivity=8)
    marks = [_Mark(left + x, top + y, *sizes) for x, y, *sizes in np.asarray(stats)[1:].tolist()]
    return [mark for mark in marks if _may_end(mark, word[0], line[1], height)]


def _may_end(mark: _Mark, end: int, top: int, height: int) -> bool:
    return (
        mark.area >= LEAST_AREA * height**2
        and mark.width < WIDEST * height
        and mark.height < HIGHEST * height
        and mark.top + mark.height > top + HIGHEST_PART * height
        and -LEFT_OF_END * height <= mark.left + mark.width / 2 - end <= RIGHT_OF_END * height
    )


def _is_stacked(mark: _Mark, other: _Mark) -> bool:
    shared = min(mark.left + mark.width, other.left + other.width) - max(mark.left, other.left)
    return shared > STACKED_SHARE * min(mark.width, other.width)
