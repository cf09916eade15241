"""Backups of a district in use, restored elsewhere and compared; what damage, a kill and a wrong passphrase do."""

from __future__ import annotations

import io
import os
import shutil
from pathlib import Path

import pytest
from sqlalchemy import delete

from docflow.backups import making, secrets
from docflow.backups.making import forget_old, make_backup
from docflow.backups.objects import faults_in
from docflow.backups.places import named_objects
from docflow.backups.restoring import restore_backup
from docflow.backups.target import Target
from docflow.backups.verifying import keep_verification, verify_backup
from docflow.bootstrap import open_target
from docflow.core.actor import SYSTEM
from docflow.core.errors import Conflict, InvalidInput, Unavailable
from docflow.stamping.rules import Finding
from docflow.storage.models import Blob
from docflow.storage.operations import name_blob, sweep_orphans
from docflow.storage.rules import BlobKind, BlobRef
from tests.conftest import deposit
from tests.factories.registry import registered
from tests.rooms.backups.places import PASSPHRASE, all_rows, empty_place, fill

AFTER_RESTORING = {"journal_entries", "journal_head", "jobs", "documents", "text_bands"}
"""Tables that restoring writes to: the line that says so, and what the index holds."""


@pytest.fixture(autouse=True)
def cheap_keys(monkeypatch: pytest.MonkeyPatch) -> None:
    """Derive the key with the least work; a tenth of a second each time otherwise."""
    monkeypatch.setattr(secrets, "COST", 2**4)


@pytest.fixture
def target(tmp_path: Path) -> Target:
    return open_target(tmp_path / "disk")


def put(runtime, content: bytes) -> BlobRef:
    """Store some bytes and name them."""
    ref = runtime.blob_store.put(BlobKind.EXPORT, io.BytesIO(content), media_type="text/plain")
    with runtime.transactions.writing(SYSTEM) as uow:
        name_blob(uow, ref, media_type="text/plain")
    return ref


def back_up(runtime, target, **options):
    return make_backup(runtime, target, passphrase=PASSPHRASE, **options)


def file_in(target: Target, ref: BlobRef) -> Path:
    return target.folder / "objects" / ref.key


@pytest.mark.parametrize(
    ("database_url", "aim"), [("sqlite", "postgresql"), ("postgresql", "sqlite")], indirect=["database_url"]
)
def test_a_district_backed_up_while_it_changes_is_the_same_elsewhere(runtime, aim, target, tmp_path, monkeypatch):
    fill(runtime)
    doomed = put(runtime, b"forgotten and swept while the backup goes on")
    before = all_rows(runtime)
    copy, keep = making.copy_objects, making.keep_table

    def changed_between_tables(*args, **options):
        if args[1].name == "documents":
            registered(runtime)
            deposit(runtime, b"%PDF-1.7 later", name="later.pdf")
        return keep(*args, **options)

    def swept_before_copying(*args, **options):
        with runtime.transactions.writing(SYSTEM) as uow:
            uow.session.execute(delete(Blob).where(Blob.sha256 == doomed.sha256))
        with runtime.blob_store.local_copy(doomed.kind, doomed.sha256) as path:
            os.utime(path, (0, 0))
        assert sweep_orphans(runtime.transactions, runtime.blob_store, grace_s=0) == 0
        return copy(*args, **options)

    monkeypatch.setattr(making, "keep_table", changed_between_tables)
    monkeypatch.setattr(making, "copy_objects", swept_before_copying)
    made = back_up(runtime, target)
    assert made.manifest.content.lacking == ()
    assert all_rows(runtime)["documents"] != before["documents"]

    with empty_place(aim, tmp_path / "new", runtime) as place:
        restored = restore_backup(target, made.manifest.content.name, place, passphrase=PASSPHRASE)

        assert restored.ok
        assert restored.proof.journal.verdict.entries == len(before["journal_entries"])
        assert restored.proof.journal.files == 1
        assert restored.proof.seals[Finding.AUTHENTIC.value] >= 2
        after = all_rows(place)
        assert {name for name in before if after[name] != before[name]} <= AFTER_RESTORING
        assert set(before["journal_entries"]) < set(after["journal_entries"])
        looked = faults_in(place.blob_store, named_objects(place.transactions.engine))
        assert [ref.key for ref, fault in looked if fault is not None] == []
        assert restored.objects.objects == len(before["blobs"])
        for path in ("secret-key", "keys/authority.key"):
            assert (place.settings.home / path).read_bytes() == (runtime.settings.home / path).read_bytes()
        assert (place.settings.home / "keys/authority.key").stat().st_mode & 0o777 == 0o600
        # Numbers go on where the backup left them.
        assert registered(place).label == "A-2026-000002"
        with pytest.raises(Conflict, match="place_not_empty"):
            restore_backup(target, made.manifest.content.name, place, passphrase=PASSPHRASE)


