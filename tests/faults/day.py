"""A day played by people, with something going wrong at every turn, and what must be true afterwards."""

from __future__ import annotations

import hashlib
import os
import random
import subprocess
import sys
import tempfile
import time
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from sqlalchemy import select

from docflow.audit.queries import verify_journal
from docflow.bootstrap import Runtime
from docflow.complaints.models import Complaint
from docflow.core.jobs import Job, JobState
from docflow.documents.models import Document
from docflow.registry.models import Entry
from docflow.registry.rules import EntryState, SealState
from docflow.search.indexing import index_difference
from docflow.stamping.queries import sealed_revision_of
from docflow.stamping.rules import Finding
from docflow.stamping.verification import verify_bytes
from docflow.storage.rules import BlobKind
from docflow.storage.scrubbing import check_storage
from tests.faults.faults import FAULTS, FULL_DISKS, Fault
from tests.faults.people import Depositor, Person, Registrar, Sender
from tests.faults.processes import pause, wait_until
from tests.faults.town import Servers, Town

RECOVERED_WITHIN_S = 180
SETTLED_WITHIN_S = 900
QUIET_S = 6
LINES_OF_LOG = 60
DISK_BYTES = {"home": 1_200_000_000, "tmp": 300_000_000}


@dataclass(slots=True)
class Outcome:
    """What a day showed: seconds until all went on again by fault, what was acknowledged, what is wrong."""

    recovery_s: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    acknowledged: dict[str, int] = field(default_factory=dict)
    wrong: list[str] = field(default_factory=list)


def play(faults: int, seed: int, *, longest_s: float = 8, only: Sequence[str] = ()) -> Outcome:
    """Play a day with so many faults, let everything come to rest, and look at what there is.

    ``longest_s``: how long a fault lasts at most; ``only``: names of the faults that happen, all when none is said.
    """
    outcome, draw = Outcome(), random.Random(seed)
    with _folder() as (folder, has_own_disks):
        kinds = [one for one in (*FAULTS, *(FULL_DISKS if has_own_disks else ())) if not only or one.name in only]
        servers = Servers()
        town = Town(folder, servers)
        try:
            town.start()
            people: list[Person] = [
                Sender(town, f"{seed}s"), Registrar(town, f"{seed}r"), Depositor(town, f"{seed}d"),
            ]  # fmt: skip
            for person in people:
                person.start()
            wait_until(lambda: all(person.done for person in people), "everybody is at work", longest_s=180)
            for fault in _drawn(kinds, faults, draw):
                pause(draw.uniform(0.2, 1.5))
                fault.happens(town, draw, draw.uniform(1, longest_s))
                outcome.recovery_s[fault.name].append(_recovered(town, people))
            for person in people:
                person.is_over.set()
            for person in people:
                person.join(300)
            outcome.acknowledged = {type(person).__name__: person.done for person in people}
            outcome.wrong = [*(said for person in people for said in person.failed), *_settled(town.runtime)]
            outcome.wrong += list(_untrue(town, people))
        except AssertionError:
            sys.stderr.writelines(town.log.read_text(errors="replace").splitlines(keepends=True)[-LINES_OF_LOG:])
            raise
        finally:
            town.stop()
            servers.stop()
    return outcome


def _drawn(kinds: Sequence[Fault], count: int, draw: random.Random) -> Iterator[Fault]:
    """Yield faults, each kind equally often, in an order that the dice choose."""
    bag: list[Fault] = []
    for _ in range(count):
        if not bag:
            bag = draw.sample(kinds, len(kinds))
        yield bag.pop()


def _recovered(town: Town, people: Sequence[Person]) -> float:
    """Wait until both sites answer and everybody was acknowledged something again; return the seconds."""
    start, before = time.monotonic(), [person.done for person in people]
    wait_until(town.is_up, "both sites answer again", longest_s=RECOVERED_WITHIN_S)
    wait_until(
        lambda: (
            any(person.failed for person in people)
            or all(person.done > done for person, done in zip(people, before, strict=True))
        ),
        "everybody goes on",
        longest_s=RECOVERED_WITHIN_S,
    )
    return time.monotonic() - start


def _settled(runtime: Runtime) -> list[str]:
    """Wait until no job is due for some seconds; return what is stuck."""
    waiting = Job.state.in_([JobState.READY, JobState.RUNNING])
    start = last_busy = time.monotonic()
    while time.monotonic() - last_busy < QUIET_S:
        with runtime.transactions.reading() as session:
            left = session.scalars(select(Job.name).where(waiting, Job.run_after <= runtime.clock.now())).all()
        if left:
            last_busy = time.monotonic()
        if time.monotonic() - start > SETTLED_WITHIN_S:
            return [f"jobs do not come to an end: {Counter(left)}"]
        time.sleep(0.5)
    with runtime.transactions.reading() as session:
        dead = session.execute(select(Job.name, Job.error).where(Job.state == JobState.DEAD)).all()
        ready = select(Job.name, Job.error).where(Job.state == JobState.READY, Job.attempts > 0)
        late = session.execute(ready).all()
    return [f"given up: {name} ({error})" for name, error in dead] + [
        f"still tried: {name} ({error})" for name, error in late
    ]


def _untrue(town: Town, people: Sequence[Person]) -> Iterator[str]:
    """Yield what ought to be true of everything acknowledged, and is not."""
    runtime = town.runtime
    for person in people:
        if isinstance(person, Sender):
            yield from _files(runtime, person.kept)
        elif isinstance(person, Registrar):
            yield from _registered(runtime, person)
        elif isinstance(person, Depositor):
            yield from _deposited(runtime, person)
    yield from _numbers_and_seals(runtime)
    with runtime.transactions.reading() as session:
        journal = verify_journal(session)
    if not journal.ok:
        yield f"the journal does not verify: {journal}"
    report = check_storage(runtime.transactions, runtime.blob_store)
    if report.missing or report.altered:
        yield f"the store misses {report.missing} and altered {report.altered}"
    if (difference := index_difference(runtime)) != (0, 0):
        yield f"the index lacks {difference[0]} documents and holds {difference[1]} too many"


def _files(runtime: Runtime, kept: dict[str, str]) -> Iterator[str]:
    with runtime.transactions.reading() as session:
        rows = session.execute(select(Document.file_name, Document.original_sha256, Document.state)).all()
    counted = Counter(row.file_name for row in rows if len(row.file_name) == len("0" * 32 + ".pdf"))
    yield from (f"{name} is there {number} times" for name, number in counted.items() if number > 1)
    found = {row.file_name: row for row in rows}
    for name, sha256 in kept.items():
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


@contextmanager
def _folder() -> Iterator[tuple[Path, bool]]:
    """Give a folder whose home and temporary files have small disks of their own, where that may be made."""
    with tempfile.TemporaryDirectory(prefix="docflow-day-") as made:
        mounted: list[Path] = []
        try:
            for name, size in DISK_BYTES.items():
                path = Path(made) / name
                path.mkdir()
                command = ["mount", "-t", "tmpfs", "-o", f"size={size}", "tmpfs", str(path)]
                if os.geteuid() == 0 and subprocess.run(command, capture_output=True, check=False).returncode == 0:
                    mounted.append(path)
            yield Path(made), len(mounted) == len(DISK_BYTES)
        finally:
            for path in mounted:
                subprocess.run(["umount", "--lazy", str(path)], check=False)
