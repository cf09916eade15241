"""How a journal line is hashed, how lines are anchored, and how both are checked; plain Python."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Any

FIRST_PREVIOUS_HASH = "0" * 64
"""What the first line of a journal, and the first anchor, points back to."""

CLOCK_ACCEPTED = "audit.clock_accepted"
"""The one act whose line may be dated before the line above it."""

CLOCK_SKEW = timedelta(seconds=1)
"""How far the clocks of several machines may lie apart without one of them counting as set back."""

_CANONICAL = json.JSONEncoder(ensure_ascii=False, sort_keys=True, separators=(",", ":"))


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
class Anchor:
    """A statement about some lines of the chain, which can be kept where the database is not.

    ``root`` is the Merkle tree hash (RFC 6962, 2.1) over the hashes of lines ``first_number`` to ``last_number``;
    ``head_hash`` is the hash of the last of them; ``previous`` the digest of the anchor before.
    """

    first_number: int
    last_number: int
    root: str
    head_hash: str
    previous: str
    made_at: datetime

    def statement(self) -> bytes:
        """Return the canonical JSON that is hashed and time-stamped."""
        instant = self.made_at.astimezone(UTC).isoformat(timespec="microseconds")
        fields = [self.first_number, self.last_number, self.root, self.head_hash, self.previous, instant]
        return _CANONICAL.encode(fields).encode("ascii")

    def digest(self) -> str:
        """Return the SHA-256 of the statement, in hexadecimal."""
        return hashlib.sha256(self.statement()).hexdigest()


class AnchorFault(StrEnum):
    """What is wrong with an anchor, or with what it covers."""

    LINES_MISSING = "lines_missing"
    """The journal ends before the anchor's last line: lines were cut from its end."""
    LINES_DIFFER = "lines_differ"
    """The lines are not those that were anchored: the chain was computed anew."""
    CHAIN_BROKEN = "chain_broken"
    """A line that it covers does not fit the chain."""
    UNREADABLE = "unreadable"
    """The file cannot be read as an anchor."""
    STATEMENT_ALTERED = "statement_altered"
    """The digest kept beside it is not the digest of what it says."""
    TOKEN_INVALID = "token_invalid"  # noqa: S105 - a code, not a secret
    """Its time-stamp is about something else, or is not intact."""
    NOT_IN_DATABASE = "not_in_database"
    """A file tells of an anchor that the database has lost."""
    UNLINKED = "unlinked"
    """It does not follow the anchor before it."""


@dataclass(frozen=True, slots=True)
class PlacedAnchor:
    """An anchor and where it is kept: ``database``, or the path of a file."""

    anchor: Anchor
    where: str


@dataclass(frozen=True, slots=True)
class FailedAnchor:
    """An anchor that does not agree with the journal; without numbers when it cannot be read."""

    where: str
    fault: AnchorFault
    first_number: int | None = None
    last_number: int | None = None


@dataclass(frozen=True, slots=True)
class ChainVerdict:
    """What verifying found; ``first_bad_entry`` is the number of the first line that does not fit.

    Where only an anchor tells that lines differ, it is the first line that the anchor covers.
    """

    entries: int
    ok: bool
    first_bad_entry: int | None
    last_hash: str
    failed_anchors: tuple[FailedAnchor, ...] = ()


class MerkleTree:
    """The tree hash of RFC 6962 (2.1), leaf by leaf, in memory that grows with the logarithm of their number."""

    def __init__(self) -> None:
        """Begin without leaves."""
        self._peaks: list[tuple[int, bytes]] = []

    def add(self, leaf: bytes) -> None:
        """Append one leaf."""
        size, node = 1, hashlib.sha256(b"\x00" + leaf).digest()
        while self._peaks and self._peaks[-1][0] == size:
            node = hashlib.sha256(b"\x01" + self._peaks.pop()[1] + node).digest()
            size *= 2
        self._peaks.append((size, node))

    def root(self) -> str:
        """Return the root in hexadecimal; of no leaves, the hash of nothing."""
        if not self._peaks:
            return hashlib.sha256().hexdigest()
        node = self._peaks[-1][1]
        for _size, left in reversed(self._peaks[:-1]):
            node = hashlib.sha256(b"\x01" + left + node).digest()
        return node.hex()


