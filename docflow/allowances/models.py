"""Table of what one network address asked of the public site."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from docflow.allowances.rules import Purpose
from docflow.core.db import Base, UtcDateTime


class PublicAttempt(Base):
    """How often one address asked in the current window; every web process counts on the same row."""

    __tablename__ = "public_attempts"

    address: Mapped[str] = mapped_column(String(64), primary_key=True)
    """The address, as the proxy chain gives it."""
    purpose: Mapped[Purpose] = mapped_column(String(20), primary_key=True)
    """For what."""
    attempts: Mapped[int] = mapped_column(default=0)
    """How many."""
    window_start: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
    """Since when."""
