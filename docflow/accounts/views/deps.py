"""What the pages of this room need from the house."""

from __future__ import annotations

from typing import Protocol

from docflow.accounts.ports import DirectoryServer, IdentityProvider
from docflow.core.uow import Transactions
from docflow.district.queries import KnownDistrict
from docflow.settings import Settings


class Deps(Protocol):
    """The runtime as this room sees it."""

    @property
    def district(self) -> KnownDistrict:
        """What the administration is called."""
        ...

    @property
    def settings(self) -> Settings:
        """Cookies, idle time, and what the district is called."""
        ...

    @property
    def identity_provider(self) -> IdentityProvider:
        """Recognises people on a page of its own."""
        ...

    @property
    def directory_server(self) -> DirectoryServer:
        """Recognises people by what they typed here."""
        ...

    @property
    def secret_key(self) -> str:
        """What the secrets of second factors are encrypted with."""
        ...

    @property
    def transactions(self) -> Transactions:
        """Opens units of work."""
        ...
