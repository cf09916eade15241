"""The runtime as this room sees it."""

from __future__ import annotations

from typing import Protocol

from docflow.audit.access_log import AccessLog
from docflow.audit.ports import TimeStamper
from docflow.core.clock import Clock
from docflow.core.uow import Transactions
from docflow.search.ports import SearchIndex
from docflow.settings import Settings
from docflow.stamping.ports import PersonKeys, Sealer
from docflow.storage.ports import BlobStore


class Deps(Protocol):
    """What is backed up, and what a backup is restored into."""

    @property
    def settings(self) -> Settings:
        """The settings: where the home is."""
        ...

    @property
    def clock(self) -> Clock:
        """Tells the time."""
        ...

    @property
    def access_log(self) -> AccessLog:
        """The log of openings."""
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
    def search_index(self) -> SearchIndex:
        """The index."""
        ...

    @property
    def public_index(self) -> SearchIndex:
        """The index of the public site."""
        ...

    @property
    def time_stamper(self) -> TimeStamper:
        """The time-stamping authority of the journal."""
        ...

    @property
    def sealer(self) -> Sealer:
        """What stamps and seals."""
        ...

    @property
    def person_keys(self) -> PersonKeys:
        """Where the keys of people are found."""
        ...
