"""The address behind the code of a stamp; plain Python."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import unquote, urlsplit


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
