"""How a reader of the journal is told about circuits and decisions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from flask_babel import lazy_gettext
from sqlalchemy import select
from sqlalchemy.orm import Session

from docflow.approvals.labels import CHOICE_LABELS, POWER_LABELS, RUN_LABELS
from docflow.approvals.models import CircuitRow
from docflow.core.actor import Actor
from docflow.core.capability import JournalName, JournalSubject, JournalValue
from docflow.core.ids import ids_among


def _names(session: Session, _actor: Actor, ids: Sequence[str], locale: str) -> Mapping[str, JournalName]:
    found = session.scalars(select(CircuitRow).where(CircuitRow.id.in_(ids_among(ids))))
    return {str(row.id): JournalName(row.name(locale)) for row in found}


SUBJECTS = {"circuit": JournalSubject(lazy_gettext("Circuit"), names=_names)}

VALUES = {
    "circuit": JournalValue(lazy_gettext("Circuit"), form="reference"),
    "circuit_number": JournalValue(lazy_gettext("Version of the circuit")),
    "is_active": JournalValue(lazy_gettext("Takes new acts")),
    "run": JournalValue(lazy_gettext("Run"), form="silent"),
    "round": JournalValue(lazy_gettext("Round")),
    "step": JournalValue(lazy_gettext("Step")),
    "choice": JournalValue(lazy_gettext("Decision"), words=CHOICE_LABELS),
    "power": JournalValue(lazy_gettext("By which power"), words=POWER_LABELS),
    "for_person": JournalValue(lazy_gettext("In whose stead"), subject="person"),
    "state": JournalValue(lazy_gettext("State"), words=RUN_LABELS),
    "people": JournalValue(lazy_gettext("People"), subject="person"),
    "number": JournalValue(lazy_gettext("Register number"), form="reference"),
    "reason": JournalValue(lazy_gettext("Reason"), form="reference"),
    "certificate": JournalValue(lazy_gettext("Fingerprint of the certificate"), form="hash"),
}
