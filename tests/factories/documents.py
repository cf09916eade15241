"""Documents as they are once their pages were read, made by the product's own operations and without any reading."""

from __future__ import annotations

import hashlib
from collections.abc import Collection
from dataclasses import replace
from itertools import count
from uuid import UUID

from docflow.accounts.queries import OPERATOR
from docflow.accounts.units import all_units
from docflow.accounts.visibility import Confidentiality
from docflow.bootstrap import Runtime
from docflow.documents.editing import Metadata, edit_metadata
from docflow.documents.operations import (
    Deposit,
    PageResult,
    deposit_document,
    finish_reading,
    keep_page,
    start_reading,
)
from docflow.documents.queries import document_for, pages_of
from docflow.documents.rules import TextSource, Word
from docflow.storage.rules import BlobKind, BlobRef
from tests.conftest import actor

_numbers = count()


def blob(kind: BlobKind, content: bytes) -> BlobRef:
    return BlobRef(kind, hashlib.sha256(content).hexdigest(), len(content))


def unit_id(runtime: Runtime, code: str) -> UUID:
    with runtime.transactions.reading() as session:
        return next(unit.id for unit in all_units(session) if unit.code == code)


def page_result(text: str, *, languages: tuple[str, ...] = ("fr",)) -> PageResult:
    return PageResult(
        width=1240,
        height=1754,
        dpi=150,
        rotation_deg=0,
        skew_deg=0.0,
        languages=languages,
        confidence=95.0,
        needs_review=False,
        source=TextSource.OCR,
        text=text,
        words=(),
        image=blob(BlobKind.PAGE, text.encode()),
        thumbnail=blob(BlobKind.THUMBNAIL, text.encode()),
    )


def doubtful_result(
    text: str, *, doubts: Collection[str] = (), languages: tuple[str, ...] = ("fr",), confidence: float = 60.0
) -> PageResult:
    """A page in doubt, its words on a grid; those named in ``doubts`` were read with doubt."""
    words = tuple(
        Word(
            word, (60 + 110 * at, 80 + 60 * row, 160 + 110 * at, 120 + 60 * row), 40.0 if word in doubts else 95.0, row
        )
        for row, line in enumerate(text.split("\n"))
        for at, word in enumerate(line.split())
    )
    sure = page_result(text, languages=languages)
    return replace(sure, words=words, confidence=confidence, needs_review=True)


def read_document(
    runtime: Runtime,
    *pages: str | PageResult,
    by: str = "clerk",
    unit: str | None = None,
    confidentiality: Confidentiality = Confidentiality.NORMAL,
    batch_id: UUID | None = None,
    original: BlobRef | None = None,
    **values: object,
) -> UUID:
    """Deposit a document and give it the texts of its pages; its index job waits to be run."""
    original = original or blob(BlobKind.ORIGINAL, f"{next(_numbers)}".encode())
    said = Deposit(
        file_name="letter.pdf",
        batch_id=batch_id,
        confidentiality=confidentiality,
        unit_id=None if unit is None else unit_id(runtime, unit),
    )
    with runtime.transactions.writing(actor(runtime, by)) as uow:
        document_id = deposit_document(uow, said, original=original).id
        start_reading(
            uow,
            document_id,
            source_kind="pdf",
            media_type="application/pdf",
            page_count=len(pages),
            is_signed=False,
        )
        uow.session.flush()
        for page_index, page in enumerate(pages):
            result = page_result(page) if isinstance(page, str) else page
            keep_page(uow, document_id, page_index, result=result)
        finish_reading(uow, document_id, searchable=None, proposals={}, values=values)
    return document_id


def change(runtime: Runtime, document_id: UUID, **changes: object) -> None:
    """Edit what is said about a document, as the operator."""
    with runtime.transactions.writing(OPERATOR) as uow:
        document = document_for(uow.session, OPERATOR, document_id)
        said = {
            "subject": document.subject,
            "sender": document.sender,
            "addressee": document.addressee,
            "reference": document.reference,
            "document_date": document.document_date,
            "kind": document.kind,
            "unit_id": document.unit_id,
            "confidentiality": Confidentiality(document.confidentiality),
        }
        metadata = Metadata(**said | changes)  # type: ignore[arg-type]
        edit_metadata(uow, document_id, metadata=metadata, expected_version=document.version)


def page_id(runtime: Runtime, document_id: UUID, page_index: int = 0) -> UUID:
    """Return the identifier of a page of a document."""
    with runtime.transactions.reading() as session:
        return pages_of(session, document_id)[page_index].id
