"""The table of acts on the pages of batches, from which they are undone and done again."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import JSON, ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from docflow.core.actor import Actor
from docflow.core.db import Base, UtcDateTime
from docflow.core.ids import new_id


class ArrangementAct(Base):
    """One act on the pages of a batch, with the places before and after; the journal keeps what this table forgets."""

    __tablename__ = "arrangement_acts"
    __table_args__ = (UniqueConstraint("batch_id", "number"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    batch_id: Mapped[UUID] = mapped_column(ForeignKey("batches.id", ondelete="CASCADE"))
    """Which batch."""
    number: Mapped[int] = mapped_column()
    """Position among the acts of the batch, from 1; an act after an undone one takes its place."""
    verb: Mapped[str] = mapped_column(String(20))
    """``batches.rules.Verb``."""
    actor_key: Mapped[str] = mapped_column(String(60))
    """Who acted, and alone may undo it: an account, or the kind of actor without one."""
    actor_name: Mapped[str] = mapped_column(String(200))
    """Who acted, by name at the time."""
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    """When."""
    changes: Mapped[list[dict[str, Any]]] = mapped_column(JSON)
    """Each page that moved, with its place before and after."""
    is_undone: Mapped[bool] = mapped_column(default=False)
    """Whether it was undone, and can be done again."""

    def is_of(self, actor: Actor) -> bool:
        """Whether an actor did it."""
        return self.actor_key == actor_key(actor)


def actor_key(actor: Actor) -> str:
    """Return what names an actor among those who may undo: their account, or what kind of actor has none."""
    return str(actor.person_id or actor.kind.value)
