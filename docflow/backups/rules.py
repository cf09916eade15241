"""What a backup is made of, in plain values."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final, TypeAlias

SHORTEST_PASSPHRASE: Final = 12
Value: TypeAlias = str | int | float | None
Row: TypeAlias = Sequence[Value]
"""The values of a row as no engine owns them, see :class:`ColumnKind`."""


class ColumnKind(StrEnum):
    """How the values of a column are written in a backup, the same whatever engine they come from."""

    TEXT = "text"
    INTEGER = "integer"
    FLOAT = "float"
    BOOLEAN = "boolean"
    """0 or 1."""
    UUID = "uuid"
    """32 hexadecimal digits."""
    INSTANT = "instant"
    """``YYYY-MM-DD HH:MM:SS.ffffff`` in UTC."""
    DATE = "date"
    """``YYYY-MM-DD``."""
    JSON = "json"
    """The text of the value, letter for letter."""
    BYTES = "bytes"
    """Hexadecimal digits."""


@dataclass(frozen=True, slots=True)
class TableShape:
    """A table: its name, its columns in order with their kinds, and the columns by which its rows are in order."""

    name: str
    columns: tuple[tuple[str, ColumnKind], ...]
    key: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Digest:
    """How many rows a table has, and the SHA-256 of them in order, as lines of a backup."""

    rows: int
    sha256: str


@dataclass(frozen=True, slots=True)
class Part:
    """Some rows of a table that follow each other, as a compressed object of the target: its hash and size in bytes."""

    sha256: str
    size_bytes: int


@dataclass(frozen=True, slots=True)
class KeptTable:
    """A table in a backup."""

    shape: TableShape
    digest: Digest
    parts: tuple[Part, ...]


@dataclass(frozen=True, slots=True)
class LockedFiles:
    """Files of a home, encrypted: salt of the key derivation (scrypt) with its cost, nonce and ciphertext (AES-GCM)."""

    salt: bytes
    cost: int
    nonce: bytes
    ciphertext: bytes


@dataclass(frozen=True, slots=True)
class Content:
    """What a backup holds of an installation at one instant.

    Attributes:
        name: what the backup is called, its instant in a form that sorts.
        made_at: the instant that it shows.
        engine: the engine that the rows came from.
        schema: the revision of the schema that the rows fit.
        tables: the tables, in an order in which a row comes after those of other tables that it names.
        objects: how many stored objects the rows name.
        size_bytes: their size.
        lacking: keys of those that the storage did not give whole when the backup was made.
    """

    name: str
    made_at: datetime
    engine: str
    schema: str
    tables: tuple[KeptTable, ...]
    objects: int
    size_bytes: int
    lacking: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Manifest:
    """A whole backup: its content, and the keys and secrets of the home, which only the passphrase opens."""

    content: Content
    secrets: LockedFiles

    @property
    def rows(self) -> int:
        """How many rows all the tables have together."""
        return sum(table.digest.rows for table in self.content.tables)


def backup_name(made_at: datetime) -> str:
    """Return what a backup of an instant is called."""
    return f"{made_at:%Y-%m-%dT%H%M%SZ}"


def as_instant(name: str) -> str:
    """Return the beginning that names of backups made at or before a day or an instant may not exceed.

    ``2026-11-26`` means the whole of that day, ``2026-11-26T07:45`` the whole of that minute.
    """
    return name.replace(":", "") + "~"
