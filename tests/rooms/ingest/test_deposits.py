"""What a deposit keeps, once; and what it tells of the same bytes seen before."""

from __future__ import annotations

import threading

import pytest
from sqlalchemy import func, select

from docflow.accounts.operations import set_desk
from docflow.accounts.queries import OPERATOR
from docflow.accounts.visibility import Confidentiality
from docflow.bootstrap import Runtime
from docflow.core.errors import NotFound, PermissionDenied
from docflow.core.jobs import Job
from docflow.documents.models import Document, Page
from docflow.ingest.operations import open_batch
from docflow.ingest.queries import batch_for, batch_progress
from docflow.registry.queries import all_registers
from docflow.storage.models import Blob
from docflow.storage.rules import BlobKind
from tests.conftest import actor, deposit, run_jobs
from tests.factories.documents import unit_id
from tests.factories.sessions import signed_in_client
from tests.rooms.ingest.letters import letter_about

LETTER = letter_about("un lampadaire en panne")


def count(runtime: Runtime, model: type[Document | Blob | Job]) -> int:
    with runtime.transactions.reading() as session:
        return session.scalar(select(func.count()).select_from(model)) or 0


def test_the_same_bytes_twice_are_one_object_and_two_documents(runtime: Runtime) -> None:
    first, second = deposit(runtime, LETTER, name="one.pdf"), deposit(runtime, LETTER, name="two.pdf")

    run_jobs(runtime)

    assert first.id != second.id
    assert count(runtime, Document) == 2
    originals = [item for item in runtime.blob_store.objects() if item.kind == BlobKind.ORIGINAL]
    assert [item.sha256 for item in originals] == [first.original_sha256]
    with runtime.transactions.reading() as session:
        assert session.scalar(select(func.count()).where(Blob.kind == BlobKind.ORIGINAL)) == 1


@pytest.mark.parametrize(
    ("confidentiality", "is_told"), [(Confidentiality.NORMAL, True), (Confidentiality.CONFIDENTIAL, False)]
)
def test_a_duplicate_is_named_only_to_who_may_see_it(
    sqlite_runtime: Runtime, confidentiality: Confidentiality, is_told: bool
) -> None:
    earlier = deposit(sqlite_runtime, LETTER, by="clerk2", confidentiality=confidentiality)
    with sqlite_runtime.transactions.writing(actor(sqlite_runtime, "clerk")) as uow:
        batch = open_batch(uow)
    deposit(sqlite_runtime, LETTER, by="clerk", batch_id=batch.id)

    with sqlite_runtime.transactions.reading() as session:
        (progress,) = batch_progress(session, actor(sqlite_runtime, "clerk"), batch.id)

    told = None if progress.duplicate_of is None else progress.duplicate_of.id
    assert told == (earlier.id if is_told else None)


def test_a_batch_tells_of_pages_in_doubt_only_who_may_see_what_is_written_on_them(sqlite_runtime: Runtime) -> None:
    with sqlite_runtime.transactions.writing(actor(sqlite_runtime, "clerk")) as uow:
        batch = open_batch(uow)
    document = deposit(sqlite_runtime, letter_about("une haie", pages=3), batch_id=batch.id)
    run_jobs(sqlite_runtime)

    with sqlite_runtime.transactions.writing(actor(sqlite_runtime, "clerk")) as uow:
        for page in uow.session.scalars(select(Page).where(Page.document_id == document.id, Page.page_index > 0)):
            page.needs_review = True

    with sqlite_runtime.transactions.reading() as session:
        (progress,) = batch_progress(session, actor(sqlite_runtime, "clerk"), batch.id)
        (metadata_only,) = batch_progress(session, actor(sqlite_runtime, "auditor"), batch.id)
    assert (progress.doubtful, metadata_only.doubtful) == ([2, 3], ())


def test_a_batch_is_shown_to_its_owner_and_to_nobody_without_a_part_in_it(sqlite_runtime: Runtime) -> None:
    with sqlite_runtime.transactions.writing(actor(sqlite_runtime, "clerk")) as uow:
        batch = open_batch(uow)

    with sqlite_runtime.transactions.reading() as session:
        assert batch_for(session, actor(sqlite_runtime, "clerk"), batch.id).id == batch.id
        with pytest.raises(NotFound, match="batch_unknown"):
            batch_for(session, actor(sqlite_runtime, "agent"), batch.id)


def test_a_deposit_sent_twice_is_kept_once(runtime: Runtime) -> None:
    first, again = deposit(runtime, LETTER, key="upload-1"), deposit(runtime, LETTER, key="upload-1")

    assert first.id == again.id
    assert (count(runtime, Document), count(runtime, Job)) == (1, 1)


def test_a_deposit_sent_many_times_at_once_is_kept_once(runtime: Runtime) -> None:
    gate, kept, raised = threading.Barrier(6), list[object](), list[BaseException]()

    def send() -> None:
        gate.wait()
        try:
            kept.append(deposit(runtime, LETTER, key="upload-1").id)
        except BaseException as error:  # the test's own thread reports it
            raised.append(error)

    senders = [threading.Thread(target=send) for _ in range(6)]
    for sender in senders:
        sender.start()
    for sender in senders:
        sender.join()

    assert raised == []
    assert len(set(kept)) == 1
    assert (count(runtime, Document), count(runtime, Job)) == (1, 1)


def test_a_key_belongs_to_who_gave_it(sqlite_runtime: Runtime) -> None:
    first = deposit(sqlite_runtime, LETTER, key="upload-1", by="clerk")
    second = deposit(sqlite_runtime, LETTER, key="upload-1", by="clerk2")

    assert first.id != second.id


def test_who_may_not_deposit_leaves_no_bytes(sqlite_runtime: Runtime) -> None:
    with pytest.raises(PermissionDenied):
        deposit(sqlite_runtime, LETTER, by="auditor")

    assert list(sqlite_runtime.blob_store.objects()) == []


def test_whoever_keeps_no_register_is_told_before_they_scan(sqlite_runtime):
    clerk = signed_in_client(sqlite_runtime, "clerk")
    before = clerk.get("/scan").get_data(as_text=True)
    with sqlite_runtime.transactions.writing(OPERATOR) as uow:
        for register in all_registers(uow.session):
            set_desk(uow, register.code, unit_id=unit_id(sqlite_runtime, "TRV"))

    after = clerk.get("/scan").get_data(as_text=True)

    assert ("note--warn" in before, "note--warn" in after) == (False, True)
