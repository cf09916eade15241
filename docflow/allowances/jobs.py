"""The handler that forgets what addresses asked."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Protocol

from docflow.allowances.operations import forget_attempts
from docflow.core.capability import JobContext
from docflow.core.uow import Transactions


class Deps(Protocol):
    """The runtime as this room sees it."""

    @property
    def transactions(self) -> Transactions:
        """Opens units of work."""
        ...


def forget(deps: Deps, _payload: Mapping[str, Any], _context: JobContext) -> None:
    """Forget the addresses whose window is over."""
    forget_attempts(deps.transactions)
