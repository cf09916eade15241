"""Files that a citizen gives with a form: stored, and looked at behind the wall before anything keeps them."""

from __future__ import annotations

from typing import BinaryIO

from docflow.core.errors import InvalidInput
from docflow.pdf.limits import SourceLimits
from docflow.pdf.source import SourceFile, inspect_source
from docflow.storage.ports import BlobStore
from docflow.storage.rules import BlobKind, BlobRef


def store_enclosure(store: BlobStore, stream: BinaryIO, *, limits: SourceLimits) -> tuple[BlobRef, SourceFile]:
    """Store a file and look at it in a child process; one that is refused is left to the sweeper.

    Raises:
        InvalidInput: ``file_empty``, ``file_too_large`` with ``limit_bytes``, and those of a file that cannot be read.
        Unavailable: ``storage_unavailable``, ``page_child_failed``.
    """
    most = limits.max_size_bytes
    blob = store.put(BlobKind.ENCLOSURE, stream, media_type="application/octet-stream", max_bytes=most)
    if blob.size_bytes == 0:
        raise InvalidInput("file_empty")
    with store.local_copy(blob.kind, blob.sha256) as path:
        return blob, inspect_source(path, limits=limits)
