"""Stored files read again, turn by turn: found damaged, repaired, told; what a sweep may not take while it is held."""

from __future__ import annotations

import io
import os
from pathlib import Path

from sqlalchemy import select

from docflow.audit.models import JournalEntry
from docflow.bootstrap import Runtime
from docflow.core.actor import SYSTEM
from docflow.health import run_checks
from docflow.storage.adapters.local import LocalBlobStore
from docflow.storage.operations import holding_sweep, name_blob, sweep_orphans
from docflow.storage.rules import BlobKind, BlobRef
from docflow.storage.scrubbing import check_storage, scrub


def put(runtime: Runtime, content: bytes) -> BlobRef:
    ref = runtime.blob_store.put(BlobKind.ORIGINAL, io.BytesIO(content), media_type="application/pdf")
    with runtime.transactions.writing(SYSTEM) as uow:
        name_blob(uow, ref, media_type="application/pdf")
    return ref


def path_of(runtime: Runtime, ref: BlobRef) -> Path:
    with runtime.blob_store.local_copy(ref.kind, ref.sha256) as path:
        return path


def verbs(runtime: Runtime) -> list[str]:
    with runtime.transactions.reading() as session:
        query = select(JournalEntry.verb).where(JournalEntry.subject_kind == "object").order_by(JournalEntry.number)
        return list(session.scalars(query))


def test_turns_go_on_where_the_last_one_stopped_and_a_round_is_made_once_a_day(runtime: Runtime) -> None:
    refs = sorted((put(runtime, b"letter %d" % number) for number in range(3)), key=lambda ref: ref.sha256)
    path_of(runtime, refs[1]).write_bytes(b"damaged.")

    def turn() -> object:
        report = scrub(runtime.transactions, runtime.blob_store, most_bytes=1)
        return report and (report.objects, report.altered)

    assert [turn(), turn(), turn(), turn()] == [(1, []), (1, [refs[1].key]), (1, []), (0, [])]
    assert turn() is None
    runtime.clock.move(days=1)
    assert turn() == (1, [])
    (check,) = (check for check in run_checks(runtime) if check.name == "stored-files")
    assert (check.ok, refs[1].key in check.detail) == (False, True)
    assert verbs(runtime) == ["storage.damaged"]


def test_what_is_damaged_is_repaired_from_a_backup_and_no_longer_told(sqlite_runtime: Runtime, tmp_path: Path) -> None:
    runtime, spare = sqlite_runtime, LocalBlobStore(tmp_path / "disk")
    kept, lost = put(runtime, b"kept elsewhere"), put(runtime, b"kept nowhere")
    spare.put(kept.kind, io.BytesIO(b"kept elsewhere"), media_type="application/pdf")
    path_of(runtime, kept).unlink()
    path_of(runtime, lost).unlink()
    assert set(check_storage(runtime.transactions, runtime.blob_store).missing) == {kept.key, lost.key}

    report = check_storage(runtime.transactions, runtime.blob_store, spare=spare)

    assert (report.repaired, report.missing) == ([kept.key], [lost.key])
    runtime.blob_store.put(lost.kind, io.BytesIO(b"kept nowhere"), media_type="application/pdf")
    assert check_storage(runtime.transactions, runtime.blob_store).repaired == [lost.key]
    assert all(check.ok for check in run_checks(runtime) if check.name == "stored-files")
    assert verbs(runtime) == ["storage.damaged", "storage.damaged", "storage.repaired", "storage.repaired"]


def test_nothing_is_swept_while_somebody_copies_nor_long_after_a_kill(runtime: Runtime) -> None:
    ref = runtime.blob_store.put(BlobKind.EXPORT, io.BytesIO(b"orphan"), media_type="text/plain")
    os.utime(path_of(runtime, ref), (0, 0))

    with holding_sweep(runtime.transactions) as renew:
        renew()
        assert sweep_orphans(runtime.transactions, runtime.blob_store, grace_s=0) == 0
        runtime.clock.move(minutes=16)
        assert sweep_orphans(runtime.transactions, runtime.blob_store, grace_s=0) == 1
