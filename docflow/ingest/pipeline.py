"""What happens to a file between its deposit and the index, top-down: inspect → read each page → finish.

Each step is a job: it may run twice, on another machine, after a crash; what it keeps is kept once.
"""

from __future__ import annotations

import io
import tempfile
from collections.abc import Collection, Sequence
from contextlib import ExitStack
from dataclasses import asdict, replace
from pathlib import Path
from uuid import UUID

import structlog
from sqlalchemy import select

from docflow.core.actor import SYSTEM
from docflow.core.errors import DocFlowError, InvalidInput, Unavailable
from docflow.documents.arranging import forget_unused
from docflow.documents.models import Document, Page
from docflow.documents.operations import (
    PageResult,
    fail_document,
    fail_reading,
    finish_reading,
    keep_reading,
    start_reading,
)
from docflow.documents.queries import PageView, page_views
from docflow.documents.rules import DocumentState, PageFinding, PageState, StoredCopy, TextSource, Word
from docflow.documents.texts import pages_with_own_text
from docflow.ingest.arranging import (
    Remade,
    arrange_stack,
    go_on_after,
    keep_remade,
    lock_page,
)
from docflow.ingest.operations import read_page_job
from docflow.ingest.ports import Deps
from docflow.ingest.proposals import as_rows, filled_in
from docflow.ingest.sheets import what_sheet_is
from docflow.ingest.turning import read_as_turned, unread
from docflow.ocr.fields import propose_fields
from docflow.ocr.reading import PageReading, read_page
from docflow.pdf.limits import SourceLimits
from docflow.pdf.previews import make_preview, make_thumbnail
from docflow.pdf.raster import PageImage, extract_page
from docflow.pdf.searchable import PageText, TextWord, write_searchable_pdf
from docflow.pdf.source import inspect_source
from docflow.storage.rules import BlobKind

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
            signatures=[asdict(signature) for signature in source.signatures],
        )
        for page_index in range(source.page_count):
            uow.enqueue(read_page_job(document_id, page_index))


def read_document_page(deps: Deps, document_id: UUID, page_index: int, *, is_last_attempt: bool) -> None:
    """Read one page and keep its text and pictures; a page that cannot be read is marked, the others go on."""
    with deps.transactions.reading() as session:
        page_id = session.scalar(select(Page.id).where(Page.document_id == document_id, Page.page_index == page_index))
    if page_id is not None:
        read_one_page(deps, page_id, is_last_attempt=is_last_attempt)


def read_one_page(deps: Deps, page_id: UUID, *, is_last_attempt: bool) -> None:
    """Read a page that waits, wherever it is now; what it is the last page of goes on from there."""
    with deps.transactions.reading() as session:
        page = session.scalar(select(Page).where(Page.id == page_id, Page.state == PageState.WAITING))
        source = None if page is None else session.get(Document, page.source_id)
        holder = None if page is None else session.get(Document, page.document_id or page.aside_of)
    if page is None or source is None:
        return
    # Sheets are looked for before a stack is divided; later a person has said that this is a page.
    is_sheet_possible = holder is not None and not holder.is_arranged
    image: PageImage | None = None
    try:
        with deps.blob_store.local_copy(BlobKind.ORIGINAL, source.original_sha256) as path:
            image = extract_page(path, page.source_page_index, limits=_limits(deps))
        result = _result_of(deps, image, turned_deg=page.turned_deg, is_sheet_possible=is_sheet_possible)
    except Exception as error:
        # The boundary of a page: whatever its reader does, the other pages go on.
        refusal = refusal_of(error)
        is_final = is_last_attempt or isinstance(error, InvalidInput)
        if not is_final or refusal.code == STORAGE_AWAY:
            raise
        _give_up_page(deps, page_id, refusal, image=image)
        return
    with deps.transactions.writing(SYSTEM) as uow:
        kept = lock_page(uow, page_id)
        # A hand that turned the page meanwhile has asked for another reading, which is on its way.
        if kept is not None and kept.turned_deg == page.turned_deg and keep_reading(uow, kept, result=result):
            forget_unused(uow, BlobKind.PAGE, page.image_sha256)
            forget_unused(uow, BlobKind.THUMBNAIL, page.thumbnail_sha256)
            go_on_after(uow, kept)


def finish_document(deps: Deps, document_id: UUID, *, is_last_attempt: bool) -> None:
    """Put the pages in their places, make the searchable PDF, propose the fields, hand the document to the index."""
    with deps.transactions.writing(SYSTEM) as uow:
        is_due = arrange_stack(uow, document_id)
    if not is_due:
        return
    with deps.transactions.reading() as session:
        pages = page_views(session, document_id)
    searchable = searchable_or_none(deps, pages, is_last_attempt=is_last_attempt)
    proposals = propose_fields(pages)
    with deps.transactions.writing(SYSTEM) as uow:
        finish_reading(
            uow, document_id, searchable=searchable, proposals=as_rows(proposals), values=filled_in(proposals)
        )


