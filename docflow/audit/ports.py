"""What the journal needs from outside."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol


@dataclass(frozen=True, slots=True)
class StampedTime:
    """What a time-stamp token says: the SHA-256 it is about, the instant, and who attests it."""

    digest: str
    at: datetime
    authority: str


class TimeStamper(Protocol):
    """A time-stamping authority (RFC 3161)."""

    @property
    def has_server(self) -> bool:
        """Whether an authority is set; without one, instants are this machine's own."""
        ...

    def stamp(self, digest: str) -> bytes:
        """Return the token, DER, by which the authority attests a SHA-256 given in hexadecimal.

        Raises:
            Unavailable: ``timestamp_server_unavailable``.
        """
        ...

    def read(self, token: bytes) -> StampedTime:
        """Return what a token says once its signature fits the certificate in it; whether to trust that is not decided.

        Raises:
            InvalidInput: ``timestamp_token_invalid``.
        """
        ...
