"""Identifiers."""

from __future__ import annotations

import secrets
import time
from collections.abc import Iterable
from uuid import UUID


def new_id() -> UUID:
    """Return a time-ordered UUID (RFC 9562, version 7), so that new rows land together in an index."""
    milliseconds = time.time_ns() // 1_000_000
    value = (milliseconds & ((1 << 48) - 1)) << 80 | secrets.randbits(80)
    value = value & ~(0xF << 76) | 0x7 << 76
    value = value & ~(0x3 << 62) | 0x2 << 62
    return UUID(int=value)


def ids_among(texts: Iterable[str]) -> list[UUID]:
    """Return the UUIDs among some texts; others are passed over."""
    found = []
    for text in texts:
        try:
            found.append(UUID(text))
        except ValueError:
            continue
    return found
