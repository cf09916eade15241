"""The runtime as the registry sees it."""

from __future__ import annotations

from typing import Protocol

from docflow.audit.access_log import AccessLog
from docflow.notifications.ports import MailServer, TextGateway
from docflow.stamping.ports import Deps as StampingDeps


class Deps(StampingDeps, Protocol):
    """What the pages and jobs of the registry work with: what sealing needs, the log of openings, and mail."""

    @property
    def access_log(self) -> AccessLog:
        """Notes openings of content."""
        ...

    @property
    def mail_server(self) -> MailServer:
        """Takes receipts on their way."""
        ...

    @property
    def text_gateway(self) -> TextGateway:
        """Takes text messages on their way."""
        ...
