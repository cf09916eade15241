"""What must be true after a day, of everything that was acknowledged in it."""

from __future__ import annotations

import hashlib
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Sequence
from datetime import timedelta
from typing import Any

from sqlalchemy import func, select

from docflow.approvals.models import ApprovalRun, Ask, Decision
from docflow.approvals.rules import AskState, RunState
from docflow.audit.queries import verify_journal
from docflow.bootstrap import Runtime
from docflow.complaints.models import Complaint
from docflow.core.jobs import Job, JobState
from docflow.documents.models import Document
from docflow.registry.models import Entry
from docflow.registry.rules import EntryState, SealState
from docflow.routing.models import Assignment
from docflow.search.indexing import index_difference
from docflow.stamping.queries import sealed_revision_of
from docflow.stamping.rules import Finding
from docflow.stamping.verification import verify_bytes
from docflow.storage.rules import BlobKind
from docflow.storage.scrubbing import check_storage
from tests.faults.people import Depositor, Person, Registrar, Sender
from tests.faults.staff import Author, Decider, Router


def untrue(runtime: Runtime, people: Sequence[Person]) -> Iterator[str]:
    """Yield what ought to be true of everything acknowledged, and is not."""
    for person in people:
        for kind, check in CHECKS.items():
            if isinstance(person, kind):
                yield from check(runtime, person)
    yield from _numbers_and_seals(runtime)
    yield from _of_the_future(runtime)
    with runtime.transactions.reading() as session:
        journal = verify_journal(session)
    if not journal.ok:
        yield f"the journal does not verify: {journal}"
    report = check_storage(runtime.transactions, runtime.blob_store)
    if report.missing or report.altered:
        yield f"the store misses {report.missing} and altered {report.altered}"
    if (difference := index_difference(runtime)) != (0, 0):
        yield f"the index lacks {difference[0]} documents and holds {difference[1]} too many"


def _files(runtime: Runtime, clerk: Sender) -> Iterator[str]:
    with runtime.transactions.reading() as session:
        rows = session.execute(select(Document.file_name, Document.original_sha256, Document.state)).all()
    counted = Counter(row.file_name for row in rows if len(row.file_name) == len("0" * 32 + ".pdf"))
    yield from (f"{name} is there {number} times" for name, number in counted.items() if number > 1)
    found = {row.file_name: row for row in rows}
    for name, sha256 in clerk.kept.items():
        if name not in found:
            yield f"{name} was answered for and is lost"
        elif found[name].original_sha256 != sha256 or found[name].state != "ready":
            yield f"{name} is {found[name].state}, {found[name].original_sha256}"
        else:
            with runtime.blob_store.open(BlobKind.ORIGINAL, sha256) as stream:
                if hashlib.sha256(stream.read()).hexdigest() != sha256:
                    yield f"{name} has other bytes"


def _registered(runtime: Runtime, clerk: Registrar) -> Iterator[str]:
    live = select(Entry.document_id).where(Entry.state != EntryState.CANCELLED, Entry.document_id.is_not(None))
    with runtime.transactions.reading() as session:
        counted = Counter(session.scalars(live).all())
    yield from (f"{one} was registered and has no number" for one in clerk.registered if not counted[one])
    yield from (f"{one} has {number} numbers" for one, number in counted.items() if number > 1)


def _deposited(runtime: Runtime, citizen: Depositor) -> Iterator[str]:
    with runtime.transactions.reading() as session:
        rows = session.execute(select(Entry, Complaint.place).join(Complaint, Complaint.entry_id == Entry.id)).all()
    kept = {entry.label: (entry.tracking_secret, place) for entry, place in rows}
    places = Counter(place for _entry, place in rows)
    for number, receipt in citizen.receipts.items():
        if kept.get(number) != receipt:
            yield f"the deposit {number} is lost or another one"
        elif places[receipt[1]] != 1:
            yield f"the deposit {number} is there {places[receipt[1]]} times"


