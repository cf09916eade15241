"""What the room needs from outside."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from docflow.core.capability import Capability
from docflow.core.clock import Clock
from docflow.core.uow import Transactions
from docflow.settings import Settings
from docflow.storage.ports import BlobStore


@dataclass(frozen=True, slots=True)
class Mail:
    """A mail to be handed to a server.

    Attributes:
        message_id: the same at each attempt, without the brackets.
        recipient: one address.
        subject: one line.
        body: plain text, lines ended by a line feed.
        unsubscribe_url: where a program of mail ends the subscription by one request (RFC 8058); empty: there is none.
        attachment: a PDF, or none.
        attachment_name: its file name.
        dated: when it was asked for.
    """

    message_id: str
    recipient: str
    subject: str
    body: str
    dated: datetime
    unsubscribe_url: str = ""
    attachment: bytes | None = None
    attachment_name: str = ""


class MailServer(Protocol):
    """Takes mail on its way."""

    @property
    def is_set_up(self) -> bool:
        """Whether there is a server to hand mail to."""
        ...

    @property
    def sender(self) -> str:
        """The address that mail comes from."""
        ...

    def send(self, mail: Mail) -> None:
        """Hand a mail over; returning means that the server took it.

        Raises:
            InvalidInput: ``mail_refused(reason)``: the server will never take it.
            Unavailable: ``mail_server_unavailable(reason)``: trying again may help.
        """
        ...

    def check(self) -> None:
        """See whether the server answers and lets us in.

        Raises:
            InvalidInput, Unavailable: as ``send``.
        """
        ...


@dataclass(frozen=True, slots=True)
class TextMessage:
    """A text message to be handed to a gateway.

    Attributes:
        message_id: the same at each attempt.
        recipient: one number in the international form.
        text: one line.
        dated: when it was asked for.
    """

    message_id: str
    recipient: str
    text: str
    dated: datetime


class TextGateway(Protocol):
    """Takes text messages on their way."""

    @property
    def is_set_up(self) -> bool:
        """Whether there is something to hand messages to."""
        ...

    def send(self, message: TextMessage) -> None:
        """Hand a message over, once however often it is handed over; returning means that it was taken.

        Raises:
            Unavailable: ``text_gateway_unavailable(reason)``: trying again may help.
        """
        ...


class Deps(Protocol):
    """The runtime as this room sees it."""

    @property
    def clock(self) -> Clock:
        """Tells the time."""
        ...

    @property
    def transactions(self) -> Transactions:
        """Opens units of work."""
        ...

    @property
    def settings(self) -> Settings:
        """The address of the staff site."""
        ...

    @property
    def blob_store(self) -> BlobStore:
        """Keeps the bytes of attachments."""
        ...

    @property
    def mail_server(self) -> MailServer:
        """Takes mail on its way."""
        ...


class TextDeps(Deps, Protocol):
    """The runtime as the sending of text messages sees it."""

    @property
    def text_gateway(self) -> TextGateway:
        """Takes text messages on their way."""
        ...


class PageDeps(Deps, Protocol):
    """The runtime as the pages of this room see it."""

    @property
    def capabilities(self) -> Sequence[Capability]:
        """The rooms, which say how their notices are told."""
        ...
