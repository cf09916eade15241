"""What an administrator does about jobs."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from sqlalchemy import delete, func, select
from sqlalchemy.exc import IntegrityError

from docflow.core.errors import Conflict, NotFound
from docflow.core.jobs import Job, JobState
from docflow.core.uow import UnitOfWork

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
            job.state, job.attempts = JobState.READY, 0
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


def claim_periodic_turn(uow: UnitOfWork, *, name: str, every_s: int) -> bool:
    """Enqueue nothing twice: return whether this process may ask for a periodic job now.

    The newest job of that name tells when its turn last came, whichever process asked for it. Processes look one
    after the other, each after the other's commit: SQLite has one writer anyway, PostgreSQL takes a lock by name.
    """
    if uow.session.get_bind().dialect.name == "postgresql":
        uow.session.execute(select(func.pg_advisory_xact_lock(PERIODIC_LOCK, func.hashtext(name))))
    newest = uow.session.scalar(select(Job.created_at).where(Job.name == name).order_by(Job.created_at.desc()).limit(1))
    return newest is None or uow.now - newest >= timedelta(seconds=every_s)
