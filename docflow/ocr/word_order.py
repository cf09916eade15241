"""The order in which the words of a line are read, told from where they stand.

The engine turns a whole line round for Arabic, and with it the groups of a telephone number and the words of a French
name; a line put together from the readings of two models has no order of its own.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from docflow.ocr.ports import Language, ReadWord
from docflow.ocr.script import LETTERS, letter_count

TELEPHONE = re.compile(
    r"\+?\d{2,4}(?:[ .-]\d{2,4}){3,5}|\+?\d{3}(?:[ .-]\d{2,9}){1,4}|0\d[ .-]\d{8}|0\d(?:[ .-]\d\d){4}"
)
NUMERIC = re.compile(r"[+(]?\d[\d.\-/)]*[،,.:]?")


def in_logical_order(words: Sequence[ReadWord], *, base: Language) -> tuple[ReadWord, ...]:
    """Return the words of a line as they are read, by the direction of its ``base`` language.

    Words of the other direction are read among themselves in that direction, numbers between them too; so are the
    groups of a telephone number, which is written from left to right in an Arabic line.
    """
    from_left = sorted(words, key=lambda word: word.box[0] + word.box[2])
    if base is Language.FRENCH:
        return tuple(_with_runs_turned(from_left, Language.ARABIC))
    from_right = from_left[::-1]
    return tuple(_with_runs_turned(from_right, Language.FRENCH))


def _with_runs_turned(words: Sequence[ReadWord], language: Language) -> Iterator[ReadWord]:
    """Yield the words, each run of another language, or of a telephone number, the other way round."""
    start = 0
    while start < len(words):
        end = _end_of_run(words, start, language)
        yield from words[start:end][::-1]
        start = end


def _end_of_run(words: Sequence[ReadWord], start: int, language: Language) -> int:
    """Return where the run that begins at ``start`` ends; a word by itself is a run."""
    if language is Language.FRENCH and (end := _end_of_telephone(words, start)) > start:
        return end
    if not _is_written_in(words[start], language):
        return start + 1
    end = start + 1
    for place in range(start + 1, len(words)):
        if _is_written_in(words[place], language):
            end = place + 1
        elif letter_count(words[place].text):
            break
    return end


def _end_of_telephone(words: Sequence[ReadWord], start: int) -> int:
    end = start
    while end < len(words) and NUMERIC.fullmatch(words[end].text):
        end += 1
    for stop in range(end, start + 1, -1):
        if TELEPHONE.fullmatch(" ".join(word.text for word in reversed(words[start:stop]))):
            return stop
    return start


def _is_written_in(word: ReadWord, language: Language) -> bool:
    return bool(LETTERS[language].search(word.text)) and not LETTERS[language.other].search(word.text)
