"""The housekeeping of the job table itself."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Protocol

from docflow.core.actor import SYSTEM
from docflow.core.capability import JobContext
from docflow.core.uow import Transactions
from docflow.jobs.operations import forget_done_jobs


class Deps(Protocol):
    """The runtime as the job table sees it."""

    @property
    def transactions(self) -> Transactions:
        """Opens units of work."""
        ...


def forget_done(deps: Deps, _payload: Mapping[str, Any], _context: JobContext) -> None:
    """Delete jobs that ended well some time ago."""
    with deps.transactions.writing(SYSTEM) as uow:
        forget_done_jobs(uow)
