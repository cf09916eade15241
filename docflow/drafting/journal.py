"""How a reader of the journal is told about drafts and letter templates."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from flask_babel import gettext, lazy_gettext
from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from docflow.core.actor import Actor
from docflow.core.capability import JournalName, JournalSubject, JournalValue
from docflow.core.db import identifier_in
from docflow.core.ids import ids_among
from docflow.drafting.labels import CHANNEL_LABELS
from docflow.drafting.models import Draft, LetterTemplate
from docflow.drafting.queries import is_draft_shown, is_draft_told
from docflow.drafting.rules import Content


def _is_shown(session: Session, actor: Actor, identifier: ColumnElement[str]) -> ColumnElement[bool]:
    return is_draft_told(actor, identifier_in(session, identifier))


def _names(session: Session, actor: Actor, ids: Sequence[str], _locale: str) -> Mapping[str, JournalName]:
    drafts = session.scalars(select(Draft).where(Draft.id.in_(ids_among(ids)), is_draft_shown(actor)))
    return {
        str(draft.id): JournalName(
            Content.from_row(draft.content).subject or str(gettext("Draft")), "drafting.edit", "draft_id"
        )
        for draft in drafts
    }


def _templates(session: Session, _actor: Actor, ids: Sequence[str], locale: str) -> Mapping[str, JournalName]:
    found = session.scalars(select(LetterTemplate).where(LetterTemplate.id.in_(ids_among(ids))))
    return {str(template.id): JournalName(template.name(locale)) for template in found}


SUBJECTS = {
    "draft": JournalSubject(lazy_gettext("Draft"), is_shown=_is_shown, names=_names),
    "letter_template": JournalSubject(lazy_gettext("Letter template"), names=_templates),
}

VALUES = {
    "sha256": JournalValue(lazy_gettext("Fingerprint of the file"), form="hash"),
    "answers": JournalValue(lazy_gettext("In answer to"), subject="document"),
    "draft_version": JournalValue(lazy_gettext("Version")),
    "number": JournalValue(lazy_gettext("Register number"), form="reference"),
    "slip": JournalValue(lazy_gettext("Slip of the post"), form="reference"),
    "channel": JournalValue(lazy_gettext("How it went out"), words=CHANNEL_LABELS),
}
