"""Reads of documents; every one takes the actor and shows only what their tokens open."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence, Set
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final, TypeAlias
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, bindparam, func, or_, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from docflow.accounts.visibility import desk_tokens
from docflow.core.actor import Actor
from docflow.core.errors import NotFound, PermissionDenied
from docflow.core.remembering import asked_once
from docflow.core.statements import built_once
from docflow.documents.models import Document, DocumentScopeRow, Page, PageText
from docflow.documents.rules import DocumentState, PageState, Word, unpack_words

_DocumentId: TypeAlias = ColumnElement[Any] | InstrumentedAttribute[Any]
STACK = func.coalesce(Document.deposit_id, Document.id)
"""The deposit that a document is of, or was split from."""
BATCH_ORDER = (Document.deposited_at, STACK, Document.part_number, Document.id)
"""The order of deposit, and within one stack the order of its documents."""


@dataclass(frozen=True, slots=True)
class PageView:
    """A page with its current text."""

    page: Page
    text: str
    words: tuple[Word, ...]
    source: str
    text_version: int


@dataclass(frozen=True, slots=True)
class IndexRecord:
    """All that the index needs of a document."""

    document_id: UUID
    content_version: int
    scope_version: int
    subject: str
    sender: str
    addressee: str
    reference: str
    register_number: str
    kind: str
    languages: tuple[str, ...]
    unit_id: UUID | None
    document_date: date | None
    deposited_at: datetime
    file_name: str
    pages: tuple[str, ...]
    metadata_tokens: frozenset[str]
    content_tokens: frozenset[str]
    is_gone: bool = False
    """Whether the index must hold it no more."""


def visible_to(actor: Actor, *, content: bool = False) -> ColumnElement[bool]:
    """Return the condition that a document has pages and is one whose metadata, or content, the actor may see."""
    is_opened = _opening(actor, Document.id, content=content).exists()
    return and_(Document.state != DocumentState.EMPTIED, is_opened)


def is_opened_by(actor: Actor, document_id: _DocumentId, *, content: bool) -> ColumnElement[bool]:
    """Return the condition that a token of the actor opens the metadata, or the content, of a document.

    It may stand beside an ``OR``: PostgreSQL answers an ``EXISTS`` there by gathering all that the actor sees first.
    """
    return _opening(actor, document_id, content=content).limit(1).scalar_subquery().is_not(None)


def _opening(actor: Actor, document_id: _DocumentId, *, content: bool) -> Select[UUID]:
    return select(DocumentScopeRow.document_id).where(
        DocumentScopeRow.document_id == document_id,
        DocumentScopeRow.token.in_(sorted(actor.tokens)),
        DocumentScopeRow.is_content == content,
    )


_PAGES: Final = select(Page).where(Page.document_id == bindparam("document_id")).order_by(Page.page_index)


@asked_once
def document_for(session: Session, actor: Actor, document_id: UUID) -> Document:
    """Return a document whose metadata the actor may see.

    Raises:
        NotFound: ``document_unknown``, whether it is missing or hidden.
    """
    document = session.scalar(_document_seen(actor), {"document_id": document_id})
    if document is None:
        raise NotFound("document_unknown")
    return document


@asked_once
def can_see_content(session: Session, actor: Actor, document_id: UUID) -> bool:
    """Return whether the actor may see what is written in a document."""
    return session.scalar(_document_read(actor), {"document_id": document_id}) is not None


@built_once
def _document_seen(actor: Actor) -> Select[Document]:
    return select(Document).where(Document.id == bindparam("document_id"), visible_to(actor))


@built_once
def _document_read(actor: Actor) -> Select[UUID]:
    return select(Document.id).where(Document.id == bindparam("document_id"), visible_to(actor, content=True))


def document_content_for(session: Session, actor: Actor, document_id: UUID) -> Document:
    """Return a document whose content the actor may see.

    Raises:
        NotFound: ``document_unknown``, when not even its metadata may be seen.
        PermissionDenied: ``content_hidden``.
    """
    document = document_for(session, actor, document_id)
    if not can_see_content(session, actor, document_id):
        raise PermissionDenied("content_hidden")
    return document


def documents_shown(session: Session, actor: Actor, ids: Sequence[UUID]) -> Mapping[UUID, tuple[Document, bool]]:
    """Return those of some documents that the actor may see, each with whether they may read its content."""
    if not ids:
        return {}
    is_readable = visible_to(actor, content=True).label("is_readable")
    rows = session.execute(select(Document, is_readable).where(Document.id.in_(ids), visible_to(actor)))
    return {document.id: (document, bool(readable)) for document, readable in rows}


def batch_documents(session: Session, actor: Actor, batch_id: UUID) -> Sequence[Document]:
    """Return the documents of a batch that the actor may see, in order of deposit and of the stack."""
    return session.scalars(
        select(Document).where(Document.batch_id == batch_id, visible_to(actor)).order_by(*BATCH_ORDER)
    ).all()


def batch_states(
    session: Session, actor: Actor, batch_ids: Sequence[UUID]
) -> Mapping[UUID, Mapping[DocumentState, int]]:
    """Return how many documents that the actor may see are in each state, for some batches."""
    counts: dict[UUID, dict[DocumentState, int]] = {batch_id: {} for batch_id in batch_ids}
    if not batch_ids:
        return counts
    rows = session.execute(
        select(Document.batch_id, Document.state, func.count())
        .where(Document.batch_id.in_(batch_ids), visible_to(actor))
        .group_by(Document.batch_id, Document.state)
    )
    for batch_id, state, number in rows:
        if batch_id is not None:
            counts[batch_id][DocumentState(state)] = number
    return counts


def pages_read(session: Session, ids: Sequence[UUID]) -> Mapping[UUID, int]:
    """Return how many pages of each document are no longer waiting."""
    if not ids:
        return {}
    rows = session.execute(
        select(Page.document_id, func.count())
        .where(Page.document_id.in_(ids), Page.state != PageState.WAITING)
        .group_by(Page.document_id)
    )
    return {document_id: number for document_id, number in rows if document_id is not None}


def is_page_waiting(session: Session, document_id: UUID, page_index: int) -> bool:
    """Return whether a page has still to be read."""
    waiting = select(Page.id).where(
        Page.document_id == document_id, Page.page_index == page_index, Page.state == PageState.WAITING
    )
    return session.scalar(waiting) is not None


def earlier_duplicates(session: Session, actor: Actor, documents: Sequence[Document]) -> Mapping[UUID, Document]:
    """Return, for some documents, the first deposit of the very same bytes before it that the actor may see.

    Documents split from one stack share its bytes and are not duplicates of each other.
    """
    hashes = {document.original_sha256 for document in documents if document.original_sha256}
    if not hashes:
        return {}
    same: dict[str, list[Document]] = {}
    for other in session.scalars(_with_bytes(actor), {"hashes": sorted(hashes)}):
        same.setdefault(other.original_sha256, []).append(other)
    first = {document.id: same.get(document.original_sha256, [document])[0] for document in documents}
    stacks = {document.id: document.deposit_id or document.id for document in documents}
    return {
        document_id: other
        for document_id, other in first.items()
        if (other.deposit_id or other.id) != stacks[document_id] and not other.is_set_aside
    }


@built_once
def _with_bytes(actor: Actor) -> Select[Document]:
    is_one = Document.original_sha256.in_(bindparam("hashes", expanding=True))
    # What was set aside is no reason to set another one aside.
    return select(Document).where(is_one, visible_to(actor)).order_by(Document.is_set_aside, Document.id)


@asked_once
def pages_of(session: Session, document_id: UUID) -> Sequence[Page]:
    """Return a document's pages in order; the caller has checked the right to see them."""
    return session.scalars(_PAGES, {"document_id": document_id}).all()


