"""Figures of the job table."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import timedelta
from typing import Final

from sqlalchemy import func, select

from docflow.core.capability import Measure
from docflow.core.jobs import Job, JobState
from docflow.jobs.handlers import Deps
from docflow.jobs.queries import oldest_due

WINDOW: Final = timedelta(minutes=5)
"""How far back work is counted that was done."""


def job_measures(deps: Deps) -> Sequence[Measure]:
    """Return what waits and for how long, what was done lately, and what was given up and why."""
    now = deps.transactions.clock.now()
    with deps.transactions.reading() as session:
        oldest = oldest_due(session, now)
        waiting = session.execute(
            select(Job.name, Job.state, func.count())
            .where(Job.state.in_((JobState.READY, JobState.RUNNING)))
            .group_by(Job.name, Job.state)
        ).all()
        done = session.execute(
            select(Job.name, func.count())
            .where(Job.state == JobState.DONE, Job.finished_at > now - WINDOW)
            .group_by(Job.name)
        ).all()
        dead = session.execute(select(Job.name, Job.error).where(Job.state == JobState.DEAD)).all()
    causes = Counter((name, cause_of(error)) for name, error in dead)
    return [
        Measure(
            "docflow_oldest_due_job_seconds",
            "For how long the longest-waiting job has been due.",
            [({}, 0 if oldest is None else (now - oldest).total_seconds())],
        ),
        Measure(
            "docflow_jobs",
            "Jobs that wait or run.",
            [({"name": name, "state": str(state)}, number) for name, state, number in waiting],
        ),
        Measure(
            "docflow_jobs_done_last_5_minutes",
            "Jobs done in the last five minutes; those of ingest.read_page are pages read.",
            [({"name": name}, number) for name, number in done],
        ),
        Measure("docflow_dead_jobs", "Jobs that were given up.", [({}, len(dead))]),
        Measure(
            "docflow_dead_jobs_by_cause",
            "Jobs that were given up, by their name and the code of the cause.",
            [({"name": name, "cause": cause}, number) for (name, cause), number in causes.items()],
        ),
    ]


def cause_of(error: str | None) -> str:
    """Return the code of a job's error without its values."""
    return (error or "unknown").partition("(")[0]
