"""What the room needs from outside."""

from __future__ import annotations

from typing import Protocol

from docflow.core.uow import Transactions
from docflow.ocr.ports import LineReader
from docflow.settings import Settings
from docflow.storage.ports import BlobStore


class Deps(Protocol):
    """The runtime as this room sees it."""

    @property
    def settings(self) -> Settings:
        """Limits of files and pages."""
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
    def line_reader(self) -> LineReader:
        """Reads pictures of lines."""
        ...
