"""A letter that was really read, deposited again as it was read, so that many letters cost one reading."""

from __future__ import annotations

from uuid import UUID

from docflow.bootstrap import Runtime
from docflow.documents.models import Document
from docflow.documents.operations import (
    Deposit,
    PageResult,
    deposit_document,
    finish_reading,
    keep_page,
    start_reading,
)
from docflow.documents.queries import PageView, page_views
from docflow.documents.rules import TextSource
from docflow.storage.rules import BlobKind, BlobRef
from tests.conftest import actor

from .district import ARABIC


def copy_of(runtime: Runtime, document_id: str, *, batch_id: UUID | None = None) -> str:
    """Deposit the same letter once more as it was read, so that reading it takes no time."""
    with runtime.transactions.writing(actor(runtime, "clerk")) as uow:
        read = uow.session.get_one(Document, UUID(document_id))
        original = BlobRef(BlobKind.ORIGINAL, read.original_sha256, read.size_bytes)
        copy = deposit_document(uow, Deposit(file_name=ARABIC, batch_id=batch_id), original=original)
        start_reading(
            uow, copy.id, source_kind="tiff", media_type="image/tiff", page_count=read.page_count, is_signed=False
        )
        for view in page_views(uow.session, read.id):
            keep_page(uow, copy.id, view.page.page_index, result=result_of(view))
        finish_reading(
            uow,
            copy.id,
            searchable=None,
            proposals=dict(read.proposals),
            values={"subject": read.subject, "sender": read.sender},
        )
    return str(copy.id)


def result_of(view: PageView) -> PageResult:
    page = view.page
    return PageResult(
        width=page.width,
        height=page.height,
        dpi=page.dpi,
        rotation_deg=page.rotation_deg,
        skew_deg=page.skew_deg,
        languages=tuple(page.languages.split()),
        confidence=page.confidence,
        needs_review=page.needs_review,
        source=TextSource(view.source),
        text=view.text,
        words=view.words,
        image=BlobRef(BlobKind.PAGE, page.image_sha256 or "", 1),
        thumbnail=BlobRef(BlobKind.THUMBNAIL, page.thumbnail_sha256 or "", 1),
    )