def line_hash(line: JournalLine) -> str:
    """Return the SHA-256, in hexadecimal, of the line's canonical JSON, the previous hash included."""
    at = line.at if line.at.tzinfo is UTC else line.at.astimezone(UTC)
    canonical = _CANONICAL.encode(
        [
            line.number,
            at.isoformat(timespec="microseconds"),
            line.actor_kind,
            line.actor_name,
            line.person_id,
            line.verb,
            line.subject_kind,
            line.subject_id,
            line.values,
            line.previous_hash,
        ]
    )
    return hashlib.sha256(canonical.encode("utf-8", "surrogatepass")).hexdigest()


def verify_chain(
    lines: Iterable[tuple[JournalLine, str]],
    *,
    expected: tuple[int, str] | None = None,
    anchors: Sequence[PlacedAnchor] = (),
) -> ChainVerdict:
    """Follow the chain from its first line, and compare it with what was anchored.

    Args:
        lines: every line with the hash kept for it, in order of number.
        expected: the number and hash of the last line as the journal's head remembers them;
            lines cut from the end are found by it.
        anchors: statements made earlier; by them lines cut together with the head, and a chain computed anew,
            are found as well.
    """
    watch = _Watch(anchors)
    number, previous, broken = 0, FIRST_PREVIOUS_HASH, None
    for line, kept_hash in lines:
        is_next = line.number == number + 1 and line.previous_hash == previous
        if not is_next or line_hash(line) != kept_hash:
            broken = number + 1
            break
        number, previous = line.number, kept_hash
        watch.see(number, kept_hash)
    failed = watch.failures(entries=number, broken=broken)
    is_cut = broken is None and expected is not None and expected != (number, previous)
    bad = number + 1 if is_cut else broken
    suspects = [bad] if bad is not None else []
    for one in failed:
        if one.fault is AnchorFault.LINES_MISSING:
            suspects.append(number + 1)
        elif one.fault is AnchorFault.LINES_DIFFER and one.first_number is not None:
            suspects.append(one.first_number)
    return ChainVerdict(
        number,
        ok=bad is None and not failed,
        first_bad_entry=min(suspects) if suspects else None,
        last_hash=previous,
        failed_anchors=tuple(failed),
    )


@dataclass(slots=True)
class _Watched:
    """Anchors that say the same about the same lines, with the tree of those lines as they are met."""

    anchor: Anchor
    places: list[str]
    tree: MerkleTree = field(default_factory=MerkleTree)


class _Watch:
    """Holds lines against anchors while they pass; the same statement kept in many places is computed once."""

    def __init__(self, anchors: Sequence[PlacedAnchor]) -> None:
        same: dict[tuple[int, int, str, str], _Watched] = {}
        for placed in anchors:
            anchor = placed.anchor
            key = (anchor.first_number, anchor.last_number, anchor.root, anchor.head_hash)
            same.setdefault(key, _Watched(anchor, [])).places.append(placed.where)
        self._waiting = sorted(same.values(), key=lambda one: one.anchor.first_number, reverse=True)
        self._open: list[_Watched] = []
        self._failed: list[FailedAnchor] = []

    def see(self, number: int, kept_hash: str) -> None:
        """Take the next line of the chain."""
        while self._waiting and self._waiting[-1].anchor.first_number <= number:
            self._open.append(self._waiting.pop())
        if not self._open:
            return
        leaf, is_over = bytes.fromhex(kept_hash), False
        for one in self._open:
            one.tree.add(leaf)
            if one.anchor.last_number <= number:
                is_over = True
                if one.tree.root() != one.anchor.root or kept_hash != one.anchor.head_hash:
                    self._fail(one, AnchorFault.LINES_DIFFER)
        if is_over:
            self._open = [one for one in self._open if one.anchor.last_number > number]

    def failures(self, *, entries: int, broken: int | None) -> list[FailedAnchor]:
        """Return the anchors that do not agree, after the last good line.

        Past a line that does not fit nothing is known, so anchors of later lines are not accused.
        """
        for one in (*self._open, *reversed(self._waiting)):
            if broken is None:
                self._fail(one, AnchorFault.LINES_MISSING)
            elif one.anchor.first_number <= broken <= one.anchor.last_number:
                self._fail(one, AnchorFault.CHAIN_BROKEN)
        return self._failed

    def _fail(self, one: _Watched, fault: AnchorFault) -> None:
        numbers = (one.anchor.first_number, one.anchor.last_number)
        self._failed.extend(FailedAnchor(where, fault, *numbers) for where in one.places)
