"""What an administrator does about jobs."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

import structlog
from sqlalchemy import delete, func, select
from sqlalchemy.exc import IntegrityError

from docflow.core.clock import CLOCKS_APART
from docflow.core.errors import Conflict, NotFound
from docflow.core.jobs import Job, JobState
from docflow.core.uow import UnitOfWork

logger = structlog.get_logger()

KEEP_DONE = timedelta(days=7)
PERIODIC_LOCK = 7402
"""First half of the key of PostgreSQL's advisory locks on periodic turns."""


def retry_dead_job(uow: UnitOfWork, job_id: UUID) -> Job:
    """Make a dead job ready again, with all its attempts before it.

    When the same work was asked for again meanwhile, that request stands for this job, which is done.

    Raises:
        PermissionDenied: without ``jobs.manage``.
        NotFound: ``job_unknown``.
        Conflict: ``job_not_dead``.
    """
    uow.require("jobs.manage")
    job = uow.session.get(Job, job_id)
    if job is None:
        raise NotFound("job_unknown")
    if job.state != JobState.DEAD:
        raise Conflict("job_not_dead")
    try:
        with uow.session.begin_nested():
            job.state, job.attempts, job.outages, job.losses = JobState.READY, 0, 0, 0
            job.run_after, job.finished_at = uow.now, None
    except IntegrityError:
        job.state = JobState.DONE
        job.finished_at = uow.now
    uow.record("jobs.retried", subject_kind="job", subject_id=job.id, name=job.name)
    return job


def retry_all_dead(uow: UnitOfWork) -> int:
    """Make every dead job ready again; return how many.

    Raises:
        PermissionDenied: without ``jobs.manage``.
    """
    uow.require("jobs.manage")
    dead = uow.session.scalars(select(Job.id).where(Job.state == JobState.DEAD)).all()
    for job_id in dead:
        retry_dead_job(uow, job_id)
    return len(dead)


def forget_done_jobs(uow: UnitOfWork) -> int:
    """Delete jobs that ended well more than a week ago; return how many."""
    ended = delete(Job).where(Job.state == JobState.DONE, Job.finished_at < uow.now - KEEP_DONE)
    return len(uow.session.execute(ended.returning(Job.id)).all())


def bring_back(uow: UnitOfWork, *, lease_s: int) -> int:
    """Let nothing wait for a time that a clock which ran ahead had told; return how many jobs that was.

    What was asked for then keeps its delay, counted from now, what failed is tried again now, and what is held is given
    to somebody else, unless whoever holds it gives a sign.
    """
    latest = uow.now + CLOCKS_APART
    is_ready, was_tried = Job.state == JobState.READY, Job.attempts > 0
    is_held = (Job.state == JobState.RUNNING) & (Job.lease_until > latest + timedelta(seconds=lease_s))
    is_late = is_ready & ((Job.created_at > latest) | (was_tried & (Job.run_after > latest)))
    found = uow.session.scalars(select(Job).where(is_late | is_held).with_for_update(skip_locked=True)).all()
    brought = 0
    for job in found:
        if job.state == JobState.RUNNING:
            job.lease_until = uow.now
        elif job.attempts == 0:
            job.run_after = uow.now + (job.run_after - job.created_at)
        elif job.run_after > latest + timedelta(seconds=2**job.attempts):
            job.run_after = uow.now
        else:
            # It waits for its next try, as it should.
            continue
        job.created_at, job.published_at = min(job.created_at, uow.now), None
        brought += 1
    if brought:
        logger.warning("jobs_brought_back", count=brought)
    return brought


def claim_periodic_turn(uow: UnitOfWork, *, name: str, every_s: int) -> bool:
    """Enqueue nothing twice: return whether this process may ask for a periodic job now.

    The newest job of that name tells when its turn last came, whichever process asked for it. Processes look one
    after the other, each after the other's commit: SQLite has one writer anyway, PostgreSQL takes a lock by name.
    """
    if uow.session.get_bind().dialect.name == "postgresql":
        uow.session.execute(select(func.pg_advisory_xact_lock(PERIODIC_LOCK, func.hashtext(name))))
    # What a clock that ran ahead dated in the future tells nothing.
    past = select(Job.created_at).where(Job.name == name, Job.created_at <= uow.now + CLOCKS_APART)
    newest = uow.session.scalar(past.order_by(Job.created_at.desc()).limit(1))
    return newest is None or uow.now - newest >= timedelta(seconds=every_s)
