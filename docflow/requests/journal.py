"""How a reader of the journal is told about procedures and requests."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from flask_babel import lazy_gettext
from sqlalchemy import select
from sqlalchemy.orm import Session

from docflow.core.actor import Actor
from docflow.core.capability import JournalName, JournalSubject, JournalValue
from docflow.core.ids import ids_among
from docflow.requests.labels import GROUND_LABELS, ORIGIN_LABELS, OUTCOME_LABELS
from docflow.requests.models import Procedure


def _names(session: Session, _actor: Actor, ids: Sequence[str], locale: str) -> Mapping[str, JournalName]:
    found = session.scalars(select(Procedure).where(Procedure.id.in_(ids_among(ids))))
    return {str(one.id): JournalName(one.title(locale)) for one in found}


SUBJECTS = {"procedure": JournalSubject(lazy_gettext("Procedure"), names=_names)}

VALUES = {
    "number": JournalValue(lazy_gettext("Number"), form="reference"),
    "slug": JournalValue(lazy_gettext("Name in addresses"), form="reference"),
    "procedure": JournalValue(lazy_gettext("Procedure"), subject="procedure"),
    "origin": JournalValue(lazy_gettext("Deposited"), words=ORIGIN_LABELS),
    "outcome": JournalValue(lazy_gettext("Outcome"), words=OUTCOME_LABELS),
    "ground": JournalValue(lazy_gettext("Ground of the law"), words=GROUND_LABELS),
    "count": JournalValue(lazy_gettext("How many")),
}
