"""Tables in a target: lines in compressed parts, cut where the content says so.

A part ends after a row whose line happens to have a certain checksum. Rows that were added, changed or taken away
change the part that they are in, and the cuts after it are where they were: the other parts are in the target already.
"""

from __future__ import annotations

import gzip
import hashlib
import io
import json
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any, Final

from sqlalchemy import Connection

from docflow.backups.rules import Digest, KeptTable, Part, Row, TableShape
from docflow.backups.tables import encoded, read_rows
from docflow.core.errors import Conflict, InvalidInput, NotFound
from docflow.storage.ports import BlobStore
from docflow.storage.rules import BlobKind, BlobRef

LEAST_BYTES: Final = 512 * 1024
MOST_BYTES: Final = 16 * 1024 * 1024
CUT_MASK: Final = 0x3F
"""One row in 64 may end a part."""
LEVEL: Final = 3
MEDIA_TYPE: Final = "application/gzip"


@dataclass(slots=True)
class PartWriter:
    """Collects lines and puts them into a store, a part at a time."""

    store: BlobStore
    is_rechecking: bool
    parts: list[Part] = field(default_factory=list)
    copied_bytes: int = 0
    _lines: bytearray = field(default_factory=bytearray)

    def add(self, line: bytes) -> bool:
        """Take a line; return whether it ended a part."""
        self._lines += line
        is_whole = len(self._lines) >= LEAST_BYTES and zlib.crc32(line) & CUT_MASK == 0
        if is_whole or len(self._lines) >= MOST_BYTES:
            self.end()
            return True
        return False

    def end(self) -> None:
        """Put what was collected; what the store holds already is not put again."""
        if not self._lines:
            return
        # Without a time of day the same lines are the same object.
        content = gzip.compress(bytes(self._lines), LEVEL, mtime=0)
        self._lines.clear()
        ref = BlobRef(BlobKind.ROWS, hashlib.sha256(content).hexdigest(), len(content))
        self.parts.append(Part(ref.sha256, ref.size_bytes))
        if self.is_rechecking or self.store.size_of(ref.kind, ref.sha256) != ref.size_bytes:
            self.store.put_back(ref, io.BytesIO(content), media_type=MEDIA_TYPE)
            self.copied_bytes += ref.size_bytes


def keep_table(
    connection: Connection, shape: TableShape, store: BlobStore, *, is_rechecking: bool, renew: Callable[[], None]
) -> tuple[KeptTable, int]:
    """Put the rows of a table into a store; return it and how many bytes were new."""
    writer, digest, count = PartWriter(store, is_rechecking), hashlib.sha256(), 0
    for row in read_rows(connection, shape):
        line = encoded(row)
        digest.update(line)
        count += 1
        if writer.add(line):
            renew()
    writer.end()
    return KeptTable(shape, Digest(count, digest.hexdigest()), tuple(writer.parts)), writer.copied_bytes


def lines_of(table: KeptTable, store: BlobStore) -> Iterator[bytes]:
    """Go through the lines of a kept table; every part is compared with its hash first.

    Raises:
        InvalidInput: ``backup_damaged`` with ``what``.
    """
    for part in table.parts:
        yield from io.BytesIO(gzip.decompress(_content(part, store, table.shape.name)))


def rows_of(table: KeptTable, store: BlobStore) -> Iterator[Row]:
    """Go through the rows of a kept table, and at the end compare them with its digest.

    Raises:
        InvalidInput: ``backup_damaged`` with ``what``.
    """
    digest, count = hashlib.sha256(), 0
    for line in lines_of(table, store):
        digest.update(line)
        count += 1
        row: Any = json.loads(line)
        yield row
    if Digest(count, digest.hexdigest()) != table.digest:
        raise InvalidInput("backup_damaged", what=table.shape.name)


def _content(part: Part, store: BlobStore, name: str) -> bytes:
    try:
        with store.open(BlobKind.ROWS, part.sha256) as stream:
            content = stream.read()
    except (NotFound, Conflict) as error:
        raise InvalidInput("backup_damaged", what=name) from error
    if hashlib.sha256(content).hexdigest() != part.sha256:
        raise InvalidInput("backup_damaged", what=name)
    return content
