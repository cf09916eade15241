"""Tables of the searches that people keep."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from docflow.core.db import Base, UtcDateTime
from docflow.core.ids import new_id


class SavedSearch(Base):
    """A question under a name: what it finds is what its reader may see at that moment."""

    __tablename__ = "saved_searches"
    __table_args__ = (UniqueConstraint("person_id", "name"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    person_id: Mapped[UUID] = mapped_column(ForeignKey("people.id"))
    """Who keeps it, and alone may change it."""
    name: Mapped[str] = mapped_column(String(100))
    """What it is called."""
    text: Mapped[str] = mapped_column(String(1000))
    """The words, as they were typed."""
    filters: Mapped[str] = mapped_column(String(4000))
    """Filters and order, as the end of an address."""
    unit_id: Mapped[UUID | None] = mapped_column(ForeignKey("org_units.id"), index=True)
    """The unit whose members are offered it too; none: nobody else."""
    kept_at: Mapped[datetime] = mapped_column(UtcDateTime)
    """When it was kept or changed last."""


class SavedSearchLook(Base):
    """When somebody looked at the results of a saved search last."""

    __tablename__ = "saved_search_looks"

    saved_search_id: Mapped[UUID] = mapped_column(ForeignKey("saved_searches.id", ondelete="CASCADE"), primary_key=True)
    """Which search."""
    person_id: Mapped[UUID] = mapped_column(ForeignKey("people.id"), primary_key=True)
    """Who."""
    looked_at: Mapped[datetime] = mapped_column(UtcDateTime)
    """When."""
