"""The worker's loop: what a handler raises, and what becomes of the job and of the worker."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.exc import OperationalError

from docflow.bootstrap import Runtime
from docflow.core.actor import SYSTEM
from docflow.core.capability import JobContext, JobHandler
from docflow.core.errors import InvalidInput, NotFound, PermanentJobError, ServerAway, Unavailable
from docflow.core.jobs import Job, JobRequest, JobState
from docflow.jobs.runner import JobRunner
from tests.conftest import FrozenClock


class Desk:
    """A runner whose one handler does what the test says, and remembers what it was told."""

    def __init__(self, runtime: Runtime, clock: FrozenClock) -> None:
        self.runtime = runtime
        self.clock = clock
        self.told: list[JobContext] = []
        self.seen: list[Mapping[str, Any]] = []
        self.raising: Exception | None = None
        handlers: dict[str, JobHandler] = {"room.work": self.handle}
        self.runner = JobRunner(runtime.job_queue, handlers, runtime, lease_s=runtime.settings.job_lease_s)

    def handle(self, _deps: Any, payload: Mapping[str, Any], context: JobContext) -> None:
        self.told.append(context)
        self.seen.append(payload)
        if self.raising is not None:
            raise self.raising

    def ask(self, name: str = "room.work", **payload: Any) -> None:
        with self.runtime.transactions.writing(SYSTEM) as uow:
            uow.enqueue(JobRequest(name, payload, max_attempts=2))

    def only_job(self) -> Job:
        with self.runtime.transactions.reading() as session:
            return session.scalars(select(Job)).one()


@pytest.fixture
def desk(sqlite_runtime: Runtime, clock: FrozenClock) -> Desk:
    return Desk(sqlite_runtime, clock)


def test_a_handler_gets_its_payload_and_the_job_is_done(desk: Desk) -> None:
    desk.ask(number=3)

    assert desk.runner.run_one()
    assert not desk.runner.run_one()

    assert desk.seen == [{"number": 3}]
    assert desk.only_job().state == JobState.DONE


def test_a_handler_is_told_its_last_attempt(desk: Desk) -> None:
    desk.ask()
    desk.raising = ZeroDivisionError()

    desk.runner.run_one()
    desk.clock.move(minutes=1)
    desk.runner.run_one()

    assert [(context.attempt, context.is_last_attempt) for context in desk.told] == [(1, False), (2, True)]
    assert desk.only_job().state == JobState.DEAD


def test_while_a_server_is_away_no_try_counts_however_long_that_is(desk: Desk) -> None:
    desk.ask()
    desk.raising = ServerAway("storage_unavailable")

    for _ in range(9):
        assert desk.runner.run_one()
        desk.clock.move(hours=13)

    assert {(context.attempt, context.is_last_attempt) for context in desk.told} == {(1, False)}
    assert (desk.only_job().state, desk.only_job().error) == (JobState.READY, "storage_unavailable")
    desk.raising = ZeroDivisionError()
    desk.runner.run_one()
    assert (desk.only_job().state, desk.only_job().attempts) == (JobState.READY, 1)


def test_while_a_server_is_away_it_is_asked_less_and_less_often(desk: Desk) -> None:
    desk.ask()
    desk.raising = ServerAway("storage_unavailable")
    waits = []

    for _ in range(10):
        desk.runner.run_one()
        waits.append((desk.only_job().run_after - desk.clock.now()).total_seconds())
        desk.clock.move(seconds=waits[-1])

    assert waits == [2, 4, 8, 16, 32, 64, 128, 256, 300, 300]


def test_a_database_that_is_away_for_an_hour_does_not_bury_the_job(desk: Desk) -> None:
    desk.ask()
    desk.raising = OperationalError("SELECT 1", {}, ConnectionError("gone"))

    for _ in range(3):
        desk.runner.run_one()
        desk.clock.move(minutes=20)

    assert (desk.only_job().state, desk.only_job().error) == (JobState.READY, "OperationalError")


def test_a_worker_that_lives_and_lost_its_lease_says_that_the_machine_was_slow(desk: Desk) -> None:
    desk.ask()
    lost: list[int] = []

    def slow(_deps: Any, _payload: Mapping[str, Any], _context: JobContext) -> None:
        desk.clock.move(seconds=desk.runtime.settings.job_lease_s + 1)
        desk.runtime.job_queue.release_expired()
        lost.append(desk.only_job().losses)

    handlers: dict[str, JobHandler] = {"room.work": slow}
    lease_s = desk.runtime.settings.job_lease_s
    JobRunner(desk.runtime.job_queue, handlers, desk.runtime, lease_s=lease_s).run_one()

    assert lost == [1]
    assert (desk.only_job().state, desk.only_job().attempts, desk.only_job().losses) == (JobState.READY, 0, 0)


def test_a_server_that_is_away_for_long_does_not_bury_the_job(desk: Desk) -> None:
    desk.ask()
    desk.raising = Unavailable("time_stamp_unavailable")

    for _ in range(6):
        desk.runner.run_one()
        desk.clock.move(minutes=10)
    assert (desk.only_job().state, desk.only_job().error) == (JobState.READY, "time_stamp_unavailable")

    desk.raising = None
    desk.runner.run_one()
    assert desk.only_job().state == JobState.DONE


def test_a_server_that_never_comes_back_buries_the_job_after_a_day(desk: Desk) -> None:
    desk.ask()
    desk.raising = Unavailable("time_stamp_unavailable")

    for _ in range(3):
        desk.runner.run_one()
        desk.clock.move(hours=13)

    assert desk.only_job().state == JobState.DEAD


def test_a_crash_of_a_handler_leaves_the_worker_alive_and_the_job_to_be_tried_again(desk: Desk) -> None:
    desk.ask()
    desk.raising = ZeroDivisionError("a citizen's name")

    assert desk.runner.run_one()
    job = desk.only_job()
    assert (job.state, job.error) == (JobState.READY, "ZeroDivisionError")

    desk.raising = None
    desk.clock.move(minutes=1)
    assert desk.runner.run_one()
    assert desk.only_job().state == JobState.DONE


@pytest.mark.parametrize(
    "error", [InvalidInput("file_damaged"), NotFound("document_unknown"), PermanentJobError("never")], ids=str
)
def test_what_cannot_get_better_is_not_tried_again(desk: Desk, error: Exception) -> None:
    desk.ask()
    desk.raising = error

    desk.runner.run_one()

    job = desk.only_job()
    assert (job.state, job.attempts, job.error) == (JobState.DEAD, 1, str(error))


def test_a_job_without_a_handler_is_dead_and_says_so(desk: Desk) -> None:
    desk.ask("room.unknown")

    desk.runner.run_one()

    assert (desk.only_job().state, desk.only_job().error) == (JobState.DEAD, "no_handler(name='room.unknown')")


def test_a_handler_that_lost_its_job_meanwhile_does_not_end_it(desk: Desk) -> None:
    desk.ask()

    def lose(*_: Any) -> None:
        desk.clock.move(seconds=desk.runtime.settings.job_lease_s + 1)
        assert desk.runtime.job_queue.claim("another") is not None

    runner = JobRunner(desk.runtime.job_queue, {"room.work": lose}, desk.runtime, lease_s=30)
    runner.run_one()

    assert (desk.only_job().state, desk.only_job().owner) == (JobState.RUNNING, "another")


def test_a_long_handler_is_kept_by_its_heartbeat(desk: Desk) -> None:
    desk.ask()
    beaten = threading.Event()
    extend = desk.runtime.job_queue.extend

    class Beating:
        claim, finish, fail = desk.runtime.job_queue.claim, desk.runtime.job_queue.finish, desk.runtime.job_queue.fail

        def extend(self, job: Any) -> bool:
            is_kept = extend(job)
            beaten.set()
            return is_kept

    def work(*_: Any) -> None:
        desk.clock.move(seconds=20)
        assert beaten.wait(timeout=10)

    JobRunner(Beating(), {"room.work": work}, desk.runtime, lease_s=1).run_one()

    assert desk.only_job().state == JobState.DONE


def test_a_worker_that_is_told_to_stop_finishes_its_job_first(desk: Desk) -> None:
    desk.ask(number=1)
    desk.ask(number=2)

    desk.runner.run_until(lambda: bool(desk.seen), wait=lambda _: None)

    with desk.runtime.transactions.reading() as session:
        states = sorted(session.scalars(select(Job.state)))
    assert states == [JobState.DONE, JobState.READY]
