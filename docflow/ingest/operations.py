"""Writes of the intake: batches and deposits."""

from __future__ import annotations

from dataclasses import dataclass
from typing import BinaryIO
from uuid import UUID

from sqlalchemy import delete, or_, select
from sqlalchemy.exc import IntegrityError

from docflow.core.actor import Actor
from docflow.core.errors import InvalidInput, PermissionDenied
from docflow.core.jobs import Job, JobRequest, JobState
from docflow.core.uow import Transactions, UnitOfWork
from docflow.documents.models import Document, Page
from docflow.documents.operations import (
    Deposit,
    deposit_document,
    fail_document,
    fail_page,
    fail_reading,
    pages_waiting,
    restart_reading,
)
from docflow.documents.rereading import put_page_back
from docflow.documents.rules import DocumentState, PageState
from docflow.documents.texts import document_of
from docflow.ingest.models import Batch
from docflow.storage.ports import BlobStore
from docflow.storage.rules import BlobKind, BlobRef

FIRST_PAGES = 3
READING_JOBS = frozenset({"ingest.inspect", "ingest.read_page", "ingest.finish"})
"""Those without which the first reading of a document never ends."""


@dataclass(frozen=True, slots=True)
class IncomingFile:
    """A file on its way in: its bytes, and how it is to be deposited."""

    stream: BinaryIO
    deposit: Deposit


def open_batch(uow: UnitOfWork) -> Batch:
    """Open a batch for the actor's files.

    Raises:
        PermissionDenied: without ``documents.deposit``.
    """
    uow.require("documents.deposit")
    batch = Batch(opened_by=uow.actor.person_id, opened_by_name=uow.actor.name, opened_at=uow.now)
    uow.session.add(batch)
    uow.session.flush()
    uow.record("ingest.batch_opened", subject_kind="batch", subject_id=batch.id, number=batch.number)
    return batch


def deposit_file(
    transactions: Transactions, store: BlobStore, actor: Actor, *, incoming: IncomingFile, max_bytes: int
) -> Document:
    """Store a file and keep its deposit; when this returns the file is acknowledged and will be read.

    The bytes are durable before the transaction that names them; if that fails, the sweeper removes them.

    Raises:
        PermissionDenied: without ``documents.deposit``.
        InvalidInput: ``file_empty``, ``file_too_large`` with ``limit_bytes``.
        Unavailable: ``storage_unavailable``.
    """
    if not actor.can("documents.deposit"):
        raise PermissionDenied("permission_missing", permission="documents.deposit")
    original = store.put(BlobKind.ORIGINAL, incoming.stream, media_type="application/octet-stream", max_bytes=max_bytes)
    if original.size_bytes == 0:
        raise InvalidInput("file_empty")
    try:
        return _keep_deposit(transactions, actor, incoming.deposit, original=original)
    except IntegrityError:
        if incoming.deposit.key is None:
            raise
        # The same deposit was sent twice and both came at once: the other was kept, and is found now.
        return _keep_deposit(transactions, actor, incoming.deposit, original=original)


def _keep_deposit(transactions: Transactions, actor: Actor, deposit: Deposit, *, original: BlobRef) -> Document:
    with transactions.writing(actor) as uow:
        document = deposit_document(uow, deposit, original=original)
        uow.enqueue(inspect_job(document.id))
    return document


def retry_document(uow: UnitOfWork, document_id: UUID) -> Document:
    """Read a failed document again from the start.

    Raises:
        PermissionDenied: without ``documents.deposit``.
        NotFound: ``document_unknown``.
        Conflict: ``document_not_failed``.
    """
    document = restart_reading(uow, document_id)
    _forget_dead_jobs(uow, document_id)
    if document.state == DocumentState.QUEUED:
        uow.enqueue(inspect_job(document_id))
    else:
        for page_index in range(document.page_count):
            uow.enqueue(read_page_job(document_id, page_index))
    return document


def read_page_again(uow: UnitOfWork, page_id: UUID) -> None:
    """Have a page read again that could not be read; the pages that were stay as they are.

    Raises:
        PermissionDenied: with neither ``documents.deposit`` nor ``documents.correct``, or without sight of the content.
        NotFound: ``document_unknown``.
        Conflict: ``page_not_failed``.
    """
    page = put_page_back(uow, page_id)
    request = read_again_job(document_of(uow, page).id, page_id)
    # What is left of the reading that failed would otherwise be settled against this one.
    uow.session.execute(delete(Job).where(Job.state == JobState.DEAD, Job.unique_key == request.unique_key))
    uow.enqueue(request)


