"""The relay: publishes the ids of due jobs to the broker, and again those that nobody claimed in time.

The table stays the truth. A message that is lost costs a delay, one that comes twice costs a question: whoever gets an
id claims exactly that job, or drops the message.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

import structlog
from sqlalchemy import Connection, Engine, Row, Select, and_, bindparam, func, or_, select, text, update
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import aliased

from docflow.core.clock import Clock
from docflow.core.errors import Unavailable
from docflow.core.jobs import Job
from docflow.jobs.ports import JobBroker, Share
from docflow.jobs.table import IN_ORDER, READY, RUNNING, JobTable

logger = structlog.get_logger()

LEADER_LOCK = 7403
"""First half of the key of PostgreSQL's advisory lock that the active relay holds."""
LOOK_S = 0.05
STAND_BY_S = 1.0
RECONCILE_S = 1.0
CLAIMED_WITHIN = timedelta(seconds=10)
"""An id that no worker claimed for so long, with nothing left in the broker, is published again."""
BATCH = 200
LONGEST_BATCH_S = 1.0
BROKER_AWAY_S = 2.0
LOST_AFTER_MS = 6000
"""The server ends the session of a leader that is silent for so long, stopped or cut off; that frees the lock."""


@dataclass(frozen=True, slots=True)
class Due:
    """A job to be published."""

    id: UUID
    lane: str | None
    priority: int

    @property
    def share(self) -> Share:
        """Which workers it is for."""
        return Share.OTHERS if self.lane is None else Share.LANES


class Relay:
    """Waits for its turn to lead, then publishes; everything it notes goes through the session that holds the lock."""

    def __init__(
        self,
        engine: Engine,
        clock: Clock,
        table: JobTable,
        broker: JobBroker,
        *,
        beat: Callable[[], object] = lambda: None,
    ) -> None:
        """Take the database, which must be PostgreSQL, the clock, the job table and the broker.

        ``beat`` is called whenever the database answered, leading or not.
        """
        self._beat = beat
        self._engine = engine
        self._clock = clock
        self._table = table
        self._broker = broker
        self._is_broker_away = False

    def run_until(self, is_stopping: Callable[[], bool], *, wait: Callable[[float], object]) -> None:
        """Lead whenever no other relay does, until told to stop; ``wait(seconds)`` is called between two looks."""
        while not is_stopping():
            try:
                with self._own_session() as session:
                    if self._wait_for_turn(session, is_stopping, wait):
                        logger.info("relay_leads")
                        self._lead(session, is_stopping, wait)
            except SQLAlchemyError as error:
                logger.warning("relay_interrupted", reason=type(error).__name__)
                wait(STAND_BY_S)
        self._broker.close()

    @contextmanager
    def _own_session(self) -> Iterator[Connection]:
        """Open a session that is closed afterwards, not used again: it has settings and a lock of its own."""
        with self._engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            try:
                yield connection
            finally:
                connection.invalidate()

    def _wait_for_turn(
        self, session: Connection, is_stopping: Callable[[], bool], wait: Callable[[float], object]
    ) -> bool:
        for name, value in (
            ("idle_session_timeout", LOST_AFTER_MS),
            ("statement_timeout", LOST_AFTER_MS),
            ("tcp_user_timeout", LOST_AFTER_MS),
        ):
            session.execute(text(f"SET {name} = {value}"))
        while not is_stopping():
            if session.scalar(select(func.pg_try_advisory_lock(LEADER_LOCK, 0))):
                return True
            self._beat()
            wait(STAND_BY_S)
        return False

    def _lead(self, session: Connection, is_stopping: Callable[[], bool], wait: Callable[[float], object]) -> None:
        next_reconcile = 0.0
        while not is_stopping():
            try:
                if time.monotonic() >= next_reconcile:
                    next_reconcile = time.monotonic() + RECONCILE_S
                    self._table.release_expired()
                    self._reconcile(session)
                published = self._publish_due(session)
                self._beat()
            except Unavailable as error:
                if not self._is_broker_away:
                    logger.warning("broker_away", reason=error.params.get("reason"))
                self._is_broker_away = True
                # The session says that it lives also while there is nothing to do.
                session.execute(select(1))
                self._beat()
                wait(BROKER_AWAY_S)
                continue
            if not published:
                wait(LOOK_S)

    def _publish_due(self, session: Connection) -> int:
        seen_at = self._clock.now()
        due = _one_a_lane(session.execute(_unpublished(seen_at)).all())
        sent: list[UUID] = []
        until = time.monotonic() + LONGEST_BATCH_S
        try:
            for job in due:
                if time.monotonic() > until:
                    break
                self._broker.publish(job.id, job.share, priority=job.priority)
                sent.append(job.id)
        finally:
            self._note(session, sent, seen_at)
        if self._is_broker_away and sent:
            logger.info("broker_back")
            self._is_broker_away = False
        return len(sent)

    def _note(self, session: Connection, sent: Sequence[UUID], seen_at: datetime) -> None:
        """Note what the broker has; a job that failed meanwhile and waits for its next try is not noted."""
        if sent:
            session.execute(
                update(Job)
                .where(Job.id.in_(sent), Job.state == READY, Job.run_after <= seen_at)
                .values(published_at=self._clock.now())
            )

    def _reconcile(self, session: Connection) -> None:
        """Forget that ids were published which nobody claims although the broker holds none for the workers.

        While the broker still holds messages the workers are merely behind: publishing again would only make more.
        """
        for share in (Share.LANES, Share.OTHERS):
            is_shared = Job.lane.is_not(None) if share is Share.LANES else Job.lane.is_(None)
            overdue = and_(Job.state == READY, is_shared, Job.published_at < self._clock.now() - CLAIMED_WITHIN)
            if session.execute(select(Job.id).where(overdue).limit(1)).first() is None:
                continue
            if self._broker.waiting(share) > 0:
                continue
            again = session.execute(update(Job).where(overdue).values(published_at=None).returning(Job.id)).all()
            if again:
                logger.warning("jobs_published_again", share=share, count=len(again))


def is_led(connection: Connection) -> bool:
    """Return whether a relay leads just now."""
    held = text("SELECT 1 FROM pg_locks WHERE locktype = 'advisory' AND classid = :lock AND granted LIMIT 1")
    return connection.execute(held.bindparams(bindparam("lock", LEADER_LOCK))).first() is not None


def _unpublished(now: datetime) -> Select[UUID, str | None, int]:
    other = aliased(Job)
    is_lane_taken = (
        select(other.id)
        .where(
            other.lane == Job.lane,
            or_(other.state == RUNNING, and_(other.state == READY, other.published_at.is_not(None))),
        )
        .exists()
    )
    return (
        select(Job.id, Job.lane, Job.priority)
        .where(Job.state == READY, Job.published_at.is_(None), Job.run_after <= now, ~is_lane_taken)
        .order_by(*IN_ORDER)
        .limit(BATCH)
    )


def _one_a_lane(rows: Sequence[Row[UUID, str | None, int]]) -> list[Due]:
    """Return the jobs to publish: all of no lane, and the first of each lane, since the others would find it busy."""
    due: list[Due] = []
    lanes: set[str] = set()
    for job_id, lane, priority in rows:
        if lane is None or lane not in lanes:
            due.append(Due(job_id, lane, priority))
            lanes.update(() if lane is None else (lane,))
    return due
