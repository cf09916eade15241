"""Reads of the intake: batches and the progress of their files."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from docflow.core.actor import Actor
from docflow.core.errors import NotFound
from docflow.documents.doubt import doubtful_numbers
from docflow.documents.models import Document
from docflow.documents.queries import batch_documents, earlier_duplicates, pages_read
from docflow.documents.rules import DocumentState
from docflow.documents.sources import Source, sources_of
from docflow.ingest.models import Batch


@dataclass(frozen=True, slots=True)
class FileProgress:
    """One document of a batch: how far its reading is, the same bytes seen earlier, the pages of its stack.

    What the actor may not know of is left out. ``doubtful`` are the numbers, from 1, of its pages in doubt.
    """

    document: Document
    pages_done: int
    duplicate_of: Document | None
    sources: Sequence[Source] = ()
    doubtful: Sequence[int] = ()

    @property
    def is_settled(self) -> bool:
        """Whether nothing more will happen by itself."""
        return self.document.state in {DocumentState.READY, DocumentState.FAILED}


def batch_for(session: Session, actor: Actor, batch_id: UUID) -> Batch:
    """Return a batch that the actor opened or of which they may see a document.

    Raises:
        NotFound: ``batch_unknown``.
    """
    batch = session.scalar(select(Batch).where(Batch.id == batch_id))
    if batch is None:
        raise NotFound("batch_unknown")
    is_own = batch.opened_by is not None and batch.opened_by == actor.person_id
    if not is_own and not batch_documents(session, actor, batch_id):
        raise NotFound("batch_unknown")
    return batch


def own_batches(session: Session, actor: Actor, *, limit: int = 10) -> Sequence[Batch]:
    """Return the newest batches the actor opened."""
    return session.scalars(
        select(Batch).where(Batch.opened_by == actor.person_id).order_by(Batch.number.desc()).limit(limit)
    ).all()


def batch_progress(session: Session, actor: Actor, batch_id: UUID) -> Sequence[FileProgress]:
    """Return how far each visible document of a batch is, in order of deposit."""
    documents = batch_documents(session, actor, batch_id)
    ids = [document.id for document in documents]
    done = pages_read(session, ids)
    duplicates = earlier_duplicates(session, actor, documents)
    sources = sources_of(session, actor, ids)
    doubtful = doubtful_numbers(session, actor, ids)
    return [
        FileProgress(
            document,
            done.get(document.id, 0),
            duplicates.get(document.id),
            [source for source in sources[document.id] if source.is_open],
            doubtful.get(document.id, ()),
        )
        for document in documents
    ]
