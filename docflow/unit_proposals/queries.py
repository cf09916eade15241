"""Which documents teach, what they teach whom, and what follows for a document without a unit."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, case, or_, select
from sqlalchemy.orm import Session

from docflow.accounts.visibility import Confidentiality
from docflow.core.actor import Actor
from docflow.documents.models import Document
from docflow.documents.queries import is_opened_by, page_texts, visible_to
from docflow.documents.rules import DocumentState
from docflow.unit_proposals.models import UnitLesson
from docflow.unit_proposals.rules import Lesson, UnitProposal, propose_unit
from docflow.unit_proposals.stems import telling_stems, words_of_stems

MAX_LESSONS = 2000
"""The newest decisions count: a district changes, and all of them are compared whenever a page is shown."""
TAUGHT_PAGES = 3
"""What a letter is about is said on its first pages."""


@dataclass(frozen=True, slots=True)
class DueLesson:
    """A document to learn from: its content version, its subject, and the text of its first pages."""

    document_id: UUID
    content_version: int
    subject: str
    text: str


@dataclass(frozen=True, slots=True)
class ReasonWord:
    """A word of the document that speaks for a unit, and the page (from 1) where it stands first."""

    text: str
    page_number: int


@dataclass(frozen=True, slots=True)
class ExplainedProposal:
    """A probable unit with the words of the document that speak for it."""

    proposal: UnitProposal
    words: tuple[ReasonWord, ...]


def teaching_ids() -> Select[UUID]:
    """Return the documents that teach: the newest whose unit a person set, and that are shown without restriction.

    A document that only some people may know of teaches nobody, so that no proposal tells of it.
    """
    return (
        select(Document.id)
        .where(*_teaching())
        .order_by(Document.deposited_at.desc(), Document.id.desc())
        .limit(MAX_LESSONS)
    )


def lessons_due(session: Session, *, limit: int) -> Sequence[DueLesson]:
    """Return documents that teach and whose lesson is missing or of an earlier version."""
    statement = (
        select(Document)
        .outerjoin(UnitLesson, UnitLesson.document_id == Document.id)
        .where(
            Document.id.in_(teaching_ids()),
            or_(UnitLesson.document_id.is_(None), UnitLesson.content_version != Document.content_version),
        )
        .order_by(Document.id)
        .limit(limit)
    )
    documents = session.scalars(statement).all()
    texts = page_texts(session, [document.id for document in documents], first_pages=TAUGHT_PAGES)
    return [
        DueLesson(document.id, document.content_version, document.subject, "\n".join(texts[document.id]))
        for document in documents
    ]


def lessons_for(session: Session, actor: Actor) -> Sequence[Lesson]:
    """Return the lessons of the documents that the actor may see, each with no more than they may read of it."""
    text_stems = case((is_opened_by(actor, Document.id, content=True), UnitLesson.text_stems), else_="")
    statement = (
        select(Document.unit_id, UnitLesson.subject_stems, text_stems)
        .join(UnitLesson, UnitLesson.document_id == Document.id)
        .where(*_teaching(), visible_to(actor))
        .order_by(Document.deposited_at.desc(), Document.id.desc())
        .limit(MAX_LESSONS)
    )
    return [
        Lesson(unit_id, frozenset(subject.split()) | frozenset(text.split()))
        for unit_id, subject, text in session.execute(statement)
        if unit_id is not None
    ]


def unit_proposal_for(session: Session, actor: Actor, document: Document) -> ExplainedProposal | None:
    """Return the probable unit of a document that has none, for an actor who may see its content; or none."""
    pages = page_texts(session, [document.id], first_pages=TAUGHT_PAGES)[document.id]
    subject_stems = telling_stems(document.subject)
    stems = subject_stems | telling_stems("\n".join(pages))
    proposal = propose_unit(stems, lessons_for(session, actor), subject_stems=subject_stems) if stems else None
    if proposal is None:
        return None
    words: dict[str, ReasonWord] = {}
    for number, text in enumerate(pages, start=1):
        for stem, word in words_of_stems(text, proposal.stems).items():
            words.setdefault(stem, ReasonWord(word, number))
    return ExplainedProposal(proposal, tuple(words[stem] for stem in proposal.stems if stem in words))


def _teaching() -> tuple[ColumnElement[bool], ...]:
    return (
        and_(Document.unit_id.is_not(None), Document.state == DocumentState.READY, ~Document.is_set_aside),
        Document.confidentiality == Confidentiality.NORMAL.value,
    )
