"""Naming, checking and sweeping objects, with the database that names them."""

from __future__ import annotations

import io
import os
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from docflow.audit.operations import write_journal
from docflow.bootstrap import Runtime
from docflow.core.actor import SYSTEM
from docflow.core.clock import SystemClock
from docflow.core.ids import new_id
from docflow.core.uow import Transactions
from docflow.storage.adapters.s3 import S3Address, S3BlobStore
from docflow.storage.operations import name_blob, sweep_orphans
from docflow.storage.ports import BlobStore
from docflow.storage.rules import BlobKind, BlobRef
from docflow.storage.scrubbing import check_storage
from tests.servers import PrivateServers
from tests.threads import at_once

LETTER = b"Monsieur le President"


@pytest.fixture
def transactions(runtime: Runtime) -> Transactions:
    """The database with the machine's own clock, which the ages of stored files are told by."""
    return Transactions(runtime.transactions.engine, SystemClock(), write_journal)


@pytest.fixture
def store(runtime: Runtime) -> BlobStore:
    return runtime.blob_store


def put(store: BlobStore, content: bytes = LETTER) -> BlobRef:
    return store.put(BlobKind.ORIGINAL, io.BytesIO(content), media_type="application/pdf")


def name(transactions: Transactions, ref: BlobRef) -> None:
    with transactions.writing(SYSTEM) as uow:
        name_blob(uow, ref, media_type="application/pdf")


def file_of(store: BlobStore, ref: BlobRef) -> Path:
    with store.local_copy(ref.kind, ref.sha256) as path:
        return path


def age(store: BlobStore, ref: BlobRef, *, days: int) -> None:
    then = (datetime.now(tz=UTC) - timedelta(days=days)).timestamp()
    os.utime(file_of(store, ref), (then, then))


def kept(store: BlobStore) -> set[str]:
    return {item.sha256 for item in store.objects()}


def test_a_check_of_sound_objects_is_content(transactions: Transactions, store: BlobStore) -> None:
    name(transactions, put(store))

    report = check_storage(transactions, store)

    assert (report.ok, report.objects, report.size_bytes, report.orphans) == (True, 1, len(LETTER), 0)


def test_a_check_finds_what_was_altered_without_a_change_of_size(transactions: Transactions, store: BlobStore) -> None:
    ref = put(store)
    name(transactions, ref)
    file_of(store, ref).write_bytes(LETTER.replace(b"P", b"p"))

    report = check_storage(transactions, store)

    assert (report.ok, report.altered, report.missing) == (False, [ref.key], [])


def test_a_check_finds_what_is_missing_and_counts_orphans(transactions: Transactions, store: BlobStore) -> None:
    ref = put(store)
    name(transactions, ref)
    put(store, b"nobody names me")
    file_of(store, ref).unlink()

    report = check_storage(transactions, store)

    assert (report.ok, report.missing, report.altered, report.orphans) == (False, [ref.key], [], 1)


def test_naming_an_object_twice_is_naming_it_once(transactions: Transactions, store: BlobStore) -> None:
    ref = put(store)

    name(transactions, ref)
    name(transactions, ref)

    assert check_storage(transactions, store).objects == 1


def test_a_sweep_removes_orphans_after_the_grace_only(transactions: Transactions, store: BlobStore) -> None:
    old, young = put(store, b"old"), put(store, b"young")
    age(store, old, days=2)

    assert sweep_orphans(transactions, store, grace_s=86_400) == 1

    assert kept(store) == {young.sha256}


def test_a_sweep_never_removes_what_is_named(transactions: Transactions, store: BlobStore) -> None:
    ref = put(store)
    name(transactions, ref)
    age(store, ref, days=400)

    assert sweep_orphans(transactions, store, grace_s=0) == 0

    assert kept(store) == {ref.sha256}


def test_bytes_put_again_after_the_sweeper_listed_them_stay(transactions: Transactions, store: BlobStore) -> None:
    ref = put(store)
    age(store, ref, days=2)

    class PutWhileListing:
        """The store, in which somebody deposits the same bytes just after they were listed as old."""

        def __getattr__(self, attribute: str) -> Any:
            return getattr(store, attribute)

        def objects(self) -> Iterator[Any]:
            for item in list(store.objects()):
                put(store)
                yield item

    assert sweep_orphans(transactions, PutWhileListing(), grace_s=86_400) == 0
    name(transactions, ref)
    assert check_storage(transactions, store).ok


def test_deposits_and_sweeps_of_the_same_bytes_at_the_same_moment_lose_nothing(
    transactions: Transactions, store: BlobStore
) -> None:
    contents = [b"letter %d" % number for number in range(12)]
    for content in contents:
        age(store, put(store, content), days=2)

    def deposit_all() -> None:
        for content in contents:
            name(transactions, put(store, content))

    def sweep_often() -> None:
        for _ in range(6):
            sweep_orphans(transactions, store, grace_s=3600)

    raised = at_once(deposit_all, deposit_all, sweep_often, sweep_often)

    assert raised == []
    report = check_storage(transactions, store)
    assert (report.ok, report.objects, report.orphans) == (True, 12, 0)


def test_checks_and_sweeps_work_alike_on_an_object_server(transactions: Transactions) -> None:
    bucket = S3BlobStore(S3Address.parse(PrivateServers.storage_url(f"sweep-{new_id().hex}")))
    named, orphan = put(bucket, b"named"), put(bucket, b"orphan")
    name(transactions, named)
    assert check_storage(transactions, bucket).orphans == 1

    assert sweep_orphans(transactions, bucket, grace_s=86_400) == 0
    assert sweep_orphans(transactions, bucket, grace_s=-60) == 1

    assert kept(bucket) == {named.sha256}
    assert orphan.sha256 not in kept(bucket)
    bucket.sweep(named.kind, named.sha256, put_before=datetime.now(tz=UTC) + timedelta(days=1))
    assert check_storage(transactions, bucket).missing == [named.key]
