"""A mail server spoken to over SMTP (RFC 5321), in the clear, after STARTTLS or within TLS."""

from __future__ import annotations

import smtplib
import ssl
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP as SMTP_POLICY
from email.utils import format_datetime
from typing import Final, Literal
from urllib.parse import unquote, urlsplit

from docflow.core.errors import InvalidInput, Unavailable
from docflow.notifications.ports import Mail

TIMEOUT_S: Final = 30.0
PORTS: Final = {"smtp": 25, "smtp+starttls": 587, "smtps": 465}
PERMANENT: Final = 500
"""Reply codes from here on are for good (RFC 5321, 4.2.1)."""


@dataclass(frozen=True, slots=True)
class SmtpAddress:
    """Where a server is, how one speaks to it and who we are there."""

    scheme: Literal["smtp", "smtp+starttls", "smtps"]
    host: str
    port: int
    user: str
    password: str

    @classmethod
    def parse(cls, url: str) -> SmtpAddress:
        """Read ``smtp[s|+starttls]://[user:password@]host[:port]``.

        Raises:
            InvalidInput: ``smtp_url_invalid``.
        """
        try:
            parts = urlsplit(url)
            port = parts.port
        except ValueError as error:
            raise InvalidInput("smtp_url_invalid") from error
        scheme = parts.scheme
        if scheme not in PORTS or not parts.hostname or parts.path not in {"", "/"} or parts.query:
            raise InvalidInput("smtp_url_invalid")
        return cls(
            scheme,  # type: ignore[arg-type]
            parts.hostname,
            port or PORTS[scheme],
            unquote(parts.username or ""),
            unquote(parts.password or ""),
        )


class SmtpServer:
    """Hands mail to one server; a connection a mail."""

    def __init__(self, url: str, *, sender: str, sender_name: Callable[[], str]) -> None:
        """Take the address of the server, empty for none, and whom mail comes from; nothing is contacted yet."""
        self._address = SmtpAddress.parse(url) if url else None
        self.sender = sender
        self._sender_name = sender_name

    @property
    def is_set_up(self) -> bool:
        """Whether there is a server."""
        return self._address is not None

    def send(self, mail: Mail) -> None:
        """Hand a mail over."""
        message = self._message(mail)
        with self._connected() as server:
            server.send_message(message, from_addr=self.sender, to_addrs=[mail.recipient])

    def check(self) -> None:
        """See whether the server answers and lets us in."""
        with self._connected() as server:
            server.noop()

    @contextmanager
    def _connected(self) -> Iterator[smtplib.SMTP]:
        """Yield a connection on which we are known; what goes wrong on it becomes an error of the product."""
        address = self._address
        if address is None:
            raise Unavailable("mail_server_unavailable", reason="none set")
        context = ssl.create_default_context()
        try:
            if address.scheme == "smtps":
                server: smtplib.SMTP = smtplib.SMTP_SSL(address.host, address.port, timeout=TIMEOUT_S, context=context)
            else:
                server = smtplib.SMTP(address.host, address.port, timeout=TIMEOUT_S)
            with server:
                if address.scheme == "smtp+starttls":
                    server.starttls(context=context)
                if address.user:
                    server.login(address.user, address.password)
                yield server
        except smtplib.SMTPRecipientsRefused as error:
            (code, said), *_rest = error.recipients.values()
            raise _refusal(code, said) from error
        except smtplib.SMTPAuthenticationError as error:
            # A wrong password is mended in the settings, and then the mail goes.
            raise Unavailable("mail_server_unavailable", reason=_text(error.smtp_error)) from error
        except smtplib.SMTPResponseException as error:
            raise _refusal(error.smtp_code, error.smtp_error) from error
        except (smtplib.SMTPException, OSError) as error:
            raise Unavailable("mail_server_unavailable", reason=type(error).__name__) from error

    def _message(self, mail: Mail) -> EmailMessage:
        message = EmailMessage(policy=SMTP_POLICY)
        message["From"] = Address(self._sender_name(), addr_spec=self.sender)
        message["To"] = Address(addr_spec=mail.recipient)
        message["Subject"] = mail.subject
        message["Date"] = format_datetime(mail.dated)
        message["Message-ID"] = f"<{mail.message_id}>"
        # Answering machines stay silent (RFC 3834).
        message["Auto-Submitted"] = "auto-generated"
        if mail.unsubscribe_url:
            # Programs of mail show a button that ends the subscription (RFC 2369, 3.2; RFC 8058, 3.1).
            message["List-Unsubscribe"] = f"<{mail.unsubscribe_url}>"
            message["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
        message.set_content(mail.body)
        if mail.attachment is not None:
            message.add_attachment(
                mail.attachment, maintype="application", subtype="pdf", filename=mail.attachment_name
            )
        return message


def _refusal(code: int, said: bytes | str) -> InvalidInput | Unavailable:
    reason = f"{code} {_text(said)}"
    if code >= PERMANENT:
        return InvalidInput("mail_refused", reason=reason)
    return Unavailable("mail_server_unavailable", reason=reason)


def _text(said: bytes | str) -> str:
    text = said if isinstance(said, str) else said.decode("utf-8", "replace")
    return " ".join(text.split())[:200]
