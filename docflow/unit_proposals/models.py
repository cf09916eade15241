"""The table of lessons."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import ForeignKey, Text
from sqlalchemy.orm import Mapped, mapped_column

from docflow.core.db import Base


class UnitLesson(Base):
    """A document whose unit a person set, as stems; the unit itself is told by the document."""

    __tablename__ = "unit_lessons"

    document_id: Mapped[UUID] = mapped_column(ForeignKey("documents.id", ondelete="CASCADE"), primary_key=True)
    """Which document."""
    content_version: Mapped[int] = mapped_column()
    """The content version that the stems are of."""
    subject_stems: Mapped[str] = mapped_column(Text)
    """Stems of its subject, parted by spaces; for those who may see its metadata."""
    text_stems: Mapped[str] = mapped_column(Text)
    """Stems of its pages, parted by spaces; for those who may see its content."""
