"""Fields of a letter proposed from its text, each with where it was read; a wrong one is worse than none."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace

from docflow.ocr.dates import Calendar, FoundDate, are_same_day, find_dates
from docflow.ocr.identifiers import THEIR_LETTER, cin_of, phone_of, reference_of
from docflow.ocr.kinds import kind_of
from docflow.ocr.letter import (
    FULL_LINE_SHARE,
    SUBJECT_LABELS,
    Letter,
    Line,
    PageWords,
    ProposedField,
    is_next_line,
    label_and_value,
    letter_of,
)
from docflow.ocr.parties import addressee_of, sender_of
from docflow.ocr.ports import Box, Language

SURE_FROM: Mapping[str, float] = {
    "reference": 70.0,
    "date": 70.0,
    "subject": 60.0,
    "sender": 50.0,
    "addressee": 60.0,
    "cin": 70.0,
    "phone": 70.0,
    "kind": 60.0,
}
"""The confidence from which a field is filled in, chosen on letters kept apart from those that are reported.

Running text is recognised as right by its place and its label, so that it may be read with less confidence than a
number, where one wrong sign makes another number.
"""
DOUBTFUL_FROM = 40.0
"""Below it a field is not even shown to be checked."""
CALCULATED_DATE_CONFIDENCE = 50.0
"""At most, of a Hijri date that no Gregorian one confirms: the civil registers follow the moon that was seen."""
AGREED_DATE_CONFIDENCE = 99.0
"""Of a date that two calendars tell alike: digits misread in one would not agree with the other."""
SHORT_LINE_CHARACTERS = 45
AFTER_DATE_CHARACTERS = 8
"""Room for the sign of an era, a bracket, a stain."""
DATE_LABEL = re.compile(
    r"بتاريخ|التاريخ|(?<!\w)في\s*[:؛]?\s|حرر ب|(?<!\w)le\s*:?\s|fait à|^\W*date|(?<!\w)ليوم\s|(?<!\w)يوم\s",
    re.IGNORECASE,
)
ARRIVED = re.compile(r"arriv[ée]|re[çc]u|courrier|وارد|ورد|وصل|الورود|الوصول", re.IGNORECASE)
"""A stamp of arrival tells the day of the desk, not the sender's."""
CLOSED = re.compile(r"^\W*(?:و?حرر ب|و?حرر في|fait à)", re.IGNORECASE)
NO_SUBJECT_LINE = re.compile(
    r"^\W*(?:المرجع|المراجع|المرفقات|سلام|تحية|السلام|سيدي|سيدتي|السيد|وبعد|أما بعد"
    r"|r[ée]f|p\.?j|pi[èe]ces? jointes?|monsieur|madame|messieurs)(?!\w)"
    r"|^\W*[^\W\d_]+(?:\s[^\W\d_]+)?\s*:",
    re.IGNORECASE,
)
SUBJECT_LINES = 3
YEAR_DIGITS = 4
LOST_DIGIT_PITCH = 1.25
"""A number so much wider for its digits than the year beside it had one more digit than was read."""


def propose_fields(pages: Sequence[PageWords]) -> dict[str, ProposedField]:
    """Return the fields found, by name: reference, date, subject, sender, addressee, cin, phone, kind.

    A confidence is that of the words that a value was read from: their mean for running text, the least of those with
    a digit for numbers. What is under ``SURE_FROM`` is for a person to check, and never filled in.
    """
    letter = letter_of(pages)
    subject = _subject(letter)
    sender, is_from_person = sender_of(letter)
    reference = reference_of(letter)
    found = {
        "subject": subject,
        "reference": reference,
        "date": _date(letter),
        "addressee": addressee_of(letter),
        "sender": sender,
        "cin": cin_of(letter),
        "phone": phone_of(letter, is_from_person=is_from_person),
        "kind": kind_of(letter, subject=subject, reference=reference, is_from_person=is_from_person),
    }
    return {name: field for name, field in found.items() if field is not None and field.confidence >= DOUBTFUL_FROM}


