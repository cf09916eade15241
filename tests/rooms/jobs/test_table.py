"""The job table: who gets a job, for how long, and what becomes of it; on both databases."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy import event, func, select

from docflow.accounts.queries import OPERATOR
from docflow.bootstrap import Runtime
from docflow.core.actor import SYSTEM
from docflow.core.errors import Conflict, NotFound, PermissionDenied
from docflow.core.jobs import Job, JobRequest, JobState
from docflow.jobs.operations import bring_back, claim_periodic_turn, forget_done_jobs, retry_all_dead, retry_dead_job
from docflow.jobs.ports import ClaimedJob, FailureKind, Share
from docflow.jobs.queries import job_counts
from docflow.jobs.table import LONGEST_BACKOFF_S, LONGEST_LOSS_BACKOFF_S, MOST_LOSSES
from tests.conftest import FrozenClock
from tests.threads import at_once
from workers.schedule import ask_for_periodic_jobs

ADMIN = replace(OPERATOR, permissions=OPERATOR.permissions | {"jobs.manage"})


def ask(runtime: Runtime, *requests: JobRequest) -> None:
    with runtime.transactions.writing(SYSTEM) as uow:
        for request in requests:
            uow.enqueue(request)


def jobs(runtime: Runtime, name: str = "room.work") -> list[Job]:
    with runtime.transactions.reading() as session:
        return list(session.scalars(select(Job).where(Job.name == name).order_by(Job.id)))


def claimed(runtime: Runtime, owner: str = "first") -> ClaimedJob:
    job = runtime.job_queue.claim(owner)
    assert job is not None
    return job


def test_the_jobs_of_a_transaction_are_one_statement_and_of_one_key_the_first_is_kept(runtime: Runtime) -> None:
    statements: list[str] = []
    event.listen(runtime.transactions.engine, "before_cursor_execute", lambda *call: statements.append(call[2]))

    ask(
        runtime,
        JobRequest("room.work", {"n": 1}, unique_key="b"),
        JobRequest("room.work", {"n": 2}, unique_key="a"),
        JobRequest("room.work", {"n": 3}, unique_key="b"),
        JobRequest("room.work", {"n": 4}),
        JobRequest("room.work", {"n": 5}),
    )

    assert sum("INSERT INTO jobs" in statement for statement in statements) == 1
    assert [job.payload["n"] for job in jobs(runtime)] == [4, 5, 2, 1]


def test_a_transaction_that_fails_asks_for_nothing(runtime: Runtime) -> None:
    def ask_then_fail() -> None:
        with runtime.transactions.writing(SYSTEM) as uow:
            uow.enqueue(JobRequest("room.work"))
            raise RuntimeError

    with pytest.raises(RuntimeError):
        ask_then_fail()

    assert jobs(runtime) == []
    assert runtime.job_queue.claim("first") is None


def test_no_job_is_ever_given_to_two_claimers(runtime: Runtime) -> None:
    ask(runtime, *(JobRequest("room.work", {"number": number}) for number in range(24)))
    taken: list[UUID] = []

    def claimer(owner: str) -> Callable[[], None]:
        def claim_all() -> None:
            misses = 0
            while misses < 20:
                job = runtime.job_queue.claim(owner)
                if job is None:
                    misses += 1
                    continue
                taken.append(job.id)
                assert runtime.job_queue.finish(job)

        return claim_all

    raised = at_once(*(claimer(f"claimer-{number}") for number in range(4)))

    assert raised == []
    assert len(taken) == len(set(taken)) == 24
    assert {job.attempts for job in jobs(runtime)} == {1}


def test_one_job_of_a_lane_runs_at_a_time(runtime: Runtime) -> None:
    ask(runtime, JobRequest("room.work", {"n": 1}, lane="index"), JobRequest("room.work", {"n": 2}, lane="index"))
    ask(runtime, JobRequest("room.other", lane="mail"))

    first = claimed(runtime)
    other = claimed(runtime, "second")
    assert other.name == "room.other"
    assert runtime.job_queue.claim("third") is None

    runtime.job_queue.finish(first)
    assert claimed(runtime, "third").payload == {"n": 2}


def test_whoever_does_the_lanes_waits_for_no_other_work_and_does_none(runtime: Runtime) -> None:
    ask(runtime, JobRequest("room.long", priority=90), JobRequest("room.short", lane="index"))

    shared = [runtime.job_queue.claim(share, share) for share in (Share.LANES, Share.LANES, Share.OTHERS, Share.OTHERS)]

    assert [None if job is None else job.name for job in shared] == ["room.short", None, "room.long", None]


def test_claimers_racing_for_one_lane_never_share_it(runtime: Runtime) -> None:
    ask(runtime, *(JobRequest("room.work", {"n": number}, lane="index") for number in range(8)))
    inside, most_inside, lock = [0], [0], threading.Lock()

    def claimer(owner: str) -> Callable[[], None]:
        def work() -> None:
            misses = 0
            while misses < 40:
                job = runtime.job_queue.claim(owner)
                if job is None:
                    misses += 1
                    continue
                with lock:
                    inside[0] += 1
                    most_inside[0] = max(most_inside[0], inside[0])
                with lock:
                    inside[0] -= 1
                runtime.job_queue.finish(job)

        return work

    raised = at_once(*(claimer(f"claimer-{number}") for number in range(4)))
    runner = runtime.job_queue
    while (left := runner.claim("last")) is not None:
        runner.finish(left)

    assert raised == []
    assert most_inside == [1]
    assert {job.state for job in jobs(runtime)} == {JobState.DONE}


def test_higher_priority_runs_first_then_the_older(runtime: Runtime, clock: FrozenClock) -> None:
    ask(runtime, JobRequest("room.work", {"n": "old"}, priority=5))
    clock.move(seconds=1)
    ask(runtime, JobRequest("room.work", {"n": "new"}, priority=5), JobRequest("room.work", {"n": "high"}, priority=9))

    order = [claimed(runtime).payload["n"] for _ in range(3)]

    assert order == ["high", "old", "new"]


def test_a_delayed_job_waits_for_its_time(runtime: Runtime, clock: FrozenClock) -> None:
    ask(runtime, JobRequest("room.work", delay_s=60))

    assert runtime.job_queue.claim("first") is None
    clock.move(seconds=60)
    assert claimed(runtime).name == "room.work"


def test_a_unique_key_absorbs_while_ready_and_not_while_running(runtime: Runtime) -> None:
    request = JobRequest("room.work", unique_key="the-work")
    ask(runtime, request)
    ask(runtime, request)
    assert len(jobs(runtime)) == 1

    claimed(runtime)
    ask(runtime, request)
    ask(runtime, request)

    assert sorted(job.state for job in jobs(runtime)) == [JobState.READY, JobState.RUNNING]


def test_a_failed_job_comes_back_later_and_later(runtime: Runtime, clock: FrozenClock) -> None:
    ask(runtime, JobRequest("room.work", max_attempts=4))

    delays = []
    for _ in range(3):
        job = claimed(runtime)
        assert runtime.job_queue.fail(job, error="storage_unavailable()", kind=FailureKind.FAULT)
        assert runtime.job_queue.claim("first") is None
        (row,) = jobs(runtime)
        delays.append((row.run_after - clock.now()).total_seconds())
        clock.instant = row.run_after

    assert delays == [2, 4, 8]
    assert jobs(runtime)[0].error == "storage_unavailable()"


def test_the_delay_has_a_limit(runtime: Runtime, clock: FrozenClock) -> None:
    ask(runtime, JobRequest("room.work", max_attempts=50))
    job = replace(claimed(runtime), attempt=40)

    runtime.job_queue.fail(job, error="late", kind=FailureKind.FAULT)

    assert (jobs(runtime)[0].run_after - clock.now()).total_seconds() == LONGEST_BACKOFF_S


def test_a_job_is_dead_after_its_last_attempt(runtime: Runtime, clock: FrozenClock) -> None:
    ask(runtime, JobRequest("room.work", max_attempts=2))

    for _ in range(2):
        runtime.job_queue.fail(claimed(runtime), error="broken", kind=FailureKind.FAULT)
        clock.move(hours=1)

    assert [(job.state, job.attempts, job.error) for job in jobs(runtime)] == [(JobState.DEAD, 2, "broken")]
    assert runtime.job_queue.claim("first") is None


def test_a_job_that_fails_for_good_is_dead_at_once(runtime: Runtime) -> None:
    ask(runtime, JobRequest("room.work"))

    runtime.job_queue.fail(claimed(runtime), error="file_damaged()", kind=FailureKind.PERMANENT)

    assert jobs(runtime)[0].state == JobState.DEAD


def test_a_job_whose_holder_is_silent_goes_to_another(runtime: Runtime, clock: FrozenClock) -> None:
    ask(runtime, JobRequest("room.work"))
    lost = claimed(runtime, "killed")
    clock.move(seconds=runtime.settings.job_lease_s)
    assert runtime.job_queue.claim("second") is None

    clock.move(seconds=1)
    found = claimed(runtime, "second")

    assert (found.id, found.attempt) == (lost.id, 1)


def test_a_heartbeat_keeps_the_job(runtime: Runtime, clock: FrozenClock) -> None:
    ask(runtime, JobRequest("room.work"))
    job = claimed(runtime)

    for _ in range(5):
        clock.move(seconds=runtime.settings.job_lease_s - 1)
        assert runtime.job_queue.extend(job)
        assert runtime.job_queue.claim("second") is None

    assert runtime.job_queue.finish(job)


def test_a_holder_that_lost_its_lease_can_neither_finish_nor_fail_nor_extend(
    runtime: Runtime, clock: FrozenClock
) -> None:
    ask(runtime, JobRequest("room.work"))
    late = claimed(runtime, "paused")
    clock.move(seconds=runtime.settings.job_lease_s + 1)
    present = claimed(runtime, "second")

    assert not runtime.job_queue.finish(late)
    assert not runtime.job_queue.fail(late, error="late", kind=FailureKind.PERMANENT)
    assert not runtime.job_queue.extend(late)
    assert [(job.state, job.owner) for job in jobs(runtime)] == [(JobState.RUNNING, "second")]
    assert runtime.job_queue.finish(present)


def lose(runtime: Runtime, clock: FrozenClock, *, times: int) -> None:
    """Let a holder after the other fall silent, and as much time go by as each loss asks for."""
    for _ in range(times):
        assert claimed(runtime, "killed").attempt == 1
        clock.move(seconds=runtime.settings.job_lease_s + 1)
        runtime.job_queue.release_expired()
        clock.move(seconds=LONGEST_LOSS_BACKOFF_S)


def test_a_job_whose_workers_were_killed_by_accident_has_all_its_attempts(runtime: Runtime, clock: FrozenClock) -> None:
    ask(runtime, JobRequest("room.work", max_attempts=2))

    lose(runtime, clock, times=MOST_LOSSES - 1)

    assert runtime.job_queue.fail(claimed(runtime), error="broken", kind=FailureKind.FAULT)
    clock.move(seconds=LONGEST_BACKOFF_S)
    assert claimed(runtime).attempt == 2


def test_a_job_that_takes_every_worker_with_it_is_dead_in_the_end(runtime: Runtime, clock: FrozenClock) -> None:
    ask(runtime, JobRequest("room.work", max_attempts=2))

    lose(runtime, clock, times=MOST_LOSSES)

    assert runtime.job_queue.claim("second") is None
    assert [(job.state, job.error) for job in jobs(runtime)] == [(JobState.DEAD, "lease_expired")]


def test_a_lost_job_is_taken_up_at_once_and_later_each_time_it_is_lost_again(
    runtime: Runtime, clock: FrozenClock
) -> None:
    ask(runtime, JobRequest("room.work"))
    claimed(runtime, "killed")
    clock.move(seconds=runtime.settings.job_lease_s + 1)

    claimed(runtime, "killed too")
    clock.move(seconds=runtime.settings.job_lease_s + 1)

    assert runtime.job_queue.claim("third") is None
    clock.move(seconds=2)
    assert claimed(runtime, "third").attempt == 1


def test_a_holder_that_was_merely_slow_takes_its_loss_back(runtime: Runtime, clock: FrozenClock) -> None:
    ask(runtime, JobRequest("room.work"))
    for _ in range(MOST_LOSSES + 1):
        slow = claimed(runtime, "slow")
        clock.move(seconds=runtime.settings.job_lease_s + 1)
        runtime.job_queue.release_expired()
        runtime.job_queue.forgive(slow)

    assert [(job.state, job.losses) for job in jobs(runtime)] == [(JobState.READY, 0)]


def test_a_lost_job_gives_way_to_the_same_work_asked_for_again(runtime: Runtime, clock: FrozenClock) -> None:
    request = JobRequest("room.work", unique_key="the-work")
    ask(runtime, request)
    lost = claimed(runtime, "killed")
    ask(runtime, request)
    clock.move(seconds=runtime.settings.job_lease_s + 1)

    found = claimed(runtime, "second")

    assert found.id != lost.id
    assert runtime.job_queue.claim("third") is None


def test_a_failed_job_gives_way_to_the_same_work_asked_for_again(runtime: Runtime) -> None:
    request = JobRequest("room.work", unique_key="the-work")
    ask(runtime, request)
    job = claimed(runtime)
    ask(runtime, request)

    assert runtime.job_queue.fail(job, error="busy", kind=FailureKind.FAULT)

    assert sorted(row.state for row in jobs(runtime)) == [JobState.DONE, JobState.READY]


def test_a_dead_job_tried_again_has_all_its_attempts(runtime: Runtime) -> None:
    ask(runtime, JobRequest("room.work", max_attempts=2))
    runtime.job_queue.fail(claimed(runtime), error="broken", kind=FailureKind.PERMANENT)

    with runtime.transactions.writing(ADMIN) as uow:
        assert retry_all_dead(uow) == 1

    assert claimed(runtime).attempt == 1


def test_a_job_given_up_for_its_losses_may_be_lost_as_often_again(runtime: Runtime, clock: FrozenClock) -> None:
    ask(runtime, JobRequest("room.work"))
    lose(runtime, clock, times=MOST_LOSSES)

    with runtime.transactions.writing(ADMIN) as uow:
        retry_all_dead(uow)

    lose(runtime, clock, times=MOST_LOSSES - 1)
    assert claimed(runtime).attempt == 1


def test_a_dead_job_whose_work_was_asked_for_again_is_not_doubled(runtime: Runtime) -> None:
    request = JobRequest("room.work", unique_key="the-work")
    ask(runtime, request)
    runtime.job_queue.fail(claimed(runtime), error="broken", kind=FailureKind.PERMANENT)
    ask(runtime, request)

    with runtime.transactions.writing(ADMIN) as uow:
        retry_all_dead(uow)

    assert sorted(row.state for row in jobs(runtime)) == [JobState.DONE, JobState.READY]


def test_two_dead_jobs_of_one_key_become_one(runtime: Runtime) -> None:
    request = JobRequest("room.work", unique_key="the-work")
    for _ in range(2):
        ask(runtime, request)
        runtime.job_queue.fail(claimed(runtime), error="broken", kind=FailureKind.PERMANENT)

    with runtime.transactions.writing(ADMIN) as uow:
        retry_all_dead(uow)

    assert sorted(row.state for row in jobs(runtime)) == [JobState.DONE, JobState.READY]


def test_only_dead_jobs_are_tried_again_and_only_by_who_may(runtime: Runtime) -> None:
    ask(runtime, JobRequest("room.work"))
    (job,) = jobs(runtime)

    with pytest.raises(Conflict, match="job_not_dead"), runtime.transactions.writing(ADMIN) as uow:
        retry_dead_job(uow, job.id)
    with pytest.raises(NotFound, match="job_unknown"), runtime.transactions.writing(ADMIN) as uow:
        retry_dead_job(uow, UUID(int=7))
    with pytest.raises(PermissionDenied), runtime.transactions.writing(SYSTEM) as uow:
        retry_dead_job(uow, job.id)


def test_ended_jobs_are_forgotten_after_a_week_and_dead_ones_never(runtime: Runtime, clock: FrozenClock) -> None:
    ask(runtime, JobRequest("room.done"), JobRequest("room.dead"))
    for _ in range(2):
        job = claimed(runtime)
        if job.name == "room.done":
            runtime.job_queue.finish(job)
        else:
            runtime.job_queue.fail(job, error="broken", kind=FailureKind.PERMANENT)

    clock.move(days=6)
    with runtime.transactions.writing(SYSTEM) as uow:
        assert forget_done_jobs(uow) == 0
    clock.move(days=2)
    with runtime.transactions.writing(SYSTEM) as uow:
        assert forget_done_jobs(uow) == 1

    assert len(jobs(runtime, "room.dead")) == 1


def test_a_periodic_job_is_asked_for_once_whatever_the_number_of_processes(
    runtime: Runtime, clock: FrozenClock
) -> None:
    names = [periodic.name for capability in runtime.capabilities for periodic in capability.periodic]

    for _ in range(2):
        raised = at_once(*[lambda: ask_for_periodic_jobs(runtime)] * 4)
        assert raised == []
        clock.move(seconds=1)

    counts = select(Job.name, func.count().label("asked")).group_by(Job.name)
    with runtime.transactions.reading() as session:
        asked = {row.name: row.asked for row in session.execute(counts)}
    assert asked == dict.fromkeys(names, 1)


def test_a_periodic_turn_comes_again_after_its_time_and_not_before(runtime: Runtime, clock: FrozenClock) -> None:
    def turn() -> bool:
        with runtime.transactions.writing(SYSTEM) as uow:
            is_mine = claim_periodic_turn(uow, name="room.work", every_s=60)
            if is_mine:
                uow.enqueue(JobRequest("room.work", unique_key="periodic:room.work"))
            return is_mine

    assert turn()
    runtime.job_queue.finish(claimed(runtime))
    clock.move(seconds=59)
    assert not turn()
    clock.move(seconds=1)
    assert turn()


def test_a_turn_taken_and_done_by_one_process_is_not_taken_by_another_that_asked_meanwhile(runtime: Runtime) -> None:
    turns: list[bool] = []

    def process() -> None:
        with runtime.transactions.writing(SYSTEM) as uow:
            is_mine = claim_periodic_turn(uow, name="room.work", every_s=60)
            turns.append(is_mine)
            if is_mine:
                uow.enqueue(JobRequest("room.work", unique_key="periodic:room.work"))
        job = runtime.job_queue.claim("first")
        if job is not None:
            runtime.job_queue.finish(job)

    raised = at_once(*[process] * 6)

    assert raised == []
    assert turns.count(True) == 1
    assert len(jobs(runtime)) == 1


def test_the_counts_name_every_state(runtime: Runtime) -> None:
    ask(runtime, JobRequest("room.work"), JobRequest("room.work"))
    claimed(runtime)

    with runtime.transactions.reading() as session:
        assert job_counts(session) == {"ready": 1, "running": 1, "done": 0, "dead": 0}


def test_nothing_waits_for_a_time_that_a_clock_which_ran_ahead_had_told(runtime: Runtime, clock: FrozenClock) -> None:
    ask(runtime, JobRequest("room.failed", priority=3), JobRequest("room.held", priority=2))
    failed = claimed(runtime)
    clock.move(days=400)
    runtime.job_queue.fail(failed, error="away", kind=FailureKind.FAULT)
    held = claimed(runtime)
    ask(runtime, JobRequest("room.work"), JobRequest("room.later", delay_s=60))
    clock.move(days=-400)

    ask_for_periodic_jobs(runtime)

    found = {job.name: job for name in ("failed", "held", "work", "later") for job in jobs(runtime, f"room.{name}")}
    assert found["room.failed"].run_after == found["room.work"].run_after == clock.instant
    assert found["room.held"].lease_until == clock.instant
    assert found["room.later"].run_after == clock.instant + timedelta(seconds=60)
    clock.move(seconds=2)
    assert "room.held" in {claimed(runtime, "second").name for _ in range(3)}
    assert not runtime.job_queue.finish(held)


def test_what_is_tried_again_later_or_held_is_left_alone(runtime: Runtime, clock: FrozenClock) -> None:
    ask(runtime, JobRequest("room.work"), JobRequest("room.held"), JobRequest("room.later", delay_s=86_400))
    for _ in range(2):
        clock.move(seconds=100)
        runtime.job_queue.fail(claimed(runtime), error="away", kind=FailureKind.FAULT)
    runtime.job_queue.claim("first")

    with runtime.transactions.writing(SYSTEM) as uow:
        assert bring_back(uow, lease_s=runtime.settings.job_lease_s) == 0


def test_a_periodic_turn_comes_although_a_clock_that_ran_ahead_dated_the_last_one(runtime, clock) -> None:
    clock.move(hours=20)
    ask(runtime, JobRequest("room.turn"))
    clock.move(hours=-20)

    with runtime.transactions.writing(SYSTEM) as uow:
        assert claim_periodic_turn(uow, name="room.turn", every_s=60)
