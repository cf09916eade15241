"""Letters that somebody wrote in a form of the product: the file is made of what was typed, and needs no inspection."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from docflow.core.uow import UnitOfWork
from docflow.documents.models import Document
from docflow.documents.operations import start_reading, write_scope
from docflow.documents.rules import display_file_name
from docflow.storage.operations import name_blob
from docflow.storage.rules import BlobRef


@dataclass(frozen=True, slots=True)
class WrittenLetter:
    """What is said of such a letter: its PDF in the store, and everything that a clerk would have typed.

    ``languages`` as ``ar``, ``fr`` or ``ar fr``.
    """

    file: BlobRef
    page_count: int
    file_name: str
    subject: str
    sender: str
    kind: str
    languages: str
    unit_id: UUID


def keep_letter(uow: UnitOfWork, letter: WrittenLetter, *, register_code: str) -> Document:
    """Make the document of such a letter with its pages; the caller has checked the right, and asks for its reading."""
    document = Document(
        register_code=register_code,
        file_name=display_file_name(letter.file_name),
        size_bytes=letter.file.size_bytes,
        original_sha256=letter.file.sha256,
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
    name_blob(uow, letter.file, media_type="application/pdf")
    uow.session.add(document)
    uow.session.flush()
    write_scope(uow, document)
    start_reading(
        uow,
        document.id,
        source_kind="pdf",
        media_type="application/pdf",
        page_count=letter.page_count,
        is_signed=False,
    )
    uow.session.flush()
    return document
