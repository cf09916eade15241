"""An answer on the public site: the sealed PDF, for whoever holds the number and the secret of the letter it answers.

Nothing else of the act is shown there, and it is shown no more once it is withdrawn or its number cancelled.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from docflow.core.errors import Conflict, NotFound
from docflow.core.uow import UnitOfWork
from docflow.documents.models import Document
from docflow.drafting.models import Draft, Publication, Sending
from docflow.drafting.operations import writer_of
from docflow.drafting.queries import sending_of
from docflow.registry.queries import entries_of_document
from docflow.registry.rules import EntryState, reason_of
from docflow.stamping.queries import sealed_revision_of
from docflow.storage.rules import BlobKind, BlobRef


@dataclass(frozen=True, slots=True)
class PublishedAnswer:
    """What the citizen learns of an answer: its number, since when it is there, and the sealed file."""

    id: UUID
    number: str
    published_at: datetime
    blob: BlobRef


def can_publish(session: Session, draft: Draft) -> bool:
    """Return whether an act answers a letter that somebody follows with its number and secret."""
    if draft.answers_id is None:
        return False
    return any(entry.state == EntryState.REGISTERED for entry in entries_of_document(session, draft.answers_id))


def publish(uow: UnitOfWork, draft: Draft, document: Document, sending: Sending) -> Publication:
    """Let the citizen read an act that departed; ``send_act`` has checked the right and notes it.

    Raises:
        Conflict: ``nothing_answered``, ``published_already``, ``act_not_departed``.
    """
    if draft.answers_id is None or not can_publish(uow.session, draft):
        raise Conflict("nothing_answered")
    # Whoever publishes it at the same moment waits behind the letter, and is told of the other afterwards.
    uow.session.get_one(Document, draft.answers_id, with_for_update=True)
    for one in answers_published(uow.session, draft.answers_id):
        if one.number == document.register_number:
            raise Conflict("published_already")
    sealed = sealed_revision_of(uow.session, document.id, register_number=document.register_number)
    if sealed is None:
        raise Conflict("act_not_departed")
    kept = Publication(
        sending_id=sending.id,
        letter_id=draft.answers_id,
        sha256=sealed.blob.sha256,
        size_bytes=sealed.blob.size_bytes,
    )
    uow.session.add(kept)
    uow.session.flush()
    return kept


def withdraw_answer(uow: UnitOfWork, draft_id: UUID, sending_id: UUID, *, reason: str) -> Publication:
    """Take an answer from the public site; that it was there stays written, with the reason.

    Raises:
        NotFound: ``draft_unknown``, ``sending_unknown``.
        PermissionDenied: without ``drafting.write``; ``draft_of_others``.
        Conflict: ``not_published``.
        InvalidInput: ``reason_missing``, ``field_too_long``.
    """
    draft = writer_of(uow, draft_id)
    sending = sending_of(uow.session, draft.id, sending_id)
    kept = uow.session.get(Publication, sending.id, with_for_update=True)
    if kept is None or kept.withdrawn_at is not None:
        raise Conflict("not_published")
    kept.reason = reason_of(reason)
    kept.withdrawn_at, kept.withdrawn_by_name = uow.now, uow.actor.name
    uow.record("drafting.unpublished", subject_kind="document", subject_id=draft.document_id or draft.id)
    return kept


def answers_published(session: Session, letter_id: UUID) -> Sequence[PublishedAnswer]:
    """Return the answers to a letter that the citizen reads now; the caller has checked the secret."""
    rows = session.execute(
        select(Publication, Sending.sent_at, Document.register_number)
        .join(Sending, Sending.id == Publication.sending_id)
        .join(Draft, Draft.id == Sending.draft_id)
        .join(Document, Document.id == Draft.document_id)
        .where(Publication.letter_id == letter_id, Publication.withdrawn_at.is_(None), Document.is_registered)
        .order_by(Sending.sent_at)
    )
    return [
        PublishedAnswer(kept.sending_id, number, at, BlobRef(BlobKind.SEALED, kept.sha256, kept.size_bytes))
        for kept, at, number in rows
    ]


def take_answer(uow: UnitOfWork, letter_id: UUID, answer_id: UUID) -> PublishedAnswer:
    """Return an answer that the citizen takes; the first time is a line of the journal.

    The caller has checked the secret of the letter.

    Raises:
        NotFound: ``answer_unknown``, when it is not there any more.
    """
    found = next((one for one in answers_published(uow.session, letter_id) if one.id == answer_id), None)
    if found is None:
        raise NotFound("answer_unknown")
    kept = uow.session.get_one(Publication, answer_id, with_for_update=True)
    if kept.first_taken_at is None:
        kept.first_taken_at = uow.now
        draft = uow.session.get_one(Draft, uow.session.get_one(Sending, answer_id).draft_id)
        uow.record("drafting.answer_taken", subject_kind="document", subject_id=draft.document_id or draft.id)
    return found


def publications_of(session: Session, sending_ids: Collection[UUID]) -> Mapping[UUID, Publication]:
    """Return the publications among some ways in which acts went out."""
    return {
        one.sending_id: one
        for one in session.scalars(select(Publication).where(Publication.sending_id.in_(sending_ids)))
    }
