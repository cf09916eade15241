"""Workers killed in mid-work at random moments lose nothing, double nothing and leave nothing behind."""

from __future__ import annotations

import io
import os
import random
import signal
import subprocess
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from uuid import UUID

import pytest
from PIL import Image, ImageDraw, ImageFont
from sqlalchemy import func, select

from docflow.audit.models import JournalEntry
from docflow.audit.queries import verify_journal
from docflow.bootstrap import Runtime
from docflow.core.ids import new_id
from docflow.core.jobs import Job, JobState
from docflow.documents.models import Document, Page, PageText
from docflow.documents.rules import DocumentState, PageState
from docflow.search.finding import Question, find
from docflow.search.indexing import index_difference
from docflow.settings import Settings
from docflow.storage.models import Blob
from docflow.storage.operations import sweep_orphans
from docflow.storage.scrubbing import check_storage
from tests.conftest import actor, deposit
from tests.faults.processes import Installation, pause, wait_until
from tests.rooms.ingest.letters import letter_about
from tests.servers import PrivateServers

pytestmark = pytest.mark.xdist_group("faults")
"""One after the other: each of these trials takes the whole machine."""

KILLS = 7
WORKERS = 2
SEED = 20260302
WORDS = (
    *("abricotier", "bananier", "cerisier", "dattier", "eucalyptus"),
    *("figuier", "grenadier", "hibiscus", "jasmin"),
)


def picture_about(word: str) -> bytes:
    """Return a small scan of a few lines."""
    image = Image.new("L", (1400, 420), 255)
    font = ImageFont.load_default(size=54)
    for line, text in enumerate(("Monsieur le President,", f"Objet : {word} du jardin", "Salutations distinguees")):
        ImageDraw.Draw(image).text((60, 50 + 110 * line), text, font=font, fill=0)
    stream = io.BytesIO()
    image.save(stream, "PNG", dpi=(200, 200))
    return stream.getvalue()


def files() -> dict[str, bytes]:
    """Return a file for each word: typed letters of one or two pages, and two small scans."""
    made = {word: letter_about(f"le {word} du jardin", pages=1 + number % 2) for number, word in enumerate(WORDS)}
    return made | {word: picture_about(word) for word in WORDS[:2]}


@pytest.fixture
def installation(database_url: str, tmp_path: Path) -> Iterator[Installation]:
    """The product on SQLite and local files, then on PostgreSQL and an S3 server."""
    is_small = database_url.startswith("sqlite")
    storage = f"file://{tmp_path / 'blobs'}" if is_small else PrivateServers.storage_url(f"faults-{new_id().hex}")
    made = Installation(
        Settings(home=tmp_path, database_url=database_url, storage_url=storage, job_lease_s=2)  # type: ignore[arg-type]
    )
    yield made
    made.stop()


class Reaper:
    """Kills workers that hold a job, each time a random moment later, and starts others in their place."""

    def __init__(self, installation: Installation, chance: random.Random) -> None:
        self.installation = installation
        self.chance = chance
        self.workers = [installation.start_worker() for _ in range(WORKERS)]
        self.killed_at: Counter[str] = Counter()

    def kill_one(self) -> None:
        """Wait for a worker that is at work, then kill it."""
        runtime = self.installation.runtime
        wait_until(lambda: self._busy() is not None or is_settled(runtime), "a worker takes a job")
        pause(self.chance.uniform(0, 0.5))
        victim, job = self._busy() or (self.chance.choice(self.workers), "between two jobs")
        victim.send_signal(signal.SIGKILL)
        victim.wait()
        self.killed_at[job] += 1
        self.workers.remove(victim)
        self.workers.append(self.installation.start_worker())

    def end(self) -> None:
        """Ask the workers to stop as the supervisor does, and see that they do; until then they gave way to sites."""
        wait_until(
            lambda: {os.sched_getscheduler(worker.pid) for worker in self.workers} == {os.SCHED_IDLE},
            "workers have begun, and give way to sites",
        )
        for worker in self.workers:
            worker.send_signal(signal.SIGTERM)
        assert [worker.wait(timeout=60) for worker in self.workers] == [0] * WORKERS

    def _busy(self) -> tuple[subprocess.Popen[bytes], str] | None:
        running = select(Job.owner, Job.name).where(Job.state == JobState.RUNNING)
        with self.installation.runtime.transactions.reading() as session:
            held = {row.owner.split(":")[1]: row.name for row in session.execute(running) if row.owner}
        at_work = [worker for worker in self.workers if str(worker.pid) in held]
        if not at_work:
            return None
        victim = self.chance.choice(at_work)
        return victim, held[str(victim.pid)]


