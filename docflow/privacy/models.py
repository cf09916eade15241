"""The log of looks at what is held about somebody."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import JSON, String
from sqlalchemy.orm import Mapped, mapped_column

from docflow.core.db import Base, UtcDateTime
from docflow.core.ids import new_id
from docflow.privacy.rules import LookKind


class PrivacyLook(Base):
    """That somebody looked for, or took away, what is held about a person.

    The journal names this line and no citizen: here it can be forgotten, there nothing can.
    """

    __tablename__ = "privacy_looks"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
    """When."""
    kind: Mapped[LookKind] = mapped_column(String(10))
    """Whether it was shown, or taken away as a file."""
    actor_name: Mapped[str] = mapped_column(String(200))
    """Who looked, by name at the time."""
    person_id: Mapped[UUID | None] = mapped_column()
    """Who looked, by account; deliberately no foreign key."""
    about: Mapped[dict[str, Any]] = mapped_column(JSON)
    """By what was looked for, as it was given."""
    reason: Mapped[str] = mapped_column(String(300), default="")
    """Why, as it was typed; empty where a command of the machine gave none."""
    found: Mapped[dict[str, int]] = mapped_column(JSON)
    """How much was found, by kind."""
