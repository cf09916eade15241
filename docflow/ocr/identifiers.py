"""What tells a letter and its writer apart: the sender's reference, the number of the identity card, the telephone."""

from __future__ import annotations

import re
from collections.abc import Sequence

from docflow.ocr.letter import Letter, Line, ProposedField

NUMBER_SIGN = r"n\s?[°ºo'’]\.?"
REFERENCE = re.compile(
    r"(?:^\W*|(?<=\s))"
    r"(?P<label>(?:سجل )?تحت (?:عدد|رقم)|رقم (?:ال[إا]رسال|التسجيل|المراسلة)|(?:ال)?رقم|(?:ال)?عدد|(?:ال)?مرجع"
    r"|ع\s?/\s?ر|n(?:os|otre)?\s?[/.]?\s?r[ée]f(?:[ée]rences?|s)?\.?|r[ée]f(?:[ée]rences?|s)?\.?"
    rf"|enregistr[ée]e? sous le {NUMBER_SIGN}|num[ée]ro|{NUMBER_SIGN})"
    r"\s*[:؛.;]*\s*(?:" + NUMBER_SIGN + r"\s*:?\s*|عدد\s*:?\s*|رقم\s*:?\s*)?"
    r"(?P<value>[^\s:،,]+(?:\s?[/-]\s?[^\s:،,]+)*)(?P<rest>.*)$",
    re.IGNORECASE,
)
LABEL_LAST = re.compile(
    r"^(?P<value>\d{1,6}/\d{2,4})\s+(?P<label>رقم|عدد|المرجع|رقم (?:الإرسال|التسجيل))\s*:?(?P<rest>\W*)$"
)
"""A reader may put the number before its label when digits begin an Arabic line."""
REFERENCE_VALUE = re.compile(r"^(?:\d{2,9}|(?=.*\d)(?=.*[/-])\w[\w./-]{1,38}\w)$")
NAMED_LABEL = re.compile(r"r[ée]f|مرجع", re.IGNORECASE)
"""A label that says "reference" and nothing else; a mere number must stand at the beginning of its line."""
DATE_FOLLOWS = re.compile(r"^\W*(?:بتاريخ|في|ليوم|du|le|en date)(?!\w)", re.IGNORECASE)
THEIR_LETTER = re.compile(
    r"رسالتكم|كتابكم|مراسلتكم|إرساليتكم|شكايتكم|مذكرتكم|v(?:os|otre)?\s?[/.]\s?r[ée]f|vos r[ée]f"
    r"|votre (?:lettre|courrier|demande|r[ée]f|envoi|correspondance)",
    re.IGNORECASE,
)
"""What follows is the number and the day of a letter that is answered."""

CIN_LABEL = re.compile(
    r"ب\s?[.٠]\s?ء?[توط]\s?[.٠اء]\s?[توج]|(?:ال)?بطاقة (?:التعريف )?الوطنية"
    r"|(?<!\w)C\.?\s?[IN]\.?\s?[IN]\.?(?:\s?E)?(?!\w)|carte (?:nationale|d['’]identit[ée])",
    re.IGNORECASE,
)
CIN_VALUE = re.compile(r"(?<![A-Z0-9])(?P<letters>[A-Z]{1,2})[ .-]?(?P<digits>\d{4,6})(?![\dA-Z])")

PHONE_LABEL = re.compile(
    r"الهاتف|هاتف|(?<!\w)الجوال|النقال|(?<!\w)t[ée]l(?:[ée]phone|s)?(?!\w)|(?<!\w)(?:gsm|portable|mobile)(?!\w)",
    re.IGNORECASE,
)
PHONE_VALUE = re.compile(
    r"(?<![\d+])(?P<value>(?:(?:\+|00)\s?212[ .-]?(?:\(0\)|0)?[ .-]?|0)[5-8](?:[ .-]?\d){8})(?![ .-]?\d)"
)


def reference_of(letter: Letter) -> ProposedField | None:
    """Return the reference that the sender gave the letter: it stands above the subject and has a label of its own."""
    for line in letter.header:
        field = None if THEIR_LETTER.search(line.text) else _reference_in(line)
        if field is not None:
            return field
    return None


def _reference_in(line: Line) -> ProposedField | None:
    for match in [*REFERENCE.finditer(line.digits_western), *LABEL_LAST.finditer(line.digits_western)]:
        is_named = NAMED_LABEL.search(match["label"]) is not None
        is_at_start = match.re is LABEL_LAST or not line.text[: match.start("label")].strip(" .-–:*•")
        # "رقم 27 شارع" is an address, "lot n° 12" an object: a number that more words follow is no reference.
        has_nothing_after = not match["rest"].strip(" .،,;:-") or DATE_FOLLOWS.match(match["rest"]) is not None
        value = "".join(map(_letters_repaired, re.split(r"([/-])", re.sub(r"\s", "", match["value"]).strip("."))))
        if (is_named or is_at_start) and has_nothing_after and REFERENCE_VALUE.match(value):
            return None if PHONE_VALUE.search(value) else line.number(value, match.start("value"), match.end("value"))
    return None


def _letters_repaired(part: str) -> str:
    """Return a part of a reference in which a zero among letters is the letter O: the code of an office has no zero."""
    return part.replace("0", "O") if re.fullmatch(r"(?=.*[A-Z])[A-Z0]{2,5}", part) else part


def cin_of(letter: Letter) -> ProposedField | None:
    """Return the number of the writer's identity card, when there is one and no other.

    Its letters must have been read as letters: the model for Arabic takes them for digits, and a number without them
    is no CIN.
    """
    found: dict[str, ProposedField] = {}
    for line in letter.lines:
        if CIN_LABEL.search(line.text):
            text = line.digits_western
            for match in CIN_VALUE.finditer(text.upper() if len(text.upper()) == len(text) else text):
                value = match["letters"] + match["digits"]
                found.setdefault(value, line.number(value, match.start(), match.end()))
    return next(iter(found.values())) if len(found) == 1 else None


def phone_of(letter: Letter, *, is_from_person: bool) -> ProposedField | None:
    """Return the telephone of the writer: above the subject, and anywhere in the letter of a person.

    The number at the foot of an office's paper is that of a switchboard.
    """
    field = _phone_in(letter.header)
    return field if field is not None or not is_from_person else _phone_in(letter.lines)


def _phone_in(lines: Sequence[Line]) -> ProposedField | None:
    for line in lines:
        if PHONE_LABEL.search(line.text):
            # The groups of a number stand from left to right even in an Arabic line; a reader may turn them round.
            found = {field.value: field for field in map(_phone_on, (line, line.as_seen())) if field is not None}
            if len(found) == 1:
                return next(iter(found.values()))
    return None


def _phone_on(line: Line) -> ProposedField | None:
    match = PHONE_VALUE.search(line.digits_western)
    if match is None:
        return None
    digits = re.sub(r"\D", "", match["value"])
    national = "0" + digits.removeprefix("00").removeprefix("212").lstrip("0")
    return line.number(national, match.start("value"), match.end("value"))
