"""Naming objects in the database, sweeping what nobody names."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Final, TypeVar

from sqlalchemy import delete, exists, select
from sqlalchemy.dialects.postgresql import insert as postgresql_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert
from sqlalchemy.orm import InstrumentedAttribute

from docflow.core.actor import SYSTEM
from docflow.core.ids import new_id
from docflow.core.made import MadeForSomebody
from docflow.core.uow import Transactions, UnitOfWork
from docflow.storage.models import Blob, SweepHold
from docflow.storage.ports import BlobStore
from docflow.storage.rules import BlobKind, BlobRef

Made = TypeVar("Made", bound=MadeForSomebody)
HOLD: Final = timedelta(minutes=15)
RENEW_S: Final = 60


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


def sweep_orphans(transactions: Transactions, store: BlobStore, *, grace_s: int) -> int:
    """Delete objects that no document names and that were put longer ago than the grace; return how many.

    The grace must exceed the time between putting bytes and committing the row that names them. A hold ends the sweep.
    """
    put_before = transactions.clock.now() - timedelta(seconds=grace_s)
    swept = 0
    for item in store.objects():
        if item.put_at >= put_before:
            continue
        with transactions.writing(SYSTEM) as uow:
            is_named = uow.session.get(Blob, (item.kind, item.sha256)) is not None
            # Asked after the row: whoever holds the sweep looks at the rows only once the hold is there.
            if not is_named:
                if is_sweep_held(uow):
                    break
                swept += store.sweep(item.kind, item.sha256, put_before=put_before)
    return swept


def is_sweep_held(uow: UnitOfWork) -> bool:
    """Return whether somebody copies what the database named a moment ago."""
    return uow.session.scalar(select(exists().where(SweepHold.held_until > uow.now))) is True


@contextmanager
def holding_sweep(transactions: Transactions) -> Iterator[Callable[[], None]]:
    """Let nothing be swept for the length of a block, and after a kill for ``HOLD`` at most.

    Gives what prolongs the hold: to be called often, it writes once a minute. What the database names after the block
    was entered can be copied until it is left, even if it is forgotten meanwhile.
    """
    hold_id = new_id()
    renewed_at = time.monotonic()

    def write() -> None:
        with transactions.writing(SYSTEM) as uow:
            uow.session.execute(delete(SweepHold).where(SweepHold.held_until < uow.now))
            uow.session.merge(SweepHold(id=hold_id, held_until=uow.now + HOLD))

    def renew() -> None:
        nonlocal renewed_at
        if time.monotonic() - renewed_at > RENEW_S:
            write()
            renewed_at = time.monotonic()

    write()
    try:
        yield renew
    finally:
        with transactions.writing(SYSTEM) as uow:
            uow.session.execute(delete(SweepHold).where(SweepHold.id == hold_id))
