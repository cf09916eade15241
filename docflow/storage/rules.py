"""The kinds of stored objects and their keys; plain Python."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum

SHA256_PATTERN = re.compile(r"[0-9a-f]{64}")


class BlobKind(StrEnum):
    """What an object is; each kind has its own folder and its own life."""

    ORIGINAL = "original"
    SEARCHABLE = "searchable"
    PAGE = "page"
    THUMBNAIL = "thumbnail"
    SEALED = "sealed"
    LOGO = "logo"
    EXPORT = "export"
    ENCLOSURE = "enclosure"
    """What a citizen enclosed, as it was given."""
    PHOTO = "photo"
    """The picture made of it, which tells nothing but what is seen."""
    PUBLIC = "public"
    PUBLIC_SMALL = "public_small"
    REDACTED = "redacted"
    ROWS = "rows"
    """A part of the tables, in a backup; a storage in use holds none."""


class Fault(StrEnum):
    """What is wrong with a stored object."""

    MISSING = "missing"
    ALTERED = "altered"


@dataclass(frozen=True, slots=True)
class BlobRef:
    """Which object: its kind, the SHA-256 of its bytes in hexadecimal, and its size in bytes."""

    kind: BlobKind
    sha256: str
    size_bytes: int

    @property
    def key(self) -> str:
        """The object's name in the store."""
        return blob_key(self.kind, self.sha256)


def blob_key(kind: BlobKind, sha256: str) -> str:
    """Return an object's name: ``kind/ab/cd/abcd…``; two levels keep folders small."""
    if not SHA256_PATTERN.fullmatch(sha256):
        message = f"not a SHA-256: {sha256!r}"
        raise ValueError(message)
    return f"{kind.value}/{sha256[:2]}/{sha256[2:4]}/{sha256}"


def parse_blob_key(key: str) -> tuple[BlobKind, str] | None:
    """Return the kind and SHA-256 of a name, or none when it is not one of ours."""
    parts = key.split("/")
    if len(parts) != 4 or parts[0] not in {kind.value for kind in BlobKind}:
        return None
    if not SHA256_PATTERN.fullmatch(parts[3]) or parts[1:3] != [parts[3][:2], parts[3][2:4]]:
        return None
    return BlobKind(parts[0]), parts[3]
