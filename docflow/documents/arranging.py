"""Putting pages in their places: in a document, or left out beside one. Rights are checked by whoever asks."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import func, or_, select, update
from sqlalchemy.orm import InstrumentedAttribute

from docflow.core.ids import new_id
from docflow.core.uow import UnitOfWork
from docflow.documents.copies import keep_searchable
from docflow.documents.models import Document, Page
from docflow.documents.operations import INDEX_JOB, write_scope
from docflow.documents.rules import AsideReason, DocumentState
from docflow.storage.operations import forget_unnamed
from docflow.storage.rules import BlobKind

COPIED = (
    "batch_id", "register_code", "file_name", "source_kind", "media_type", "size_bytes", "original_sha256", "is_signed",
    "signatures", "deposited_by", "deposited_by_name", "deposited_at", "confidentiality", "unit_id", "named_people",
    "is_open",
)  # fmt: skip
"""What a document takes over from the one it is split from: its file, its deposit, and who may see it."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a page is: in a document at an index, or left out beside one for a reason, to come back at that index."""

    document_id: UUID
    page_index: int
    aside_reason: AsideReason | None = None


def split_off(uow: UnitOfWork, origin: Document, *, state: DocumentState, document_id: UUID | None = None) -> Document:
    """Make an empty document that follows another one in its stack and is shown to the same people."""
    stack = origin.deposit_id or origin.id
    uow.session.execute(
        update(Document)
        .where(or_(Document.id == stack, Document.deposit_id == stack), Document.part_number > origin.part_number)
        .values(part_number=Document.part_number + 1)
        .execution_options(synchronize_session="fetch")
    )
    part = Document(
        id=document_id or new_id(),
        deposit_id=stack,
        part_number=origin.part_number + 1,
        state=state,
        is_arranged=True,
        **{name: getattr(origin, name) for name in COPIED},
    )
    uow.session.add(part)
    uow.session.flush()
    write_scope(uow, part)
    return part


def place_pages(uow: UnitOfWork, places: Mapping[UUID, Place]) -> None:
    """Move pages, by their identifier, to their places.

    They go through indexes that no page has, because no two pages may be at one index of a document meanwhile.
    """
    pages = {page.id: page for page in uow.session.scalars(select(Page).where(Page.id.in_(places)))}
    for page in pages.values():
        page.page_index = -1 - page.page_index
    uow.session.flush()
    for page_id, place in places.items():
        page = pages[page_id]
        is_aside = place.aside_reason is not None
        page.document_id, page.aside_of = (None, place.document_id) if is_aside else (place.document_id, None)
        page.aside_reason, page.page_index = place.aside_reason, place.page_index
    uow.session.flush()


def settle_pages(uow: UnitOfWork, documents: Iterable[Document]) -> None:
    """Count the pages of documents that were read, after their pages changed; the index and their copies must follow.

    A document without a page is set aside, and comes back with its first page.
    """
    for document in documents:
        count = uow.session.scalar(select(func.count()).where(Page.document_id == document.id)) or 0
        was_emptied = document.state == DocumentState.EMPTIED
        if (count == 0) != was_emptied:
            document.state = DocumentState.READY if was_emptied else DocumentState.EMPTIED
            document.error_code, document.error_params = None, {}
            # Answers leave it out, or wait to show it, until the index has followed.
            document.scope_version += 1
        document.page_count = count
        # The copy of the former pages is taken away at once: one of them may be shown to fewer people tomorrow.
        former = document.searchable_sha256
        keep_searchable(uow, document, None)
        forget_unused(uow, BlobKind.SEARCHABLE, former)
        document.pages_version += 1
        document.content_version += 1
        document.is_arranged = True
    uow.session.flush()
    uow.enqueue(INDEX_JOB)


def forget_unused(uow: UnitOfWork, kind: BlobKind, sha256: str | None) -> None:
    """Leave to the sweeper what no document or page names any more; an original is always named."""
    if sha256 is None:
        return
    named: dict[BlobKind, InstrumentedAttribute[str | None]] = {
        BlobKind.SEARCHABLE: Document.searchable_sha256,
        BlobKind.PAGE: Page.image_sha256,
        BlobKind.THUMBNAIL: Page.thumbnail_sha256,
    }
    forget_unnamed(uow, kind, [sha256], named=named[kind])
