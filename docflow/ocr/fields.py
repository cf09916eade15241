"""Fields of a letter proposed from its text, each with where it was read; a wrong one is worse than none."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Protocol

from docflow.ocr.dates import DIGITS, find_dates
from docflow.ocr.ports import Box
from docflow.ocr.script import LETTERS, main_language

MIN_CONFIDENCE = 70
"""A cautious choice, not calibrated: below it the field is left to the clerk."""
HEADER_LINES = 25

SUBJECT_LABEL = re.compile(r"^\W*(?:الموضوع|موضوع|Objet)\s*[:؛.]\s*(?P<value>\S.*)$", re.IGNORECASE)
REFERENCE_LABEL = re.compile(
    r"^\W*(?:عدد|رقم(?: الإرسال| التسجيل)?|الرقم|المرجع|N\s?/\s?R[ée]f\.?|R[ée]f(?:[ée]rence)?\.?|"
    r"Enregistr[ée] sous le n[°ºo]|N[°º])\s*[:.]?\s*(?P<value>[^\s:]+(?: ?[/-] ?[^\s:]+)*)[\s.]*$",
    re.IGNORECASE,
)
REFERENCE_VALUE = re.compile(r"^(?=.*\d{2})[\w./-]{2,40}$")
REPLY_LABEL = re.compile(r"رسالتكم|كتابكم|مراسلتكم|votre (?:lettre|courrier|demande)", re.IGNORECASE)
DATE_LINE = re.compile(r"بتاريخ|(?<!\w)في\s*[:؛]?\s|حرر ب|(?<!\w)le\s*:?\s|Fait à|^\W*Date", re.IGNORECASE)
ADDRESSEE = re.compile(
    r"^\W*(?:إلى|الى|À|A)\s*:?\s+(?:l'attention de\s+)?(?P<value>(?:السيد|السيدة|السادة|الآنسة|Monsieur|Madame|"
    r"Messieurs|Mesdames)\b.*\S)$"
)
SENDER_LABEL = re.compile(
    r"^\W*(?:الاسم الكامل|الاسم والنسب|الإسم الكامل|Nom et prénoms?|Nom complet|Prénom et nom)"
    r"\s*[:؛]\s*(?P<value>\S.*)$",
    re.IGNORECASE,
)
ADDRESS_LINE = re.compile(r"^\W*(?:العنوان|الساكن|Adresse|Demeurant)", re.IGNORECASE)
PERSON_NAME = re.compile(r"^[^\W\d_]+(?:[ '’-][^\W\d_]+){1,4}$")
OFFICE_LINE = re.compile(
    r"^(?P<value>(?:مصلحة|قسم|مكتب|مديرية|Service|Bureau|Division|Direction|Secrétariat)\s?\S.*\S)$", re.IGNORECASE
)
CIN_LABEL = re.compile(r"ب\s?\.\s?[تو]\s?\.\s?[تو]|البطاقة الوطنية|C\.?\s?I\.?\s?N\b|C\.?N\.?I\.?E", re.IGNORECASE)
CIN_VALUE = re.compile(r"(?<![A-Z0-9])(?P<value>[A-Z]{1,2}\d{5,6})(?!\d)")
PHONE_LINE = re.compile(
    r"^\W*(?:رقم )?(?:الهاتف|هاتف|T[ée]l(?:[ée]phone)?\.?|GSM|Portable)\s*[:.]?\s*(?P<value>\+?[\d .-]{9,18})\W*$",
    re.IGNORECASE,
)
PHONE_VALUE = re.compile(r"^(?:\+212|00212|0)[5-8]\d{8}$")
KINDS = {
    "complaint": re.compile(r"شكاي|تظلم|réclamation|plainte|doléance", re.IGNORECASE),
    "invitation": re.compile(r"دعوة|استدعاء|invitation|convocation", re.IGNORECASE),
    "request": re.compile(r"(?<!\w)(?:طلب|التماس)|^demande|(?<!\w)demande d", re.IGNORECASE),
    "notice": re.compile(r"(?<!\w)(?:إعلان|إخبار|إشعار)|(?<!\w)(?:avis|notification)(?!\w)", re.IGNORECASE),
}
UNITS = {
    "civil_status": re.compile(r"الحالة المدنية|عقد (?:الازدياد|ازدياد)|état civil|acte de naissance", re.IGNORECASE),
    "urban_planning": re.compile(r"التعمير|رخصة (?:ال)?بناء|permis de construire|urbanisme", re.IGNORECASE),
    "hygiene": re.compile(r"النفايات|الأزبال|النظافة|ordures|déchets|propreté|hygiène", re.IGNORECASE),
    "technical": re.compile(r"الإنارة|الطرق|الأرصفة|éclairage|voirie|chaussée|trottoir", re.IGNORECASE),
}


class FieldWord(Protocol):
    """A word as ``reading.Word`` holds it, or as it comes back from the database."""

    @property
    def text(self) -> str:
        """The letters in logical order."""
        ...

    @property
    def box(self) -> Box:
        """Where it stands, in pixels of the upright page."""
        ...

    @property
    def confidence(self) -> float:
        """From 0 to 100."""
        ...

    @property
    def line_index(self) -> int:
        """The line that holds it."""
        ...


class PageWords(Protocol):
    """A page whose fields are wanted."""

    @property
    def words(self) -> Sequence[FieldWord]:
        """The words in reading order."""
        ...


@dataclass(frozen=True, slots=True)
class ProposedField:
    """A value for the clerk to confirm.

    Attributes:
        value: digits Western, a date in ISO 8601; ``kind`` and ``unit`` are codes.
        confidence: 0 to 100, that of the least sure word it was read from.
        page_number: from 1.
        box: where it stands, in pixels of the upright page.
    """

    value: str
    confidence: float
    page_number: int
    box: Box


@dataclass(frozen=True, slots=True)
class _Line:
    """A line of a page: its text is its words joined by single spaces."""

    text: str
    words: tuple[FieldWord, ...]
    page_number: int

    def field(self, value: str, start: int, end: int) -> ProposedField:
        """Return a field read from the characters ``start`` to ``end`` of the line."""
        touched, at = [], 0
        for word in self.words:
            if at < end and at + len(word.text) > start:
                touched.append(word)
            at += len(word.text) + 1
        x0s, y0s, x1s, y1s = zip(*(word.box for word in touched or self.words), strict=True)
        return ProposedField(
            value=value,
            confidence=min(word.confidence for word in touched or self.words),
            page_number=self.page_number,
            box=(min(x0s), min(y0s), max(x1s), max(y1s)),
        )

    def matched(self, match: re.Match[str]) -> ProposedField:
        """Return the field named ``value`` of a pattern that matched this line."""
        return self.field(match["value"].strip(), match.start("value"), match.end("value"))


def propose_fields(pages: Sequence[PageWords]) -> dict[str, ProposedField]:
    """Return the fields found, by name: reference, date, subject, sender, addressee, cin, phone, kind, unit."""
    lines = [line for number, page in enumerate(pages, start=1) for line in _lines(page, number)]
    header = _header(lines)
    subject = _first(lines[:HEADER_LINES], SUBJECT_LABEL)
    found = {
        "subject": subject,
        "reference": _reference(header),
        "date": _date(header, lines),
        "addressee": _first(lines[:HEADER_LINES], ADDRESSEE),
        "sender": _sender(header),
        "cin": _cin(lines),
        "phone": _phone(header),
        "kind": _coded(subject, KINDS),
        "unit": _coded(subject, UNITS),
    }
    return {name: field for name, field in found.items() if field is not None and field.confidence >= MIN_CONFIDENCE}


def _lines(page: PageWords, page_number: int) -> Iterator[_Line]:
    by_line: dict[int, list[FieldWord]] = {}
    for word in page.words:
        by_line.setdefault(word.line_index, []).append(word)
    for words in by_line.values():
        yield _Line(" ".join(word.text for word in words), tuple(words), page_number)


def _header(lines: Sequence[_Line]) -> list[_Line]:
    """Return the lines above the subject, where a letter says who writes to whom; the first ones without a subject."""
    top = [line for line in lines[:HEADER_LINES] if line.page_number == 1]
    for index, line in enumerate(top):
        if SUBJECT_LABEL.match(line.text):
            return top[:index]
    return top[: HEADER_LINES // 2]


def _first(lines: Sequence[_Line], pattern: re.Pattern[str]) -> ProposedField | None:
    for line in lines:
        match = pattern.match(line.text)
        if match:
            return line.matched(match)
    return None


def _western(field: ProposedField) -> ProposedField:
    return replace(field, value=field.value.translate(DIGITS))


def _reference(header: Sequence[_Line]) -> ProposedField | None:
    for line in header:
        match = REFERENCE_LABEL.match(line.text)
        if match is None or REPLY_LABEL.search(line.text):
            continue
        field = _western(line.matched(match))
        field = replace(field, value=field.value.replace(" ", "").rstrip("."))
        if REFERENCE_VALUE.match(field.value) and not PHONE_VALUE.match(field.value):
            return field
    return None


def _date(header: Sequence[_Line], lines: Sequence[_Line]) -> ProposedField | None:
    """Return the date of the letter: the line of the place and date above the subject, or the one that closes it."""
    closing = [line for line in lines if re.match(r"\W*(?:حرر ب|وحرر ب|Fait à)", line.text)]
    for line in [*header, *closing]:
        if not DATE_LINE.search(line.text) or REPLY_LABEL.search(line.text):
            continue
        dates = find_dates(line.text)
        # A Hijri date is followed by its Gregorian one; two Gregorian dates on the line would be a period.
        if len(dates) == 1:
            return line.field(dates[0].value.isoformat(), dates[0].start, dates[0].end)
    return None


def _sender(header: Sequence[_Line]) -> ProposedField | None:
    named = _first(header, SENDER_LABEL)
    if named is not None:
        return named
    for line, following in pairwise(header):
        if ADDRESS_LINE.match(following.text) and PERSON_NAME.match(line.text):
            return line.field(line.text, 0, len(line.text))
    language = main_language([line.text for line in header])
    offices = [
        line.matched(match)
        for line in header
        if (match := OFFICE_LINE.match(line.text)) and LETTERS[language].search(line.text)
    ]
    # Several offices in a header stand from the larger to the smaller: the last one writes.
    return offices[-1] if offices else None


def _cin(lines: Sequence[_Line]) -> ProposedField | None:
    for line in lines:
        if CIN_LABEL.search(line.text):
            match = CIN_VALUE.search(line.text.translate(DIGITS))
            if match:
                return line.matched(match)
    return None


def _phone(header: Sequence[_Line]) -> ProposedField | None:
    for line in header:
        match = PHONE_LINE.match(line.text.translate(DIGITS))
        if match:
            digits = re.sub(r"[ .-]", "", match["value"])
            if PHONE_VALUE.match(digits):
                return line.field(digits, match.start("value"), match.end("value"))
    return None


def _coded(subject: ProposedField | None, patterns: dict[str, re.Pattern[str]]) -> ProposedField | None:
    """Return the one code whose words stand in the subject; two codes are no answer."""
    if subject is None:
        return None
    codes = [code for code, pattern in patterns.items() if pattern.search(subject.value)]
    return replace(subject, value=codes[0]) if len(codes) == 1 else None
