"""Documents that are probably a second scan of one letter, of those that somebody may know of."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from sqlalchemy import Select, bindparam, func, select
from sqlalchemy.orm import Session

from docflow.core.actor import Actor
from docflow.core.statements import built_once
from docflow.documents.models import Document
from docflow.documents.queries import documents_shown, page_texts, visible_to
from docflow.search.likeness import LEAST_BANDS, Likeness, likeness
from docflow.search.models import TextBand

MOST_COMPARED: Final = 8
MOST_TOLD: Final = 3
FIRST_PAGES: Final = 5
"""Compared of each: they tell which letter it is."""


@dataclass(frozen=True, slots=True)
class NearDuplicate:
    """A document that is probably the same letter; ``is_readable``: its pages may be compared by whoever is told."""

    document: Document
    likeness: Likeness
    is_readable: bool


def near_duplicates(session: Session, actor: Actor, document: Document) -> Sequence[NearDuplicate]:
    """Return documents that are probably the same letter as one whose content the caller may read, the likest first.

    The same bytes deposited again are no matter of likeness (``documents.queries.earlier_duplicates``).
    """
    asked = {"document_id": document.id, "original_sha256": document.original_sha256}
    ids = session.scalars(_near(actor), asked).all()
    if not ids:
        return ()
    shown = documents_shown(session, actor, ids)
    texts = page_texts(session, [document.id, *ids], first_pages=FIRST_PAGES)
    compared = [
        NearDuplicate(shown[one][0], likeness(texts[document.id], texts[one]), shown[one][1])
        for one in ids
        if one in shown
    ]
    same = [one for one in compared if one.likeness.is_same_letter]
    return sorted(same, key=lambda one: -one.likeness.share)[:MOST_TOLD]


@built_once
def _near(actor: Actor) -> Select[UUID]:
    document_id = bindparam("document_id", type_=TextBand.document_id.type)
    own = select(TextBand.band).where(TextBand.document_id == document_id)
    near = (
        select(TextBand.document_id, func.count().label("shared"))
        .where(TextBand.band.in_(own), TextBand.document_id != document_id)
        .group_by(TextBand.document_id)
        .having(func.count() >= LEAST_BANDS)
        .subquery()
    )
    return (
        select(Document.id)
        .join(near, near.c.document_id == Document.id)
        .where(Document.original_sha256 != bindparam("original_sha256"), ~Document.is_set_aside, visible_to(actor))
        .order_by(near.c.shared.desc(), Document.id.desc())
        .limit(MOST_COMPARED)
    )


def compared_texts(session: Session, first_id: UUID, second_id: UUID) -> Likeness:
    """Compare the pages of two documents; the caller has checked the right to read both."""
    texts = page_texts(session, [first_id, second_id], first_pages=FIRST_PAGES)
    return likeness(texts[first_id], texts[second_id])
