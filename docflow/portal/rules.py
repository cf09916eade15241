"""How often one address may ask, what is being asked; plain Python."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from urllib.parse import unquote, urlsplit

WINDOW = timedelta(minutes=15)


class Purpose(StrEnum):
    """What an address asks for."""

    NUMBER = "number"
    """A number with a code that is not its own: guessing."""
    SECRET = "secret"  # noqa: S105 - what is asked for, not a secret
    """A number with a secret that is not its own: guessing too."""
    FILE = "file"
    """A file to be verified: work for the server."""


MOST_IN_WINDOW = {Purpose.NUMBER: 30, Purpose.SECRET: 20, Purpose.FILE: 30}
"""A clerk's counter or a law firm behind one address asks less; guessing a code of 60 bits needs more."""


@dataclass(frozen=True, slots=True)
class StampCode:
    """What the QR code of a stamp names: a register number and the code that belongs to it."""

    number: str
    code: str


def stamp_code(text: str, *, public_url: str) -> StampCode | None:
    """Return what a code on a paper names when it leads to this site, or none."""
    try:
        asked, own = urlsplit(text.strip()), urlsplit(public_url.rstrip("/"))
    except ValueError:
        return None
    prefix = f"{own.path}/v/"
    if (asked.scheme, asked.netloc) != (own.scheme, own.netloc) or not asked.path.startswith(prefix):
        return None
    number, _, code = asked.path.removeprefix(prefix).rpartition("/")
    return StampCode(unquote(number), code) if number and code else None
