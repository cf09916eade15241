"""The handlers of the storage room."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Protocol

import structlog

from docflow.core.capability import JobContext
from docflow.core.uow import Transactions
from docflow.settings import Settings
from docflow.storage.operations import sweep_orphans
from docflow.storage.ports import BlobStore

logger = structlog.get_logger()


class Deps(Protocol):
    """The runtime as this room sees it."""

    @property
    def settings(self) -> Settings:
        """The grace of orphans."""
        ...

    @property
    def transactions(self) -> Transactions:
        """Opens units of work."""
        ...

    @property
    def blob_store(self) -> BlobStore:
        """Keeps the bytes."""
        ...


def sweep(deps: Deps, _payload: Mapping[str, Any], _context: JobContext) -> None:
    """Delete bytes that no document names."""
    swept = sweep_orphans(deps.transactions, deps.blob_store, grace_s=deps.settings.orphan_grace_s)
    if swept:
        logger.info("orphans_swept", objects=swept)
