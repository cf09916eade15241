"""From which pages of which deposited files a document is made."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import func, not_, select
from sqlalchemy.orm import Session

from docflow.core.actor import Actor
from docflow.core.errors import NotFound
from docflow.documents.models import Document, Page
from docflow.documents.queries import is_opened_by, pages_of
from docflow.documents.rules import DocumentState
from docflow.storage.rules import BlobKind


@dataclass(frozen=True, slots=True)
class Source:
    """A deposited file and the numbers of its pages, from 1, that a document holds.

    Attributes:
        deposit: the document as which the file was deposited, with the file's name and bytes.
        page_numbers: in the order of the document.
        page_count: pages of the whole file.
        is_open: whether the actor may read every page of the file, so that it may be shown whole.
    """

    deposit: Document
    page_numbers: tuple[int, ...]
    page_count: int
    is_open: bool

    @property
    def is_whole(self) -> bool:
        """Whether the document holds the whole file in its order."""
        return self.page_numbers == tuple(range(1, self.page_count + 1))

    @property
    def ranges(self) -> str:
        """The page numbers as they are written: ``3-5, 8``."""
        runs: list[list[int]] = []
        for number in self.page_numbers:
            if runs and number == runs[-1][-1] + 1:
                runs[-1] = [runs[-1][0], number]
            else:
                runs.append([number, number])
        return ", ".join(str(first) if first == last else f"{first}-{last}" for first, last in runs)


def sources_of(session: Session, actor: Actor, ids: Sequence[UUID]) -> Mapping[UUID, Sequence[Source]]:
    """Return the files of some documents in the order of their pages; the caller has checked the right to see them.

    A document whose pages are not known yet, or which has none, names its own file.
    """
    numbers: dict[UUID, dict[UUID, list[int]]] = {document_id: {} for document_id in ids}
    rows = session.execute(
        select(Page.document_id, Page.source_id, Page.source_page_index)
        .where(Page.document_id.in_(ids))
        .order_by(Page.document_id, Page.page_index)
    )
    for document_id, source_id, index in rows:
        if document_id is not None:
            numbers[document_id].setdefault(source_id, []).append(index + 1)
    own = session.execute(
        select(Document.id, func.coalesce(Document.deposit_id, Document.id)).where(Document.id.in_(ids))
    )
    for document_id, deposit_id in own:
        if not numbers[document_id]:
            numbers[document_id] = {deposit_id: []}
    wanted = {source_id for held in numbers.values() for source_id in held}
    deposits = {row.id: row for row in session.scalars(select(Document).where(Document.id.in_(wanted)))}
    counts = _page_counts(session, wanted)
    closed = _closed(session, actor, wanted)
    return {
        document_id: [
            Source(deposits[source_id], tuple(pages), counts.get(source_id, 0), source_id not in closed)
            for source_id, pages in held.items()
        ]
        for document_id, held in numbers.items()
    }


def _page_counts(session: Session, source_ids: set[UUID]) -> dict[UUID, int]:
    rows = session.execute(
        select(Page.source_id, func.count()).where(Page.source_id.in_(source_ids)).group_by(Page.source_id)
    )
    return {source_id: count for source_id, count in rows}  # noqa: C416 - rows are not pairs to dict()


def _closed(session: Session, actor: Actor, source_ids: set[UUID]) -> set[UUID]:
    """Return the files of which some page is where the actor may not read it."""
    holder = func.coalesce(Page.document_id, Page.aside_of)
    hidden = select(Page.source_id).where(
        Page.source_id.in_(source_ids), not_(is_opened_by(actor, holder, content=True))
    )
    return set(session.scalars(hidden.distinct()))


@dataclass(frozen=True, slots=True)
class FileToSeal:
    """The file by which a document is sealed.

    Attributes:
        kind: the deposited file itself or the searchable copy; none when there is neither.
        sha256: which object of the store.
        file_name: the name under which it was deposited.
        is_waiting: whether a copy may still come, because the document is being read.
    """

    kind: BlobKind | None
    sha256: str
    file_name: str
    is_waiting: bool = False


def file_to_seal(session: Session, document_id: UUID) -> FileToSeal:
    """Return what is sealed of a document: the deposited PDF when the document is that whole file as it lies in it.

    Otherwise (a picture, a part of a stack, turned pages) it is the searchable copy; a file that its sender signed is
    taken as it is even when a page lies on its side, because a copy would lose the signatures.

    Raises:
        NotFound: ``document_unknown``.
    """
    document = session.get(Document, document_id)
    if document is None:
        raise NotFound("document_unknown")
    pages = pages_of(session, document_id)
    source_ids = {page.source_id for page in pages}
    if document.source_kind == "pdf" and len(source_ids) == 1:
        source = session.get_one(Document, source_ids.pop())
        count = _page_counts(session, {source.id})[source.id]
        is_whole = [page.source_page_index for page in pages] == list(range(count))
        is_upright = all(page.rotation_deg == 0 for page in pages)
        if is_whole and (is_upright or document.is_signed):
            return FileToSeal(BlobKind.ORIGINAL, source.original_sha256, source.file_name)
    if document.searchable_sha256 is not None:
        return FileToSeal(BlobKind.SEARCHABLE, document.searchable_sha256, document.file_name)
    is_waiting = document.state in {DocumentState.QUEUED, DocumentState.READING}
    return FileToSeal(None, "", document.file_name, is_waiting=is_waiting)
