"""Versions of a page's text: the first reading and what people made of it; the newest counts, none is lost."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from docflow.core.errors import Conflict, InvalidInput, NotFound
from docflow.core.uow import UnitOfWork
from docflow.documents.models import Document, Page, PageText
from docflow.documents.operations import INDEX_JOB
from docflow.documents.queries import document_content_for
from docflow.documents.rules import OWN_SOURCES, PageState, ReviewOutcome, TextSource, Word, pack_words, unpack_words


@dataclass(frozen=True, slots=True)
class NewText:
    """A text to be kept as the next version; ``restored_from`` names the earlier version it repeats."""

    source: TextSource
    text: str
    words: tuple[Word, ...]
    restored_from: int | None = None


def text_versions(session: Session, page_id: UUID) -> Sequence[PageText]:
    """Return all versions of a page's text, the newest first; the caller has checked the right to see them."""
    return session.scalars(select(PageText).where(PageText.page_id == page_id).order_by(PageText.version.desc())).all()


def text_version(session: Session, page_id: UUID, version: int) -> PageText:
    """Return one version of a page's text; the caller has checked the right to see it.

    Raises:
        NotFound: ``text_version_unknown``.
    """
    kept = session.get(PageText, (page_id, version))
    if kept is None:
        raise NotFound("text_version_unknown", version=version)
    return kept


def words_of(kept: PageText) -> tuple[Word, ...]:
    """Return the words of a version."""
    return unpack_words(kept.words)


def version_words(session: Session, page_id: UUID, version: int) -> tuple[Word, ...]:
    """Return the words of a version; none of version 0, which is that of a page without a text.

    Raises:
        NotFound: ``text_version_unknown``.
    """
    return words_of(text_version(session, page_id, version)) if version else ()


def versions_by_page(session: Session, document_id: UUID) -> Mapping[int, Sequence[PageText]]:
    """Return the versions of every page of a document by page index, the first reading first.

    The caller has checked the right to see them.
    """
    versions: dict[int, list[PageText]] = {}
    rows = session.execute(
        select(Page.page_index, PageText)
        .join(PageText, PageText.page_id == Page.id)
        .where(Page.document_id == document_id)
        .order_by(Page.page_index, PageText.version)
    )
    for page_index, kept in rows:
        versions.setdefault(page_index, []).append(kept)
    return versions


def pages_with_own_text(session: Session, ids: Sequence[UUID]) -> Collection[UUID]:
    """Return those of some pages whose file brought a sound text of its own, corrected since or not."""
    return frozenset(
        session.scalars(select(PageText.page_id).where(PageText.page_id.in_(ids), PageText.source.in_(OWN_SOURCES)))
    )


def page_to_review(uow: UnitOfWork, page_id: UUID) -> Page:
    """Return a page whose content the actor may see, wherever it is now, its document locked.

    Raises:
        NotFound: ``document_unknown``, also when the page does not exist or is in no document.
        PermissionDenied: ``content_hidden``.
    """
    locked: UUID | None = None
    while True:
        page = uow.session.get(Page, page_id, populate_existing=True)
        if page is None or page.document_id is None:
            raise NotFound("document_unknown")
        document_content_for(uow.session, uow.actor, page.document_id)
        if page.document_id == locked:
            return page
        # Until its document is locked, somebody may still move the page.
        locked = page.document_id
        uow.session.get(Document, locked, with_for_update=True)


def document_of(uow: UnitOfWork, page: Page) -> Document:
    """Return the document of a page that is in one."""
    return uow.session.scalars(select(Document).where(Document.id == page.document_id)).one()


def newest_version(uow: UnitOfWork, page: Page, *, expected: int) -> int:
    """Return the number of the newest version, unless it is not the one that the actor saw.

    Raises:
        Conflict: ``text_changed`` with the ``version`` now and the name ``by`` whom.
    """
    newest = uow.session.scalar(select(func.max(PageText.version)).where(PageText.page_id == page.id)) or 0
    if newest != expected:
        kept = uow.session.get(PageText, (page.id, newest))
        raise Conflict("text_changed", version=newest, by="" if kept is None else kept.author_name)
    return newest


def keep_text(uow: UnitOfWork, page: Page, new: NewText, *, expected: int) -> int:
    """Keep a text as the page's next version, settle its doubt, have it indexed; return the version's number.

    Raises:
        Conflict: ``text_changed`` with the ``version`` now and the name ``by`` whom.
        InvalidInput: ``page_not_read``, when there is no picture that words could be placed on.
    """
    if page.image_sha256 is None:
        raise InvalidInput("page_not_read", page_number=page.page_index + 1)
    version = newest_version(uow, page, expected=expected) + 1
    uow.session.add(
        PageText(
            page_id=page.id,
            version=version,
            source=new.source,
            text=new.text,
            words=pack_words(new.words),
            created_at=uow.now,
            author_id=uow.actor.person_id,
            author_name=uow.actor.name,
            restored_from=new.restored_from,
        )
    )
    # Who typed what the reader could not read has read the page.
    page.state, page.error_code, page.error_params = PageState.READ, None, {}
    settle_doubt(uow, page, outcome=ReviewOutcome.CORRECTED)
    document = document_of(uow, page)
    document.content_version += 1
    # What is being made from the earlier text at this moment is set aside.
    document.pages_version += 1
    uow.enqueue(INDEX_JOB)
    uow.session.flush()
    return version


def settle_doubt(uow: UnitOfWork, page: Page, *, outcome: ReviewOutcome) -> None:
    """Take a page out of the queue with what was said of it, by whom and when."""
    page.needs_review = False
    page.review_outcome, page.reviewed_by_name, page.reviewed_at = outcome, uow.actor.name, uow.now
