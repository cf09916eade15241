"""The runtime as the public site sees it."""

from __future__ import annotations

from typing import Protocol

from docflow.core.clock import Clock
from docflow.core.uow import Transactions
from docflow.settings import Settings
from docflow.stamping.ports import Sealer
from docflow.storage.ports import BlobStore


class Deps(Protocol):
    """What the public pages work with."""

    @property
    def settings(self) -> Settings:
        """Limits, names, the address of this site."""
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
    def blob_store(self) -> BlobStore:
        """Keeps the bytes."""
        ...

    @property
    def sealer(self) -> Sealer:
        """Examines sealed files."""
        ...
