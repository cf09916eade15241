"""Writes on documents: deposit, reading, metadata, scope."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import delete, func, insert, select, tuple_, update

from docflow.accounts.visibility import Confidentiality, DocumentScope, document_tokens
from docflow.core.errors import Conflict, NotFound
from docflow.core.jobs import JobRequest
from docflow.core.uow import UnitOfWork
from docflow.documents.copies import keep_searchable
from docflow.documents.models import Document, DocumentScopeRow, Page, PageText
from docflow.documents.rules import (
    DocumentState,
    PageFinding,
    PageState,
    StoredCopy,
    TextSource,
    Word,
    display_file_name,
    pack_words,
)
from docflow.storage.operations import name_blob
from docflow.storage.rules import BlobRef

INDEX_JOB = JobRequest(name="search.index_pending", unique_key="search.index_pending", lane="index", priority=20)
"""One writer of the index; asking twice is asking once."""


@dataclass(frozen=True, slots=True)
class Deposit:
    """What is said of a file as it comes in: the name it was given, where it belongs."""

    file_name: str
    register_code: str = "incoming"
    batch_id: UUID | None = None
    confidentiality: Confidentiality = Confidentiality.NORMAL
    unit_id: UUID | None = None
    key: str | None = None
    has_backs_last: bool = False


@dataclass(frozen=True, slots=True)
class PageResult:
    """What reading one page gave; boxes in pixels of the upright image of ``width`` × ``height`` at ``dpi``."""

    width: int
    height: int
    dpi: int
    rotation_deg: int
    skew_deg: float
    languages: tuple[str, ...]
    confidence: float
    needs_review: bool
    source: TextSource
    text: str
    words: tuple[Word, ...]
    image: BlobRef
    thumbnail: BlobRef
    finding: PageFinding = PageFinding.CONTENT


def deposit_document(uow: UnitOfWork, deposit: Deposit, *, original: BlobRef) -> Document:
    """Keep a deposit; its bytes are stored already. A key seen before gives the document kept then.

    Raises:
        PermissionDenied: without ``documents.deposit``.
    """
    uow.require("documents.deposit")
    key = None if deposit.key is None else f"{uow.actor.person_id}:{deposit.key}"
    if key is not None:
        kept = uow.session.scalar(select(Document).where(Document.deposit_key == key))
        if kept is not None:
            return kept
    name_blob(uow, original, media_type="application/octet-stream")
    named = [] if uow.actor.person_id is None else [str(uow.actor.person_id)]
    document = Document(
        batch_id=deposit.batch_id,
        deposit_key=key,
        register_code=deposit.register_code,
        file_name=display_file_name(deposit.file_name),
        size_bytes=original.size_bytes,
        original_sha256=original.sha256,
        deposited_by=uow.actor.person_id,
        deposited_by_name=uow.actor.name,
        deposited_at=uow.now,
        confidentiality=deposit.confidentiality.value,
        unit_id=deposit.unit_id,
        named_people=named,
        has_backs_last=deposit.has_backs_last,
    )
    uow.session.add(document)
    uow.session.flush()
    write_scope(uow, document)
    uow.record(
        "documents.deposited",
        subject_kind="document",
        subject_id=document.id,
        sha256=original.sha256,
        size_bytes=original.size_bytes,
        register=deposit.register_code,
    )
    return document


def write_scope(uow: UnitOfWork, document: Document) -> None:
    """Bring a document's tokens in line with its attributes; the index must follow before it is shown again."""
    tokens = document_tokens(
        DocumentScope(
            register_code=document.register_code,
            confidentiality=Confidentiality(document.confidentiality),
            unit_ids=frozenset({*map(UUID, document.routed_units), *filter(None, [document.unit_id])}),
            person_ids=frozenset(
                map(UUID, [*document.named_people, *document.routed_people, *document.circuit_people])
            ),
            is_registered=document.is_registered,
            asked_ids=frozenset(map(UUID, document.asked_people)),
            kind=document.kind,
            unit_id=document.unit_id,
            is_drafted=document.is_drafted,
            is_set_aside=document.is_set_aside,
        )
    )
    of_document = DocumentScopeRow.document_id == document.id
    key = tuple_(DocumentScopeRow.is_content, DocumentScopeRow.token)
    rows = uow.session.execute(select(DocumentScopeRow.is_content, DocumentScopeRow.token).where(of_document))
    held = {(row.is_content, row.token) for row in rows}
    wanted = {(False, token) for token in tokens.metadata} | {(True, token) for token in tokens.content}
    new, gone = sorted(wanted - held), sorted(held - wanted)
    if new:
        # No version of the document: nobody who edits it meanwhile has seen anything else.
        uow.session.execute(
            update(Document)
            .where(Document.id == document.id)
            .values(news_at=uow.now)
            .execution_options(synchronize_session=False)
        )
        uow.session.execute(
            insert(DocumentScopeRow),
            [{"document_id": document.id, "is_content": is_content, "token": token} for is_content, token in new],
        )
    if gone:
        of_these = delete(DocumentScopeRow).where(of_document, key.in_(gone))
        uow.session.execute(of_these.execution_options(synchronize_session=False))


