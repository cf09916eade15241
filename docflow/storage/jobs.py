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
from docflow.storage.scrubbing import scrub

logger = structlog.get_logger()

SCRUB_EVERY_S = 300


class Deps(Protocol):
    """The runtime as this room sees it."""

    @property
    def settings(self) -> Settings:
        """The grace of orphans, and how fast objects are read again."""
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


def read_again(deps: Deps, _payload: Mapping[str, Any], _context: JobContext) -> None:
    """Compare some more objects with their hashes, as many as the rate allows for the time between two turns."""
    rate = deps.settings.scrub_bytes_per_s
    if rate:
        scrub(deps.transactions, deps.blob_store, most_bytes=rate * SCRUB_EVERY_S)
