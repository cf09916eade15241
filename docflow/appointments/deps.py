"""The runtime as this room sees it."""

from __future__ import annotations

from typing import Protocol

from docflow.core.clock import Clock
from docflow.core.uow import Transactions
from docflow.notifications.ports import MailServer, TextGateway
from docflow.settings import Settings


class Deps(Protocol):
    """What the pages and jobs of this room work with."""

    @property
    def transactions(self) -> Transactions:
        """Opens units of work."""
        ...

    @property
    def clock(self) -> Clock:
        """Tells the time."""
        ...

    @property
    def settings(self) -> Settings:
        """The address of the public site, the names of the district."""
        ...

    @property
    def mail_server(self) -> MailServer:
        """Takes confirmations on their way."""
        ...

    @property
    def text_gateway(self) -> TextGateway:
        """Takes them to telephones."""
        ...
