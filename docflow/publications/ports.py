"""What the room needs from outside."""

from __future__ import annotations

from typing import Protocol

from docflow.audit.access_log import AccessLog
from docflow.core.clock import Clock
from docflow.core.uow import Transactions
from docflow.settings import Settings
from docflow.storage.ports import BlobStore


class Deps(Protocol):
    """The runtime as this room sees it."""

    @property
    def settings(self) -> Settings:
        """Names, addresses and limits."""
        ...

    @property
    def clock(self) -> Clock:
        """Tells the time."""
        ...

    @property
    def transactions(self) -> Transactions:
        """Opens units of work."""
        ...

    @property
    def access_log(self) -> AccessLog:
        """Notes openings of content."""
        ...

    @property
    def blob_store(self) -> BlobStore:
        """Keeps the bytes of what is attached."""
        ...
