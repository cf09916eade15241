"""The runtime as the registry sees it."""

from __future__ import annotations

from typing import Protocol

from docflow.audit.access_log import AccessLog
from docflow.core.clock import Clock
from docflow.core.uow import Transactions
from docflow.settings import Settings
from docflow.stamping.ports import Sealer
from docflow.storage.ports import BlobStore


class Deps(Protocol):
    """What the pages and jobs of the registry work with."""

    @property
    def settings(self) -> Settings:
        """The institution's names, the address of the public site."""
        ...

    @property
    def clock(self) -> Clock:
        """Tells the time."""
        ...

    @property
    def sealer(self) -> Sealer:
        """Stamps and seals."""
        ...

    @property
    def transactions(self) -> Transactions:
        """Opens units of work."""
        ...

    @property
    def blob_store(self) -> BlobStore:
        """Keeps the bytes."""
        ...

    @property
    def access_log(self) -> AccessLog:
        """Notes openings of content."""
        ...