def page_views(session: Session, document_id: UUID, *, page_index: int | None = None) -> Sequence[PageView]:
    """Return pages with their newest texts, in order; the caller has checked the right to see them."""
    statement = _newest_texts().where(Page.document_id == document_id).order_by(Page.page_index)
    if page_index is not None:
        statement = statement.where(Page.page_index == page_index)
    return [
        PageView(
            page,
            "" if text is None else text.text,
            () if text is None else unpack_words(text.words),
            "" if text is None else text.source,
            0 if text is None else text.version,
        )
        for page, text in session.execute(statement)
    ]


def ids_with_text(session: Session, ids: Collection[UUID]) -> frozenset[UUID]:
    """Return those of some documents on a page of which something was read, or typed as a correction."""
    if not ids:
        return frozenset()
    said = _newest_texts().with_only_columns(Page.document_id).where(Page.document_id.in_(ids)).distinct()
    found = session.scalars(said.where(func.trim(PageText.text, " \t\r\n") != ""))
    return frozenset(document_id for document_id in found if document_id is not None)


def page_texts(
    session: Session, ids: Sequence[UUID], *, first_pages: int | None = None
) -> Mapping[UUID, Sequence[str]]:
    """Return the texts of the pages of some documents, in order; the caller has checked the right to see them."""
    texts: dict[UUID, list[str]] = {document_id: [] for document_id in ids}
    if not ids:
        return texts
    statement = _newest_texts().with_only_columns(Page.document_id, PageText.text)
    if first_pages is not None:
        statement = statement.where(Page.page_index < first_pages)
    for document_id, text in session.execute(statement.where(Page.document_id.in_(ids)).order_by(Page.page_index)):
        if document_id is not None:
            texts[document_id].append(text or "")
    return texts


