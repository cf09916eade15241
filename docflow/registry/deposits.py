"""The number of a letter that was written in a form of the product, given in the transaction of its deposit."""

from __future__ import annotations

import io
from collections.abc import Callable
from uuid import UUID

from sqlalchemy import select

from docflow.core.actor import SYSTEM
from docflow.core.jobs import JobRequest
from docflow.core.uow import UnitOfWork
from docflow.documents.written import DrawnLetter, DueDrawing, WrittenLetter, due_drawing, give_file, keep_letter
from docflow.ingest.operations import read_page_job
from docflow.registry.deps import Deps
from docflow.registry.models import Entry, Register
from docflow.registry.operations import Arrival, give_next_number
from docflow.registry.sealing import seal_job
from docflow.storage.rules import BlobKind


def register_written(uow: UnitOfWork, letter: WrittenLetter, arrival: Arrival, *, register: Register) -> Entry:
    """Make the document of a letter and give it the next number of a register; its paper, reading and seal follow.

    The caller has checked the right to deposit it.

    Raises:
        Conflict: ``clock_set_back``.
    """
    document = keep_letter(uow, letter, register_code=register.code)
    entry = give_next_number(uow, document, arrival, register=register)
    uow.enqueue(
        JobRequest(
            name=letter.drawn_by,
            payload={"document_id": str(document.id)},
            unique_key=f"{letter.drawn_by}:{document.id}",
            priority=16,
        )
    )
    return entry


def draw_written(deps: Deps, document_id: UUID, draw: Callable[[DueDrawing], DrawnLetter]) -> None:
    """Draw the paper of a letter, unless it is drawn; its reading and its seal are asked for with it.

    Raises:
        Unavailable: ``storage_unavailable``.
    """
    with deps.transactions.reading() as session:
        due = due_drawing(session, document_id)
    if due is None:
        return
    drawn = draw(due)
    paper = deps.blob_store.put(BlobKind.ORIGINAL, io.BytesIO(drawn.content), media_type="application/pdf")
    with deps.transactions.writing(SYSTEM) as uow:
        if not give_file(uow, document_id, paper, page_count=drawn.page_count):
            return
        for page_index in range(drawn.page_count):
            uow.enqueue(read_page_job(document_id, page_index))
        for entry in uow.session.scalars(select(Entry).where(Entry.document_id == document_id)):
            uow.enqueue(seal_job(entry))
