"""Writes on a document whose pages are read, or corrected, after its first reading ended."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from docflow.core.errors import Conflict, PermissionDenied
from docflow.core.uow import UnitOfWork
from docflow.documents.arranging import forget_unused
from docflow.documents.copies import keep_searchable
from docflow.documents.models import Document, Page
from docflow.documents.operations import INDEX_JOB
from docflow.documents.rules import DocumentState, PageState, StoredCopy, is_sure
from docflow.documents.texts import document_of, page_to_review
from docflow.storage.rules import BlobKind

PROPOSED_AS = {"date": "document_date"}
"""The attribute that a proposal fills, where the two are not named alike."""


def put_page_back(uow: UnitOfWork, page_id: UUID) -> Page:
    """Let a page that could not be read wait for a reader again.

    Raises:
        PermissionDenied: with neither ``documents.deposit`` nor ``documents.correct``, or without sight of the content.
        NotFound: ``document_unknown``.
        Conflict: ``page_not_failed``.
    """
    if not (uow.actor.can("documents.deposit") or uow.actor.can("documents.correct")):
        raise PermissionDenied("permission_missing", permission="documents.correct")
    page = page_to_review(uow, page_id)
    document = document_of(uow, page)
    is_settled = document.state in {DocumentState.READY, DocumentState.FAILED}
    if page.state != PageState.FAILED or not is_settled:
        raise Conflict("page_not_failed")
    page.state, page.needs_review = PageState.WAITING, False
    page.error_code, page.error_params = None, {}
    page.review_outcome, page.reviewed_by_name, page.reviewed_at = None, "", None
    uow.record(
        "documents.page_put_back", subject_kind="document", subject_id=document.id, page_number=page.page_index + 1
    )
    uow.session.flush()
    return page


def fill_empty_fields(
    uow: UnitOfWork, document_id: UUID, *, proposals: Mapping[str, Mapping[str, Any]], values: Mapping[str, Any]
) -> tuple[str, ...]:
    """Keep proposals for fields that had no sure one, and fill those that are empty; return the names of the new ones.

    What was surely proposed before stays, and nothing is filled once a person has said what the document is.
    """
    document = uow.session.get_one(Document, document_id, with_for_update=True)
    fresh = {
        name: dict(proposal)
        for name, proposal in proposals.items()
        if not is_sure(document.proposals.get(name)) and document.proposals.get(name) != proposal
    }
    if document.is_edited or document.is_registered or not fresh:
        return ()
    document.proposals = {**document.proposals, **fresh}
    for name in fresh:
        attribute = PROPOSED_AS.get(name, name)
        if attribute in values and not getattr(document, attribute):
            setattr(document, attribute, values[attribute])
    document.content_version += 1
    uow.enqueue(INDEX_JOB)
    uow.record("documents.fields_proposed", subject_kind="document", subject_id=document_id, fields=sorted(fresh))
    return tuple(sorted(fresh))


def replace_searchable(uow: UnitOfWork, document_id: UUID, *, searchable: StoredCopy, pages_version: int) -> None:
    """Put a new searchable copy in the place of the present one; the bytes of that one are left to the sweeper.

    Nothing is changed when pages changed since ``pages_version``: that change has asked for a copy of its own.
    """
    document = uow.session.get_one(Document, document_id, with_for_update=True)
    former = document.searchable_sha256
    if document.pages_version != pages_version or former == searchable.ref.sha256:
        return
    keep_searchable(uow, document, searchable)
    forget_unused(uow, BlobKind.SEARCHABLE, former)
