"""The pages in doubt that an actor may see: the oldest document first, in it the worst page first."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVarTuple
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, func, or_, select
from sqlalchemy.orm import Session

from docflow.core.actor import Actor
from docflow.core.errors import NotFound
from docflow.core.statements import built_once
from docflow.documents.models import Document, Page
from docflow.documents.queries import document_content_for, visible_to
from docflow.documents.rules import DocumentState, PageState

Columns = TypeVarTuple("Columns")

ORDER = (Document.deposited_at, Document.id, Page.confidence, Page.page_index)
"""Also what says which page comes after which; a page that could not be read has a confidence of 0."""


MOST_UNREAD = 500
"""So many pages that could not be read are counted, and asked to be read again, at once."""


@dataclass(frozen=True, slots=True)
class DoubtfulPage:
    """A page in doubt with its document."""

    document: Document
    page: Page

    @property
    def page_number(self) -> int:
        """From 1."""
        return self.page.page_index + 1


def doubtful_pages(
    session: Session, actor: Actor, *, language: str = "", offset: int = 0, limit: int = 50
) -> Sequence[DoubtfulPage]:
    """Return pages in doubt whose content the actor may see; ``language`` keeps those written in it."""
    rows = session.execute(
        _in_doubt(select(Document, Page), actor, language=language).order_by(*ORDER).offset(offset).limit(limit)
    )
    return [DoubtfulPage(document, page) for document, page in rows]


def count_doubtful(session: Session, actor: Actor, *, language: str = "") -> int:
    """Return how many pages in doubt the actor may see the content of."""
    return session.scalar(counting_doubtful(actor, language)) or 0


@built_once
def counting_doubtful(actor: Actor, language: str = "") -> Select[int]:
    """Return the statement that counts the pages in doubt of which the actor may see the content."""
    return _in_doubt(select(func.count()), actor, language=language)


def unread_pages(session: Session, actor: Actor, *, limit: int = MOST_UNREAD) -> Sequence[DoubtfulPage]:
    """Return pages that could not be read, of documents whose content the actor may see, in the order of the queue."""
    statement = _in_doubt(select(Document, Page), actor, language="").where(Page.state == PageState.FAILED)
    return [DoubtfulPage(*row) for row in session.execute(statement.order_by(*ORDER).limit(limit))]


def doubtful_numbers(session: Session, actor: Actor, ids: Sequence[UUID]) -> Mapping[UUID, Sequence[int]]:
    """Return the numbers, from 1, of the pages in doubt of those documents whose content the actor may see."""
    numbers: dict[UUID, list[int]] = {}
    pages = _in_doubt(select(Document.id, Page.page_index), actor, language="").where(Document.id.in_(ids))
    for document_id, page_index in session.execute(pages.order_by(Page.page_index)):
        numbers.setdefault(document_id, []).append(page_index + 1)
    return numbers


def doubtful_after(session: Session, actor: Actor, place: DoubtfulPage, *, language: str = "") -> DoubtfulPage | None:
    """Return the page in doubt that follows a page in the order of the queue; that one need not be in it any more."""
    statement = _in_doubt(select(Document, Page), actor, language=language)
    row = session.execute(statement.where(_beyond(place, is_after=True)).order_by(*ORDER).limit(1)).first()
    return None if row is None else DoubtfulPage(*row)


def doubtful_before(session: Session, actor: Actor, place: DoubtfulPage, *, language: str = "") -> DoubtfulPage | None:
    """Return the page in doubt before a page in the order of the queue."""
    statement = _in_doubt(select(Document, Page), actor, language=language)
    backwards = [column.desc() for column in ORDER]
    row = session.execute(statement.where(_beyond(place, is_after=False)).order_by(*backwards).limit(1)).first()
    return None if row is None else DoubtfulPage(*row)


def page_of_queue(session: Session, document: Document, page_index: int) -> DoubtfulPage:
    """Return a page with its document, in doubt or not; the caller has checked the right to see it.

    Raises:
        NotFound: ``page_unknown``.
    """
    page = session.scalar(select(Page).where(Page.document_id == document.id, Page.page_index == page_index))
    if page is None:
        raise NotFound("page_unknown")
    return DoubtfulPage(document, page)


def place_of(session: Session, actor: Actor, page_id: UUID) -> DoubtfulPage:
    """Return where a page is now, with its document, whose content the actor may see.

    Raises:
        NotFound: ``document_unknown``, also when the page does not exist or is in no document.
        PermissionDenied: ``content_hidden``.
    """
    page = session.get(Page, page_id)
    if page is None or page.document_id is None:
        raise NotFound("document_unknown")
    return DoubtfulPage(document_content_for(session, actor, page.document_id), page)


def _in_doubt(statement: Select[*Columns], actor: Actor, *, language: str) -> Select[*Columns]:
    statement = (
        statement.select_from(Page)
        .join(Document, Page.document_id == Document.id)
        .where(
            Page.needs_review,
            ~Document.is_set_aside,
            Document.state.in_((DocumentState.READY, DocumentState.FAILED)),
            visible_to(actor, content=True),
        )
    )
    return statement.where(Page.languages.contains(language, autoescape=True)) if language else statement


def _beyond(place: DoubtfulPage, *, is_after: bool) -> ColumnElement[bool]:
    values = (place.document.deposited_at, place.document.id, place.page.confidence, place.page.page_index)
    ways = []
    for at, (column, value) in enumerate(zip(ORDER, values, strict=True)):
        same = [earlier == known for earlier, known in zip(ORDER[:at], values[:at], strict=True)]
        ways.append(and_(*same, column > value if is_after else column < value))
    return or_(*ways)
