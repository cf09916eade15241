"""Reading every object again and comparing it with its hash; what is damaged is repaired where that is possible.

A round goes through the objects in the order of their names, a bounded number of bytes at each turn, and goes on where
it stopped, whatever ended it.
"""

from __future__ import annotations

import hashlib
from collections.abc import Container, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

import structlog
from sqlalchemy import and_, delete, select, tuple_
from sqlalchemy.orm import Session

from docflow.core.actor import SYSTEM
from docflow.core.errors import Conflict, NotFound
from docflow.core.uow import Transactions, UnitOfWork
from docflow.storage.models import Blob, BlobFault, ScrubRound
from docflow.storage.ports import BlobStore
from docflow.storage.rules import BlobKind, BlobRef, Fault, blob_key

logger = structlog.get_logger()

CHUNK_BYTES: Final = 1024 * 1024
BATCH: Final = 100
ROUND_EVERY: Final = timedelta(days=1)
"""A round begins no sooner than so long after the one before."""


@dataclass(frozen=True, slots=True)
class NamedBlob:
    """An object that the database names, with its media type."""

    ref: BlobRef
    media_type: str


@dataclass(slots=True)
class StorageReport:
    """What reading objects again found; the lists hold keys, ``repaired`` those of objects that are sound again."""

    objects: int = 0
    size_bytes: int = 0
    missing: list[str] = field(default_factory=list)
    altered: list[str] = field(default_factory=list)
    repaired: list[str] = field(default_factory=list)
    orphans: int = 0

    @property
    def ok(self) -> bool:
        """Whether every named object that was read is there, unaltered."""
        return not self.missing and not self.altered


@dataclass(frozen=True, slots=True)
class StorageState:
    """What is known of the storage: the damaged objects, and when the last whole round of reading ended."""

    faults: Sequence[str]
    last_round_at: datetime | None


def check_storage(transactions: Transactions, store: BlobStore, *, spare: BlobStore | None = None) -> StorageReport:
    """Read every named object again, at full speed; repair what can be, from versions of the store or from ``spare``.

    What stays damaged is kept for the health page; what was and is sound again is forgotten there.
    """
    report = StorageReport()
    after = ("", "")
    while True:
        with transactions.reading() as session:
            named, damaged = _named_after(session, after), _damaged(session)
        if not named:
            break
        for one in named:
            _look(transactions, store, one, report, damaged=damaged, spare=spare)
        after = _place(named[-1])
    report.orphans = _orphans(transactions, store)
    return report


def scrub(transactions: Transactions, store: BlobStore, *, most_bytes: int) -> StorageReport | None:
    """Read on where the last turn stopped, until so many bytes were read; return none between two rounds."""
    place = _begin(transactions)
    if place is None:
        return None
    report = StorageReport()
    while report.size_bytes < most_bytes:
        with transactions.reading() as session:
            named, damaged = _named_after(session, place), _damaged(session)
        if not named:
            _end(transactions)
            break
        before = report.objects, report.size_bytes
        for one in named:
            _look(transactions, store, one, report, damaged=damaged)
            place = _place(one)
            if report.size_bytes >= most_bytes:
                break
        _keep_place(transactions, place, report.objects - before[0], report.size_bytes - before[1])
    return report


def storage_state(session: Session) -> StorageState:
    """Return what is known of the storage."""
    last = session.scalar(select(ScrubRound.finished_at))
    return StorageState([blob_key(BlobKind(kind), sha256) for kind, sha256 in _damaged(session)], last)


def fault_of(store: BlobStore, ref: BlobRef) -> Fault | None:
    """Read an object and return what is wrong with it, if anything.

    Raises:
        Unavailable: ``storage_unavailable``.
    """
    digest = hashlib.sha256()
    try:
        with store.open(ref.kind, ref.sha256) as stream:
            while chunk := stream.read(CHUNK_BYTES):
                digest.update(chunk)
    except NotFound:
        return Fault.MISSING
    return None if digest.hexdigest() == ref.sha256 else Fault.ALTERED


def _look(
    transactions: Transactions,
    store: BlobStore,
    named: NamedBlob,
    report: StorageReport,
    *,
    damaged: Container[tuple[str, str]],
    spare: BlobStore | None = None,
) -> None:
    """Read one object; ``damaged`` are the places of those that were found damaged before."""
    ref = named.ref
    report.objects += 1
    report.size_bytes += ref.size_bytes
    fault = fault_of(store, ref)
    if fault is None:
        if _place(named) in damaged:
            _settle(transactions, ref)
            report.repaired.append(ref.key)
        return
    if _repair(store, named, spare):
        logger.warning("blob_repaired", key=ref.key, fault=fault.value)
        _settle(transactions, ref)
        report.repaired.append(ref.key)
    elif _keep_fault(transactions, ref, fault):
        logger.error("blob_damaged", key=ref.key, fault=fault.value)
        (report.missing if fault is Fault.MISSING else report.altered).append(ref.key)


