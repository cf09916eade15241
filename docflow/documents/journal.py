"""How a reader of the journal is told about documents: only about those whose metadata they may see."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from flask_babel import lazy_gettext
from sqlalchemy import ColumnElement, Select, select
from sqlalchemy.orm import Session

from docflow.core.actor import Actor
from docflow.core.capability import JournalName, JournalSubject, JournalValue
from docflow.core.db import identifier_in
from docflow.core.ids import ids_among
from docflow.documents.labels import LANGUAGE_LABELS
from docflow.documents.models import Document
from docflow.documents.queries import is_opened_by

FIELD_LABELS = {
    "subject": lazy_gettext("Subject"),
    "sender": lazy_gettext("Sender"),
    "addressee": lazy_gettext("Addressee"),
    "reference": lazy_gettext("Reference"),
    "document_date": lazy_gettext("Document date"),
    "date": lazy_gettext("Document date"),
    "kind": lazy_gettext("Kind"),
    "unit_id": lazy_gettext("Unit"),
    "unit": lazy_gettext("Unit"),
    "confidentiality": lazy_gettext("Confidentiality"),
    "cin": lazy_gettext("CIN"),
    "phone": lazy_gettext("Phone"),
}


def _is_shown(session: Session, actor: Actor, identifier: ColumnElement[str]) -> ColumnElement[bool]:
    return is_opened_by(actor, identifier_in(session, identifier), content=False)


def _names(session: Session, actor: Actor, ids: Sequence[str], _locale: str) -> Mapping[str, JournalName]:
    found: Select[Any, Any, Any] = select(Document.id, Document.subject, Document.file_name).where(
        Document.id.in_(ids_among(ids)), is_opened_by(actor, Document.id, content=False)
    )
    return {
        str(document_id): JournalName(subject or file_name, "documents.show", "document_id")
        for document_id, subject, file_name in session.execute(found)
    }


SUBJECTS = {"document": JournalSubject(lazy_gettext("Document"), is_shown=_is_shown, names=_names)}

VALUES = {
    "sha256": JournalValue(lazy_gettext("Fingerprint of the file"), form="hash"),
    "size_bytes": JournalValue(lazy_gettext("Size"), form="size"),
    "register": JournalValue(lazy_gettext("Register"), subject="register"),
    "pages": JournalValue(lazy_gettext("Pages")),
    "by": JournalValue(lazy_gettext("Languages"), words=LANGUAGE_LABELS),
    "reason": JournalValue(lazy_gettext("Reason"), form="reference"),
    "page_number": JournalValue(lazy_gettext("Page")),
    "fields": JournalValue(lazy_gettext("Details"), words=FIELD_LABELS),
}
