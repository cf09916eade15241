"""The relay between the table and RabbitMQ: what is published, claimed, lost, doubled and taken over."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from uuid import UUID

import pytest
from sqlalchemy import func, select, text

from docflow.app import create_staff_app
from docflow.bootstrap import Runtime, bootstrap
from docflow.core.actor import SYSTEM
from docflow.core.capability import JobHandler
from docflow.core.errors import InvalidInput, Unavailable
from docflow.core.ids import new_id
from docflow.core.jobs import Job, JobRequest, JobState
from docflow.health import check_broker, is_ready
from docflow.jobs.ports import Share
from docflow.jobs.relay import CLAIMED_WITHIN, LEADER_LOCK
from docflow.jobs.runner import JobRunner
from docflow.search.indexing import make_first_index
from docflow.settings import Settings, load_settings
from tests.faults.processes import wait_until
from tests.pristine import PristineDatabases
from tests.servers import PrivateServers, RabbitServer

# A client of RabbitMQ leaves the socket of a connection that was refused to the collector of garbage.
pytestmark = [
    pytest.mark.xdist_group("faults"),
    pytest.mark.filterwarnings("ignore::ResourceWarning", "ignore::pytest.PytestUnraisableExceptionWarning"),
]
"""Beside the trials that need the same server, so that one run starts it once."""


@pytest.fixture
def database(pristine_databases: PristineDatabases) -> Iterator[str]:
    with pristine_databases.lent() as url:
        yield url


@pytest.fixture
def made(database: str, tmp_path: Path, rabbit: RabbitServer) -> Iterator[Runtime]:
    """The product with its own clock, on PostgreSQL and RabbitMQ."""
    runtime = bootstrap(for_several(tmp_path, database, rabbit.url))
    make_first_index(runtime)
    yield runtime
    runtime.search_index.close()
    runtime.transactions.engine.dispose()


def for_several(folder: Path, database: str, broker: str) -> Settings:
    """Return the settings of one of several machines, whose shared places lie in a folder."""
    return Settings(
        home=folder / "home",
        shared_home=folder / "shared",
        database_url=database,  # type: ignore[arg-type]
        storage_url=f"file://{folder / 'blobs'}",  # type: ignore[arg-type]
        search_url=f"tantivy://{folder / 'index'}",  # type: ignore[arg-type]
        broker_url=broker,  # type: ignore[arg-type]
    )


class Threads:
    """Relays and runners in threads of this process."""

    def __init__(self, runtime: Runtime) -> None:
        self.runtime = runtime
        self.done: list[str] = []
        self.inside, self.most_inside = 0, 0
        self.gate = threading.Event()
        self.gate.set()
        self._stops: list[tuple[threading.Event, threading.Thread]] = []

    def relay(self) -> threading.Event:
        relay = self.runtime.make_relay()
        return self._start(lambda stop: relay.run_until(stop.is_set, wait=stop.wait))

    def runner(self, share: Share) -> threading.Event:
        handlers: dict[str, JobHandler] = {"room.work": self._handle}
        runner = JobRunner(self.runtime.job_queue, handlers, self.runtime, lease_s=5, share=share)
        broker = self.runtime.job_broker
        assert broker is not None

        def run(stop: threading.Event) -> None:
            tickets = broker.listen(share)
            runner.run_tickets(tickets, stop.is_set)
            tickets.close()

        return self._start(run)

    def end(self) -> None:
        self.gate.set()
        for stop, _ in self._stops:
            stop.set()
        for _, thread in self._stops:
            thread.join(20)
            assert not thread.is_alive()

    def _handle(self, _deps: object, payload: object, _context: object) -> None:
        self.inside += 1
        self.most_inside = max(self.most_inside, self.inside)
        self.gate.wait(20)
        self.done.append(payload["n"])  # type: ignore[index]
        self.inside -= 1

    def _start(self, run: Callable[[threading.Event], None]) -> threading.Event:
        stop = threading.Event()
        thread = threading.Thread(target=run, args=(stop,))
        thread.start()
        self._stops.append((stop, thread))
        return stop


@pytest.fixture
def threads(made: Runtime) -> Iterator[Threads]:
    running = Threads(made)
    yield running
    running.end()


def ask(runtime: Runtime, numbers: range, **said: object) -> None:
    with runtime.transactions.writing(SYSTEM) as uow:
        for number in numbers:
            uow.enqueue(JobRequest("room.work", {"n": number}, **said))  # type: ignore[arg-type]


def states(runtime: Runtime) -> dict[str, int]:
    with runtime.transactions.reading() as session:
        rows = session.execute(select(Job.state, func.count()).group_by(Job.state)).all()
    return {str(state): count for state, count in rows}


def waiting(runtime: Runtime, share: Share = Share.OTHERS) -> int:
    assert runtime.job_broker is not None
    return runtime.job_broker.waiting(share)


def unpublished(runtime: Runtime) -> int:
    with runtime.transactions.reading() as session:
        return session.scalar(select(func.count()).where(Job.state == JobState.READY, Job.published_at.is_(None))) or 0


def test_every_job_is_done_once_and_lanes_one_at_a_time(made: Runtime, threads: Threads) -> None:
    threads.relay()
    for share in (Share.OTHERS, Share.LANES, Share.LANES):
        threads.runner(share)
    ask(made, range(20))
    wait_until(lambda: len(threads.done) == 20, "jobs of no lane are done", longest_s=10)
    threads.most_inside = 0
    ask(made, range(20, 32), lane="index")
    wait_until(lambda: states(made) == {"done": 32}, "jobs of a lane are done", longest_s=10)

    assert sorted(threads.done) == list(range(32))
    assert threads.most_inside == 1


def test_messages_lost_by_the_broker_are_published_again(made: Runtime, threads: Threads, rabbit: RabbitServer) -> None:
    threads.relay()
    ask(made, range(6))
    wait_until(lambda: waiting(made) == 6, "all are published")
    wait_until(lambda: unpublished(made) == 0, "the relay noted them")
    rabbit.purge()
    assert waiting(made) == 0
    # As if the time in which they should have been claimed had gone by.
    with made.transactions.engine.begin() as connection:
        connection.execute(text("UPDATE jobs SET published_at = published_at - :by"), {"by": CLAIMED_WITHIN})
    wait_until(lambda: waiting(made) == 6, "all are published again", longest_s=10)
    threads.runner(Share.OTHERS)
    wait_until(lambda: states(made) == {"done": 6}, "all are done", longest_s=10)

    assert sorted(threads.done) == list(range(6))


def test_a_message_that_comes_twice_is_dropped(made: Runtime, threads: Threads) -> None:
    ask(made, range(1))
    with made.transactions.reading() as session:
        job_id = session.scalars(select(Job.id)).one()
    broker = made.job_broker
    assert broker is not None
    threads.gate.clear()
    for _ in range(3):
        broker.publish(job_id, Share.OTHERS, priority=0)
    broker.publish(new_id(), Share.OTHERS, priority=0)
    for _ in range(2):
        threads.runner(Share.OTHERS)
    wait_until(lambda: threads.inside == 1 and waiting(made) == 0, "one runner has it, the other dropped the rest")
    threads.gate.set()
    wait_until(lambda: states(made) == {"done": 1}, "it is done")

    assert threads.done == [0]


def test_without_a_broker_jobs_are_done_and_with_it_again_at_once(
    made: Runtime, threads: Threads, rabbit: RabbitServer
) -> None:
    threads.relay()
    threads.runner(Share.OTHERS)
    wait_until(lambda: waiting(made) == 0, "the broker is there")
    rabbit.kill()
    try:
        ask(made, range(5))
        wait_until(lambda: len(threads.done) == 5, "they are done from the table", longest_s=10)
        broken, _ = check_broker(made)
        assert (broken.ok, broken.is_warning) == (False, True)
        assert "DOCFLOW_BROKER_URL" in broken.remedy
        assert "guest" not in broken.detail
        answer = create_staff_app(made).test_client().get("/readyz")
        assert answer.status_code == 200
        assert answer.json["checks"]["broker"] is False
    finally:
        rabbit.start()
    wait_until(lambda: is_ready(made)["broker"], "the broker is back")
    ask(made, range(5, 10))
    wait_until(lambda: len(threads.done) == 10, "the others are done", longest_s=15)

    assert sorted(threads.done) == list(range(10))


def test_one_relay_leads_and_another_takes_over_from_one_that_is_silent(made: Runtime, threads: Threads) -> None:
    first_stop = threads.relay()
    wait_until(lambda: check_broker(made)[1].ok, "a relay leads")
    threads.relay()

    def leader() -> int | None:
        with made.transactions.engine.connect() as connection:
            held = text("SELECT pid FROM pg_locks WHERE locktype = 'advisory' AND classid = :lock AND granted")
            return connection.scalar(held, {"lock": LEADER_LOCK})

    first = leader()
    # The server ends the session of a silent leader in the same way.
    with made.transactions.engine.begin() as connection:
        connection.execute(text("SELECT pg_terminate_backend(:pid)"), {"pid": first})
    wait_until(lambda: leader() not in {None, first}, "a relay leads again", longest_s=5)
    first_stop.set()
    wait_until(lambda: leader() is not None, "a relay leads whichever ended", longest_s=5)
    ask(made, range(3))
    wait_until(lambda: waiting(made) == 3, "it publishes", longest_s=5)

    assert states(made) == {"ready": 3}


def test_a_session_that_leads_and_is_silent_is_ended_by_the_server(made: Runtime) -> None:
    """A relay that is stopped answers nobody; its kernel would keep the connection, and the lock, for hours."""
    is_silent, release = threading.Event(), threading.Event()

    def fall_silent(_seconds: float) -> None:
        is_silent.set()
        release.wait(30)

    relay = made.make_relay()
    thread = threading.Thread(target=relay.run_until, args=(release.is_set,), kwargs={"wait": fall_silent})
    thread.start()
    assert is_silent.wait(10)
    try:
        wait_until(lambda: not check_broker(made)[1].ok, "nobody leads any more", longest_s=12)
    finally:
        release.set()
        thread.join(10)


def test_a_job_is_claimed_by_its_name_only_when_it_is_due_and_its_lane_is_free(runtime: Runtime, clock) -> None:
    ask(runtime, range(1), lane="index")
    ask(runtime, range(1, 2), lane="index")
    ask(runtime, range(2, 3), delay_s=60)
    ids = {job.payload["n"]: job.id for job in all_jobs(runtime)}
    with runtime.transactions.engine.begin() as connection:
        connection.execute(Job.__table__.update().values(published_at=clock.now()))

    first = runtime.job_queue.claim_exactly(ids[0], "first")
    assert first is not None
    assert [runtime.job_queue.claim_exactly(ids[n], "second") for n in (0, 1, 2)] == [None, None, None]
    assert runtime.job_queue.claim_exactly(UUID(int=7), "second") is None
    # What could not be had counts as not published, so that the relay publishes it again in its time.
    assert {job.payload["n"]: job.published_at for job in all_jobs(runtime)} == {0: None, 1: None, 2: None}
    runtime.job_queue.finish(first)
    clock.move(seconds=60)
    assert all(runtime.job_queue.claim_exactly(ids[n], "second") is not None for n in (1, 2))


def all_jobs(runtime: Runtime) -> list[Job]:
    with runtime.transactions.reading() as session:
        return list(session.scalars(select(Job).where(Job.name == "room.work")))


def test_a_broker_needs_an_address_and_a_database_for_several_machines(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DOCFLOW_BROKER_URL", "amqp://docflow:marker-secret@broker/docflow")
    with pytest.raises(InvalidInput) as refused:
        load_settings()
    assert "PostgreSQL" in str(refused.value)
    monkeypatch.setenv("DOCFLOW_DATABASE_URL", "postgresql://docflow@127.0.0.1:1/docflow")
    monkeypatch.setenv("DOCFLOW_BROKER_URL", "redis://marker-secret")
    with pytest.raises(InvalidInput) as refused:
        load_settings()
    assert "amqp://" in str(refused.value)
    assert "marker-secret" not in str(refused.value)
    monkeypatch.setenv("DOCFLOW_BROKER_URL", "amqp://docflow:marker-secret@broker/docflow")
    monkeypatch.setenv("DOCFLOW_SEARCH_URL", "opensearch+http://search:9200")
    with pytest.raises(InvalidInput) as refused:
        load_settings()
    assert "give DOCFLOW_STORAGE_URL, DOCFLOW_SHARED_HOME" in str(refused.value)


def test_an_unknown_host_is_told_without_the_password(tmp_path: Path) -> None:
    address = "amqp://docflow:marker-secret@127.0.0.1:1/docflow"
    settings = for_several(tmp_path, PrivateServers.database_url("postgres"), address)
    broker = bootstrap(settings).job_broker
    assert broker is not None
    with pytest.raises(Unavailable) as refused:
        broker.publish(new_id(), Share.OTHERS, priority=0)
    assert refused.value.code == "broker_unavailable"
    assert "marker-secret" not in str(refused.value)
