"""The table of stored objects."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import BigInteger, String
from sqlalchemy.orm import Mapped, mapped_column

from docflow.core.db import Base, UtcDateTime
from docflow.core.ids import new_id
from docflow.storage.rules import BlobKind, Fault


class Blob(Base):
    """An object that a document names; its row is written in the transaction of the document's own."""

    __tablename__ = "blobs"

    kind: Mapped[BlobKind] = mapped_column(String(20), primary_key=True)
    """What it is."""
    sha256: Mapped[str] = mapped_column(String(64), primary_key=True)
    """SHA-256 of its bytes, in hexadecimal."""
    size_bytes: Mapped[int] = mapped_column(BigInteger)
    """Its size."""
    media_type: Mapped[str] = mapped_column(String(100))
    """Its media type."""
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    """When it was first named."""


class SweepHold(Base):
    """Somebody copies what the database named a moment ago: until then nothing is swept."""

    __tablename__ = "sweep_holds"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    held_until: Mapped[datetime] = mapped_column(UtcDateTime)
    """Prolonged while the copying goes on, so that a killed process holds for minutes only."""


class ScrubRound(Base):
    """How far the reading of every object again has come; one row."""

    __tablename__ = "scrub_rounds"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    """Always 1."""
    begun_at: Mapped[datetime] = mapped_column(UtcDateTime)
    """When the present round began."""
    kind: Mapped[str] = mapped_column(String(20))
    """Kind of the last object that was read; empty at the beginning."""
    sha256: Mapped[str] = mapped_column(String(64))
    """Its SHA-256; empty at the beginning."""
    objects: Mapped[int]
    """How many objects were read in this round."""
    size_bytes: Mapped[int] = mapped_column(BigInteger)
    """Their size."""
    finished_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    """When the last whole round ended."""
    is_over: Mapped[bool]
    """Whether the present round is the last whole one."""


class BlobFault(Base):
    """A named object whose bytes are lost or altered; the row goes away when it is sound again."""

    __tablename__ = "blob_faults"

    kind: Mapped[BlobKind] = mapped_column(String(20), primary_key=True)
    """Kind of the object."""
    sha256: Mapped[str] = mapped_column(String(64), primary_key=True)
    """SHA-256 that its bytes should have."""
    fault: Mapped[Fault] = mapped_column(String(10))
    """What is wrong."""
    found_at: Mapped[datetime] = mapped_column(UtcDateTime)
    """When it was found."""
