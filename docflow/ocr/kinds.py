"""What kind of document it is, by the words that say so."""

from __future__ import annotations

import re
from dataclasses import replace

from docflow.documents.rules import DocumentKind
from docflow.ocr.letter import Letter, ProposedField

INTRODUCTION = (
    r"^\W*(?:(?:في شأن|في موضوع|حول|بشأن|بخصوص|تقديم|رفع|توجيه|relati(?:f|ve)s? (?:à|au)|a/s|a\.s\.?|au sujet d[eu'’])"
    r"\s*:?\s*)?"
)
NAMES: dict[DocumentKind, str] = {
    DocumentKind.COMPLAINT: r"شكاية|شكوى|شكايات|تشكي|r[ée]clamations?|plaintes?|dol[ée]ances?",
    DocumentKind.GRIEVANCE: r"تظلم|طعن|recours",
    DocumentKind.REQUEST: r"طلب|التماس|ملتمس|demandes?|sollicitation|requ[êe]te",
    DocumentKind.INVITATION: r"دعوة|invitations?",
    DocumentKind.SUMMONS: r"استدعاء|convocations?",
    DocumentKind.NOTICE: r"إعلان|إخبار|إشعار|بلاغ|avis|notification|communiqu[ée]|annonce",
    DocumentKind.NOTE: r"مذكرة|note",
    DocumentKind.CIRCULAR: r"دورية|منشور|circulaire",
    DocumentKind.MINUTES: r"محضر|proc[èe]s[ -]verba(?:l|ux)|p\.?v\.?|compte[ -]rendu",
    DocumentKind.INVOICE: r"فاتورة|facture",
}
IN_SUBJECT = {
    kind: re.compile(rf"{INTRODUCTION}(?P<value>(?:ال|ب|بال)?(?:{names}))(?!\w)", re.IGNORECASE)
    for kind, names in NAMES.items()
}
TITLED = (
    DocumentKind.INVITATION,
    DocumentKind.SUMMONS,
    DocumentKind.NOTICE,
    DocumentKind.NOTE,
    DocumentKind.CIRCULAR,
    DocumentKind.MINUTES,
    DocumentKind.INVOICE,
    DocumentKind.COMPLAINT,
    DocumentKind.REQUEST,
)
TITLE_WORDS = 6
"""A title is short: a line of running text that begins with the same word is none."""
IN_TITLE = {
    kind: re.compile(rf"^\W*(?P<value>{NAMES[kind]})(?!\w)(?!\s*(?:n[°º]\s*)?:\s*$)", re.IGNORECASE) for kind in TITLED
}
IN_OPENING = {
    DocumentKind.COMPLAINT: re.compile(
        r"(?P<value>هذه الشكاية|بهذه الشكاية|بشكايتي|بشكاية|porte plainte|(?:présente|ma) (?:réclamation|plainte))",
        re.IGNORECASE,
    ),
    DocumentKind.REQUEST: re.compile(
        r"(?P<value>بطلبي هذا|بهذا الطلب|بطلب الحصول|ألتمس من سيادتكم|أطلب من سيادتكم"
        r"|la présente demande|honneur de solliciter)",
        re.IGNORECASE,
    ),
}
OPENING_LINES = 6
LETTER_CONFIDENCE = 90.0
"""Of an office's letter whose subject names no other kind."""


def kind_of(
    letter: Letter, *, subject: ProposedField | None, reference: ProposedField | None, is_from_person: bool
) -> ProposedField | None:
    """Return the kind as a code of ``DocumentKind``, with the words that say it."""
    if subject is None:
        return _titled(letter)
    named = [kind for kind, pattern in IN_SUBJECT.items() if pattern.match(subject.value)]
    if named:
        return replace(subject, value=named[0].value) if len(named) == 1 else None
    if is_from_person:
        return _opening(letter)
    if reference is not None:
        return replace(subject, value=DocumentKind.LETTER.value, confidence=min(subject.confidence, LETTER_CONFIDENCE))
    return None


def _titled(letter: Letter) -> ProposedField | None:
    for line in letter.header:
        for kind, pattern in IN_TITLE.items():
            match = pattern.match(line.text)
            if match is not None and len(line.words) <= TITLE_WORDS:
                return replace(line.matched(match), value=kind.value)
    return None


def _opening(letter: Letter) -> ProposedField | None:
    """Return the kind that the first sentences of a person's letter name; two kinds are no answer."""
    start = (letter.subject_index or 0) + 1
    found: dict[DocumentKind, ProposedField] = {}
    for line in letter.first_page[start : start + OPENING_LINES]:
        for kind, pattern in IN_OPENING.items():
            match = pattern.search(line.text)
            if match is not None:
                found.setdefault(kind, replace(line.matched(match), value=kind.value))
    return next(iter(found.values())) if len(found) == 1 else None