def remake_document(deps: Deps, document_id: UUID, *, is_last_attempt: bool) -> None:
    """Make anew what follows from the pages of a document that was read, after they changed.

    A page that is being read again asks for this once more at its end. What was made from pages that changed meanwhile
    is set aside: that change has asked for its own making.
    """
    with deps.transactions.reading() as session:
        document = session.get(Document, document_id)
        pages = page_views(session, document_id)
    if document is None or document.state not in {DocumentState.READY, DocumentState.FAILED}:
        return
    if not pages or any(page.page.state == PageState.WAITING for page in pages):
        return
    searchable = searchable_or_none(deps, pages, is_last_attempt=is_last_attempt)
    proposals = propose_fields(pages)
    made = Remade(searchable, as_rows(proposals), filled_in(proposals))
    with deps.transactions.writing(SYSTEM) as uow:
        keep_remade(uow, document_id, made=made, pages_version=document.pages_version)


def _limits(deps: Deps) -> SourceLimits:
    settings = deps.settings
    return SourceLimits(
        max_pages=settings.max_file_pages,
        max_size_bytes=settings.max_file_bytes,
        max_page_pixels=settings.max_page_pixels,
    )


def refusal_of(error: Exception) -> DocFlowError:
    """Return what stopped the reading of a page, as something that can be told."""
    if isinstance(error, DocFlowError):
        return error
    if isinstance(error, MemoryError):
        return Unavailable("page_too_demanding")
    if isinstance(error, UnicodeError):
        return Unavailable("page_answer_unreadable")
    return Unavailable("page_reader_crashed", cause=type(error).__name__)


def _give_up_page(deps: Deps, page_id: UUID, refusal: DocFlowError, *, image: PageImage | None) -> None:
    """Mark a page that cannot be read; its picture, if there is one, is kept for a person to read."""
    logger.warning("page_not_read", page_id=str(page_id), error=str(refusal))
    seen = None if image is None else _store_pictures(deps, unread(image))
    with deps.transactions.writing(SYSTEM) as uow:
        page = lock_page(uow, page_id)
        if page is not None:
            fail_reading(uow, page, code=refusal.code, params=refusal.params, seen=seen)
            go_on_after(uow, page)


def _result_of(deps: Deps, image: PageImage, *, turned_deg: int | None, is_sheet_possible: bool) -> PageResult:
    """Return what a page gives: a sheet that only separates, or is blank, is not recognised."""
    finding = what_sheet_is(image) if is_sheet_possible else PageFinding.CONTENT
    if turned_deg is not None:
        return _store_pictures(deps, read_as_turned(image, deps.line_reader, turned_deg=turned_deg))
    if finding is PageFinding.CONTENT:
        return _store_pictures(deps, read_page(image, deps.line_reader))
    return replace(_store_pictures(deps, unread(image)), finding=finding)


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


def searchable_or_none(deps: Deps, pages: Sequence[PageView], *, is_last_attempt: bool) -> StoredCopy | None:
    """Store the searchable copy made of some pages' newest texts; none when nothing was read or it cannot be made.

    Raises:
        DocFlowError: what may pass, unless this is the last attempt.
    """
    if not any(view.page.state == PageState.READ for view in pages):
        return None
    try:
        return _store_searchable(deps, pages)
    except DocFlowError as error:
        is_final = is_last_attempt and error.code != STORAGE_AWAY
        if not is_final and not isinstance(error, InvalidInput):
            raise
        # The text is found all the same; only the copy to download is missing.
        logger.warning("searchable_not_made", document_id=str(pages[0].page.document_id), error=str(error))
        return None


def _store_searchable(deps: Deps, pages: Sequence[PageView]) -> StoredCopy:
    source_ids = list(dict.fromkeys(view.page.source_id for view in pages))
    with deps.transactions.reading() as session:
        originals = [session.get_one(Document, source_id).original_sha256 for source_id in source_ids]
        own_text = pages_with_own_text(session, [view.page.id for view in pages])
    with ExitStack() as opened:
        sources = [
            opened.enter_context(deps.blob_store.local_copy(BlobKind.ORIGINAL, original)) for original in originals
        ]
        out = Path(opened.enter_context(tempfile.TemporaryDirectory(prefix="docflow-"))) / "searchable.pdf"
        copy = write_searchable_pdf(sources, [_page_text(view, source_ids, own_text) for view in pages], out)
        with out.open("rb") as stream:
            stored = deps.blob_store.put(BlobKind.SEARCHABLE, stream, media_type="application/pdf")
        return StoredCopy(stored, copy.conformance, copy.obstacles)


def _page_text(view: PageView, source_ids: Sequence[UUID], own_text: Collection[UUID]) -> PageText:
    page = view.page
    return PageText(
        page_index=page.source_page_index,
        width=page.width,
        height=page.height,
        rotation_deg=page.rotation_deg,
        skew_deg=page.skew_deg,
        # The text that the file brought stays in its copy, even where a person corrected it here.
        is_embedded=page.id in own_text,
        words=tuple(TextWord(word.text, word.box, word.line_index) for word in view.words),
        source_index=source_ids.index(page.source_id),
    )
