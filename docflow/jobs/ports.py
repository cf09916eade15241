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
    outages: int = 0
    """In how many tries before a server was away; they are no attempts."""
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
    """Something does not answer, maybe because of this job: it is tried for as long as servers may be repaired."""
    AWAY = "away"
    """A server is away, which is not this job's fault: it is tried until the server is back, however long that is."""


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

    def forgive(self, job: ClaimedJob) -> None:
        """Take back a loss: its holder lives, and was merely too slow to say so."""
        ...

    def claim_exactly(self, job_id: UUID, owner: str) -> ClaimedJob | None:
        """Return one job under a fresh lease; none when it is not due, held, done, or its lane is busy."""
        ...


class Ticket(Protocol):
    """A message of the broker: the id of a job that was due when it was published."""

    @property
    def job_id(self) -> UUID:
        """Which job."""
        ...

    def give_back(self) -> None:
        """Let the broker forget the message and hand out the next one; a broker that is away is not an error."""
        ...


class Tickets(Protocol):
    """The messages for one runner, one at a time."""

    @property
    def is_connected(self) -> bool:
        """Whether the broker hands out messages just now."""
        ...

    def next(self, timeout_s: float) -> Ticket | None:
        """Wait for a message; none when there is none in time or the broker is away."""
        ...

    def close(self) -> None:
        """Stop listening; what was not given back is handed to another."""
        ...


class JobBroker(Protocol):
    """Carries ids of jobs from the relay to the workers; it may lose, double or reorder them."""

    def publish(self, job_id: UUID, share: Share, *, priority: int) -> None:
        """Return once the broker confirmed that it has the message.

        Raises:
            Unavailable: ``broker_unavailable`` with ``reason``.
        """
        ...

    def listen(self, share: Share) -> Tickets:
        """Begin to take messages of a share, and again after each time the broker was away."""
        ...

    def waiting(self, share: Share) -> int:
        """Return how many messages of a share wait for a worker.

        Raises:
            Unavailable: ``broker_unavailable`` with ``reason``.
        """
        ...

    def close(self) -> None:
        """Close what this thread holds open."""
        ...
