"""How a reader of the journal is told about complaints."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from flask_babel import lazy_gettext
from sqlalchemy import select
from sqlalchemy.orm import Session

from docflow.complaints.labels import JOIN_LABELS, KIND_LABELS, ORIGIN_LABELS, OUTCOME_LABELS
from docflow.complaints.models import ComplaintCategory
from docflow.core.actor import Actor
from docflow.core.capability import JournalName, JournalSubject, JournalValue
from docflow.core.ids import ids_among


def _categories(session: Session, _actor: Actor, ids: Sequence[str], locale: str) -> Mapping[str, JournalName]:
    found = session.scalars(select(ComplaintCategory).where(ComplaintCategory.id.in_(ids_among(ids))))
    return {str(one.id): JournalName(one.name(locale)) for one in found}


YES_NO = {"true": lazy_gettext("Yes"), "false": lazy_gettext("No")}

SUBJECTS = {
    "complaint_setup": JournalSubject(lazy_gettext("Taking of complaints")),
    "complaint_category": JournalSubject(lazy_gettext("Category of complaints"), names=_categories),
}

VALUES = {
    "number": JournalValue(lazy_gettext("Register number"), form="reference"),
    "kind": JournalValue(lazy_gettext("Kind"), words={kind.value: label for kind, label in KIND_LABELS.items()}),
    "origin": JournalValue(
        lazy_gettext("How it came"), words={origin.value: label for origin, label in ORIGIN_LABELS.items()}
    ),
    "outcome": JournalValue(lazy_gettext("Outcome"), words={one.value: label for one, label in OUTCOME_LABELS.items()}),
    "main": JournalValue(lazy_gettext("Joined to"), subject="document"),
    "join_kind": JournalValue(lazy_gettext("Why"), words={one.value: label for one, label in JOIN_LABELS.items()}),
    "is_solved": JournalValue(lazy_gettext("Solved"), words=YES_NO),
    "rating": JournalValue(lazy_gettext("Rating"), form="reference"),
    "count": JournalValue(lazy_gettext("How often")),
    "year": JournalValue(lazy_gettext("Year"), form="reference"),
    "format": JournalValue(lazy_gettext("Format"), form="reference"),
    "name": JournalValue(lazy_gettext("Name")),
    "is_open": JournalValue(lazy_gettext("Open to citizens"), words=YES_NO),
    "allows_anonymous": JournalValue(lazy_gettext("A name may be left out"), words=YES_NO),
}
