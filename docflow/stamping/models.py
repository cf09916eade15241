"""Tables of sealed revisions and of the designs of stamps."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import JSON, BigInteger, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from docflow.core.db import Base, UtcDateTime
from docflow.core.ids import new_id


class SealedRevision(Base):
    """A file as it was sealed; its hash tells it from every other, whatever becomes of keys and formats."""

    __tablename__ = "sealed_revisions"
    __table_args__ = (
        UniqueConstraint("document_id", "register_number", "revision"),
        Index("ix_sealed_revisions_sha256", "sha256"),
        Index("ix_sealed_revisions_certificate_sha256", "certificate_sha256"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    document_id: Mapped[UUID] = mapped_column(ForeignKey("documents.id"))
    """Of which document it is."""
    register_number: Mapped[str] = mapped_column(String(60))
    """The number that its stamp shows."""
    revision: Mapped[int] = mapped_column(default=1)
    """From 1; a renewed archive time-stamp or a further signature gives the next one."""
    kind: Mapped[str] = mapped_column(String(20))
    """``rules.StampKind``."""
    sha256: Mapped[str] = mapped_column(String(64))
    """SHA-256 of the whole file."""
    size_bytes: Mapped[int] = mapped_column(BigInteger)
    """Its size."""
    source: Mapped[str] = mapped_column(String(20))
    """``rules.SealSource``: what was sealed."""
    placement: Mapped[str] = mapped_column(String(20))
    """``rules.StampPlacement``: how the stamp found its place."""
    level: Mapped[str] = mapped_column(String(10))
    """``rules.SealLevel``."""
    time_source: Mapped[str] = mapped_column(String(20))
    """``rfc3161``, or ``local`` when nobody but this registry attests the time."""
    signer: Mapped[str] = mapped_column(String(200))
    """The name in the certificate of the institution's seal."""
    certificate_sha256: Mapped[str] = mapped_column(String(64))
    """Which certificate of the institution."""
    sealed_at: Mapped[datetime] = mapped_column(UtcDateTime)
    """When, by the clock of this registry."""
    renew_before: Mapped[datetime | None] = mapped_column(UtcDateTime)
    """When its archive time-stamp must be renewed at the latest; none below B-LTA."""


class SealedPaper(Base):
    """The hash of a paper that the product made and sealed: a printed register, a transmittal slip."""

    __tablename__ = "sealed_papers"
    __table_args__ = (Index("ix_sealed_papers_certificate_sha256", "certificate_sha256"),)

    sha256: Mapped[str] = mapped_column(String(64), primary_key=True)
    """SHA-256 of the whole file; it is kept when the file itself is not."""
    size_bytes: Mapped[int] = mapped_column(BigInteger)
    """Its size."""
    number: Mapped[str] = mapped_column(String(60), default="")
    """The number that it carries, or empty."""
    level: Mapped[str] = mapped_column(String(10))
    """``rules.SealLevel``."""
    time_source: Mapped[str] = mapped_column(String(20))
    """``rfc3161``, or ``local`` when nobody but this registry attests the time."""
    signer: Mapped[str] = mapped_column(String(200))
    """The name in the certificate."""
    certificate_sha256: Mapped[str] = mapped_column(String(64))
    """Which certificate."""
    sealed_at: Mapped[datetime] = mapped_column(UtcDateTime)
    """When, by the clock of this registry."""


class StampDesignVersion(Base):
    """A version of the design of the stamps; the newest counts, no earlier one is lost."""

    __tablename__ = "stamp_designs"

    version: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    """From 1."""
    design: Mapped[dict[str, Any]] = mapped_column(JSON)
    """``rules.StampDesign``."""
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    """When."""
    author_id: Mapped[UUID | None] = mapped_column()
    """The account that made it; no foreign key, the design outlives it."""
    author_name: Mapped[str] = mapped_column(String(200))
    """Who made it, by name at the time."""