def _repair(store: BlobStore, named: NamedBlob, spare: BlobStore | None) -> bool:
    if store.put_back_version(named.ref, media_type=named.media_type):
        return True
    if spare is None:
        return False
    try:
        with spare.open(named.ref.kind, named.ref.sha256) as stream:
            store.put_back(named.ref, stream, media_type=named.media_type)
    except (NotFound, Conflict):
        return False
    return True


def _keep_fault(transactions: Transactions, ref: BlobRef, fault: Fault) -> bool:
    """Keep what is wrong; false when the object is not named any more, and was rightly swept."""
    with transactions.writing(SYSTEM) as uow:
        if uow.session.get(Blob, (ref.kind, ref.sha256), with_for_update=True) is None:
            return False
        if uow.session.get(BlobFault, (ref.kind, ref.sha256)) is None:
            uow.session.add(BlobFault(kind=ref.kind, sha256=ref.sha256, fault=fault, found_at=uow.now))
            uow.record(
                "storage.damaged",
                subject_kind="object",
                subject_id=ref.sha256,
                blob_kind=ref.kind.value,
                fault=fault.value,
            )
    return True


def _settle(transactions: Transactions, ref: BlobRef) -> None:
    """Note that an object is sound again."""
    with transactions.writing(SYSTEM) as uow:
        gone = delete(BlobFault).where(BlobFault.kind == ref.kind, BlobFault.sha256 == ref.sha256)
        uow.session.execute(gone)
        uow.record("storage.repaired", subject_kind="object", subject_id=ref.sha256, blob_kind=ref.kind.value)


def _named_after(session: Session, after: tuple[str, str]) -> list[NamedBlob]:
    rows = session.execute(
        select(Blob.kind, Blob.sha256, Blob.size_bytes, Blob.media_type)
        .where(tuple_(Blob.kind, Blob.sha256) > tuple_(*after))
        .order_by(Blob.kind, Blob.sha256)
        .limit(BATCH)
    ).all()
    return [NamedBlob(BlobRef(BlobKind(row.kind), row.sha256, row.size_bytes), row.media_type) for row in rows]


def _damaged(session: Session) -> Sequence[tuple[str, str]]:
    """Return the places of the damaged objects that are still named."""
    is_named = and_(Blob.kind == BlobFault.kind, Blob.sha256 == BlobFault.sha256)
    rows = session.execute(select(BlobFault.kind, BlobFault.sha256).join(Blob, is_named).order_by(BlobFault.found_at))
    return [(str(row.kind), row.sha256) for row in rows]


def _place(named: NamedBlob) -> tuple[str, str]:
    return named.ref.kind.value, named.ref.sha256


def _orphans(transactions: Transactions, store: BlobStore) -> int:
    with transactions.reading() as session:
        named = {(row.kind, row.sha256) for row in session.execute(select(Blob.kind, Blob.sha256))}
    return sum(1 for item in store.objects() if (item.kind, item.sha256) not in named)


def _begin(transactions: Transactions) -> tuple[str, str] | None:
    """Return where to go on; none while no round is due."""
    with transactions.writing(SYSTEM) as uow:
        state = uow.session.get(ScrubRound, 1)
        if state is None:
            state = ScrubRound(id=1, finished_at=None)
            _restart(uow, state)
            uow.session.add(state)
        elif state.is_over:
            if uow.now - state.begun_at < ROUND_EVERY:
                return None
            _restart(uow, state)
        return state.kind, state.sha256


def _restart(uow: UnitOfWork, state: ScrubRound) -> None:
    state.begun_at, state.is_over = uow.now, False
    state.kind, state.sha256 = "", ""
    state.objects, state.size_bytes = 0, 0


def _keep_place(transactions: Transactions, place: tuple[str, str], objects: int, size_bytes: int) -> None:
    with transactions.writing(SYSTEM) as uow:
        state = uow.session.get_one(ScrubRound, 1)
        state.kind, state.sha256 = place
        state.objects += objects
        state.size_bytes += size_bytes


def _end(transactions: Transactions) -> None:
    with transactions.writing(SYSTEM) as uow:
        state = uow.session.get_one(ScrubRound, 1)
        state.finished_at, state.is_over = uow.now, True
        logger.info("storage_read_again", objects=state.objects, size_bytes=state.size_bytes)