def test_a_second_backup_copies_only_what_is_new_and_retention_what_nobody_names(sqlite_runtime, target):
    first_ref = put(sqlite_runtime, b"first")
    put(sqlite_runtime, bytes(500_000))
    first = back_up(sqlite_runtime, target)
    with sqlite_runtime.transactions.writing(SYSTEM) as uow:
        uow.session.execute(delete(Blob).where(Blob.sha256 == first_ref.sha256))
    sqlite_runtime.clock.move(days=1)
    put(sqlite_runtime, b"second")

    second = back_up(sqlite_runtime, target)

    assert first.copied_bytes > 500_000 > 20_000 > second.copied_bytes
    names = target.names()
    assert [target.name_at(None), target.name_at("2026-03-02"), target.name_at("2026-03-02T09:00")] == [
        names[1], names[0], names[0],
    ]  # fmt: skip
    forgotten = forget_old(target, keep=1)
    assert (forgotten.backups, list(target.names())) == (1, [names[1]])
    assert not file_in(target, first_ref).exists()
    assert verify_backup(target, names[1], passphrase=PASSPHRASE).ok


def test_a_backup_killed_in_the_middle_leaves_the_earlier_ones_and_the_next_goes_on(
    sqlite_runtime, target, monkeypatch
):
    put(sqlite_runtime, b"first")
    name = back_up(sqlite_runtime, target).manifest.content.name
    sqlite_runtime.clock.move(days=1)
    late = put(sqlite_runtime, b"second")
    with monkeypatch.context() as patched:
        patched.setattr(Target, "write", lambda *_: (_ for _ in ()).throw(KeyboardInterrupt))
        with pytest.raises(KeyboardInterrupt):
            back_up(sqlite_runtime, target)

    assert list(target.names()) == [name]
    assert verify_backup(target, name, passphrase=PASSPHRASE).ok
    assert file_in(target, late).exists()
    with target.alone(), pytest.raises(Conflict, match="backup_running"):
        back_up(sqlite_runtime, target)
    assert back_up(sqlite_runtime, target).copied_bytes < 50_000


def test_damage_is_found_told_and_healed_by_the_next_backup_with_recheck(sqlite_runtime, target):
    ref, lost = put(sqlite_runtime, b"letter"), put(sqlite_runtime, b"another")
    made = back_up(sqlite_runtime, target)
    name = made.manifest.content.name
    file_in(target, ref).write_bytes(b"lettre")
    file_in(target, lost).unlink()
    part = next(table for table in made.manifest.content.tables if table.shape.name == "people").parts[0]
    file_in(target, BlobRef(BlobKind.ROWS, part.sha256, 0)).write_bytes(b"x" * part.size_bytes)

    found = verify_backup(target, name, passphrase="another passphrase")
    keep_verification(sqlite_runtime.transactions, found)

    assert (found.ok, found.altered, found.missing) == (False, [ref.key], [lost.key])
    assert (found.damaged_tables, found.are_secrets_sound) == (["people"], False)
    back_up(sqlite_runtime, target, is_rechecking=True)
    assert verify_backup(target, name, passphrase=PASSPHRASE).ok
    path = target.folder / "manifests" / f"{name}.json"
    path.write_text(path.read_text().replace('"engine": "sqlite"', '"engine": "oracle"'))
    with pytest.raises(InvalidInput, match="backup_damaged"):
        target.read(name)


def test_what_the_storage_lacks_is_told_and_the_rest_is_kept(sqlite_runtime, target):
    ref = put(sqlite_runtime, b"letter")
    put(sqlite_runtime, b"another")
    with sqlite_runtime.blob_store.local_copy(ref.kind, ref.sha256) as path:
        path.write_bytes(b"damage")

    content = back_up(sqlite_runtime, target).manifest.content

    assert (content.lacking, content.objects) == ((ref.key,), 2)
    assert not file_in(target, ref).exists()


def test_a_disk_that_is_not_mounted_a_weak_passphrase_and_a_wrong_one_are_refused(sqlite_runtime, target, tmp_path):
    name = back_up(sqlite_runtime, target).manifest.content.name
    with empty_place("sqlite", tmp_path / "new", sqlite_runtime) as place:
        with pytest.raises(InvalidInput, match="backup_passphrase_wrong"):
            restore_backup(target, name, place, passphrase="another passphrase")
        place.blob_store.put(BlobKind.LOGO, io.BytesIO(b"of somebody else"), media_type="image/png")
        with pytest.raises(Conflict, match="place_not_empty"):
            restore_backup(target, name, place, passphrase=PASSPHRASE)
    shutil.rmtree(target.folder)
    with pytest.raises(Conflict, match="backup_target_empty"):
        back_up(sqlite_runtime, target)
    with pytest.raises(InvalidInput, match="backup_passphrase_short"):
        make_backup(sqlite_runtime, target, passphrase="court")
    (tmp_path / "file").touch()
    with pytest.raises(Unavailable, match="backup_target_unusable"):
        open_target(tmp_path / "file")
