"""Two who seal the same entry at once, and a seal that was interrupted: one seal, one line, nothing half done."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import func, select

from docflow.audit.models import JournalEntry
from docflow.core.actor import SYSTEM
from docflow.stamping.models import SealedRevision
from docflow.stamping.operations import seal_arrival
from docflow.stamping.queries import sealed_revision_of
from docflow.storage.models import Blob
from docflow.storage.operations import sweep_orphans
from docflow.storage.rules import BlobKind
from docflow.storage.scrubbing import check_storage

from .faces import face
from .letters import letter


def count(runtime, table, *conditions) -> int:
    with runtime.transactions.reading() as session:
        return session.scalar(select(func.count()).select_from(table).where(*conditions))


def test_who_seals_at_once_gets_the_same_seal(runtime):
    document = letter(runtime)
    start = threading.Barrier(4)

    def attempt(_number: int):
        start.wait()
        return seal_arrival(runtime, document_id=document.id, face=face())

    with ThreadPoolExecutor(4) as pool:
        made = list(pool.map(attempt, range(4)))

    assert len({revision.blob.sha256 for revision in made}) == 1
    assert count(runtime, SealedRevision) == 1
    assert count(runtime, JournalEntry, JournalEntry.verb == "stamping.sealed") == 1
    assert count(runtime, Blob, Blob.kind == BlobKind.SEALED) == 1


def test_what_a_loser_made_is_swept_and_what_was_kept_stays(runtime):
    document = letter(runtime)
    with ThreadPoolExecutor(3) as pool:
        list(pool.map(lambda _n: seal_arrival(runtime, document_id=document.id, face=face()), range(3)))
    runtime.clock.move(days=9000)

    sweep_orphans(runtime.transactions, runtime.blob_store, grace_s=0)

    report = check_storage(runtime.transactions, runtime.blob_store)
    assert report.orphans == 0
    with runtime.transactions.reading() as session:
        kept = sealed_revision_of(session, document.id)
    with runtime.blob_store.open(BlobKind.SEALED, kept.blob.sha256) as stream:
        assert stream.read(5) == b"%PDF-"


def test_an_interrupted_seal_is_made_whole_by_the_next_try(runtime, monkeypatch):
    document = letter(runtime)
    writing = type(runtime.transactions).writing
    monkeypatch.setattr(type(runtime.transactions), "writing", _cut_off)
    with pytest.raises(KeyboardInterrupt):
        seal_arrival(runtime, document_id=document.id, face=face())
    monkeypatch.setattr(type(runtime.transactions), "writing", writing)
    assert count(runtime, SealedRevision) == 0

    seal_arrival(runtime, document_id=document.id, face=face())

    assert count(runtime, SealedRevision) == 1


def _cut_off(_transactions, actor):
    """The process ends after the file was stored and before it was named."""
    assert actor is SYSTEM
    raise KeyboardInterrupt