def ask_to_renew(uow: UnitOfWork, document_id: UUID) -> None:
    """Ask for what follows from a text that a person changed; a document of which nothing was read becomes ready."""
    has_failed = uow.session.get_one(Document, document_id).state == DocumentState.FAILED
    uow.enqueue(remake_job(document_id) if has_failed else renewal_job(document_id))


def settle_abandoned(uow: UnitOfWork) -> int:
    """Give every dead job of the intake its consequence, so that no document waits for ever; return how many.

    A job dies without a word when its worker is killed at every attempt (out of memory, for instance).
    """
    dead = uow.session.scalars(select(Job).where(Job.state == JobState.DEAD, Job.name.like("ingest.%"))).all()
    settled = 0
    for job in dead:
        document = uow.session.get(Document, UUID(job.payload["document_id"])) if job.payload else None
        if job.name == "ingest.read_again" and _give_up_reading_again(uow, UUID(job.payload["page_id"])):
            settled += 1
        if document is None or document.state in {"ready", "failed", "emptied"}:
            continue
        if job.name not in READING_JOBS:
            continue
        if job.name == "ingest.read_page":
            fail_page(uow, document.id, int(job.payload["page_index"]), code="page_reading_stopped", params={})
            if not pages_waiting(uow, document.id):
                uow.enqueue(finish_job(document.id))
        else:
            fail_document(uow, document.id, code="reading_stopped", params={})
        settled += 1
    return settled


def _give_up_reading_again(uow: UnitOfWork, page_id: UUID) -> bool:
    """Mark a page whose new reading died; return whether it was still waited for."""
    page = uow.session.get(Page, page_id)
    if page is None or page.state != PageState.WAITING:
        return False
    fail_reading(uow, page, code="page_reading_stopped", params={})
    if page.document_id is not None:
        uow.enqueue(remake_job(page.document_id))
    return True


def _forget_dead_jobs(uow: UnitOfWork, document_id: UUID) -> None:
    """Delete what is left of an earlier reading, which would otherwise be settled against the new one."""
    keys = (Job.unique_key == key for key in (inspect_job(document_id).unique_key, finish_job(document_id).unique_key))
    pages = Job.unique_key.startswith(f"ingest.read_page:{document_id}:")
    uow.session.execute(delete(Job).where(Job.state == JobState.DEAD, or_(*keys, pages)))


def inspect_job(document_id: UUID) -> JobRequest:
    """Return the job that looks at a deposited file and makes its pages."""
    return JobRequest(
        name="ingest.inspect",
        payload={"document_id": str(document_id)},
        unique_key=f"ingest.inspect:{document_id}",
        priority=12,
    )


def read_page_job(document_id: UUID, page_index: int) -> JobRequest:
    """Return the job that reads one page; the first pages of every document come before the rest of a long one."""
    return JobRequest(
        name="ingest.read_page",
        payload={"document_id": str(document_id), "page_index": page_index},
        unique_key=f"ingest.read_page:{document_id}:{page_index}",
        priority=10 if page_index < FIRST_PAGES else 5,
        max_attempts=3,
    )


def read_again_job(document_id: UUID, page_id: UUID) -> JobRequest:
    """Return the job that reads a page of a document once more; its place may change before."""
    return JobRequest(
        name="ingest.read_again",
        payload={"document_id": str(document_id), "page_id": str(page_id)},
        unique_key=f"ingest.read_again:{page_id}",
        priority=11,
        max_attempts=3,
    )


def remake_job(document_id: UUID) -> JobRequest:
    """Return the job that makes anew what follows from the pages of a document that was read."""
    return JobRequest(
        name="ingest.remake",
        payload={"document_id": str(document_id)},
        unique_key=f"ingest.remake:{document_id}",
        priority=14,
    )


def finish_job(document_id: UUID) -> JobRequest:
    """Return the job that makes the searchable PDF and ends the reading."""
    return JobRequest(
        name="ingest.finish",
        payload={"document_id": str(document_id)},
        unique_key=f"ingest.finish:{document_id}",
        priority=15,
    )


def renewal_job(document_id: UUID) -> JobRequest:
    """Return the job that brings empty fields and the searchable copy in line with a text that a person changed."""
    return JobRequest(
        name="ingest.renew",
        payload={"document_id": str(document_id)},
        unique_key=f"ingest.renew:{document_id}",
        priority=11,
    )
