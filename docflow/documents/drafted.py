"""Acts that are written here: a document whose file is made anew with each version, and no desk's until it departs."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import delete, select

from docflow.accounts.visibility import Confidentiality
from docflow.core.uow import UnitOfWork
from docflow.documents.arranging import forget_unused
from docflow.documents.copies import keep_searchable
from docflow.documents.models import Document, Page
from docflow.documents.operations import INDEX_JOB, write_scope
from docflow.documents.rules import DocumentState, display_file_name
from docflow.storage.operations import name_blob
from docflow.storage.rules import BlobKind, BlobRef


@dataclass(frozen=True, slots=True)
class WrittenAct:
    """What is said of an act: ``languages`` as ``ar``, ``fr`` or ``ar fr``; ``drafter_id`` always sees it."""

    file_name: str
    subject: str
    sender: str
    addressee: str
    kind: str
    languages: str
    unit_id: UUID
    drafter_id: UUID | None
    confidentiality: Confidentiality = Confidentiality.NORMAL


def keep_act(uow: UnitOfWork, act: WrittenAct, *, file: BlobRef, register_code: str) -> Document:
    """Make the document of an act; the caller has checked the right to, and asks for its reading."""
    document = Document(
        register_code=register_code,
        size_bytes=file.size_bytes,
        original_sha256=file.sha256,
        deposited_by=uow.actor.person_id,
        deposited_by_name=uow.actor.name,
        deposited_at=uow.now,
        named_people=[] if act.drafter_id is None else [str(act.drafter_id)],
        is_drafted=True,
        # Being decided on, it is no archivist's yet.
        is_open=True,
        # Its pages are the act's: none of them is a separator, and none is left out.
        is_arranged=True,
    )
    _say(document, act)
    name_blob(uow, file, media_type="application/pdf")
    uow.session.add(document)
    uow.session.flush()
    write_scope(uow, document)
    return document


def renew_act(uow: UnitOfWork, document: Document, act: WrittenAct, *, file: BlobRef) -> None:
    """Put the file of a new version in the place of the former one, whose bytes stay in the store."""
    pages = uow.session.scalars(select(Page).where(Page.document_id == document.id)).all()
    pictures = [(BlobKind.PAGE, page.image_sha256) for page in pages]
    pictures += [(BlobKind.THUMBNAIL, page.thumbnail_sha256) for page in pages]
    uow.session.execute(delete(Page).where(Page.document_id == document.id))
    copy = document.searchable_sha256
    keep_searchable(uow, document, None)
    for kind, sha256 in [*pictures, (BlobKind.SEARCHABLE, copy)]:
        forget_unused(uow, kind, sha256)
    name_blob(uow, file, media_type="application/pdf")
    document.original_sha256, document.size_bytes = file.sha256, file.size_bytes
    document.state, document.page_count, document.ready_at = DocumentState.QUEUED, 0, None
    document.error_code, document.error_params, document.proposals = None, {}, {}
    document.pages_version += 1
    document.content_version += 1
    _say(document, act)
    uow.session.flush()
    write_scope(uow, document)
    uow.enqueue(INDEX_JOB)


def _say(document: Document, act: WrittenAct) -> None:
    document.file_name = display_file_name(act.file_name)
    document.subject, document.sender, document.addressee = act.subject, act.sender, act.addressee
    document.kind, document.languages = act.kind, act.languages
    document.unit_id, document.confidentiality = act.unit_id, act.confidentiality.value
