"""What the fields of a template say for one letter."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from docflow.accounts.queries import person_with_id
from docflow.accounts.units import all_units
from docflow.core.actor import Actor
from docflow.core.clock import CASABLANCA
from docflow.district.queries import identity_of
from docflow.documents.models import Document
from docflow.drafting.rules import LANGUAGES, LIMITS, Content, filled
from docflow.registry.models import Entry
from docflow.registry.rules import EntryState


def filled_content(content: Content, values: Mapping[str, Mapping[str, str]]) -> Content:
    """Return a template with the fields of each of its parts filled in its language."""
    return replace(content, **{name: filled(getattr(content, name), values[name[-2:]]) for name in LIMITS})


def field_values(
    session: Session,
    actor: Actor,
    *,
    letter: Document | None,
    unit_id: UUID | None,
    now: datetime,
) -> Mapping[str, Mapping[str, str]]:
    """Return the values of all fields in each language; the caller has checked the right to read the letter."""
    district = identity_of(session).name
    units = {unit.id: unit for unit in all_units(session)}
    unit = None if unit_id is None else units.get(unit_id)
    arrived = None if letter is None else _arrival(session, letter.id)
    values: dict[str, dict[str, str]] = {}
    for language in LANGUAGES:
        is_arabic = language == "ar"
        values[language] = {
            "letter_number": "" if letter is None else letter.register_number,
            "letter_date": _day(arrived),
            "letter_reference": "" if letter is None else letter.reference,
            "letter_document_date": "" if letter is None else _day(letter.document_date),
            "letter_subject": "" if letter is None else letter.subject,
            "letter_sender": "" if letter is None else letter.sender,
            "unit": "" if unit is None else unit.name_ar if is_arabic else unit.name_fr,
            "district": district.said(language),
            "drafter": _drafter(session, actor, is_arabic=is_arabic),
            "today": _day(now),
        }
    return values


EXAMPLE = {
    "ar": {
        "letter_number": "3150/2026", "letter_date": "12/11/2026", "letter_reference": "77/2026",
        "letter_document_date": "10/11/2026", "letter_subject": "إصلاح الإنارة العمومية بزنقة الياسمين",
        "letter_sender": "ودادية سكان حي الأمل", "unit": "مصلحة الإنارة العمومية", "district": "جماعة الياسمين",
        "drafter": "حسن الإدريسي", "today": "25/11/2026",
    },
    "fr": {
        "letter_number": "3150/2026", "letter_date": "12/11/2026", "letter_reference": "77/2026",
        "letter_document_date": "10/11/2026", "letter_subject": "Réparation de l'éclairage public, rue du Jasmin",
        "letter_sender": "Amicale des habitants de Hay El Amal", "unit": "Service de l'éclairage public",
        "district": "Commune d'Al Yasmine", "drafter": "Hassan El Idrissi", "today": "25/11/2026",
    },
}  # fmt: skip
"""A letter that nobody wrote, on which a template is shown to whoever may read no letter."""


def _arrival(session: Session, document_id: UUID) -> datetime | None:
    return session.scalar(
        select(Entry.arrived_at).where(Entry.document_id == document_id, Entry.state == EntryState.REGISTERED)
    )


def _day(value: date | None) -> str:
    if isinstance(value, datetime):
        value = value.astimezone(CASABLANCA)
    return "" if value is None else f"{value:%d/%m/%Y}"


def _drafter(session: Session, actor: Actor, *, is_arabic: bool) -> str:
    if actor.person_id is None:
        return actor.name
    return person_with_id(session, actor.person_id).name("ar" if is_arabic else "fr")
