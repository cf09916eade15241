"""The runtime as the documents room sees it."""

from __future__ import annotations

from typing import Protocol

from docflow.audit.access_log import AccessLog
from docflow.core.capability import Capability
from docflow.core.uow import Transactions
from docflow.storage.ports import BlobStore


class Deps(Protocol):
    """What the pages of documents work with."""

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

    @property
    def capabilities(self) -> tuple[Capability, ...]:
        """The rooms, which contribute panels and phrases."""
        ...