def _sent_on(runtime: Runtime, clerk: Router) -> Iterator[str]:
    with runtime.transactions.reading() as session:
        rows = session.execute(select(Assignment.note, Assignment.document_id))
        counted = Counter((row.note, row.document_id) for row in rows)
    for note, document_id in clerk.notes.items():
        if counted[note, document_id] != 1:
            yield f"{document_id} was sent on {counted[note, document_id]} times as {note}"


def _on_their_way(runtime: Runtime, agent: Author) -> Iterator[str]:
    acts = select(Document.subject, ApprovalRun.state).join(ApprovalRun, ApprovalRun.document_id == Document.id)
    with runtime.transactions.reading() as session:
        states = defaultdict(list)
        for subject, state in session.execute(acts):
            states[subject].append(state)
    for subject in agent.sent:
        if len(states[subject]) != 1:
            yield f"{subject} was sent and is on {len(states[subject])} circuits"
    for subject, found in states.items():
        if {RunState.PREPARING, RunState.DEPARTING} & set(found):
            yield f"{subject} is stuck: {found}"


def _decided(runtime: Runtime, person: Decider) -> Iterator[str]:
    fallen = func.count().filter(Decision.fell_because != "")
    kept = func.count().filter(Decision.is_kept)
    with runtime.transactions.reading() as session:
        rows = session.execute(select(Decision.ask_id, kept, fallen).group_by(Decision.ask_id)).all()
        open_asks = set(session.scalars(select(Ask.id).where(Ask.state == AskState.OPEN)))
    found = {ask: (is_kept, has_fallen) for ask, is_kept, has_fallen in rows}
    yield from (f"{ask} was decided {number} times" for ask, (number, _) in found.items() if number > 1)
    for ask in person.decided:
        is_kept, has_fallen = found.get(ask, (0, 0))
        # What fell, because the act had changed meanwhile, is asked again.
        if not is_kept and not (has_fallen and ask in open_asks):
            yield f"the decision of {person.username} on {ask} is lost"


def _of_the_future(runtime: Runtime) -> Iterator[str]:
    """Yield jobs that a clock which ran ahead left where nobody comes to them for hours."""
    ahead = runtime.clock.now() + timedelta(minutes=5)
    is_late = (Job.created_at > ahead) | ((Job.attempts > 0) & (Job.run_after > ahead))
    late = select(Job.name, func.count()).where(Job.state == JobState.READY, is_late).group_by(Job.name)
    with runtime.transactions.reading() as session:
        yield from (f"{number} jobs {name} wait for hours" for name, number in session.execute(late))


def _numbers_and_seals(runtime: Runtime) -> Iterator[str]:
    with runtime.transactions.reading() as session:
        entries = session.scalars(select(Entry).order_by(Entry.register_id, Entry.year, Entry.number)).all()
        revisions = {
            entry.document_id: sealed_revision_of(session, entry.document_id)
            for entry in entries
            if entry.document_id is not None and entry.state != EntryState.CANCELLED
        }
    series: dict[tuple[object, int], list[int]] = defaultdict(list)
    for entry in entries:
        series[entry.register_id, entry.year].append(entry.number)
        if entry.document_id in revisions and entry.seal_state != SealState.SEALED:
            yield f"{entry.label} is not sealed: {entry.seal_state}"
    for numbers in series.values():
        if numbers != list(range(numbers[0], numbers[0] + len(numbers))):
            yield f"numbers have gaps or doubles: {numbers}"
    for document_id, revision in revisions.items():
        if revision is None:
            continue
        with runtime.blob_store.open(revision.blob.kind, revision.blob.sha256) as stream:
            if verify_bytes(runtime, stream.read()).finding is not Finding.AUTHENTIC:
                yield f"the seal of {document_id} does not verify"


CHECKS: dict[type[Person], Callable[[Runtime, Any], Iterator[str]]] = {
    Sender: _files,
    Registrar: _registered,
    Depositor: _deposited,
    Router: _sent_on,
    Author: _on_their_way,
    Decider: _decided,
}
"""What is looked at of what each was answered for."""
