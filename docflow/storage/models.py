"""The table of stored objects."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import BigInteger, String
from sqlalchemy.orm import Mapped, mapped_column

from docflow.core.db import Base, UtcDateTime
from docflow.storage.rules import BlobKind


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
