"""Reads of the preview: the pages of a batch in their places, as far as the actor may see them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from docflow.batches.models import ArrangementAct
from docflow.batches.rules import Row, Rows, Sheet
from docflow.core.actor import Actor
from docflow.core.errors import NotFound
from docflow.documents.models import Document, Page
from docflow.documents.queries import BATCH_ORDER, is_opened_by
from docflow.documents.rules import AsideReason, DocumentState
from docflow.documents.sources import Source, sources_of
from docflow.ingest.models import Batch
from docflow.ingest.queries import batch_for

ARRANGEABLE = (DocumentState.READY, DocumentState.FAILED, DocumentState.EMPTIED)
"""What was read; a document that is being read has no places yet."""


@dataclass(frozen=True, slots=True)
class Preview:
    """A batch as its preview shows it.

    Attributes:
        batch: the batch.
        rows: the documents with their pages, in order.
        documents: every document of ``rows``.
        pages: every page of ``rows``.
        sources: the files that each document comes from, where the actor may see them whole.
        being_read: documents whose pages have no place yet.
        last_act: the act that could be undone.
        next_act: the act that could be done again.
    """

    batch: Batch
    rows: Rows
    documents: Mapping[UUID, Document]
    pages: Mapping[UUID, Page]
    sources: Mapping[UUID, Sequence[Source]]
    being_read: int
    last_act: ArrangementAct | None
    next_act: ArrangementAct | None


def preview_of(session: Session, actor: Actor, batch_id: UUID) -> Preview:
    """Return the preview of a batch.

    Raises:
        NotFound: ``batch_unknown``.
    """
    batch = batch_for(session, actor, batch_id)
    documents, pages = _documents(session, actor, batch_id), {}
    rows = []
    arrangeable = [document for document in documents if document.state in ARRANGEABLE]
    sheets = _sheets(session, [document.id for document in arrangeable])
    for document in arrangeable:
        found = sheets.get(document.id, [])
        if found:
            rows.append(Row(document.id, tuple(_sheet(page) for page in found)))
            pages.update({page.id: page for page in found})
    ids = [row.document_id for row in rows]
    last, following = acts_around(session, batch_id)
    return Preview(
        batch=batch,
        rows=tuple(rows),
        documents={document.id: document for document in arrangeable if document.id in set(ids)},
        pages=pages,
        sources={
            document_id: [source for source in sources if source.is_open]
            for document_id, sources in sources_of(session, actor, ids).items()
        },
        being_read=len(documents) - len(arrangeable),
        last_act=last,
        next_act=following,
    )


def acts_around(session: Session, batch_id: UUID) -> tuple[ArrangementAct | None, ArrangementAct | None]:
    """Return the last act that stands, and the first that was undone after it."""
    acts = select(ArrangementAct).where(ArrangementAct.batch_id == batch_id)
    last = session.scalar(acts.where(~ArrangementAct.is_undone).order_by(ArrangementAct.number.desc()).limit(1))
    following = session.scalar(acts.where(ArrangementAct.is_undone).order_by(ArrangementAct.number).limit(1))
    return last, following


def page_for(session: Session, actor: Actor, batch_id: UUID, page_id: UUID) -> Page:
    """Return a page of a batch, in its document or left out, whose content the actor may see.

    Raises:
        NotFound: ``page_unknown``, whether it is missing or hidden.
    """
    holder = func.coalesce(Page.document_id, Page.aside_of)
    page = session.scalar(
        select(Page)
        .join(Document, Document.id == holder)
        .where(Page.id == page_id, Document.batch_id == batch_id, is_opened_by(actor, Document.id, content=True))
    )
    if page is None:
        raise NotFound("page_unknown")
    return page


def _documents(session: Session, actor: Actor, batch_id: UUID) -> Sequence[Document]:
    return session.scalars(
        select(Document)
        .where(Document.batch_id == batch_id, is_opened_by(actor, Document.id, content=True))
        .order_by(*BATCH_ORDER)
    ).all()


def _sheets(session: Session, ids: Sequence[UUID]) -> dict[UUID, list[Page]]:
    """Return the pages of documents, those left out standing before the page at whose index they would come back."""
    found: dict[UUID, list[Page]] = {}
    pages = session.scalars(
        select(Page)
        .where(or_(Page.document_id.in_(ids), Page.aside_of.in_(ids)))
        .order_by(Page.page_index, Page.document_id.is_not(None), Page.source_id, Page.source_page_index)
    )
    for page in pages:
        holder = page.document_id or page.aside_of
        if holder is not None:
            found.setdefault(holder, []).append(page)
    return found


def _sheet(page: Page) -> Sheet:
    reason = None if page.aside_reason is None else AsideReason(page.aside_reason)
    return Sheet(page.id, reason, page.turned_deg, page.rotation_deg)
