"""From the embedded default to servers: closed, copied, compared; what an interruption and a used place do."""

from __future__ import annotations

import io

import pytest
from sqlalchemy import text

from docflow.audit.anchors import verify_anchored
from docflow.backups import moving
from docflow.backups.moving import move, reopen
from docflow.backups.places import compare_places
from docflow.core.actor import SYSTEM
from docflow.core.errors import Conflict, InvalidInput, Unavailable
from docflow.core.ids import new_id
from docflow.storage.operations import name_blob
from docflow.storage.rules import BlobKind
from tests.factories.registry import registered
from tests.rooms.backups.places import all_rows, empty_place
from tests.servers import PrivateServers


def test_an_interrupted_move_goes_on_and_leaves_the_old_place_closed(sqlite_runtime, tmp_path, monkeypatch):
    here = sqlite_runtime
    ref = here.blob_store.put(BlobKind.LOGO, io.BytesIO(b"logo"), media_type="image/png")
    with here.transactions.writing(SYSTEM) as uow:
        name_blob(uow, ref, media_type="image/png")
        uow.record("jobs.retried", subject_kind="job", subject_id="1", name="test")
    before = all_rows(here)
    storage_url = PrivateServers.storage_url(f"moved-{new_id().hex}")
    with empty_place("postgresql", here.settings.home, here, storage_url=storage_url) as there:
        with monkeypatch.context() as patched:
            patched.setattr(moving, "_load", lambda *_: (_ for _ in ()).throw(KeyboardInterrupt))
            with pytest.raises(KeyboardInterrupt):
                move(here, there)
        with pytest.raises(Unavailable, match="installation_moved"):
            registered(here)

        with monkeypatch.context() as patched:
            patched.setattr(moving, "mark_moved", lambda *_, **__: (_ for _ in ()).throw(KeyboardInterrupt))
            with pytest.raises(KeyboardInterrupt):
                move(here, there)
        assert all_rows(there) == before
        moved = move(here, there)

        assert (moved.objects.objects, moved.objects.new_objects, moved.comparison.is_equal) == (1, 0, True)
        assert all_rows(here) == before
        assert verify_anchored(there).verdict.entries == len(before["journal_entries"]) + 1
        with there.blob_store.open(ref.kind, ref.sha256) as stream:
            assert stream.read() == b"logo"
        found = compare_places(here, there)
        assert {name for name, _, _ in found.tables} == {"journal_entries", "journal_head"}
        with pytest.raises(Conflict, match="place_not_empty"):
            move(here, there)
        with pytest.raises(InvalidInput, match="move_not_embedded"):
            move(there, here)
    reopen(here.transactions.engine)
    with here.transactions.writing(SYSTEM) as uow:
        uow.session.execute(text("DELETE FROM blobs"))


def test_a_comparison_names_what_differs(sqlite_runtime, tmp_path):
    here = sqlite_runtime
    ref = here.blob_store.put(BlobKind.LOGO, io.BytesIO(b"logo"), media_type="image/png")
    with here.transactions.writing(SYSTEM) as uow:
        name_blob(uow, ref, media_type="image/png")
    with empty_place("sqlite", tmp_path / "new", here) as there:
        move(here, there)
        with there.transactions.engine.begin() as connection:
            connection.execute(text("UPDATE org_units SET name_fr = 'x' WHERE code = 'TRV'"))
        with there.blob_store.local_copy(ref.kind, ref.sha256) as path:
            path.write_bytes(b"olog")

        found = compare_places(here, there)

    assert {name for name, _, _ in found.tables} == {"org_units", "journal_entries", "journal_head"}
    assert (found.here, found.there) == ([], [ref.key])
