"""Tables of what an administrator knows better than a calendar: feasts that the moon moved, closures."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from sqlalchemy import CheckConstraint, Date, String
from sqlalchemy.orm import Mapped, mapped_column

from docflow.core.db import Base
from docflow.core.ids import new_id


class FeastShift(Base):
    """A feast of the moon that came a day earlier or later than was computed."""

    __tablename__ = "feast_shifts"
    __table_args__ = (CheckConstraint("days IN (-1, 1)", name="by_one_day"),)

    year: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    """Year of the computed day."""
    feast: Mapped[str] = mapped_column(String(80), primary_key=True)
    """Code of the feast (``calendars.LUNAR``)."""
    days: Mapped[int] = mapped_column()
    """-1: a day earlier; 1: a day later."""


class LocalClosure(Base):
    """A day on which the district is closed, beside the feasts."""

    __tablename__ = "local_closures"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    day: Mapped[date] = mapped_column(Date, unique=True)
    """Which day."""
    name_ar: Mapped[str] = mapped_column(String(120))
    """Why, in Arabic."""
    name_fr: Mapped[str] = mapped_column(String(120))
    """Why, in French."""
