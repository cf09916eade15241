"""How a reader of the journal is told about batches and stacks."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from flask_babel import lazy_gettext
from sqlalchemy import select
from sqlalchemy.orm import Session

from docflow.core.actor import Actor
from docflow.core.capability import JournalName, JournalSubject, JournalValue
from docflow.core.ids import ids_among
from docflow.ingest.models import Batch


def _names(session: Session, _actor: Actor, ids: Sequence[str], _locale: str) -> Mapping[str, JournalName]:
    batches = session.scalars(select(Batch).where(Batch.id.in_(ids_among(ids))))
    return {str(batch.id): JournalName(batch.label) for batch in batches}


SUBJECTS = {"batch": JournalSubject(lazy_gettext("Batch"), names=_names)}

VALUES = {
    "number": JournalValue(lazy_gettext("Number")),
    "stack": JournalValue(lazy_gettext("Stack"), subject="document"),
    "documents": JournalValue(lazy_gettext("Documents"), subject="document"),
    "left_out": JournalValue(lazy_gettext("Pages left out")),
}
