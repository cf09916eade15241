"""How a journal line is hashed and how a chain is checked; plain Python."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

FIRST_PREVIOUS_HASH = "0" * 64
"""What the first line of a journal points back to."""


@dataclass(frozen=True, slots=True)
class JournalLine:
    """One line as it is hashed: who did what to which subject, when, after which line."""

    number: int
    at: datetime
    actor_kind: str
    actor_name: str
    person_id: str | None
    verb: str
    subject_kind: str
    subject_id: str
    values: dict[str, Any]
    previous_hash: str


@dataclass(frozen=True, slots=True)
class ChainVerdict:
    """What verifying the chain found; ``first_bad_entry`` is the number of the first line that does not fit."""

    entries: int
    ok: bool
    first_bad_entry: int | None
    last_hash: str


def line_hash(line: JournalLine) -> str:
    """Return the SHA-256, in hexadecimal, of the line's canonical JSON, the previous hash included."""
    canonical = json.dumps(
        [
            line.number,
            line.at.astimezone(UTC).isoformat(timespec="microseconds"),
            line.actor_kind,
            line.actor_name,
            line.person_id,
            line.verb,
            line.subject_kind,
            line.subject_id,
            line.values,
            line.previous_hash,
        ],
        ensure_ascii=False,
        sort_keys=True,
        separators=(",", ":"),
    )
    return hashlib.sha256(canonical.encode("utf-8", "surrogatepass")).hexdigest()


def verify_chain(lines: Iterable[tuple[JournalLine, str]], *, expected: tuple[int, str] | None = None) -> ChainVerdict:
    """Follow the chain from its first line.

    Args:
        lines: every line with the hash kept for it, in order of number.
        expected: the number and hash of the last line as the journal's head remembers them;
            lines cut from the end are found by it.
    """
    number, previous = 0, FIRST_PREVIOUS_HASH
    for line, kept_hash in lines:
        is_next = line.number == number + 1 and line.previous_hash == previous
        if not is_next or line_hash(line) != kept_hash:
            return ChainVerdict(number, ok=False, first_bad_entry=number + 1, last_hash=previous)
        number, previous = line.number, kept_hash
    if expected is not None and expected != (number, previous):
        return ChainVerdict(number, ok=False, first_bad_entry=number + 1, last_hash=previous)
    return ChainVerdict(number, ok=True, first_bad_entry=None, last_hash=previous)
