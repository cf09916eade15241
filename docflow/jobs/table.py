"""The queue on the job table: the truth about work, all that one machine needs."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from sqlalchemy import (
    ColumnElement,
    CursorResult,
    Engine,
    Select,
    Update,
    bindparam,
    literal_column,
    select,
    true,
    update,
)
from sqlalchemy.engine import Connection
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import aliased

from docflow.core.clock import Clock
from docflow.core.db import UtcDateTime
from docflow.core.jobs import Job, JobState
from docflow.jobs.ports import ClaimedJob, FailureKind, Share

LONGEST_BACKOFF_S = 3600
LONGEST_OUTAGE_BACKOFF_S = 300
LONGEST_LOSS_BACKOFF_S = 300
OUTAGE_PATIENCE = timedelta(days=1)
MOST_LOSSES = 10
"""A job that took so many workers with it is likely to take the next one too; machines fail less often."""
RELEASE_EVERY = timedelta(seconds=1)

READY: Final[ColumnElement[str]] = literal_column("'ready'")
RUNNING: Final[ColumnElement[str]] = literal_column("'running'")
"""Written out, because a database uses an index of the rows of one state only where the question names the state."""


def _due(share: Share) -> Select[UUID]:
    """Return the jobs of a share that could be claimed at ``now``."""
    running = aliased(Job)
    is_lane_busy = select(running.id).where(running.lane == Job.lane, running.state == RUNNING).exists()
    is_shared = {Share.ALL: true(), Share.LANES: Job.lane.is_not(None), Share.OTHERS: Job.lane.is_(None)}[share]
    is_due = Job.run_after <= bindparam("now", type_=UtcDateTime)
    return select(Job.id).where(Job.state == READY, is_due, is_shared, ~is_lane_busy)


def _claim(found: Select[UUID]) -> Update:
    """Return the statement that takes a job which another statement finds and locks."""
    return (
        update(Job)
        .where(Job.id == found.scalar_subquery())
        .values(
            state=JobState.RUNNING,
            owner=bindparam("new_owner"),
            lease_until=bindparam("until"),
            attempts=Job.attempts + 1,
            published_at=None,
        )
        .returning(
            Job.id,
            Job.name,
            Job.payload,
            Job.attempts.label("attempt"),
            Job.max_attempts,
            Job.created_at,
            Job.outages,
            Job.request_id,
            Job.parent_id,
        )
    )


IN_ORDER: Final = (Job.priority.desc(), Job.run_after, Job.id)
NEXT: Final = {
    share: _claim(_due(share).order_by(*IN_ORDER).limit(1).with_for_update(skip_locked=True)) for share in Share
}
THIS_ONE: Final = _claim(_due(Share.ALL).where(Job.id == bindparam("wanted")).with_for_update())


def _backoff(tries: int, *, longest_s: int = LONGEST_BACKOFF_S) -> timedelta:
    """Return how long to wait after so many tries: twice as long each time."""
    return timedelta(seconds=min(longest_s, 2 ** min(tries, 20)))


class JobTable:
    """Claims with ``BEGIN IMMEDIATE`` on SQLite and ``SKIP LOCKED`` on PostgreSQL."""

    def __init__(self, engine: Engine, clock: Clock, *, lease_s: int) -> None:
        """Take the database, the clock and the length of a lease in seconds."""
        self._engine = engine
        self._clock = clock
        self._lease = timedelta(seconds=lease_s)
        self._released_at: datetime | None = None

    def claim(self, owner: str, share: Share = Share.ALL) -> ClaimedJob | None:
        """Return the next due job of a share under a fresh lease, or none.

        A lease that ran out is no attempt: the machine may have been at fault. After ``MOST_LOSSES`` of them the job is
        dead all the same.
        Two workers may race for one lane; the loser's claim is refused by a unique index and it looks again.
        """
        try:
            with self._engine.begin() as connection:
                if self._is_release_due():
                    self._release_expired(connection)
                return self._take(connection, NEXT[share], owner)
        except IntegrityError:
            return None

    def claim_exactly(self, job_id: UUID, owner: str) -> ClaimedJob | None:
        """Return one job under a fresh lease; none when it is not due, held, done, or its lane is busy.

        A job that could not be had just now counts as not published, so that the relay publishes it again in its time.
        """
        try:
            with self._engine.begin() as connection:
                claimed = self._take(connection, THIS_ONE, owner, wanted=job_id)
                if claimed is not None:
                    return claimed
        except IntegrityError:
            # Another worker took the lane between the question and the claim.
            pass
        with self._engine.begin() as connection:
            connection.execute(
                update(Job).where(Job.id == job_id, Job.state == JobState.READY).values(published_at=None)
            )
        return None

    def release_expired(self) -> None:
        """Make ready, or bury, the jobs whose holders gave no sign in time."""
        with self._engine.begin() as connection:
            self._release_expired(connection)

    def extend(self, job: ClaimedJob) -> bool:
        """Prolong the lease; false when it was lost."""
        return self._change_own(job, lease_until=self._clock.now() + self._lease)

    def finish(self, job: ClaimedJob) -> bool:
        """Mark the job done; false when the lease was lost meanwhile."""
        return self._change_own(
            job, state=JobState.DONE, finished_at=self._clock.now(), lease_until=None, owner=None, error=None
        )

    def fail(self, job: ClaimedJob, *, error: str, kind: FailureKind) -> bool:
        """Put the job back with an exponential delay, or bury it at the last attempt.

        An outage does not bury it before ``OUTAGE_PATIENCE``, counted from when it was asked for; while a server is
        away it is not even an attempt.
        """
        now = self._clock.now()
        is_away = kind == FailureKind.AWAY
        is_outage = kind in {FailureKind.AWAY, FailureKind.OUTAGE} and now - job.created_at < OUTAGE_PATIENCE
        is_last = job.attempt >= job.max_attempts and not is_outage and not is_away
        if kind == FailureKind.PERMANENT or is_last:
            return self._change_own(
                job, state=JobState.DEAD, finished_at=now, lease_until=None, owner=None, error=error[:2000]
            )
        delay = _backoff(
            job.attempt + job.outages, longest_s=LONGEST_OUTAGE_BACKOFF_S if is_outage else LONGEST_BACKOFF_S
        )
        tries = {"attempts": job.attempt - 1, "outages": job.outages + 1} if is_away else {}
        try:
            return self._change_own(
                job,
                state=JobState.READY,
                run_after=now + delay,
                lease_until=None,
                owner=None,
                error=error[:2000],
                **tries,
            )
        except IntegrityError:
            # The same work was asked for again meanwhile; that request stands for this one.
            return self._change_own(
                job, state=JobState.DONE, finished_at=now, lease_until=None, owner=None, error=error[:2000]
            )

    def forgive(self, job: ClaimedJob) -> None:
        """Take back a loss: its holder lives, and was merely too slow to say so."""
        with self._engine.begin() as connection:
            connection.execute(update(Job).where(Job.id == job.id, Job.losses > 0).values(losses=Job.losses - 1))

    def _is_release_due(self) -> bool:
        """Return whether some time went by since expired leases were last looked for; not every claim asks."""
        now = self._clock.now()
        if self._released_at is not None and abs(now - self._released_at) < RELEASE_EVERY:
            return False
        self._released_at = now
        return True

    def _take(self, connection: Connection, statement: Update, owner: str, **values: Any) -> ClaimedJob | None:
        now = self._clock.now()
        values |= {"now": now, "new_owner": owner, "until": now + self._lease}
        row = connection.execute(statement, values).first()
        return None if row is None else ClaimedJob(owner=owner, **row._asdict())

    def _release_expired(self, connection: Connection) -> None:
        now = self._clock.now()
        expired = connection.execute(
            select(Job.id, Job.unique_key, Job.attempts, Job.losses)
            .where(Job.state == RUNNING, Job.lease_until < now)
            .with_for_update(skip_locked=True)
        ).all()
        for row in expired:
            losses = row.losses + 1
            values: dict[str, Any] = {
                "state": JobState.READY,
                "owner": None,
                "lease_until": None,
                "attempts": max(0, row.attempts - 1),
                "losses": losses,
                # The first time somebody else goes on at once; what takes its workers with it leaves them time to work.
                "run_after": now + _backoff(losses, longest_s=LONGEST_LOSS_BACKOFF_S) - _backoff(1),
            }
            if losses >= MOST_LOSSES:
                values |= {"state": JobState.DEAD, "finished_at": now, "error": "lease_expired"}
            elif row.unique_key is not None and self._is_waiting(connection, row.unique_key):
                values |= {"state": JobState.DONE, "finished_at": now, "error": "lease_expired"}
            connection.execute(update(Job).where(Job.id == row.id).values(**values))

    @staticmethod
    def _is_waiting(connection: Connection, unique_key: str) -> bool:
        waiting = select(Job.id).where(Job.unique_key == unique_key, Job.state == JobState.READY)
        return connection.execute(waiting).first() is not None

    def _change_own(self, job: ClaimedJob, **values: Any) -> bool:
        with self._engine.begin() as connection:
            result: CursorResult[Any] = connection.execute(
                update(Job)
                .where(Job.id == job.id, Job.owner == job.owner, Job.state == JobState.RUNNING)
                .values(**values)
            )
            return result.rowcount == 1