def start_reading(
    uow: UnitOfWork,
    document_id: UUID,
    *,
    source_kind: str,
    media_type: str,
    page_count: int,
    is_signed: bool,
    signatures: Sequence[Mapping[str, Any]] = (),
) -> Document:
    """Note what the file turned out to be and make its pages; doing it twice changes nothing."""
    document = _get(uow, document_id)
    if document.state == DocumentState.QUEUED:
        document.state = DocumentState.READING
        document.source_kind = source_kind
        document.media_type = media_type
        document.is_signed = is_signed
        document.signatures = [dict(signature) for signature in signatures]
        document.page_count = page_count
        for page_index in range(page_count):
            uow.session.add(
                Page(
                    document_id=document_id,
                    page_index=page_index,
                    source_id=document_id,
                    source_page_index=page_index,
                )
            )
    return document


def keep_page(uow: UnitOfWork, document_id: UUID, page_index: int, *, result: PageResult) -> bool:
    """Keep what reading a page gave, as a new version of its text; return false when the page was read already.

    Raises:
        NotFound: ``page_unknown``.
    """
    return keep_reading(uow, _get_page(uow, document_id, page_index), result=result)


def keep_reading(uow: UnitOfWork, page: Page, *, result: PageResult) -> bool:
    """Keep what reading a page gave, wherever the page is now; return false when it does not wait to be read."""
    if page.state != PageState.WAITING:
        return False
    _show(uow, page, result)
    page.state, page.error_code, page.error_params = PageState.READ, None, {}
    page.languages = " ".join(result.languages)
    page.confidence, page.needs_review = result.confidence, result.needs_review
    page.review_outcome, page.reviewed_by_name, page.reviewed_at = None, "", None
    page.finding = result.finding
    last = uow.session.scalar(select(func.max(PageText.version)).where(PageText.page_id == page.id)) or 0
    uow.session.add(
        PageText(
            page_id=page.id,
            version=last + 1,
            source=result.source,
            text=result.text,
            words=pack_words(result.words),
            created_at=uow.now,
        )
    )
    uow.session.flush()
    return True


def fail_page(uow: UnitOfWork, document_id: UUID, page_index: int, *, code: str, params: Mapping[str, Any]) -> None:
    """Mark a page that cannot be read, with the reason and the values of its text; the others go on.

    Raises:
        NotFound: ``page_unknown``.
    """
    fail_reading(uow, _get_page(uow, document_id, page_index), code=code, params=params)


def fail_reading(
    uow: UnitOfWork, page: Page, *, code: str, params: Mapping[str, Any], seen: PageResult | None = None
) -> None:
    """Mark a page that waits to be read as one that cannot be, wherever it is now; ``seen`` brings its picture."""
    if page.state == PageState.WAITING:
        if seen is not None:
            _show(uow, page, seen)
        page.state, page.needs_review = PageState.FAILED, True
        page.error_code, page.error_params = code, dict(params)
        uow.session.flush()


def _show(uow: UnitOfWork, page: Page, result: PageResult) -> None:
    for ref in (result.image, result.thumbnail):
        name_blob(uow, ref, media_type="image/webp")
    page.width, page.height, page.dpi = result.width, result.height, result.dpi
    page.rotation_deg, page.skew_deg = result.rotation_deg, result.skew_deg
    page.image_sha256, page.thumbnail_sha256 = result.image.sha256, result.thumbnail.sha256


def pages_waiting(uow: UnitOfWork, document_id: UUID) -> int:
    """Return how many pages are still to be read."""
    waiting = select(func.count()).where(Page.document_id == document_id, Page.state == PageState.WAITING)
    return uow.session.scalar(waiting) or 0


