"""Lines that hold both scripts, put together from what each model read surely on its own part."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from docflow.ocr.ports import Language, LineReading, ReadWord
from docflow.ocr.script import LETTERS, main_language
from docflow.ocr.word_order import in_logical_order

SURE_WORD = 60
SURE_GROUP = 78
CLEARLY_BETTER = 8
SURE_SIGN, SURE_SIGNS, SURE_SHARE = 98, 3, 0.5
"""A word is as sure as its least sure sign: a name read right to a bracket that was not is not sure as a word."""
SURE_BRACKETS = 0.75
MINOR_SHARE = 0.1
OF_DIGITS, FEWEST_DIGITS = 0.4, 4
LABEL_LETTERS, LABEL_CONFIDENCE = 3, 15
"""An Arabic label beside a number is read badly, but as no word at all by the model for French."""
FRENCH_LABEL = re.compile(r"[A-Za-zÀ-ÖØ-öø-ÿŒœ]{3}|[A-Z]\.[A-Z]")


@dataclass(slots=True)
class _Place:
    """A stretch of the line on which words of both readings stand, or of one."""

    left: int
    right: int
    words: dict[Language, list[ReadWord]]


def language_of(readings: dict[Language, LineReading]) -> Language:
    """Return the language whose model read more of the line surely."""
    return max(readings, key=lambda language: _sure_weight(readings[language]))


def put_together(readings: dict[Language, LineReading], *, direction: Language | None = None) -> LineReading:
    """Return the line in its language, with the words that only the other model read surely, in logical order.

    ``direction`` is the language of the text that it is a line of, if its own letters do not tell.
    """
    base = language_of(readings)
    has_label = base is Language.FRENCH and _is_a_number(readings[base].text)
    places = _places(readings)
    of_other = {
        index
        for index, place in enumerate(places)
        if _belongs_to_other(place, base=base) or (has_label and _is_arabic_label(place))
    }
    if base is Language.ARABIC:
        of_other |= _in_french_brackets(places)
    words = [
        word for index, place in enumerate(places) for word in place.words[base.other if index in of_other else base]
    ]
    return LineReading(in_logical_order(words, base=direction or main_language([word.text for word in words])))


def has_both_scripts(text: str) -> bool:
    """Tell whether a good part of a line is written in either script, so that its letters do not tell its direction."""
    arabic, french = (len(LETTERS[language].findall(text)) for language in Language)
    return min(arabic, french) > MINOR_SHARE * (arabic + french)


def _sure_weight(reading: LineReading) -> float:
    return sum(word.confidence * len(word.text) for word in reading.words if word.confidence >= SURE_WORD)


def _places(readings: dict[Language, LineReading]) -> list[_Place]:
    """Return the words of both readings by the stretch of the line that they share."""
    words = sorted(
        ((language, word) for language, reading in readings.items() for word in reading.words),
        key=lambda pair: pair[1].box[0],
    )
    places: list[_Place] = []
    for language, word in words:
        left, _, right, _ = word.box
        shared = places[-1].right - left if places else 0
        if places and shared > 0.3 * min(right - left, places[-1].right - places[-1].left):
            places[-1].right = max(right, places[-1].right)
        else:
            places.append(_Place(left, right, {one: [] for one in Language}))
        places[-1].words[language].append(word)
    return places


def _belongs_to_other(place: _Place, *, base: Language) -> bool:
    other = place.words[base.other]
    if not other:
        return False
    text = "".join(word.text for word in other)
    letters = LETTERS[base.other].findall(text)
    confidence = _confidence(other)
    is_surer = confidence >= SURE_GROUP and confidence > _confidence(place.words[base]) + CLEARLY_BETTER
    has_surer_signs = _sure_share(other) >= SURE_SHARE > _sure_share(place.words[base])
    return 2 * len(letters) > len(text) and len(letters) > 1 and (is_surer or has_surer_signs)


def _in_french_brackets(places: Sequence[_Place]) -> set[int]:
    """Return the places from a bracket that the model for French opens to where it closes it, sure of most signs.

    A name in brackets is one: its short words read as surely as Arabic, and one left in Arabic turns the others round.
    """
    found: set[int] = set()
    texts = ["".join(word.text for word in place.words[Language.FRENCH]) for place in places]
    first = None
    for index, text in enumerate(texts):
        if "(" in text:
            first = index
        if ")" in text and first is not None:
            words = [word for place in places[first : index + 1] for word in place.words[Language.FRENCH]]
            if _sure_share(words) >= SURE_BRACKETS:
                found |= {place for place in range(first, index + 1) if texts[place]}
            first = None
    return found


def _is_a_number(text: str) -> bool:
    """Tell whether a good part of a line is digits: a telephone, a card, a reference, each with its label."""
    digits = sum(sign.isdigit() for sign in text)
    return digits >= FEWEST_DIGITS and digits > OF_DIGITS * len(text.replace(" ", ""))


def _is_arabic_label(place: _Place) -> bool:
    """Tell whether the model for Arabic read a word where the one for French read pieces of one."""
    arabic, french = ("".join(word.text for word in place.words[language]) for language in Language)
    letters = len(LETTERS[Language.ARABIC].findall(arabic))
    confidence = _confidence(place.words[Language.ARABIC])
    return (
        letters >= LABEL_LETTERS
        and 2 * letters > len(arabic)
        and sum(sign.isdigit() for sign in french) < FEWEST_DIGITS
        and confidence >= LABEL_CONFIDENCE
        and (
            FRENCH_LABEL.search(french) is None
            or confidence > _confidence(place.words[Language.FRENCH]) + CLEARLY_BETTER
        )
    )


def _sure_share(words: Sequence[ReadWord]) -> float:
    """Return how many of the signs of some words the engine is sure of; none where these are too few to tell."""
    signs = [sign for word in words for sign in word.letters]
    sure = sum(sign >= SURE_SIGN for sign in signs)
    return sure / len(signs) if sure >= SURE_SIGNS else 0.0


def _confidence(words: Sequence[ReadWord]) -> float:
    return LineReading(tuple(words)).confidence
