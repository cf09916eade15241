"""Letters that somebody wrote in a form of the product: the file is drawn from what was typed, and needs no inspection.

It is drawn by a job: whoever deposits waits for a number, not for a paper. What stands on it is kept in the transaction
of the deposit, so that nothing that changes afterwards changes the paper.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from docflow.core.uow import UnitOfWork
from docflow.documents.models import Document, LetterToDraw
from docflow.documents.operations import start_reading, write_scope
from docflow.documents.rules import display_file_name
from docflow.storage.operations import name_blob
from docflow.storage.rules import BlobRef


@dataclass(frozen=True, slots=True)
class WrittenLetter:
    """What is said of such a letter: what its paper is drawn from, and everything that a clerk would have typed.

    ``content``: for the job ``drawn_by``, as JSON. ``languages`` as ``ar``, ``fr`` or ``ar fr``.
    """

    content: Mapping[str, Any]
    drawn_by: str
    file_name: str
    subject: str
    sender: str
    kind: str
    languages: str
    unit_id: UUID


@dataclass(frozen=True, slots=True)
class DrawnLetter:
    """A PDF and how many pages it has."""

    content: bytes
    page_count: int


@dataclass(frozen=True, slots=True)
class DueDrawing:
    """What a letter is to be drawn from, and when it was deposited."""

    content: Mapping[str, Any]
    deposited_at: datetime


def keep_letter(uow: UnitOfWork, letter: WrittenLetter, *, register_code: str) -> Document:
    """Make the document of such a letter; the caller has checked the right, and asks for its drawing."""
    document = Document(
        register_code=register_code,
        file_name=display_file_name(letter.file_name),
        size_bytes=0,
        original_sha256="",
        deposited_by=uow.actor.person_id,
        deposited_by_name=uow.actor.name,
        deposited_at=uow.now,
        document_date=None,
        subject=letter.subject[:500],
        sender=letter.sender[:300],
        kind=letter.kind,
        languages=letter.languages,
        unit_id=letter.unit_id,
        named_people=[] if uow.actor.person_id is None else [str(uow.actor.person_id)],
        # Its pages are its own: none of them is a separator, and none is left out.
        is_arranged=True,
        is_edited=True,
    )
    uow.session.add(document)
    uow.session.flush()
    uow.session.add(LetterToDraw(document_id=document.id, content=dict(letter.content)))
    write_scope(uow, document)
    uow.session.flush()
    return document


def due_drawing(session: Session, document_id: UUID) -> DueDrawing | None:
    """Return what the file of a letter is to be drawn from; none when it is drawn."""
    kept = session.get(LetterToDraw, document_id)
    if kept is None:
        return None
    return DueDrawing(kept.content, session.get_one(Document, document_id).deposited_at)


def give_file(uow: UnitOfWork, document_id: UUID, file: BlobRef, *, page_count: int) -> bool:
    """Give a letter the PDF that was drawn of it, and make its pages; return false when it has its file already."""
    document = uow.session.get_one(Document, document_id, with_for_update=True)
    kept = uow.session.get(LetterToDraw, document_id, populate_existing=True)
    if kept is None:
        return False
    uow.session.delete(kept)
    document.original_sha256, document.size_bytes = file.sha256, file.size_bytes
    name_blob(uow, file, media_type="application/pdf")
    start_reading(
        uow,
        document_id,
        source_kind="pdf",
        media_type="application/pdf",
        page_count=page_count,
        is_signed=False,
    )
    uow.session.flush()
    return True
