"""What a runner needs of a queue."""

from __future__ import annotations

from dataclasses import dataclass
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


class JobQueue(Protocol):
    """Hands out jobs, each to one holder at a time."""

    def claim(self, owner: str) -> ClaimedJob | None:
        """Return the next job under a fresh lease, or none when nothing is due."""
        ...

    def extend(self, job: ClaimedJob) -> bool:
        """Prolong the lease; false when it was lost."""
        ...

    def finish(self, job: ClaimedJob) -> bool:
        """Mark the job done; false when the lease was lost meanwhile."""
        ...

    def fail(self, job: ClaimedJob, *, error: str, is_permanent: bool) -> bool:
        """Put it back with a delay, or bury it; false when the lease was lost meanwhile."""
        ...
