"""The table of backups that were made."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import BigInteger, String
from sqlalchemy.orm import Mapped, mapped_column

from docflow.core.db import Base, UtcDateTime
from docflow.core.ids import new_id


class Backup(Base):
    """A backup of this installation; the target may have forgotten it since."""

    __tablename__ = "backups"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    name: Mapped[str] = mapped_column(String(40), index=True)
    """What it is called in the target."""
    target: Mapped[str] = mapped_column(String(500))
    """The folder that it was put into."""
    made_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
    """The instant that it shows."""
    finished_at: Mapped[datetime] = mapped_column(UtcDateTime)
    """When it was whole."""
    row_count: Mapped[int] = mapped_column(BigInteger)
    """Rows of all tables."""
    object_count: Mapped[int] = mapped_column(BigInteger)
    """Stored objects that the rows name."""
    size_bytes: Mapped[int] = mapped_column(BigInteger)
    """Their size."""
    copied_bytes: Mapped[int] = mapped_column(BigInteger)
    """How much of everything was new in the target."""
    lacking: Mapped[int]
    """Objects that the storage did not give whole."""
    verified_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    """When it was last compared with its hashes."""
    is_sound: Mapped[bool | None]
    """What that found."""
