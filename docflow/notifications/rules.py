"""States and words of mail; plain Python."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class MailState(StrEnum):
    """Where a mail stands."""

    WAITING = "waiting"
    SENT = "sent"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class MailText:
    """What a mail says."""

    subject: str
    body: str
