"""The runtime as the corrections room sees it."""

from __future__ import annotations

from typing import Protocol

from docflow.audit.access_log import AccessLog
from docflow.core.uow import Transactions


class Deps(Protocol):
    """What the pages of corrections work with."""

    @property
    def transactions(self) -> Transactions:
        """Opens units of work."""
        ...

    @property
    def access_log(self) -> AccessLog:
        """Notes openings of content."""
        ...
