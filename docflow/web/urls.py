"""Addresses inside the site."""

from __future__ import annotations

from typing import Final
from urllib.parse import urlsplit

MAX_NEXT_LENGTH: Final = 2000


def safe_next(value: str | None) -> str | None:
    r"""Return ``value`` when it is a path of this site, else None.

    Browsers read ``//host``, ``/\host`` and addresses with control characters as other sites (CWE-601), so only a
    path that starts with one slash and holds none of these is accepted.
    """
    if not value or len(value) > MAX_NEXT_LENGTH or not value.startswith("/") or value.startswith("//"):
        return None
    if "\\" in value or any(ord(character) < 0x20 or ord(character) == 0x7F for character in value):
        return None
    try:
        parts = urlsplit(value)
    except ValueError:
        return None
    return None if parts.scheme or parts.netloc else value
