"""How a reader of the journal is told about registers and their entries."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from flask_babel import lazy_gettext
from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from docflow.core.actor import Actor
from docflow.core.capability import JournalName, JournalSubject, JournalValue
from docflow.core.db import identifier_in
from docflow.core.ids import ids_among
from docflow.registry.labels import LINK_LABELS, PAPER_LABELS, SET_ASIDE_LABELS
from docflow.registry.models import Entry, Register, Transmittal
from docflow.registry.queries import is_shown
from docflow.registry.transmittals import is_slip_shown


def _is_shown(session: Session, actor: Actor, identifier: ColumnElement[str]) -> ColumnElement[bool]:
    return select(Entry.id).where(Entry.id == identifier_in(session, identifier), is_shown(actor)).exists()


def _entries(session: Session, actor: Actor, ids: Sequence[str], _locale: str) -> Mapping[str, JournalName]:
    entries = session.scalars(select(Entry).where(Entry.id.in_(ids_among(ids)), is_shown(actor)))
    return {str(entry.id): JournalName(entry.label) for entry in entries}


def _registers(session: Session, _actor: Actor, ids: Sequence[str], locale: str) -> Mapping[str, JournalName]:
    registers = session.scalars(select(Register).where(Register.code.in_(ids)))
    return {
        register.code: JournalName(register.name(locale), "registry.register_page", "code") for register in registers
    }


def _is_slip_shown(session: Session, actor: Actor, identifier: ColumnElement[str]) -> ColumnElement[bool]:
    return (
        select(Transmittal.id)
        .where(Transmittal.id == identifier_in(session, identifier), is_slip_shown(actor))
        .exists()
    )


def _transmittals(session: Session, actor: Actor, ids: Sequence[str], _locale: str) -> Mapping[str, JournalName]:
    slips = session.scalars(select(Transmittal).where(Transmittal.id.in_(ids_among(ids)), is_slip_shown(actor)))
    return {str(slip.id): JournalName(slip.label) for slip in slips}


SUBJECTS = {
    "entry": JournalSubject(lazy_gettext("Register number"), is_shown=_is_shown, names=_entries),
    "transmittal": JournalSubject(lazy_gettext("Transmittal slip"), is_shown=_is_slip_shown, names=_transmittals),
    "register": JournalSubject(lazy_gettext("Register"), names=_registers),
}

VALUES = {
    "number": JournalValue(lazy_gettext("Register number"), form="reference"),
    "entry": JournalValue(lazy_gettext("Register number"), form="silent"),
    "earlier": JournalValue(lazy_gettext("Earlier letter"), subject="entry"),
    "kind": JournalValue(lazy_gettext("Kind"), words=LINK_LABELS),
    "place": JournalValue(lazy_gettext("Place of the paper"), words=PAPER_LABELS),
    "first": JournalValue(lazy_gettext("From number"), form="reference"),
    "last": JournalValue(lazy_gettext("To number"), form="reference"),
    "year": JournalValue(lazy_gettext("Year"), form="reference"),
    "count": JournalValue(lazy_gettext("Lines")),
    "sha256": JournalValue(lazy_gettext("Fingerprint of the file"), form="hash"),
    "format": JournalValue(lazy_gettext("Format"), form="reference"),
    "slip": JournalValue(lazy_gettext("Transmittal slip"), form="reference"),
    "cause": JournalValue(lazy_gettext("Reason"), words=SET_ASIDE_LABELS),
    "duplicate_of": JournalValue(lazy_gettext("Duplicate of"), subject="document"),
    "missing": JournalValue(lazy_gettext("Missing")),
    "reason": JournalValue(lazy_gettext("Reason"), form="reference"),
}