def finish_reading(
    uow: UnitOfWork,
    document_id: UUID,
    *,
    searchable: StoredCopy | None,
    proposals: Mapping[str, Mapping[str, Any]],
    values: Mapping[str, Any],
) -> None:
    """Make a document ready: its searchable PDF, the fields proposed and those sure enough to be filled in.

    A document of which no page could be read has failed.
    """
    document = _get(uow, document_id)
    pages = uow.session.scalars(select(Page).where(Page.document_id == document_id)).all()
    if document.state == DocumentState.READY:
        return
    if pages and all(page.state == PageState.FAILED for page in pages):
        first = min(pages, key=lambda page: page.page_index)
        fail_document(uow, document_id, code=first.error_code or "page_unreadable", params=first.error_params)
        return
    keep_searchable(uow, document, searchable)
    document.languages = " ".join(sorted({language for page in pages for language in page.languages.split()}))
    if not (document.is_drafted or document.is_registered):
        # Of what is written here, or was registered by what somebody typed, everything is known already.
        document.proposals = {name: dict(proposal) for name, proposal in proposals.items()}
        for name, value in values.items():
            setattr(document, name, value)
    document.state = DocumentState.READY
    document.ready_at = document.news_at = uow.now
    document.content_version += 1
    uow.enqueue(INDEX_JOB)
    uow.record(
        "documents.read", subject_kind="document", subject_id=document_id, pages=len(pages), by=document.languages
    )


def fail_document(uow: UnitOfWork, document_id: UUID, *, code: str, params: Mapping[str, Any]) -> None:
    """Mark a document that cannot be read, with the reason; its original stays.

    The reason is set aside when the document is ready already.
    """
    document = _get(uow, document_id)
    if document.state in {DocumentState.READY, DocumentState.FAILED}:
        return
    document.state = DocumentState.FAILED
    document.error_code, document.error_params = code, dict(params)
    document.ready_at = uow.now
    document.content_version += 1
    uow.enqueue(INDEX_JOB)
    uow.record("documents.reading_failed", subject_kind="document", subject_id=document_id, reason=code)


def restart_reading(uow: UnitOfWork, document_id: UUID) -> Document:
    """Put a failed document back in the queue.

    Raises:
        PermissionDenied: without ``documents.deposit``.
        NotFound: ``document_unknown``.
        Conflict: ``document_not_failed``, ``document_set_aside``.
    """
    uow.require("documents.deposit")
    document = get_visible(uow, document_id)
    if document.is_set_aside:
        raise Conflict("document_set_aside")
    if document.state != DocumentState.FAILED:
        raise Conflict("document_not_failed")
    document.error_code, document.error_params = None, {}
    if document.is_arranged:
        # Its pages have their places already; they are read again where they are.
        pages = update(Page).where(Page.document_id == document_id)
        uow.session.execute(pages.values(state=PageState.WAITING, error_code=None))
        document.state = DocumentState.READING
    else:
        uow.session.execute(delete(Page).where(Page.document_id == document_id))
        document.state = DocumentState.QUEUED
    uow.record("documents.reading_restarted", subject_kind="document", subject_id=document_id)
    return document


def mark_indexed(uow: UnitOfWork, versions: Sequence[tuple[UUID, int, int]]) -> None:
    """Note which content and scope versions the index now shows."""
    for document_id, content_version, scope_version in versions:
        uow.session.execute(
            update(Document)
            .where(Document.id == document_id, Document.indexed_version < content_version)
            .values(indexed_version=content_version, indexed_scope_version=scope_version)
            .execution_options(synchronize_session=False)
        )


def _get(uow: UnitOfWork, document_id: UUID) -> Document:
    document = uow.session.get(Document, document_id, with_for_update=True)
    if document is None:
        raise NotFound("document_unknown")
    return document


def get_visible(uow: UnitOfWork, document_id: UUID) -> Document:
    """Return a document whose metadata the actor may see, locked until the transaction ends.

    Raises:
        NotFound: ``document_unknown``.
    """
    document = _get(uow, document_id)
    visible = select(DocumentScopeRow.document_id).where(
        DocumentScopeRow.document_id == document_id, DocumentScopeRow.token.in_(uow.actor.tokens)
    )
    if document.state == DocumentState.EMPTIED or uow.session.scalar(visible.limit(1)) is None:
        raise NotFound("document_unknown")
    return document


def _get_page(uow: UnitOfWork, document_id: UUID, page_index: int) -> Page:
    # The document's row is locked first, so that two pages that end together agree on which was the last.
    _get(uow, document_id)
    page = uow.session.scalar(select(Page).where(Page.document_id == document_id, Page.page_index == page_index))
    if page is None:
        raise NotFound("page_unknown")
    return page
