"""What a runner needs of a queue."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, Protocol
from uuid import UUID


@dataclass(frozen=True, slots=True)
class ClaimedJob:
    """A job held under a lease; ``owner`` is the fencing token that ends or fails it."""

    id: UUID
    name: str
    payload: dict[str, Any]
    attempt: int
    max_attempts: int
    owner: str
    created_at: datetime
    request_id: str | None = None
    """The request that it goes back to."""
    parent_id: UUID | None = None
    """The job that asked for it."""


class FailureKind(StrEnum):
    """What a failure says about trying again."""

    PERMANENT = "permanent"
    """It cannot help."""
    FAULT = "fault"
    """It may help, a few times."""
    OUTAGE = "outage"
    """A server is away, which is not this job's fault: it is tried for as long as servers may be repaired."""


class Share(StrEnum):
    """Which of the jobs a runner does."""

    ALL = "all"
    LANES = "lanes"
    """Those of a lane: short work that somebody waits for, such as the index."""
    OTHERS = "others"
    """Those of none: work that may take its time, such as reading pages."""


class JobQueue(Protocol):
    """Hands out jobs, each to one holder at a time."""

    def claim(self, owner: str, share: Share) -> ClaimedJob | None:
        """Return the next job of a share under a fresh lease, or none when nothing is due."""
        ...

    def extend(self, job: ClaimedJob) -> bool:
        """Prolong the lease; false when it was lost."""
        ...

    def finish(self, job: ClaimedJob) -> bool:
        """Mark the job done; false when the lease was lost meanwhile."""
        ...

    def fail(self, job: ClaimedJob, *, error: str, kind: FailureKind) -> bool:
        """Put it back with a delay, or bury it; false when the lease was lost meanwhile."""
        ...
