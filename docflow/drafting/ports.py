"""What the room needs from outside."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from docflow.audit.access_log import AccessLog
from docflow.core.capability import ClosingRule
from docflow.core.clock import Clock
from docflow.core.uow import Transactions
from docflow.notifications.ports import MailServer
from docflow.settings import Settings
from docflow.storage.ports import BlobStore


class Deps(Protocol):
    """The runtime as this room sees it."""

    @property
    def mail_server(self) -> MailServer:
        """Takes mail on its way."""
        ...

    @property
    def settings(self) -> Settings:
        """The settings."""
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
    def access_log(self) -> AccessLog:
        """Notes openings of content."""
        ...

    @property
    def closing_rules(self) -> Sequence[ClosingRule]:
        """What must be done before matters of other rooms are closed."""
        ...
