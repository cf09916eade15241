"""The runtime as this room sees it."""

from __future__ import annotations

from typing import Protocol

from docflow.core.uow import Transactions


class Deps(Protocol):
    """What proposals of units work with."""

    @property
    def transactions(self) -> Transactions:
        """Opens units of work."""
        ...