def is_settled(runtime: Runtime) -> bool:
    with runtime.transactions.reading() as session:
        unread = session.scalar(
            select(func.count())
            .select_from(Document)
            .where((Document.state.not_in(("ready", "failed"))) | (Document.indexed_version < Document.content_version))
        )
        at_work = session.scalar(
            select(func.count()).where(Job.state.in_((JobState.READY, JobState.RUNNING)), Job.name.like("ingest.%"))
        )
    return unread == 0 and at_work == 0


def test_workers_killed_at_random_moments_lose_nothing(installation: Installation) -> None:
    runtime, chance = installation.runtime, random.Random(SEED)
    reaper = Reaper(installation, chance)
    waiting, acknowledged = list(files().items()), dict[str, UUID]()

    for kill in range(KILLS):
        # Three files at first, then one a kill, so that there is work at every kill.
        while waiting and len(acknowledged) < kill + 3:
            word, content = waiting.pop(0)
            acknowledged[word] = deposit(runtime, content, name=f"{word}.pdf").id
        reaper.kill_one()
    wait_until(lambda: is_settled(runtime), "every document is read and indexed")
    reaper.end()

    assert len(acknowledged) == len(WORDS)
    assert sum(reaper.killed_at.values()) == KILLS
    assert_nothing_lost_or_doubled(runtime, acknowledged)
    assert_nothing_left_behind(runtime)
    assert list(installation.aside.iterdir()) == []
    assert_storage_is_sound(runtime)


def assert_nothing_lost_or_doubled(runtime: Runtime, acknowledged: dict[str, UUID]) -> None:
    with runtime.transactions.reading() as session:
        documents = session.scalars(select(Document)).all()
        verdict = verify_journal(session)
        acts = Counter(session.scalars(select(JournalEntry.verb)))
    assert {document.id for document in documents} == set(acknowledged.values())
    assert {document.file_name: (document.state, document.error_code) for document in documents} == {
        f"{word}.pdf": (DocumentState.READY, None) for word in acknowledged
    }
    clerk = actor(runtime, "clerk")
    for word, document_id in acknowledged.items():
        answer = find(runtime, clerk, Question(word), now=runtime.clock.now())
        assert [found.document.id for found in answer.results] == [document_id], word
    assert index_difference(runtime) == (0, 0)
    assert verdict.ok
    assert (acts["documents.deposited"], acts["documents.read"]) == (len(acknowledged), len(acknowledged))


def assert_nothing_left_behind(runtime: Runtime) -> None:
    with runtime.transactions.reading() as session:
        dead = session.execute(select(Job.name, Job.error).where(Job.state == JobState.DEAD)).all()
        running = session.scalars(select(Job.name).where(Job.state == JobState.RUNNING)).all()
        pages = session.scalars(select(Page)).all()
        texts = Counter(session.scalars(select(PageText.page_id)))
        documents = {document.id: document for document in session.scalars(select(Document))}
        blobs = {(row.kind, row.sha256) for row in session.scalars(select(Blob))}
    assert dead == []
    assert [name for name in running if name.startswith(("ingest.", "search."))] == []
    assert Counter(page.document_id for page in pages) == {key: value.page_count for key, value in documents.items()}
    assert {page.state for page in pages} == {PageState.READ}
    assert texts == {page.id: 1 for page in pages}
    named = {("original", document.original_sha256) for document in documents.values()}
    named |= {("searchable", document.searchable_sha256) for document in documents.values()}
    named |= {("page", page.image_sha256) for page in pages} | {("thumbnail", page.thumbnail_sha256) for page in pages}
    assert blobs == named


def assert_storage_is_sound(runtime: Runtime) -> None:
    # An object server tells when an object was put to the second, so that a grace of none must leave one out.
    pause(1.1)
    sweep_orphans(runtime.transactions, runtime.blob_store, grace_s=0)
    report = check_storage(runtime.transactions, runtime.blob_store)
    assert (report.missing, report.altered, report.orphans) == ([], [], 0)
