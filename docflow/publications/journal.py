"""How a reader of the journal is told about what is published."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from flask_babel import gettext, lazy_gettext
from sqlalchemy import select
from sqlalchemy.orm import Session

from docflow.core.actor import Actor
from docflow.core.capability import JournalName, JournalSubject, JournalValue
from docflow.core.ids import ids_among
from docflow.publications.labels import POST_KIND_LABELS
from docflow.publications.models import OpeningSeason, PublicCategory, PublicPost
from docflow.publications.operations import EDITING


def _posts(session: Session, actor: Actor, ids: Sequence[str], locale: str) -> Mapping[str, JournalName]:
    found = session.scalars(select(PublicPost).where(PublicPost.id.in_(ids_among(ids))))
    page = ("publications.edit", "post_id") if actor.can(EDITING) else ("", "")
    return {str(post.id): JournalName(post.text.title(locale), *page) for post in found}


def _categories(session: Session, _actor: Actor, ids: Sequence[str], locale: str) -> Mapping[str, JournalName]:
    found = session.scalars(select(PublicCategory).where(PublicCategory.id.in_(ids_among(ids))))
    return {str(one.id): JournalName(one.name(locale)) for one in found}


def _seasons(session: Session, _actor: Actor, ids: Sequence[str], locale: str) -> Mapping[str, JournalName]:
    found = session.scalars(select(OpeningSeason).where(OpeningSeason.id.in_(ids_among(ids))))
    usual = str(gettext("Usual hours"))
    names = {str(one.id): JournalName((one.name_ar if locale == "ar" else one.name_fr) or usual) for one in found}
    if "contact" in ids:
        names["contact"] = JournalName(str(gettext("Address and telephone")))
    return names


SUBJECTS = {
    "post": JournalSubject(lazy_gettext("Publication"), names=_posts),
    "subscription": JournalSubject(lazy_gettext("Subscription")),
    "public_category": JournalSubject(lazy_gettext("Theme"), names=_categories),
    "opening_season": JournalSubject(lazy_gettext("Office hours"), names=_seasons),
}

VALUES = {
    "post_version": JournalValue(lazy_gettext("Version")),
    "kind_of_post": JournalValue(
        lazy_gettext("Kind"), words={kind.value: label for kind, label in POST_KIND_LABELS.items()}
    ),
    "from_instant": JournalValue(lazy_gettext("From"), form="instant"),
    "sha256": JournalValue(lazy_gettext("Fingerprint of the file"), form="hash"),
}
