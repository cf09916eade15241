"""A mail server of the tests: takes mail, or answers as it is told to."""

from __future__ import annotations

import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from ipaddress import ip_address
from pathlib import Path

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID
from pydantic import SecretStr

from docflow.bootstrap import Runtime
from tests.servers import free_port

SENDER = "bureau-ordre@hay-hassani.ma"
USER, PASSWORD = "docflow", "secret:with/marks"


@dataclass
class MailBox:
    """What the server took, and what it answers to each mail."""

    taken: list[tuple[list[str], EmailMessage]] = field(default_factory=list)
    answer: str = "250 taken"
    recipient_answer: str = "250 known"
    port: int = 0

    async def handle_RCPT(  # noqa: N802 - the library's own name
        self, _server: SMTP, _session: Session, envelope: Envelope, address: str, _options: list[str]
    ) -> str:
        if self.recipient_answer.startswith("250"):
            envelope.rcpt_tos.append(address)
        return self.recipient_answer

    async def handle_DATA(self, _server: SMTP, _session: Session, envelope: Envelope) -> str:  # noqa: N802
        if self.answer.startswith("250"):
            message = message_from_bytes(envelope.content, policy=default)  # type: ignore[arg-type]
            self.taken.append((list(envelope.rcpt_tos), message))  # type: ignore[arg-type]
        return self.answer


@contextmanager
def mail_server(*, certificate: Path | None = None) -> Iterator[MailBox]:
    """Run a server on a free loopback port; with a certificate it wants STARTTLS, then a name and a password."""
    box = MailBox(port=free_port())

    def authenticate(_server: SMTP, _session: Session, _envelope: Envelope, _way: str, given: object) -> AuthResult:
        expected = LoginPassword(USER.encode(), PASSWORD.encode())
        return AuthResult(success=given == expected, handled=False)

    guarded = {}
    if certificate is not None:
        context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        context.load_cert_chain(certificate)
        guarded = {"tls_context": context, "require_starttls": True, "auth_required": True}
        guarded["authenticator"] = authenticate
    controller = Controller(box, hostname="127.0.0.1", port=box.port, **guarded)
    controller.start()
    try:
        yield box
    finally:
        controller.stop()


def with_mail(runtime: Runtime, url: str) -> Runtime:
    """Return the product with a mail server."""
    settings = runtime.settings.model_copy(update={"smtp_url": SecretStr(url), "mail_from": SENDER})
    return replace(runtime, settings=settings)


def write_certificate(path: Path) -> None:
    """Write a key and a certificate of this machine that signs itself, as PEM."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "mail of the tests")])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(hours=1))
        .not_valid_after(now + timedelta(hours=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), critical=False)
        .sign(key, SHA256())
    )
    private = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    path.write_bytes(private + made.public_bytes(Encoding.PEM))
