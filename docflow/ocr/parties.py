"""Who writes to whom."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

from docflow.ocr.identifiers import CIN_LABEL, PHONE_LABEL, REFERENCE, THEIR_LETTER
from docflow.ocr.letter import Letter, Line, ProposedField, is_next_line
from docflow.ocr.script import LETTERS

TITLE = (
    r"(?:ال[سش]يد(?:ة|ات)?|السادة|الآنسة|الانسة|السيدين|حضرة|سعادة|معالي|monsieur|madame|mademoiselle|messieurs|mesdames"
    r"|m\.|mme|mlle|mm\.)"
)
TO = r"(?:[إا]ل[ىي]?|لعناية|[àa](?: l['’]attention d[eu'’]s?)?|destinataire|المرسل إليه)"
ADDRESSEE = re.compile(rf"^\W*{TO}\s*[:؛]?\s+(?P<value>{TITLE}(?!\w).*\S)$", re.IGNORECASE)
ADDRESSEE_WITHOUT_TO = re.compile(
    r"^\W*(?P<value>(?:السيدة?\s+(?:رئيسة?|مديرة?|عامل|والي|باشا|قائد|المديرة?|الرئيسة?|النائب|الكاتب|وكيل)(?!\w)"
    r"|(?:monsieur|madame)\s+(?:l[ea](?!\w)|l['’])).*\S)$",
    re.IGNORECASE,
)
TO_ALONE = re.compile(rf"^\W*{TO}\W*$", re.IGNORECASE)
ADDRESSEE_LINES = 3
SALUTATION_END = re.compile(r"[,،]\s*$")
UNDER_COVER = re.compile(r"^\W*(?:s\s?/\s?c|sous couvert|تحت إشراف|عن طريق)", re.IGNORECASE)
PLACE_AND_DAY = re.compile(
    r"بتاريخ|(?<!\w)في\s*[:؛]?\s*\d|حرر ب|(?<!\w)le\s*:?\s*\d|fait à|\d{1,2}[/.-]\d{1,2}[/.-]\d{2,4}", re.IGNORECASE
)

NAME_LABEL = re.compile(
    r"^\W*(?:ال[إا]سم (?:الكامل|والنسب|العائلي والشخصي|الشخصي والعائلي)|(?:[إا]سم )?المشتكي|المرسل|صاحب الطلب"
    r"|noms? et pr[ée]noms?|nom complet|pr[ée]noms? et noms?|exp[ée]diteur|de la part de|plaignant)"
    r"\s*(?:\([^)]{1,3}\))?\s*[:؛]\s*(?P<value>\S.*)$",
    re.IGNORECASE,
)
FROM = re.compile(
    rf"^\W*(?:من(?: طرف)?|de)\s*[:؛]?\s+(?:{TITLE}\s*(?:\([^)]*\)\s*)?[:؛]?\s*)(?P<value>\S.*)$", re.IGNORECASE
)
UNDERSIGNED = re.compile(
    r"الموقع(?:ة|ين)?(?:\([^)]*\))? أسفله\s*[:؛]?\s*(?:السيدة?\s*:?\s*)?(?P<arabic>[^\d،,:.]{5,40}?)\s*[،,:.]"
    r"|je soussign[ée](?:\(e\)|e)?,?\s*:?\s*(?:m\.|mme|mlle|monsieur|madame)?\s*(?P<french>[^\d,:.;]{5,40}?)\s*[,;:.]",
    re.IGNORECASE,
)
STREET = (
    r"شارع|زنقة|زقاق|درب|حي|إقامة|اقامة|تجزئة|عمارة|بلوك|مجموعة|طريق|rue|avenue|av\.?|boulevard|bd\.?|bld\.?|derb|hay"
    r"|lotissement|lot\.?|r[ée]sidence|r[ée]s\.?|imm(?:euble|\.)?|quartier|route|bloc|appt?\.?|cit[ée]|villa|douar|دوار"
)
ADDRESS_LINE = re.compile(
    r"^\W*(?:العنوان|عنوان|عنوانه|الساكن|القاطن|adresse|demeurant|domicili|habitant|sis )"
    rf"|^\W*(?:رقم|n[°º]|n°)?\s*\d{{1,4}}\s*(?:bis|ter)?\s*[,،]?\s*(?:{STREET})(?!\w)|^\W*(?:{STREET})(?!\w)",
    re.IGNORECASE,
)
PERSON_NAME = re.compile(r"^[^\W\d_]+(?:[ '’-][^\W\d_]+){1,4}$")
NOT_A_PERSON = re.compile(
    r"المملكة|وزارة|جماعة|ولاية|عمالة|مقاطعة|مجلس|مصلحة|قسم|مكتب|السيد|الموضوع|سلام|تحية|شركة|جمعية"
    r"|royaume|minist|commune|wilaya|pr[ée]fecture|province|service|division|bureau|monsieur|madame|objet|soci[ée]t[ée]"
    r"|association",
    re.IGNORECASE,
)

OFFICE = re.compile(
    r"^\W*(?P<value>(?:وزارة|ولاية|عمالة|إقليم|جهة|مجلس|جماعة|مقاطعة|مديرية|المديرية|مندوبية|المندوبية|قسم|القسم|مصلحة|المصلحة"
    r"|مكتب|المكتب|كتابة|الكتابة|قيادة|دائرة|باشوية|ملحقة|الملحقة|وكالة|الوكالة|شركة|جمعية|ودادية|مؤسسة|محكمة|المحكمة|أكاديمية|الأكاديمية"
    r"|minist[èe]re|wilaya|pr[ée]fecture|province|r[ée]gion|conseil|commune|arrondissement|direction|d[ée]l[ée]gation|division"
    r"|service|bureau|secr[ée]tariat|cellule|agence|soci[ée]t[ée]|association|amicale|tribunal|acad[ée]mie|caisse|office"
    r"|annexe|caïdat|pachalik|cercle)(?!\w)\s?\S.*\S)$",
    re.IGNORECASE,
)
WIDE_OFFICE = re.compile(
    r"(?:وزارة|ولاية|عمالة|إقليم|جهة|جماعة|مقاطعة|minist[èe]re|wilaya|pr[ée]fecture|province|r[ée]gion|commune|arrondissement)(?!\w)",
    re.IGNORECASE,
)
DOUBTFUL_OFFICE_CONFIDENCE = 45.0
SIGNATURE_LINES = 12
MAX_OFFICE_CHARACTERS = 80


def addressee_of(letter: Letter) -> ProposedField | None:
    """Return to whom the letter is written, with the lines in which the title goes on."""
    header = letter.header
    for index, line in enumerate(header):
        if TO_ALONE.match(line.text) and index + 1 < len(header):
            return _whole_addressee(header[index + 1], header[index + 2 :], 0)
        match = ADDRESSEE.match(line.text)
        if match is not None:
            return _whole_addressee(line, header[index + 1 :], match.start("value"))
    for index, line in enumerate(header):
        match = ADDRESSEE_WITHOUT_TO.match(line.text)
        if match is not None and not SALUTATION_END.search(line.text):
            return _whole_addressee(line, header[index + 1 :], match.start("value"))
    return None


def _whole_addressee(line: Line, following: Sequence[Line], start: int) -> ProposedField:
    whole = last = line
    for further in following[: ADDRESSEE_LINES - 1]:
        if not is_next_line(last, further) or _begins_something_else(further):
            break
        whole, last = whole.joined(further), further
    return whole.field(whole.text[start:].strip(" .:"), start, len(whole.text))


def _begins_something_else(line: Line) -> bool:
    patterns = (PLACE_AND_DAY, UNDER_COVER, REFERENCE, THEIR_LETTER, CIN_LABEL, PHONE_LABEL, TO_ALONE, ADDRESSEE)
    return ":" in line.text or any(pattern.search(line.text) for pattern in patterns)


def sender_of(letter: Letter) -> tuple[ProposedField | None, bool]:
    """Return who writes, and whether it is a person and not an office."""
    person = _named_person(letter)
    if person is not None:
        return person, True
    office = _office(letter)
    if office is not None:
        return office, False
    person = _undersigned(letter)
    return person, person is not None


def _office(letter: Letter) -> ProposedField | None:
    """Return the last office of the letterhead: they stand from the larger to the smaller, and the last one writes."""
    found = None
    for line in letter.header:
        if ADDRESSEE.match(line.text) or ADDRESSEE_WITHOUT_TO.match(line.text) or TO_ALONE.match(line.text):
            break
        match = OFFICE.match(line.text)
        is_it = match is not None and len(line.text) <= MAX_OFFICE_CHARACTERS and not PLACE_AND_DAY.search(line.text)
        if match is not None and is_it and LETTERS[letter.language].search(match["value"]):
            found = line.matched(match)
    if found is None:
        return None
    found = replace(found, value=found.value.strip(" .،,"))
    # When the line of the service was not found, that of its commune is a likely answer and a wrong one.
    is_doubtful = WIDE_OFFICE.match(found.value) is not None or any(sign.isdigit() for sign in found.value)
    return replace(found, confidence=min(found.confidence, DOUBTFUL_OFFICE_CONFIDENCE)) if is_doubtful else found


def _named_person(letter: Letter) -> ProposedField | None:
    for line in letter.header:
        match = NAME_LABEL.match(line.text) or FROM.match(line.text)
        if match is not None and PERSON_NAME.match(match["value"].strip(" .،,")):
            field = line.matched(match)
            return replace(field, value=field.value.strip(" .،,"))
    for line, following in pairwise(letter.header):
        is_followed = any(pattern.search(following.text) for pattern in (ADDRESS_LINE, CIN_LABEL, PHONE_LABEL))
        if is_followed and _is_name(line) and LETTERS[letter.language].search(line.text):
            return line.field(line.text.strip(" ."), 0, len(line.text))
    return None


def _is_name(line: Line) -> bool:
    return PERSON_NAME.match(line.text.strip(" .")) is not None and NOT_A_PERSON.search(line.text) is None


def _undersigned(letter: Letter) -> ProposedField | None:
    """Return the person who says "I the undersigned", if the same name stands under the letter."""
    signed = {line.text.strip(" .") for line in letter.lines[-SIGNATURE_LINES:] if _is_name(line)}
    for line in letter.first_page:
        match = UNDERSIGNED.search(line.text)
        if match is not None:
            group = "arabic" if match["arabic"] else "french"
            name = match[group].strip()
            return line.field(name, match.start(group), match.end(group)) if name in signed else None
    return None
