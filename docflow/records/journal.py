"""How a reader of the journal is told about case files: only about those that they may know of."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from flask_babel import lazy_gettext
from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from docflow.core.actor import Actor
from docflow.core.capability import JournalName, JournalSubject, JournalValue
from docflow.core.db import identifier_in
from docflow.core.ids import ids_among
from docflow.records.models import CaseFile
from docflow.records.queries import is_file_shown


def _is_shown(session: Session, actor: Actor, identifier: ColumnElement[str]) -> ColumnElement[bool]:
    return is_file_shown(actor, identifier_in(session, identifier))


def _names(session: Session, actor: Actor, ids: Sequence[str], _locale: str) -> Mapping[str, JournalName]:
    found = session.scalars(select(CaseFile).where(CaseFile.id.in_(ids_among(ids)), is_file_shown(actor)))
    return {str(one.id): JournalName(one.label, "records.case_file", "case_file_id") for one in found}


SUBJECTS = {"case_file": JournalSubject(lazy_gettext("Case file"), is_shown=_is_shown, names=_names)}

VALUES = {
    "file": JournalValue(lazy_gettext("Number of the case file"), form="reference"),
    "case_file": JournalValue(lazy_gettext("Case file"), subject="case_file"),
    "sha256": JournalValue(lazy_gettext("Fingerprint of the file"), form="hash"),
    "pages": JournalValue(lazy_gettext("Pages")),
    "letters": JournalValue(lazy_gettext("Letters")),
    "count": JournalValue(lazy_gettext("Prints")),
    "reason": JournalValue(lazy_gettext("Reason"), form="reference"),
}
