"""What a clerk typed and did not register yet."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from uuid import UUID

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from docflow.core.errors import Conflict, PermissionDenied
from docflow.core.uow import UnitOfWork
from docflow.documents.operations import get_visible
from docflow.documents.queries import can_see_content
from docflow.registry.models import RegistrationDraft

VALUE_LIMIT = 1000
"""Longest value kept, in characters; longer ones are refused at registration anyway."""


def keep_draft(uow: UnitOfWork, document_id: UUID, *, values: Mapping[str, Sequence[str]]) -> None:
    """Keep what was typed about a document; a later draft takes the place of an earlier one.

    Raises:
        PermissionDenied: without ``registry.register`` or without sight of its content.
        NotFound: ``document_unknown``.
        Conflict: ``document_has_number`` with ``number``, ``document_set_aside``.
    """
    uow.require("registry.register")
    document = get_visible(uow, document_id)
    if not can_see_content(uow.session, uow.actor, document_id):
        raise PermissionDenied("permission_missing", permission="registry.register")
    if document.is_registered:
        raise Conflict("document_has_number", number=document.register_number)
    if document.is_set_aside:
        raise Conflict("document_set_aside")
    draft = uow.session.get(RegistrationDraft, document_id)
    if draft is None:
        draft = RegistrationDraft(document_id=document_id)
        uow.session.add(draft)
    draft.values = {name: [value[:VALUE_LIMIT] for value in given] for name, given in values.items()}
    draft.kept_at, draft.kept_by_name = uow.now, uow.actor.name
    uow.record("registry.draft_kept", subject_kind="document", subject_id=document_id)


def drop_draft(uow: UnitOfWork, document_id: UUID) -> None:
    """Forget the draft of a document that has its number."""
    uow.session.execute(delete(RegistrationDraft).where(RegistrationDraft.document_id == document_id))


def draft_of(session: Session, document_id: UUID) -> RegistrationDraft | None:
    """Return the draft of a document, or none; the caller has checked the right to see its content."""
    return session.get(RegistrationDraft, document_id)


def drafted_ids(session: Session, ids: Sequence[UUID]) -> frozenset[UUID]:
    """Return which of some documents have a draft."""
    found = session.scalars(select(RegistrationDraft.document_id).where(RegistrationDraft.document_id.in_(ids)))
    return frozenset(found)
