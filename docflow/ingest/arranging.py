"""What follows once pages are read: a stack falls into its documents, and what was made from pages is made anew."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import select

from docflow.core.uow import UnitOfWork
from docflow.documents.arranging import Place, forget_unused, place_pages, split_off
from docflow.documents.copies import keep_searchable
from docflow.documents.models import Document, Page
from docflow.documents.operations import INDEX_JOB, pages_waiting
from docflow.documents.rules import DocumentState, PageFinding, PageState, StoredCopy
from docflow.ingest.operations import finish_job, remake_job
from docflow.ingest.proposals import EMPTY
from docflow.ingest.rules import Sheet, Stack, divide_stack
from docflow.storage.rules import BlobKind


@dataclass(frozen=True, slots=True)
class Remade:
    """What was made anew from the pages of a document."""

    searchable: StoredCopy | None
    proposals: Mapping[str, Mapping[str, Any]]
    values: Mapping[str, Any]


def lock_page(uow: UnitOfWork, page_id: UUID) -> Page | None:
    """Return a page under the lock of its document, so that two pages that end together agree which was the last."""
    locked: UUID | None = None
    while True:
        page = uow.session.get(Page, page_id, populate_existing=True)
        if page is None or page.document_id in {None, locked}:
            return page
        locked = page.document_id
        uow.session.get(Document, locked, with_for_update=True)


def go_on_after(uow: UnitOfWork, page: Page) -> None:
    """Ask for what follows the reading of a page: the end of its document's reading, or its making anew."""
    document = None if page.document_id is None else uow.session.get(Document, page.document_id)
    if document is None or pages_waiting(uow, document.id):
        return
    if document.state == DocumentState.READING:
        uow.enqueue(finish_job(document.id))
        return
    document.pages_version += 1
    document.content_version += 1
    uow.enqueue(INDEX_JOB)
    uow.enqueue(remake_job(document.id))


def arrange_stack(uow: UnitOfWork, document_id: UUID) -> bool:
    """Divide a stack whose pages are all read; return whether the document's reading is to be ended now.

    It happens once, in one transaction: a crash before it leaves the stack whole, a crash after it finds it divided.
    """
    document = uow.session.get(Document, document_id, with_for_update=True)
    if document is None or document.state != DocumentState.READING or pages_waiting(uow, document_id):
        return False
    if document.is_arranged:
        return True
    pages = uow.session.scalars(select(Page).where(Page.document_id == document_id).order_by(Page.page_index)).all()
    # A stack of which nothing could be read is not arranged: when it is read again, it is read as a stack.
    if any(page.state == PageState.READ for page in pages):
        document.is_arranged = True
        sheets = [Sheet(page.id, PageFinding(page.finding)) for page in pages]
        _divide(uow, document, divide_stack(sheets, has_backs_last=document.has_backs_last))
    return True


def _divide(uow: UnitOfWork, document: Document, stack: Stack) -> None:
    holders = [document]
    for _ in stack.parts[1:]:
        holders.append(split_off(uow, holders[-1], state=DocumentState.READING))
    places = {
        page_id: Place(holder.id, index)
        for holder, part in zip(holders, stack.parts, strict=True)
        for index, page_id in enumerate(part)
    }
    places |= {out.page_id: Place(holders[out.part].id, out.index, out.reason) for out in stack.left_out}
    place_pages(uow, places)
    for holder, part in zip(holders, stack.parts, strict=True):
        holder.page_count = len(part)
    for holder in holders[1:]:
        uow.enqueue(finish_job(holder.id))
        uow.record("ingest.split_off", subject_kind="document", subject_id=holder.id, stack=str(document.id))
    if holders[1:] or stack.left_out:
        uow.record(
            "ingest.stack_divided",
            subject_kind="document",
            subject_id=document.id,
            documents=[str(holder.id) for holder in holders],
            left_out=len(stack.left_out),
        )


def keep_remade(uow: UnitOfWork, document_id: UUID, *, made: Remade, pages_version: int) -> bool:
    """Keep what was made anew, unless the pages changed meanwhile; return whether it was kept.

    Fields are filled in anew only when no person has edited them.
    """
    document = uow.session.get(Document, document_id, with_for_update=True)
    if document is None or document.pages_version != pages_version:
        return False
    earlier = document.searchable_sha256
    keep_searchable(uow, document, made.searchable)
    if earlier != document.searchable_sha256:
        forget_unused(uow, BlobKind.SEARCHABLE, earlier)
    pages = uow.session.scalars(select(Page).where(Page.document_id == document_id)).all()
    if document.state == DocumentState.FAILED and any(page.state == PageState.READ for page in pages):
        document.state, document.error_code, document.error_params = DocumentState.READY, None, {}
    document.languages = " ".join(sorted({language for page in pages for language in page.languages.split()}))
    document.proposals = {name: dict(proposal) for name, proposal in made.proposals.items()}
    if not document.is_edited:
        for name, value in {**EMPTY, **made.values}.items():
            setattr(document, name, value)
    document.ready_at = document.ready_at or uow.now
    document.content_version += 1
    uow.enqueue(INDEX_JOB)
    return True
