"""What the job page and ``docflow jobs`` show; identifiers only, never a document's content."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from docflow.core.jobs import Job, JobState


def job_counts(session: Session) -> dict[str, int]:
    """Return the number of jobs in each state, zero included."""
    rows = session.execute(select(Job.state, func.count()).group_by(Job.state)).all()
    counted = {str(state): number for state, number in rows}
    return {state.value: counted.get(state.value, 0) for state in JobState}


def jobs_in_state(session: Session, state: JobState, *, limit: int = 50) -> Sequence[Job]:
    """Return the newest jobs in a state."""
    return session.scalars(select(Job).where(Job.state == state).order_by(Job.created_at.desc()).limit(limit)).all()


def oldest_due(session: Session, now: datetime) -> datetime | None:
    """Return since when the longest-waiting due job waits, or none."""
    return session.scalar(select(func.min(Job.run_after)).where(Job.state == JobState.READY, Job.run_after <= now))
