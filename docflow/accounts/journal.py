"""How a reader of the journal is told about people and units."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from flask_babel import lazy_gettext
from sqlalchemy import select
from sqlalchemy.orm import Session

from docflow.accounts.labels import DIGEST_LABELS, DOOR_LABELS, POWER_LABELS, ROLE_LABELS
from docflow.accounts.models import OrgUnit, Person
from docflow.accounts.queries import all_people
from docflow.core.actor import Actor
from docflow.core.capability import JournalName, JournalSubject, JournalValue
from docflow.core.ids import ids_among


def _people(session: Session, _actor: Actor, ids: Sequence[str], locale: str) -> Mapping[str, JournalName]:
    people = session.scalars(select(Person).where(Person.id.in_(ids_among(ids))))
    return {str(person.id): JournalName(_name(person, locale)) for person in people}


def _everybody(session: Session, locale: str) -> Sequence[tuple[str, str]]:
    return [(str(person.id), _name(person, locale)) for person in all_people(session)]


def _name(person: Person, locale: str) -> str:
    return f"{person.name(locale)} ({person.username})"


def _units(session: Session, _actor: Actor, ids: Sequence[str], locale: str) -> Mapping[str, JournalName]:
    units = session.scalars(select(OrgUnit).where(OrgUnit.id.in_(ids_among(ids))))
    return {str(unit.id): JournalName(unit.name_ar if locale == "ar" else unit.name_fr) for unit in units}


SUBJECTS = {
    "person": JournalSubject(lazy_gettext("Account"), names=_people, choices=_everybody),
    "unit": JournalSubject(lazy_gettext("Unit"), names=_units),
    "sign_in": JournalSubject(lazy_gettext("Rules of signing in")),
}

VALUES = {
    "code": JournalValue(lazy_gettext("Code"), form="reference"),
    "username": JournalValue(lazy_gettext("User name"), form="reference"),
    "address": JournalValue(lazy_gettext("Mail address"), form="reference"),
    "door": JournalValue(lazy_gettext("Signed in with"), words=DOOR_LABELS),
    "group": JournalValue(lazy_gettext("Group"), form="reference"),
    "digest": JournalValue(lazy_gettext("Digest by mail"), words=DIGEST_LABELS),
    "role": JournalValue(lazy_gettext("Role"), words=ROLE_LABELS),
    "power": JournalValue(lazy_gettext("Power"), words=POWER_LABELS),
    "holder": JournalValue(lazy_gettext("Who stands in"), subject="person"),
    "until": JournalValue(lazy_gettext("Until"), form="instant"),
    "sessions": JournalValue(lazy_gettext("Sessions")),
    "key": JournalValue(lazy_gettext("Security key")),
    "left": JournalValue(lazy_gettext("Recovery codes left")),
    "unit_id": JournalValue(lazy_gettext("Unit"), subject="unit"),
}
