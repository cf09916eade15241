"""The table of this package."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import LargeBinary, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from docflow.core.db import Base, UtcDateTime

THE_ONE = 1


class District(Base):
    """The administration that this installation is of; one row, or none while nobody named it."""

    __tablename__ = "district"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    kind: Mapped[str] = mapped_column(String(20))
    """What kind of administration it is."""
    name_ar: Mapped[str] = mapped_column(String(120))
    """Its name in Arabic."""
    name_fr: Mapped[str] = mapped_column(String(120))
    """Its name in French."""
    above_ar: Mapped[str] = mapped_column(Text, default="")
    """Lines above the name on its papers, in Arabic."""
    above_fr: Mapped[str] = mapped_column(Text, default="")
    """The same in French."""
    foot_ar: Mapped[str] = mapped_column(Text, default="")
    """Lines at the foot of its papers, in Arabic."""
    foot_fr: Mapped[str] = mapped_column(Text, default="")
    """The same in French."""
    emblem: Mapped[bytes] = mapped_column(LargeBinary, default=b"")
    """Its coat of arms as PNG; empty: none."""
    changed_at: Mapped[datetime] = mapped_column(UtcDateTime)
    """When."""
    changed_by_name: Mapped[str] = mapped_column(String(200))
    """Who changed it last, by name at the time."""
    version: Mapped[int] = mapped_column(default=1)
    """Rises with each change."""
