"""Writes of redacted copies: what is covered, making the copy, the post that it becomes."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Final
from uuid import UUID

from sqlalchemy.orm import Session

from docflow.accounts.visibility import Confidentiality
from docflow.core.actor import SYSTEM, Actor
from docflow.core.errors import Conflict, DocFlowError, NotFound, PermissionDenied, Unavailable
from docflow.core.ids import new_id
from docflow.core.jobs import JobRequest
from docflow.core.uow import UnitOfWork
from docflow.core.words import Words
from docflow.documents.models import Document
from docflow.documents.queries import PageView, document_content_for, page_views
from docflow.publications.burning import write_redacted
from docflow.publications.files import PDF, Given, attach_file, limits_of
from docflow.publications.models import PublicPost, Redaction
from docflow.publications.operations import EDITING, PostSetup, begin_post
from docflow.publications.ports import Deps
from docflow.publications.redaction_rules import (
    Box,
    Boxes,
    RedactionState,
    boxes_as_row,
    boxes_of_words,
    with_box,
    without_box,
)
from docflow.publications.rules import PostKind, PostText
from docflow.search.language.analyser import analyse
from docflow.storage.operations import forget_unnamed, name_blob
from docflow.storage.rules import BlobKind, BlobRef

KINDS: Final = {"minutes": PostKind.MINUTES}
TITLES: Final = {
    PostKind.MINUTES: Words("محضر {number}", "Procès-verbal {number}"),
    PostKind.DECISION: Words("مقرر {number}", "Décision {number}"),
}


def begin_redaction(uow: UnitOfWork, document_id: UUID) -> Redaction:
    """Begin a redacted copy of a registered document; the document itself is never touched.

    Raises:
        PermissionDenied: without ``publications.write``; ``content_hidden``; ``redaction_confidential``.
        NotFound: ``document_unknown``.
        Conflict: ``redaction_unregistered``.
    """
    uow.require(EDITING)
    document = _publishable(uow.session, uow.actor, document_id)
    kept = Redaction(id=new_id(), document_id=document.id, boxes={}, begun_at=uow.now, begun_by_name=uow.actor.name)
    uow.session.add(kept)
    uow.record("publications.redaction_begun", subject_kind="document", subject_id=document.id)
    return kept


def redaction_for(session: Session, actor: Actor, redaction_id: UUID) -> tuple[Redaction, Document]:
    """Return a redacted copy and its document, to whoever may read the document and edits the public site.

    Raises:
        NotFound: ``redaction_unknown``, ``document_unknown``.
        PermissionDenied: ``content_hidden``; ``redaction_confidential``.
        Conflict: ``redaction_unregistered``.
    """
    kept = session.get(Redaction, redaction_id)
    if kept is None:
        raise NotFound("redaction_unknown")
    return kept, _publishable(session, actor, kept.document_id)


def cover(uow: UnitOfWork, redaction_id: UUID, page_index: int, box: Box) -> Redaction:
    """Cover a place of a page; a copy that was made is not the present one any more.

    Raises:
        InvalidInput: ``boxes_too_many``.
        Errors of ``redaction_for``; Conflict: ``redaction_published``.
    """
    kept = _changeable(uow, redaction_id)
    return _set(uow, kept, with_box(kept.covered, page_index, [box]))


def cover_words(uow: UnitOfWork, redaction_id: UUID, typed: str) -> int:
    """Cover every place on all pages at which some words are written, and return how many words that were.

    Raises: as ``cover``.
    """
    kept = _changeable(uow, redaction_id)
    boxes: Boxes = kept.covered
    count = 0
    for index, view in enumerate(page_views(uow.session, kept.document_id)):
        found = boxes_of_words(view.words, typed, forms_of=lambda text: analyse(text).exact)
        count += len(found)
        boxes = with_box(boxes, index, found)
    _set(uow, kept, boxes)
    return count


def uncover(uow: UnitOfWork, redaction_id: UUID, page_index: int, place: int) -> Redaction:
    """Take what covers a place of a page away.

    Raises: as ``cover``.
    """
    kept = _changeable(uow, redaction_id)
    return _set(uow, kept, without_box(kept.covered, page_index, place))


def ask_copy(uow: UnitOfWork, redaction_id: UUID) -> None:
    """Have the redacted copy made by a job.

    Raises: as ``cover``.
    """
    kept = _changeable(uow, redaction_id)
    kept.state, kept.error_code = RedactionState.MAKING, None
    uow.enqueue(
        JobRequest(
            name="publications.redact",
            payload={"redaction_id": str(kept.id)},
            unique_key=f"publications.redact:{kept.id}",
            priority=10,
            max_attempts=3,
        )
    )


def make_copy(deps: Deps, redaction_id: UUID, *, is_last_attempt: bool) -> None:
    """Make a redacted copy that was asked for, check it and keep it."""
    with deps.transactions.reading() as session:
        kept = session.get(Redaction, redaction_id)
        views: Sequence[PageView] = () if kept is None else page_views(session, kept.document_id)
    if kept is None or kept.state != RedactionState.MAKING:
        return
    try:
        blob, text = _made(deps, kept, views)
    except DocFlowError as refusal:
        if isinstance(refusal, Unavailable) and not is_last_attempt:
            raise
        with deps.transactions.writing(SYSTEM) as uow:
            failed = uow.session.get_one(Redaction, redaction_id, with_for_update=True)
            failed.state, failed.error_code = RedactionState.FAILED, refusal.code
        return
    with deps.transactions.writing(SYSTEM) as uow:
        made = uow.session.get_one(Redaction, redaction_id, with_for_update=True)
        if made.version != kept.version or made.state != RedactionState.MAKING:
            return
        name_blob(uow, blob, media_type=PDF)
        made.state, made.sha256, made.size_bytes = RedactionState.MADE, blob.sha256, blob.size_bytes
        made.page_count, made.text = len(views), text
        uow.record("publications.redacted", subject_kind="document", subject_id=made.document_id, sha256=blob.sha256)


def public_copy(deps: Deps, actor: Actor, redaction_id: UUID) -> BlobRef:
    """Store a redacted copy once more as a file of the public site, which has its own life.

    Raises:
        Errors of ``redaction_for``; Conflict: ``redaction_not_made``.
    """
    with deps.transactions.reading() as session:
        kept, _ = redaction_for(session, actor, redaction_id)
    if kept.state != RedactionState.MADE or kept.sha256 is None:
        raise Conflict("redaction_not_made")
    with deps.blob_store.open(BlobKind.REDACTED, kept.sha256) as stream:
        return deps.blob_store.put(BlobKind.PUBLIC, stream, media_type=PDF)


def post_of_copy(uow: UnitOfWork, redaction_id: UUID, blob: BlobRef) -> PublicPost:
    """Begin the post with which a redacted copy is published; what it says is then written by the editor.

    Raises:
        Errors of ``redaction_for``; Conflict: ``redaction_not_made``, ``redaction_published``.
    """
    kept = _changeable(uow, redaction_id)
    document = uow.session.get_one(Document, kept.document_id)
    if kept.state != RedactionState.MADE or kept.sha256 != blob.sha256:
        raise Conflict("redaction_not_made")
    kind = KINDS.get(document.kind, PostKind.DECISION)
    number = document.register_number or ""
    title = {language: TITLES[kind].said(language).format(number=number) for language in ("ar", "fr")}
    # The subject of a letter may name people: what everybody reads is written anew.
    setup = PostSetup(kind, PostText(title["ar"], title["fr"]), unit_id=document.unit_id)
    post = begin_post(uow, setup)
    given = Given(is_picture=False, blob=blob, page_count=kept.page_count, text=kept.text)
    attach_file(uow, post.id, given, name=title["fr"])
    kept.post_id = post.id
    uow.record("publications.redaction_published", subject_kind="document", subject_id=kept.document_id)
    return post


def _made(deps: Deps, kept: Redaction, views: Sequence[PageView]) -> tuple[BlobRef, str]:
    pictures = []
    for view in views:
        if view.page.image_sha256 is None:
            raise Conflict("redaction_unread")
        with deps.blob_store.open(BlobKind.PAGE, view.page.image_sha256) as stream:
            pictures.append(stream.read())
    with tempfile.TemporaryDirectory(prefix="docflow-redacted-") as folder:
        out = Path(folder) / "copy.pdf"
        text = write_redacted(views, pictures, kept.covered, out=out, limits=limits_of(deps.settings))
        with out.open("rb") as stream:
            return deps.blob_store.put(BlobKind.REDACTED, stream, media_type=PDF), text


def _publishable(session: Session, actor: Actor, document_id: UUID) -> Document:
    document = document_content_for(session, actor, document_id)
    if document.confidentiality != Confidentiality.NORMAL:
        raise PermissionDenied("redaction_confidential")
    if not document.is_registered:
        raise Conflict("redaction_unregistered")
    return document


def _changeable(uow: UnitOfWork, redaction_id: UUID) -> Redaction:
    uow.require(EDITING)
    redaction_for(uow.session, uow.actor, redaction_id)
    kept = uow.session.get_one(Redaction, redaction_id, with_for_update=True)
    if kept.post_id is not None:
        raise Conflict("redaction_published")
    return kept


def _set(uow: UnitOfWork, kept: Redaction, boxes: Boxes) -> Redaction:
    gone = [kept.sha256] if kept.sha256 else []
    kept.boxes = boxes_as_row(boxes)
    kept.state, kept.sha256, kept.size_bytes, kept.text = RedactionState.DRAFT, None, 0, ""
    forget_unnamed(uow, BlobKind.REDACTED, gone, named=Redaction.sha256)
    return kept
