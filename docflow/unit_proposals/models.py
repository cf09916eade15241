"""The tables of lessons and of rules of first routing."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import ForeignKey, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from docflow.core.db import Base
from docflow.core.ids import new_id


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


class FirstRoute(Base):
    """A rule of first routing: letters that meet its conditions go to its unit."""

    __tablename__ = "first_routes"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    position: Mapped[int] = mapped_column()
    """Its place in the order; the first rule that is met counts."""
    register_code: Mapped[str] = mapped_column(String(40), default="")
    """Of letters of this register; empty: of any."""
    kind: Mapped[str] = mapped_column(String(40), default="")
    """Of letters of this kind (``documents.rules.DocumentKind``); empty: of any."""
    sender: Mapped[str] = mapped_column(String(200), default="")
    """Of letters whose sender's name holds these words in their order; empty: of anybody."""
    unit_id: Mapped[UUID] = mapped_column(ForeignKey("org_units.id"))
    """Where they go."""
    is_active: Mapped[bool] = mapped_column(default=True)
    """Whether the rule is followed at present."""
    is_automatic: Mapped[bool] = mapped_column(default=False)
    """Whether a letter for which nobody named a unit goes there by itself; else it is proposed."""
    version: Mapped[int] = mapped_column(default=1)
    """Optimistic lock."""

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 - the ORM's own declaration
