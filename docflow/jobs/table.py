"""The queue on the job table: the truth about work, all that one machine needs."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import CursorResult, Engine, Select, and_, or_, select, true, update
from sqlalchemy.engine import Connection
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import aliased

from docflow.core.clock import Clock
from docflow.core.jobs import Job, JobState
from docflow.jobs.ports import ClaimedJob, FailureKind, Share

LONGEST_BACKOFF_S = 3600
LONGEST_OUTAGE_BACKOFF_S = 300
OUTAGE_PATIENCE = timedelta(days=1)


class JobTable:
    """Claims with ``BEGIN IMMEDIATE`` on SQLite and ``SKIP LOCKED`` on PostgreSQL."""

    def __init__(self, engine: Engine, clock: Clock, *, lease_s: int) -> None:
        """Take the database, the clock and the length of a lease in seconds."""
        self._engine = engine
        self._clock = clock
        self._lease = timedelta(seconds=lease_s)

    def claim(self, owner: str, share: Share = Share.ALL) -> ClaimedJob | None:
        """Return the next due job of a share under a fresh lease, or none.

        A job whose lease ran out counts as an attempt that failed: after the last one it is dead.
        Two workers may race for one lane; the loser's claim is refused by a unique index and it looks again.
        """
        try:
            with self._engine.begin() as connection:
                if not self._has_work(connection):
                    return None
                self._release_expired(connection)
                found = connection.execute(self._next_due(share)).first()
                return None if found is None else self._take(connection, found.id, owner)
        except IntegrityError:
            return None

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

        While a server is away the job is not buried before ``OUTAGE_PATIENCE``, counted from when it was asked for.
        """
        now = self._clock.now()
        is_outage = kind == FailureKind.OUTAGE and now - job.created_at < OUTAGE_PATIENCE
        if kind == FailureKind.PERMANENT or (job.attempt >= job.max_attempts and not is_outage):
            return self._change_own(
                job, state=JobState.DEAD, finished_at=now, lease_until=None, owner=None, error=error[:2000]
            )
        longest_s = LONGEST_OUTAGE_BACKOFF_S if is_outage else LONGEST_BACKOFF_S
        delay = timedelta(seconds=min(longest_s, 2**job.attempt))
        try:
            return self._change_own(
                job, state=JobState.READY, run_after=now + delay, lease_until=None, owner=None, error=error[:2000]
            )
        except IntegrityError:
            # The same work was asked for again meanwhile; that request stands for this one.
            return self._change_own(
                job, state=JobState.DONE, finished_at=now, lease_until=None, owner=None, error=error[:2000]
            )

    def _has_work(self, connection: Connection) -> bool:
        now = self._clock.now()
        due = or_(
            and_(Job.state == JobState.READY, Job.run_after <= now),
            and_(Job.state == JobState.RUNNING, Job.lease_until < now),
        )
        return connection.execute(select(Job.id).where(due).limit(1)).first() is not None

    def _next_due(self, share: Share) -> Select[UUID]:
        running = aliased(Job)
        is_lane_busy = select(running.id).where(running.lane == Job.lane, running.state == JobState.RUNNING).exists()
        is_shared = {Share.ALL: true(), Share.LANES: Job.lane.is_not(None), Share.OTHERS: Job.lane.is_(None)}[share]
        return (
            select(Job.id)
            .where(Job.state == JobState.READY, Job.run_after <= self._clock.now(), is_shared, ~is_lane_busy)
            .order_by(Job.priority.desc(), Job.run_after, Job.id)
            .limit(1)
            .with_for_update(skip_locked=True)
        )

    def _take(self, connection: Connection, job_id: UUID, owner: str) -> ClaimedJob:
        row = connection.execute(
            update(Job)
            .where(Job.id == job_id)
            .values(
                state=JobState.RUNNING,
                owner=owner,
                lease_until=self._clock.now() + self._lease,
                attempts=Job.attempts + 1,
            )
            .returning(
                Job.id,
                Job.name,
                Job.payload,
                Job.attempts,
                Job.max_attempts,
                Job.created_at,
                Job.request_id,
                Job.parent_id,
            )
        ).one()
        return ClaimedJob(
            row.id,
            row.name,
            row.payload,
            row.attempts,
            row.max_attempts,
            owner,
            row.created_at,
            row.request_id,
            row.parent_id,
        )

    def _release_expired(self, connection: Connection) -> None:
        now = self._clock.now()
        expired = connection.execute(
            select(Job.id, Job.unique_key, Job.attempts, Job.max_attempts)
            .where(Job.state == JobState.RUNNING, Job.lease_until < now)
            .with_for_update(skip_locked=True)
        ).all()
        for row in expired:
            values: dict[str, Any] = {"state": JobState.READY, "owner": None, "lease_until": None, "run_after": now}
            if row.attempts >= row.max_attempts:
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
