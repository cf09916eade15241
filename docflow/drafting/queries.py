"""Reads of drafts and templates; a draft is shown to its unit, and only to whoever may read what it answers."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, bindparam, false, func, or_, select, true
from sqlalchemy.orm import InstrumentedAttribute, Session, aliased

from docflow.accounts.visibility import AUDIT_TOKEN, OPERATOR_TOKEN
from docflow.approvals.models import ApprovalRun
from docflow.approvals.rules import RunState
from docflow.core.actor import Actor
from docflow.core.errors import NotFound
from docflow.core.remembering import asked_once
from docflow.core.statements import built_once
from docflow.documents.models import Document
from docflow.documents.queries import is_opened_by
from docflow.drafting.models import Draft, DraftComment, DraftVersion, LetterTemplate, Sending

LISTED = 300


@dataclass(frozen=True, slots=True)
class ListedDraft:
    """A draft of a list, with the act that it became and the letter that it answers."""

    draft: Draft
    document: Document | None
    answered: Document | None


def is_draft_shown(actor: Actor) -> ColumnElement[bool]:
    """Return the condition that an actor may read a draft.

    Its author, its unit and the heads above may, as far as they read the letter that it answers; people of its circuit
    read the act.
    """
    is_answer_read = or_(Draft.answers_id.is_(None), is_opened_by(actor, Draft.answers_id, content=True))
    is_near = or_(
        Draft.author_id == actor.person_id if actor.person_id is not None else false(),
        Draft.unit_id.in_(units_of(actor, "unit:", "over:")),
        true() if OPERATOR_TOKEN in actor.tokens else false(),
    )
    return or_(and_(is_near, is_answer_read), is_opened_by(actor, Draft.document_id, content=True))


def is_draft_told(
    actor: Actor, draft_id: ColumnElement[Any] | InstrumentedAttribute[Any] | UUID
) -> ColumnElement[bool]:
    """Return the condition that a reader of the journal may know of a draft."""
    is_audited = (
        or_(Draft.answers_id.is_(None), is_opened_by(actor, Draft.answers_id, content=False))
        if AUDIT_TOKEN in actor.tokens
        else false()
    )
    return select(Draft.id).where(Draft.id == draft_id, or_(is_draft_shown(actor), is_audited)).exists()


def units_of(actor: Actor, *prefixes: str) -> frozenset[UUID]:
    """Return the units of which an actor holds tokens of some kinds."""
    return frozenset(
        UUID(token.partition(":")[2]) for token in actor.tokens for prefix in prefixes if token.startswith(prefix)
    )


def may_write(actor: Actor, draft: Draft) -> bool:
    """Return whether an actor who reads a draft may also write it: its author, and whoever works in its unit."""
    is_author = draft.author_id is not None and draft.author_id == actor.person_id
    return actor.can("drafting.write") and (is_author or draft.unit_id in units_of(actor, "unit:"))


@asked_once
def draft_for(session: Session, actor: Actor, draft_id: UUID) -> Draft:
    """Return a draft that an actor may read.

    Raises:
        NotFound: ``draft_unknown``, whether it is missing or hidden.
    """
    draft = session.scalar(select(Draft).where(Draft.id == draft_id, is_draft_shown(actor)))
    if draft is None:
        raise NotFound("draft_unknown")
    return draft


def drafts_of(session: Session, actor: Actor, *, own: bool, limit: int = LISTED) -> Sequence[ListedDraft]:
    """Return the drafts that an actor began, or all that they may read, the last kept first."""
    answered = aliased(Document)
    statement = (
        select(Draft, Document, answered)
        .outerjoin(Document, Document.id == Draft.document_id)
        .outerjoin(answered, and_(answered.id == Draft.answers_id, is_opened_by(actor, answered.id, content=False)))
        .where(Draft.dropped_at.is_(None), is_draft_shown(actor))
        .order_by(Draft.kept_at.desc(), Draft.id)
        .limit(limit)
    )
    if own:
        statement = statement.where(Draft.author_id == actor.person_id)
    return [ListedDraft(*row) for row in session.execute(statement)]


@built_once
def counting_unsent(actor: Actor, most: int) -> Select[int]:
    """Return the statement that counts the drafts that an actor began and that became no act yet."""
    unsent = select(Draft.id).where(
        Draft.author_id == actor.person_id,
        Draft.document_id.is_(None),
        Draft.dropped_at.is_(None),
        is_draft_shown(actor),
    )
    return select(func.count()).select_from(unsent.limit(most).subquery())


def run_states(session: Session, ids: Collection[UUID | None]) -> Mapping[UUID, str]:
    """Return where the newest run of each of some acts stands; the caller has checked the right to know of them."""
    acts = [one for one in ids if one is not None]
    if not acts:
        return {}
    rows = session.execute(
        select(ApprovalRun.document_id, ApprovalRun.state)
        .where(ApprovalRun.document_id.in_(acts), ApprovalRun.is_act)
        .order_by(ApprovalRun.started_at, ApprovalRun.id)
    )
    return {document_id: RunState(state).value for document_id, state in rows}


def drafts_answering(session: Session, actor: Actor, document_id: UUID) -> Sequence[Draft]:
    """Return the drafts that answer a letter, or that became a document, as far as an actor may read them."""
    return session.scalars(_answering(actor), {"about": document_id}).all()


@built_once
def _answering(actor: Actor) -> Select[Draft]:
    about = bindparam("about", type_=Draft.id.type)
    is_about = or_(Draft.answers_id == about, Draft.document_id == about)
    return select(Draft).where(is_about, Draft.dropped_at.is_(None), is_draft_shown(actor)).order_by(Draft.begun_at)


def versions_of(session: Session, draft_id: UUID) -> Sequence[DraftVersion]:
    """Return the versions of a draft, the oldest first; the caller has checked the right to read it."""
    return session.scalars(
        select(DraftVersion).where(DraftVersion.draft_id == draft_id).order_by(DraftVersion.number)
    ).all()


def version_of(session: Session, draft_id: UUID, number: int) -> DraftVersion:
    """Return one version of a draft.

    Raises:
        NotFound: ``draft_version_unknown``.
    """
    version = session.get(DraftVersion, (draft_id, number))
    if version is None:
        raise NotFound("draft_version_unknown")
    return version


def comments_on(session: Session, draft_id: UUID) -> Sequence[DraftComment]:
    """Return what was said about a draft, the oldest first."""
    return session.scalars(
        select(DraftComment).where(DraftComment.draft_id == draft_id).order_by(DraftComment.said_at, DraftComment.id)
    ).all()


def comment_counts(session: Session, ids: Sequence[UUID]) -> Mapping[UUID, int]:
    """Return how many comments some drafts have."""
    rows = session.execute(
        select(DraftComment.draft_id, func.count())
        .where(DraftComment.draft_id.in_(ids))
        .group_by(DraftComment.draft_id)
    )
    return {row[0]: row[1] for row in rows}


def sendings_of(session: Session, draft_id: UUID) -> Sequence[Sending]:
    """Return how an act went out, the first way first."""
    return session.scalars(
        select(Sending).where(Sending.draft_id == draft_id).order_by(Sending.sent_at, Sending.id)
    ).all()


def sending_of(session: Session, draft_id: UUID, sending_id: UUID) -> Sending:
    """Return one way in which an act went out.

    Raises:
        NotFound: ``sending_unknown``.
    """
    found = session.get(Sending, sending_id)
    if found is None or found.draft_id != draft_id:
        raise NotFound("sending_unknown")
    return found


def templates(session: Session, *, active_only: bool) -> Sequence[LetterTemplate]:
    """Return the letter templates, by their French name."""
    statement = select(LetterTemplate).order_by(LetterTemplate.name_fr, LetterTemplate.id)
    return session.scalars(statement.where(LetterTemplate.is_active) if active_only else statement).all()


def template_with_id(session: Session, template_id: UUID) -> LetterTemplate:
    """Return a letter template.

    Raises:
        NotFound: ``template_unknown``.
    """
    template = session.get(LetterTemplate, template_id)
    if template is None:
        raise NotFound("template_unknown")
    return template


def answer_sent_at(session: Session, document_id: UUID, *, after: datetime) -> datetime | None:
    """Return when an act that answers a letter first went out after an instant, or none; whoever asks.

    What departed was approved on its circuit.
    """
    return session.scalar(
        select(func.min(Sending.sent_at))
        .join(Draft, Draft.id == Sending.draft_id)
        .where(Draft.answers_id == document_id, Sending.sent_at > after)
    )


def letters_answered(session: Session, *, since: datetime) -> Sequence[UUID]:
    """Return the letters that acts sent from an instant on answer; whoever asks."""
    found = session.scalars(
        select(Draft.answers_id)
        .join(Sending, Sending.draft_id == Draft.id)
        .where(Draft.answers_id.is_not(None), Sending.sent_at >= since)
        .distinct()
    )
    return [letter_id for letter_id in found if letter_id is not None]
