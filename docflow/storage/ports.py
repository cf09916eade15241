"""What the product needs of an object store."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import BinaryIO, Protocol

from docflow.storage.rules import BlobKind, BlobRef


@dataclass(frozen=True, slots=True)
class StoredObject:
    """An object found in the store, with its size in bytes and when it was last put."""

    kind: BlobKind
    sha256: str
    size_bytes: int
    put_at: datetime


class BlobStore(Protocol):
    """Keeps objects under the hash of their bytes; every method may raise ``ServerAway("storage_unavailable")``."""

    def put(self, kind: BlobKind, stream: BinaryIO, *, media_type: str, max_bytes: int | None = None) -> BlobRef:
        """Store a stream without holding it in memory; durable when it returns.

        The same bytes put twice are kept once, and count as put anew.

        Raises:
            InvalidInput: ``file_too_large`` with ``limit_bytes``.
        """
        ...

    def open(self, kind: BlobKind, sha256: str) -> AbstractContextManager[BinaryIO]:
        """Open an object for reading.

        Raises:
            NotFound: ``blob_missing``.
        """
        ...

    def local_copy(self, kind: BlobKind, sha256: str) -> AbstractContextManager[Path]:
        """Give an object as a file for the length of a block; the file must not be changed.

        Raises:
            NotFound: ``blob_missing``.
        """
        ...

    def size_of(self, kind: BlobKind, sha256: str) -> int | None:
        """Return the size of an object in bytes, or none when it is not there."""
        ...

    def put_back(self, ref: BlobRef, stream: BinaryIO, *, media_type: str) -> None:
        """Put sound bytes in the place of an object that was lost or altered.

        Raises:
            Conflict: ``blob_altered``: these are not its bytes; nothing is changed then.
        """
        ...

    def put_back_version(self, ref: BlobRef, *, media_type: str) -> bool:
        """Put the newest earlier version back that has the bytes of the object; false when the store keeps none."""
        ...

    def temporary_address(self, ref: BlobRef, *, file_name: str, media_type: str, seconds: int) -> str | None:
        """Return an address from which a browser may fetch the object for a while, or none when there is no such."""
        ...

    def lock_until(self, kind: BlobKind, sha256: str, until: datetime) -> bool:
        """Forbid deletion before an instant where the store can; return whether it can."""
        ...

    def objects(self) -> Iterator[StoredObject]:
        """Go through everything stored."""
        ...

    def sweep(self, kind: BlobKind, sha256: str, *, put_before: datetime) -> bool:
        """Delete an object unless it was put since; return whether it was deleted."""
        ...

    def check(self) -> None:
        """Prove that the store can be written and read."""
        ...
