"""The table of batches."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from docflow.core.db import Base, UtcDateTime
from docflow.core.ids import new_id


class Batch(Base):
    """Files deposited together."""

    __tablename__ = "batches"

    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)
    """What people call it by."""
    id: Mapped[UUID] = mapped_column(unique=True, default=new_id)
    """What addresses call it by."""
    opened_by: Mapped[UUID | None] = mapped_column(index=True)
    """The account that opened it; no foreign key, the batch outlives it."""
    opened_by_name: Mapped[str] = mapped_column(String(200))
    """Who opened it, by name at the time."""
    opened_at: Mapped[datetime] = mapped_column(UtcDateTime)
    """When."""
    arrangement_version: Mapped[int] = mapped_column(default=0)
    """Raised by every act on its pages, so that nobody acts on an arrangement that they do not see."""
    arranged_by_name: Mapped[str] = mapped_column(String(200), default="")
    """Who acted on its pages last, by name at the time."""

    @property
    def label(self) -> str:
        """The batch's name on the pages."""
        return f"LOT-{self.number:04d}"
