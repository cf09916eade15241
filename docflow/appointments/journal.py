"""How a reader of the journal is told about offices and appointments: by name and number, never a person's."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from flask_babel import lazy_gettext
from sqlalchemy import select
from sqlalchemy.orm import Session

from docflow.appointments.models import Appointment, Office
from docflow.core.actor import Actor
from docflow.core.capability import JournalName, JournalSubject, JournalValue
from docflow.core.ids import ids_among


def _offices(session: Session, _actor: Actor, ids: Sequence[str], locale: str) -> Mapping[str, JournalName]:
    offices = session.scalars(select(Office).where(Office.id.in_(ids_among(ids))))
    return {str(office.id): JournalName(office.name(locale)) for office in offices}


def _appointments(session: Session, _actor: Actor, ids: Sequence[str], _locale: str) -> Mapping[str, JournalName]:
    rows = session.execute(select(Appointment.id, Appointment.number).where(Appointment.id.in_(ids_among(ids))))
    return {str(identifier): JournalName(number) for identifier, number in rows}


SUBJECTS = {
    "office": JournalSubject(lazy_gettext("Office"), names=_offices),
    "appointment": JournalSubject(lazy_gettext("Appointment"), names=_appointments),
}

VALUES = {
    "code": JournalValue(lazy_gettext("Code"), form="reference"),
    "number": JournalValue(lazy_gettext("Number"), form="reference"),
    "desk": JournalValue(lazy_gettext("Desk")),
    "count": JournalValue(lazy_gettext("How many")),
}
