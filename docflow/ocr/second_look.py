"""A second look at what the model for Arabic cannot spell: a card's Latin letters, and telephones it turns round."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from docflow.ocr.crops import cropped
from docflow.ocr.dates import DIGITS
from docflow.ocr.identifiers import CIN_LABEL, CIN_VALUE, PHONE_LABEL, PHONE_VALUE
from docflow.ocr.letter import box_around
from docflow.ocr.ports import Language, LineReading, ReadWord
from docflow.ocr.recognition import LineImages, RecognisedLine

AGREED_DIGITS = 4
"""So many digits at the end of a card's number must have been read alike by both models."""
SURE_PHONE_CONFIDENCE = 80
"""A telephone may have been read as anything the first time: its form and this confidence must do."""


@dataclass(frozen=True, slots=True)
class _Span:
    """The words of a line, by their places, that hold its digits."""

    line_index: int
    first: int
    last: int


def with_numbers_reread(lines: Sequence[RecognisedLine], images: LineImages) -> list[RecognisedLine]:
    """Return the lines with the numbers of cards and telephones as the model for French reads them, where it is surer.

    One call of the reader for all of them, and none on a page without such a line.
    """
    spans = [span for index, line in enumerate(lines) if (span := _span_of(index, line)) is not None]
    if not spans:
        return list(lines)
    crops = [cropped(images.grey, box_around(_words(lines, span)), mm_px=images.mm_px) for span in spans]
    readings = images.reader.read_lines([crop.pixels for crop in crops], language=Language.FRENCH)
    better = list(lines)
    for span, crop, reading in zip(spans, crops, readings, strict=True):
        on_page = [replace(word, box=crop.on_page(word.box)) for word in reading.words]
        line = lines[span.line_index]
        found = _card_in(on_page, _words(lines, span)) if CIN_LABEL.search(line.reading.text) else _phone_in(on_page)
        if found:
            words = line.reading.words
            kept = (*words[: span.first], *found, *words[span.last + 1 :])
            better[span.line_index] = replace(line, reading=LineReading(kept))
    return better


def _span_of(index: int, line: RecognisedLine) -> _Span | None:
    text = line.reading.text.translate(DIGITS)
    is_card = CIN_LABEL.search(text) is not None and CIN_VALUE.search(text) is None
    is_phone = PHONE_LABEL.search(text) is not None and PHONE_VALUE.search(text) is None
    places = [place for place, word in enumerate(line.reading.words) if any(sign.isdigit() for sign in word.text)]
    if line.language is not Language.ARABIC or not places or not (is_card or is_phone):
        return None
    return _Span(index, places[0], places[-1])


def _words(lines: Sequence[RecognisedLine], span: _Span) -> tuple[ReadWord, ...]:
    return lines[span.line_index].reading.words[span.first : span.last + 1]


def _card_in(words: Sequence[ReadWord], former: Sequence[ReadWord]) -> list[ReadWord]:
    """Return the word that is a card's number and ends in the digits that were read before."""
    digits = re.sub(r"\D", "", "".join(word.text for word in former).translate(DIGITS))
    for word in words:
        match = CIN_VALUE.fullmatch(word.text.strip(":.-_"))
        if match is not None and match["digits"][-AGREED_DIGITS:] in digits:
            return [replace(word, text=match["letters"] + match["digits"])]
    return []


def _phone_in(words: Sequence[ReadWord]) -> list[ReadWord]:
    """Return the words of a telephone, from left to right as its digits run."""
    numbers = [word for word in words if any(sign.isdigit() for sign in word.text)]
    is_sure = all(word.confidence >= SURE_PHONE_CONFIDENCE for word in numbers)
    is_whole = PHONE_VALUE.fullmatch(" ".join(word.text for word in numbers).strip(" :.")) is not None
    return numbers if is_sure and is_whole else []
