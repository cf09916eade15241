"""What happens to a file between its deposit and the index, top-down: inspect → read each page → finish.

Each step is a job: it may run twice, on another machine, after a crash; what it keeps is kept once.
"""

from __future__ import annotations

import io
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any
from uuid import UUID

import structlog
from sqlalchemy import select

from docflow.core.actor import SYSTEM
from docflow.core.errors import DocFlowError, InvalidInput, NotFound
from docflow.documents.models import Document, Page
from docflow.documents.operations import (
    PageResult,
    fail_document,
    fail_page,
    finish_reading,
    keep_page,
    pages_waiting,
    start_reading,
)
from docflow.documents.queries import PageView, page_views
from docflow.documents.rules import DocumentState, PageState, TextSource, Word
from docflow.ingest.operations import finish_job, read_page_job
from docflow.ingest.ports import Deps
from docflow.ingest.proposals import filled_in
from docflow.ocr.fields import ProposedField, propose_fields
from docflow.ocr.reading import PageReading, read_page
from docflow.pdf.limits import SourceLimits
from docflow.pdf.previews import make_preview, make_thumbnail
from docflow.pdf.raster import extract_page
from docflow.pdf.searchable import PageText, TextWord, write_searchable_pdf
from docflow.pdf.source import inspect_source
from docflow.storage.rules import BlobKind, BlobRef

logger = structlog.get_logger()

STORAGE_AWAY = "storage_unavailable"
"""The one failure at which nothing is given up: the bytes are safe, and the queue waits for the storage."""


def inspect_document(deps: Deps, document_id: UUID) -> None:
    """Find out what a file is and ask for its pages to be read; a file that cannot be one fails with the reason."""
    with deps.transactions.reading() as session:
        document = session.get(Document, document_id)
    if document is None or document.state != DocumentState.QUEUED:
        return
    try:
        with deps.blob_store.local_copy(BlobKind.ORIGINAL, document.original_sha256) as path:
            source = inspect_source(path, limits=_limits(deps))
    except InvalidInput as error:
        with deps.transactions.writing(SYSTEM) as uow:
            fail_document(uow, document_id, code=error.code, params=error.params)
        return
    with deps.transactions.writing(SYSTEM) as uow:
        start_reading(
            uow,
            document_id,
            source_kind=source.kind,
            media_type=source.media_type,
            page_count=source.page_count,
            is_signed=source.is_signed,
        )
        for page_index in range(source.page_count):
            uow.enqueue(read_page_job(document_id, page_index))


def read_document_page(deps: Deps, document_id: UUID, page_index: int, *, is_last_attempt: bool) -> None:
    """Read one page and keep its text and pictures; a page that cannot be read is marked, the others go on."""
    with deps.transactions.reading() as session:
        sha256 = session.scalar(
            select(Document.original_sha256)
            .join(Page, Page.document_id == Document.id)
            .where(Document.id == document_id, Page.page_index == page_index, Page.state == PageState.WAITING)
        )
    if sha256 is None:
        return
    try:
        with deps.blob_store.local_copy(BlobKind.ORIGINAL, sha256) as path:
            image = extract_page(path, page_index, limits=_limits(deps))
        reading = read_page(image, deps.line_reader)
        result = _store_pictures(deps, reading)
    except InvalidInput as error:
        _give_up_page(deps, document_id, page_index, error)
        return
    except DocFlowError as error:
        if not is_last_attempt or error.code == STORAGE_AWAY:
            raise
        _give_up_page(deps, document_id, page_index, error)
        return
    with deps.transactions.writing(SYSTEM) as uow:
        keep_page(uow, document_id, page_index, result=result)
        if not pages_waiting(uow, document_id):
            uow.enqueue(finish_job(document_id))


def finish_document(deps: Deps, document_id: UUID, *, is_last_attempt: bool) -> None:
    """Make the searchable PDF, propose the fields, and hand the document to the index."""
    with deps.transactions.reading() as session:
        document = session.get(Document, document_id)
        pages = page_views(session, document_id)
    if document is None:
        raise NotFound("document_unknown")
    if document.state != DocumentState.READING or any(page.page.state == PageState.WAITING for page in pages):
        return
    searchable = None
    if any(page.page.state == PageState.READ for page in pages):
        try:
            searchable = _store_searchable(deps, document, pages)
        except DocFlowError as error:
            is_final = is_last_attempt and error.code != STORAGE_AWAY
            if not is_final and not isinstance(error, InvalidInput):
                raise
            # The text is found all the same; only the copy to download is missing.
            logger.warning("searchable_not_made", document_id=str(document_id), error=str(error))
    proposals = propose_fields(pages)
    with deps.transactions.writing(SYSTEM) as uow:
        finish_reading(
            uow, document_id, searchable=searchable, proposals=_as_rows(proposals), values=filled_in(proposals)
        )


def _limits(deps: Deps) -> SourceLimits:
    settings = deps.settings
    return SourceLimits(
        max_pages=settings.max_file_pages,
        max_size_bytes=settings.max_file_bytes,
        max_page_pixels=settings.max_page_pixels,
    )


def _give_up_page(deps: Deps, document_id: UUID, page_index: int, error: DocFlowError) -> None:
    logger.warning("page_not_read", document_id=str(document_id), page_index=page_index, error=error.code)
    with deps.transactions.writing(SYSTEM) as uow:
        fail_page(uow, document_id, page_index, code=error.code, params=error.params)
        if not pages_waiting(uow, document_id):
            uow.enqueue(finish_job(document_id))


def _store_pictures(deps: Deps, reading: PageReading) -> PageResult:
    preview, thumbnail = make_preview(reading.upright), make_thumbnail(reading.upright)
    image = deps.blob_store.put(BlobKind.PAGE, io.BytesIO(preview.webp), media_type="image/webp")
    small = deps.blob_store.put(BlobKind.THUMBNAIL, io.BytesIO(thumbnail.webp), media_type="image/webp")
    height, width = reading.upright.shape[:2]
    return PageResult(
        width=width,
        height=height,
        dpi=reading.dpi,
        rotation_deg=reading.rotation_deg,
        skew_deg=float(reading.skew_deg),
        languages=reading.languages,
        confidence=float(reading.confidence),
        needs_review=reading.needs_review,
        source=TextSource(reading.source),
        text=reading.text,
        words=tuple(Word(word.text, word.box, float(word.confidence), word.line_index) for word in reading.words),
        image=image,
        thumbnail=small,
    )


def _store_searchable(deps: Deps, document: Document, pages: Sequence[PageView]) -> BlobRef:
    with (
        deps.blob_store.local_copy(BlobKind.ORIGINAL, document.original_sha256) as source,
        tempfile.TemporaryDirectory(prefix="docflow-") as folder,
    ):
        out = Path(folder) / "searchable.pdf"
        write_searchable_pdf([source], [_page_text(page) for page in pages], out)
        with out.open("rb") as stream:
            return deps.blob_store.put(BlobKind.SEARCHABLE, stream, media_type="application/pdf")


def _page_text(view: PageView) -> PageText:
    page = view.page
    return PageText(
        page_index=page.page_index,
        width=page.width,
        height=page.height,
        rotation_deg=page.rotation_deg,
        skew_deg=page.skew_deg,
        is_embedded=view.source == TextSource.EMBEDDED,
        words=tuple(TextWord(word.text, word.box, word.line_index) for word in view.words),
    )


def _as_rows(proposals: Mapping[str, ProposedField]) -> dict[str, dict[str, Any]]:
    return {name: asdict(proposal) for name, proposal in proposals.items()}
