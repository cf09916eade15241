"""Naming objects in the database, checking them, sweeping what nobody names."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from typing import TypeVar

from sqlalchemy import exists, select
from sqlalchemy.dialects.postgresql import insert as postgresql_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert
from sqlalchemy.orm import InstrumentedAttribute

from docflow.core.actor import SYSTEM
from docflow.core.errors import NotFound
from docflow.core.made import MadeForSomebody
from docflow.core.uow import Transactions, UnitOfWork
from docflow.storage.models import Blob
from docflow.storage.ports import BlobStore
from docflow.storage.rules import BlobKind, BlobRef, blob_key

Made = TypeVar("Made", bound=MadeForSomebody)

CHUNK_BYTES = 1024 * 1024


@dataclass(frozen=True, slots=True)
class StorageReport:
    """What a check of every object found; the lists hold keys."""

    objects: int
    size_bytes: int
    missing: tuple[str, ...]
    altered: tuple[str, ...]
    orphans: int

    @property
    def ok(self) -> bool:
        """Whether every named object is there, unaltered."""
        return not self.missing and not self.altered


def name_blob(uow: UnitOfWork, ref: BlobRef, *, media_type: str) -> None:
    """Keep an object from the sweeper: it is named from this transaction on."""
    insert = postgresql_insert if uow.session.get_bind().dialect.name == "postgresql" else sqlite_insert
    uow.session.execute(
        insert(Blob)
        .values(kind=ref.kind, sha256=ref.sha256, size_bytes=ref.size_bytes, media_type=media_type, created_at=uow.now)
        # The row is touched, not merely found: whoever forgets the object waits for this transaction.
        .on_conflict_do_update(index_elements=[Blob.kind, Blob.sha256], set_={"size_bytes": Blob.size_bytes})
    )


def forget_unnamed(
    uow: UnitOfWork,
    kind: BlobKind,
    gone: Iterable[str],
    *,
    named: InstrumentedAttribute[str] | InstrumentedAttribute[str | None],
) -> None:
    """Leave objects to the sweeper that rows named which are gone now, unless the column ``named`` names them still.

    The question is asked under the lock of the object's row.
    """
    uow.session.flush()
    for sha256 in sorted(set(gone)):
        row = uow.session.get(Blob, (kind, sha256), with_for_update=True)
        if row is not None and not uow.session.scalar(select(exists().where(named == sha256))):
            uow.session.delete(row)


def forget_made(uow: UnitOfWork, table: type[Made], kind: BlobKind, *, kept_for: timedelta) -> int:
    """Drop what was made for people and is kept no longer, leave its files to the sweeper, and return how many went."""
    old = uow.session.scalars(select(table).where(table.asked_at < uow.now - kept_for).with_for_update()).all()
    for one in old:
        uow.session.delete(one)
    forget_unnamed(uow, kind, [one.sha256 for one in old if one.sha256 is not None], named=table.sha256)
    return len(old)


def check_storage(transactions: Transactions, store: BlobStore) -> StorageReport:
    """Hash every named object again and compare it with the database; nothing is changed."""
    with transactions.reading() as session:
        rows = session.execute(select(Blob.kind, Blob.sha256, Blob.size_bytes)).all()
    missing, altered, size_bytes = [], [], 0
    named: set[str] = set()
    for row in rows:
        ref = BlobRef(BlobKind(row.kind), row.sha256, row.size_bytes)
        named.add(ref.key)
        size_bytes += ref.size_bytes
        try:
            if _hash_now(store, ref) != ref.sha256:
                altered.append(ref.key)
        except NotFound:
            missing.append(ref.key)
    orphans = sum(1 for item in store.objects() if blob_key(item.kind, item.sha256) not in named)
    return StorageReport(len(rows), size_bytes, tuple(missing), tuple(altered), orphans)


def _hash_now(store: BlobStore, ref: BlobRef) -> str:
    digest = hashlib.sha256()
    with store.open(ref.kind, ref.sha256) as stream:
        while chunk := stream.read(CHUNK_BYTES):
            digest.update(chunk)
    return digest.hexdigest()


def sweep_orphans(transactions: Transactions, store: BlobStore, *, grace_s: int) -> int:
    """Delete objects that no document names and that were put longer ago than the grace; return how many.

    The grace must exceed the time between putting bytes and committing the row that names them.
    """
    put_before = transactions.clock.now() - timedelta(seconds=grace_s)
    swept = 0
    for item in store.objects():
        if item.put_at >= put_before:
            continue
        with transactions.writing(SYSTEM) as uow:
            is_named = uow.session.get(Blob, (item.kind, item.sha256)) is not None
            if not is_named:
                swept += store.sweep(item.kind, item.sha256, put_before=put_before)
    return swept
