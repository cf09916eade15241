"""The one indexing lane: what changed in the database is brought to the index, in batched commits."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from typing import Protocol, TypeAlias
from uuid import UUID

import structlog

from docflow.core.actor import SYSTEM
from docflow.core.errors import Unavailable
from docflow.core.jobs import JobRequest
from docflow.core.uow import Transactions
from docflow.documents.operations import INDEX_JOB, mark_indexed
from docflow.documents.queries import IndexRecord, documents_after, documents_to_index, index_records
from docflow.search.ports import IndexEntry, SearchIndex
from docflow.search.signing import SignedText, keep_signatures, signed_texts

logger = structlog.get_logger()

BATCH_DOCUMENTS = 200
BATCHES_PER_JOB = 20
FIRST_BUILD_S = 30.0
FIRST_BUILD_POLL_S = 0.1
REBUILD_JOB = JobRequest(name="search.rebuild", unique_key="search.rebuild", lane="index", priority=30)
"""Builds the index anew from the database, in the lane of the one writer."""

_Version: TypeAlias = tuple[UUID, int, int]
"""A document, its content version and its scope version."""


class IndexDeps(Protocol):
    """What indexing works with."""

    @property
    def transactions(self) -> Transactions:
        """Opens units of work."""
        ...

    @property
    def search_index(self) -> SearchIndex:
        """The index."""
        ...


def index_pending(deps: IndexDeps) -> int:
    """Bring every lagging document to the index; return how many.

    The index is committed before the database says so: a crash between the two only repeats the work.
    """
    indexed = 0
    for _ in range(BATCHES_PER_JOB):
        with deps.transactions.reading() as session:
            records = documents_to_index(session, limit=BATCH_DOCUMENTS)
            signed = signed_texts(session, records)
        if not records:
            return indexed
        _apply(deps, records)
        _mark(deps, _versions(records), signed)
        indexed += len(records)
    with deps.transactions.writing(SYSTEM) as uow:
        uow.enqueue(INDEX_JOB)
    return indexed


def rebuild_index(deps: IndexDeps) -> int:
    """Build a new index beside the old one from the whole database and put it in its place; return its size.

    What the new index holds is noted after the swap: until then the old one answers, and a document whose visibility
    it does not know yet must stay hidden.
    """
    rebuild = deps.search_index.start_rebuild()
    held: list[_Version] = []
    try:
        after: UUID | None = None
        while True:
            with deps.transactions.reading() as session:
                ids = documents_after(session, after, limit=BATCH_DOCUMENTS)
                records = index_records(session, ids)
                signed = signed_texts(session, records)
            if not ids:
                break
            rebuild.add([entry_of(record) for record in records])
            _mark(deps, (), signed)
            held += _versions(records)
            after = ids[-1]
            logger.info("index_rebuilding", documents=rebuild.documents)
        changed = rebuild.swap()
    except BaseException:
        rebuild.abandon()
        raise
    with deps.transactions.reading() as session:
        late = index_records(session, [UUID(document_id) for document_id in changed])
    if late:
        _apply(deps, late)
        held += _versions(late)
    for start in range(0, len(held), BATCH_DOCUMENTS):
        _mark(deps, held[start : start + BATCH_DOCUMENTS])
    return deps.search_index.count()


def make_first_index(deps: IndexDeps) -> None:
    """Make the empty index of an empty installation, so that the first question already has an answer."""
    if deps.search_index.status().state != "missing":
        return
    with deps.transactions.reading() as session:
        if documents_after(session, None, limit=1):
            return
    build_first(deps.search_index, lambda: rebuild_index(deps))


def build_first(index: SearchIndex, build: Callable[[], object]) -> None:
    """Build a missing index, or wait for another process that is building it: several hosts start at once.

    Raises:
        Unavailable: ``search_index_busy`` when the other one took too long.
    """
    limit = time.monotonic() + FIRST_BUILD_S
    while index.status().state == "missing":
        try:
            build()
        except Unavailable as error:
            if error.code != "search_index_busy" or time.monotonic() > limit:
                raise
            time.sleep(FIRST_BUILD_POLL_S)


def ask_for_missing_index(deps: IndexDeps) -> bool:
    """Ask for a rebuild when the index is missing, corrupt or of another analyser; return whether it was asked."""
    if not deps.search_index.status().needs_rebuild:
        return False
    with deps.transactions.writing(SYSTEM) as uow:
        uow.enqueue(REBUILD_JOB)
    return True


def index_difference(deps: IndexDeps) -> tuple[int, int]:
    """Return how many documents the index lacks or shows in an old version, and how many it holds too many."""
    held = dict(deps.search_index.versions())
    lacking = 0
    after: UUID | None = None
    while True:
        with deps.transactions.reading() as session:
            ids = documents_after(session, after, limit=BATCH_DOCUMENTS)
            versions = {record.document_id: record.content_version for record in index_records(session, ids)}
        if not ids:
            return lacking, len(held)
        for document_id in ids:
            if held.pop(str(document_id), None) != versions[document_id]:
                lacking += 1
        after = ids[-1]


def _apply(deps: IndexDeps, records: Sequence[IndexRecord]) -> None:
    """Write entries, and take out those of documents that have no page left."""
    gone = [str(record.document_id) for record in records if record.is_gone]
    deps.search_index.apply([entry_of(record) for record in records if not record.is_gone], gone)


def _versions(records: Sequence[IndexRecord]) -> list[_Version]:
    return [(record.document_id, record.content_version, record.scope_version) for record in records]


def _mark(deps: IndexDeps, versions: Sequence[_Version], signed: Sequence[SignedText] = ()) -> None:
    """Note what the index shows, and keep the signatures of texts that changed."""
    if not versions and not signed:
        return
    with deps.transactions.writing(SYSTEM) as uow:
        mark_indexed(uow, versions)
        keep_signatures(uow, signed)


def entry_of(record: IndexRecord) -> IndexEntry:
    """Return what the index keeps of a document."""
    return IndexEntry(
        document_id=str(record.document_id),
        version=record.content_version,
        subject=record.subject,
        sender=record.sender,
        addressee=record.addressee,
        reference=record.reference,
        register_number=record.register_number,
        kind=record.kind,
        languages=record.languages,
        unit="" if record.unit_id is None else str(record.unit_id),
        document_date=record.document_date,
        arrived_at=record.deposited_at,
        pages=record.pages,
        metadata_tokens=record.metadata_tokens,
        content_tokens=record.content_tokens,
    )
