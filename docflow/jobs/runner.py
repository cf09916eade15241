"""The loop of one worker: claim, run the room's handler, finish or fail."""

from __future__ import annotations

import os
import secrets
import socket
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import structlog
from sqlalchemy.exc import OperationalError

from docflow.core.capability import JobContext, JobHandler
from docflow.core.errors import (
    Conflict,
    DocFlowError,
    InvalidInput,
    NotFound,
    PermanentJobError,
    ServerAway,
    Unavailable,
)
from docflow.core.origin import in_job
from docflow.jobs.ports import ClaimedJob, FailureKind, JobQueue, Share, Ticket, Tickets

logger = structlog.get_logger()

IDLE_SLEEP_S = 0.2
SAFETY_LOOK_S = 15.0
"""How often a runner that gets its jobs from a broker looks into the table all the same."""
ALONE_LOOK_S = 1.0
"""How often it does while the broker is away."""
NEXT_TICKET_S = 0.02
TICKET_WAIT_S = 0.5


class JobRunner:
    """Runs jobs one after the other until it is told to stop."""

    def __init__(
        self,
        queue: JobQueue,
        handlers: Mapping[str, JobHandler],
        deps: Any,
        *,
        lease_s: int,
        share: Share = Share.ALL,
        beat: Callable[[], object] = lambda: None,
    ) -> None:
        """Take the queue, the handlers by job name, what they work with, the lease in seconds, and which jobs to do.

        ``beat`` is called whenever the queue answered: while there is nothing to do, and during a long job.
        """
        self._beat = beat
        self._share = share
        self._queue = queue
        self._handlers = handlers
        self._deps = deps
        self._lease_s = lease_s
        self.owner = f"{socket.gethostname()}:{os.getpid()}:{secrets.token_hex(4)}"

    def run_one(self) -> bool:
        """Run one job if any is due; return whether there was one."""
        job = self._queue.claim(self.owner, self._share)
        if job is None:
            return False
        self._run(job)
        return True

    def _run(self, job: ClaimedJob) -> None:
        with (
            in_job(job.id, request_id=job.request_id, parent_job_id=job.parent_id),
            structlog.contextvars.bound_contextvars(job=job.name, attempt=job.attempt),
        ):
            began = time.perf_counter()
            with self._heartbeat(job):
                failure = self._call(job)
            if failure is None:
                is_kept = self._queue.finish(job)
                logger.info("job_done", took_ms=round((time.perf_counter() - began) * 1000))
            else:
                error, kind = failure
                is_kept = self._queue.fail(job, error=error, kind=kind)
            if not is_kept:
                logger.warning("job_lease_lost")
                self._queue.forgive(job)

    def run_until(self, is_stopping: Callable[[], bool], *, wait: Callable[[float], object]) -> None:
        """Run jobs until told to stop; ``wait(seconds)`` is called when there is nothing to do."""
        while not is_stopping():
            has_worked = self.run_one()
            self._beat()
            if not has_worked:
                wait(IDLE_SLEEP_S)

    def run_tickets(self, tickets: Tickets, is_stopping: Callable[[], bool]) -> None:
        """Run the jobs that a broker names until told to stop.

        Now and then, and often while the broker is away, it looks into the table itself; as long as it finds work
        there that nobody was told of, it goes on with that between two messages.
        """
        looked_at, is_behind = time.monotonic(), False
        while not is_stopping():
            ticket = tickets.next(NEXT_TICKET_S if is_behind else TICKET_WAIT_S)
            self._beat()
            if ticket is not None:
                self._run_ticket(ticket)
                continue
            every_s = SAFETY_LOOK_S if tickets.is_connected else ALONE_LOOK_S
            if is_behind or time.monotonic() - looked_at >= every_s:
                is_behind = self.run_one()
                looked_at = time.monotonic()

    def _run_ticket(self, ticket: Ticket) -> None:
        # Given back only when the job ended: the broker hands out one message at a time, and to whoever is free.
        try:
            job = self._queue.claim_exactly(ticket.job_id, self.owner)
            if job is not None:
                self._run(job)
        finally:
            ticket.give_back()

    def _call(self, job: ClaimedJob) -> tuple[str, FailureKind] | None:
        handler = self._handlers.get(job.name)
        if handler is None:
            return f"no_handler(name={job.name!r})", FailureKind.PERMANENT
        context = JobContext(job.id, job.attempt, is_last_attempt=job.attempt >= job.max_attempts)
        try:
            handler(self._deps, job.payload, context)
        except (PermanentJobError, InvalidInput, NotFound) as error:
            logger.warning("job_refused", error=str(error))
            return str(error), FailureKind.PERMANENT
        except Conflict as error:
            # Something else comes first: nobody has to look into it, unless no later try gets through either.
            (logger.warning if context.is_last_attempt else logger.info)("job_postponed", error=str(error))
            return str(error), FailureKind.FAULT
        except DocFlowError as error:
            logger.warning("job_failed", error=str(error))
            return str(error), _kind_of(error)
        except Exception as error:
            # The boundary of a worker: whatever a handler raises, the worker lives and the job is retried.
            logger.exception("job_crashed")
            # A database that is away or has too much to do says nothing about this job, for a day.
            is_outage = isinstance(error, OperationalError)
            return type(error).__name__, FailureKind.OUTAGE if is_outage else FailureKind.FAULT
        return None

    @contextmanager
    def _heartbeat(self, job: ClaimedJob) -> Iterator[None]:
        has_ended = threading.Event()

        def beat() -> None:
            while not has_ended.wait(self._lease_s / 3):
                try:
                    self._queue.extend(job)
                    self._beat()
                except Exception:
                    # A database that is away for a moment must not end the heartbeat.
                    logger.exception("heartbeat_failed")

        thread = threading.Thread(target=beat, name="heartbeat", daemon=True)
        thread.start()
        try:
            yield
        finally:
            has_ended.set()
            thread.join()


def _kind_of(error: DocFlowError) -> FailureKind:
    if isinstance(error, ServerAway):
        return FailureKind.AWAY
    return FailureKind.OUTAGE if isinstance(error, Unavailable) else FailureKind.FAULT