def sure_fields(fields: Mapping[str, ProposedField]) -> dict[str, ProposedField]:
    """Return the fields that are sure enough to be filled in."""
    return {name: field for name, field in fields.items() if field.confidence >= SURE_FROM[name]}


def _subject(letter: Letter) -> ProposedField | None:
    index = letter.subject_index
    if index is None:
        return None
    whole = last = letter.first_page[index]
    match = label_and_value(whole, SUBJECT_LABELS)
    if match is None:
        return None
    start = match.start("value")
    hanging = whole.words_at(start, start + 1)[0].box
    for further in letter.first_page[index + 1 : index + SUBJECT_LINES]:
        if not is_next_line(last, further) or NO_SUBJECT_LINE.match(further.text):
            break
        if not _is_full(letter, last) and not _hangs(letter, further, hanging):
            break
        whole, last = whole.joined(further), further
    return whole.field(whole.text[start:].strip(), start, len(whole.text))


def _is_full(letter: Letter, line: Line) -> bool:
    """Tell whether a line ends near the margin, so that the next one may be the rest of its sentence."""
    x0, _, x1, _ = letter.text_box
    return line.box[2] - line.box[0] >= FULL_LINE_SHARE * (x1 - x0)


def _hangs(letter: Letter, line: Line, value_box: Box) -> bool:
    """Tell whether a line begins under the first word of the value, beside the label above it."""
    edge = 2 if letter.language is Language.ARABIC else 0
    return abs(line.box[edge] - value_box[edge]) <= line.height


def _date(letter: Letter) -> ProposedField | None:
    """Return the date of the letter: that of the lines of place and day above the subject, or of the closing one.

    Several days in them are no answer, and neither are two calendars that do not name the same day: a digit of one of
    them was misread.
    """
    closing = [line for line in letter.lines if CLOSED.match(line.text)]
    told = [(line, found) for line in [*letter.header, *closing] for found in _days_told(line)]
    gregorian = {found.value for _, found in told if found.calendar is Calendar.GREGORIAN}
    hijri = [found for _, found in told if found.calendar is Calendar.HIJRI]
    if len(gregorian) > 1 or (not gregorian and len({found.value for found in hijri}) != 1):
        return None
    line, found = next(one for one in told if one[1].value in gregorian or not gregorian)
    field = line.number(found.value.isoformat(), found.start, found.end)
    if not gregorian:
        return replace(field, confidence=min(field.confidence, CALCULATED_DATE_CONFIDENCE))
    if any(not are_same_day(found, other) for other in hijri):
        return None
    return replace(field, confidence=AGREED_DATE_CONFIDENCE) if hijri else field


def _days_told(line: Line) -> list[FoundDate]:
    """Return the days of a line that says when the letter was written; none of a line about something else."""
    if THEIR_LETTER.search(line.text) or ARRIVED.search(line.text):
        return []
    found = find_dates(line.text)
    if not found or any(_has_lost_digit(line, one) for one in found):
        return []
    is_about_the_day = DATE_LABEL.search(line.text) is not None or len(line.text) <= SHORT_LINE_CHARACTERS
    # A line of place and day ends with the day, or is read from its other end; a sentence tells of another one.
    is_at_end = len(line.text) - found[-1].end <= AFTER_DATE_CHARACTERS or not line.text[: found[0].start].strip()
    return found if is_about_the_day and is_at_end else []


def _has_lost_digit(line: Line, found: FoundDate) -> bool:
    """Tell whether the day of a date is too wide for one digit, measured by the digits of its year."""
    numbers = [
        (len(word.text), word.box[2] - word.box[0])
        for word in line.words_at(found.start, found.end)
        if word.text.isdecimal()
    ]
    days = [width for digits, width in numbers if digits == 1]
    years = [width / digits for digits, width in numbers if digits == YEAR_DIGITS]
    return bool(days and years) and days[0] > LOST_DIGIT_PITCH * years[0]
