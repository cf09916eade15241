"""Jobs as rows: work is asked for in the transaction of the facts it follows from."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import JSON, Index, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from docflow.core.db import Base, UtcDateTime
from docflow.core.ids import new_id


class JobState(StrEnum):
    """Where a job stands."""

    READY = "ready"
    RUNNING = "running"
    DONE = "done"
    DEAD = "dead"


@dataclass(frozen=True, slots=True)
class JobRequest:
    """A piece of work to do after the commit.

    ``unique_key`` joins requests: while a *ready* job has the key, asking again changes nothing.
    ``lane`` serialises: at most one job of a lane runs at a time, whatever the number of workers.
    ``priority``: higher runs first. ``delay_s``: not before that many seconds.
    """

    name: str
    payload: dict[str, Any] = field(default_factory=dict)
    priority: int = 0
    unique_key: str | None = None
    lane: str | None = None
    delay_s: float = 0
    max_attempts: int = 5


class Job(Base):
    """A row of the job table, the outbox and the truth about work."""

    __tablename__ = "jobs"
    __table_args__ = (
        Index("ix_jobs_name", "name", "created_at"),
        Index(
            "ix_jobs_claim",
            "priority",
            "run_after",
            sqlite_where=text("state = 'ready'"),
            postgresql_where=text("state = 'ready'"),
        ),
        Index(
            "ix_jobs_lease",
            "lease_until",
            sqlite_where=text("state = 'running'"),
            postgresql_where=text("state = 'running'"),
        ),
        Index(
            "ix_jobs_done",
            "finished_at",
            "name",
            sqlite_where=text("state = 'done'"),
            postgresql_where=text("state = 'done'"),
        ),
        Index(
            "ix_jobs_dead",
            "name",
            sqlite_where=text("state = 'dead'"),
            postgresql_where=text("state = 'dead'"),
        ),
        Index(
            "ix_jobs_unpublished",
            "run_after",
            sqlite_where=text("state = 'ready' AND published_at IS NULL"),
            postgresql_where=text("state = 'ready' AND published_at IS NULL"),
        ),
        Index(
            "ix_jobs_published",
            "published_at",
            sqlite_where=text("state = 'ready' AND published_at IS NOT NULL"),
            postgresql_where=text("state = 'ready' AND published_at IS NOT NULL"),
        ),
        Index(
            "uq_jobs_unique_key_ready",
            "unique_key",
            unique=True,
            sqlite_where=text("state = 'ready'"),
            postgresql_where=text("state = 'ready'"),
        ),
        Index(
            "uq_jobs_lane_running",
            "lane",
            unique=True,
            sqlite_where=text("state = 'running'"),
            postgresql_where=text("state = 'running'"),
        ),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    name: Mapped[str] = mapped_column(String(80))
    """Which handler does it, as ``room.verb``."""
    payload: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    """Identifiers the handler needs; never a text or a citizen's data."""
    state: Mapped[JobState] = mapped_column(String(10), default=JobState.READY)
    priority: Mapped[int] = mapped_column(default=0)
    """Higher first."""
    unique_key: Mapped[str | None] = mapped_column(String(200))
    """Joins equal requests while one is ready."""
    lane: Mapped[str | None] = mapped_column(String(40))
    """At most one running job a lane."""
    run_after: Mapped[datetime] = mapped_column(UtcDateTime)
    """Not claimed before this instant."""
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    finished_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    attempts: Mapped[int] = mapped_column(default=0)
    """Tries that count: not those which ended because a server was away, or because its worker was gone."""
    max_attempts: Mapped[int] = mapped_column(default=5)
    outages: Mapped[int] = mapped_column(default=0, server_default="0")
    """Tries in which a server was away."""
    losses: Mapped[int] = mapped_column(default=0, server_default="0")
    """Tries whose worker was never heard of again."""
    owner: Mapped[str | None] = mapped_column(String(100))
    """The fencing token of the worker that holds the lease."""
    lease_until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    """Without a heartbeat before this instant the job is given to another worker."""
    error: Mapped[str | None] = mapped_column(Text)
    """The last failure, as an error code with values or an exception's type."""
    published_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    """When the broker confirmed that it has its id; empty again once a worker asked for it."""
    request_id: Mapped[str | None] = mapped_column(String(64))
    """The request that it goes back to, through however many jobs; none of periodic work and of commands."""
    parent_id: Mapped[UUID | None] = mapped_column()
    """The job that asked for it, if one did; no foreign key, since jobs that are done are forgotten first."""
