"""What the room needs from outside."""

from __future__ import annotations

from typing import Protocol

from docflow.core.uow import Transactions


class Deps(Protocol):
    """The runtime as this room sees it."""

    @property
    def transactions(self) -> Transactions:
        """Opens units of work."""
        ...
