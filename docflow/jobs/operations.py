"""What an administrator does about jobs."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from sqlalchemy import delete, select

from docflow.core.errors import Conflict, NotFound
from docflow.core.jobs import Job, JobState
from docflow.core.uow import UnitOfWork

KEEP_DONE = timedelta(days=7)


def retry_dead_job(uow: UnitOfWork, job_id: UUID) -> Job:
    """Make a dead job ready again, with all its attempts before it.

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
    job.state = JobState.READY
    job.attempts = 0
    job.run_after = uow.now
    job.finished_at = None
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

    The newest job of that name tells when its turn last came, whichever process asked for it.
    """
    newest = uow.session.scalar(select(Job.created_at).where(Job.name == name).order_by(Job.created_at.desc()).limit(1))
    return newest is None or uow.now - newest >= timedelta(seconds=every_s)