def documents_to_index(session: Session, *, limit: int) -> Sequence[IndexRecord]:
    """Return documents whose index entry lags behind, oldest first."""
    ids = session.scalars(
        select(Document.id)
        .where(
            Document.indexed_version < Document.content_version,
            Document.state.in_((DocumentState.READY, DocumentState.FAILED, DocumentState.EMPTIED)),
        )
        .order_by(Document.id)
        .limit(limit)
    ).all()
    return index_records(session, ids)


def index_records(session: Session, ids: Sequence[UUID]) -> Sequence[IndexRecord]:
    """Return what the index needs of some documents, whoever may see them."""
    texts = page_texts(session, ids)
    tokens: dict[tuple[UUID, bool], set[str]] = {}
    # As plain values: a rebuild reads ten of them for each document.
    rows = select(DocumentScopeRow.document_id, DocumentScopeRow.is_content, DocumentScopeRow.token)
    for document_id, is_content, token in session.execute(rows.where(DocumentScopeRow.document_id.in_(ids))):
        tokens.setdefault((document_id, is_content), set()).add(token)
    return [
        IndexRecord(
            document_id=document.id,
            content_version=document.content_version,
            scope_version=document.scope_version,
            subject=document.subject,
            sender=document.sender,
            addressee=document.addressee,
            reference=document.reference,
            register_number=document.register_number,
            kind=document.kind,
            languages=tuple(document.languages.split()),
            unit_id=document.unit_id,
            document_date=document.document_date,
            deposited_at=document.deposited_at,
            file_name=document.file_name,
            pages=tuple(texts[document.id]),
            metadata_tokens=_searched_by(document, tokens.get((document.id, False), set())),
            content_tokens=_searched_by(document, tokens.get((document.id, True), set())),
            is_gone=document.state == DocumentState.EMPTIED,
        )
        for document in session.scalars(select(Document).where(Document.id.in_(ids)).order_by(Document.id))
    ]


def _searched_by(document: Document, tokens: Set[str]) -> frozenset[str]:
    """Return the tokens by which a document is found: one set aside is found by whoever could put it back alone."""
    return desk_tokens(tokens) if document.is_set_aside else frozenset(tokens)


def documents_after(session: Session, document_id: UUID | None, *, limit: int) -> Sequence[UUID]:
    """Return identifiers of indexable documents in order, after one of them; for a whole rebuild."""
    statement = select(Document.id).where(Document.state.in_((DocumentState.READY, DocumentState.FAILED)))
    if document_id is not None:
        statement = statement.where(Document.id > document_id)
    return session.scalars(statement.order_by(Document.id).limit(limit)).all()


def scope_lagging_ids(session: Session) -> frozenset[UUID]:
    """Return documents whose visibility changed and whose index entry may not show it yet.

    One that was never noted as indexed counts once its visibility changed: the index may hold it all the same, when a
    process ended between the two commits. There is no limit, because one left out would be shown.
    """
    return frozenset(
        session.scalars(
            select(Document.id).where(
                Document.indexed_version < Document.content_version,
                Document.indexed_scope_version < Document.scope_version,
                or_(Document.indexed_version > 0, Document.scope_version > 1),
            )
        )
    )


def news_for(session: Session, actor: Actor, *, since: datetime, most: int) -> Sequence[tuple[UUID, datetime]]:
    """Return documents that were read, or came into more people's sight, after an instant, of those the actor may see.

    Each comes with when it did, the last one first.
    """
    rows = session.execute(
        select(Document.id, Document.news_at)
        .where(Document.news_at > since, visible_to(actor))
        .order_by(Document.news_at.desc())
        .limit(most)
    )
    return [(document_id, at) for document_id, at in rows if at is not None]


def _newest_texts() -> Select[Page, PageText]:
    newest = select(func.max(PageText.version)).where(PageText.page_id == Page.id).scalar_subquery()
    return select(Page, PageText).outerjoin(
        PageText, and_(PageText.page_id == Page.id, PageText.version == newest.correlate(Page))
    )
