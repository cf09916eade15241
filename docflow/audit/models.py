"""Tables of the journal and of the access log."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import JSON, BigInteger, Index, Integer, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from docflow.core.db import Base, UtcDateTime
from docflow.core.ids import new_id

WHOLE_NUMBER = BigInteger().with_variant(Integer, "sqlite")


class JournalEntry(Base):
    """One act; triggers of the database refuse to change or delete it."""

    __tablename__ = "journal_entries"
    __table_args__ = (
        Index("ix_journal_entries_subject", "subject_kind", "subject_id"),
        Index("ix_journal_entries_at", "at"),
        Index("ix_journal_entries_person_id", "person_id", "number"),
        Index("ix_journal_entries_verb", "verb", "number"),
    )

    number: Mapped[int] = mapped_column(WHOLE_NUMBER, primary_key=True, autoincrement=False)
    """Position in the chain, from 1, without gaps."""
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    """Instant of the act."""
    actor_kind: Mapped[str] = mapped_column(String(20))
    """A person, the local operator, the system."""
    actor_name: Mapped[str] = mapped_column(String(200))
    """Name at the time; the line outlives the account."""
    person_id: Mapped[UUID | None] = mapped_column()
    """The account, when a person acted; deliberately no foreign key."""
    verb: Mapped[str] = mapped_column(String(80))
    """What was done, as ``room.past_participle``."""
    subject_kind: Mapped[str] = mapped_column(String(40))
    """What it was done to."""
    subject_id: Mapped[str] = mapped_column(String(80))
    """Which one."""
    values: Mapped[dict[str, Any]] = mapped_column(JSON)
    """Codes and identifiers that explain the act."""
    previous_hash: Mapped[str] = mapped_column(String(64))
    """Hash of the line before."""
    hash: Mapped[str] = mapped_column(String(64))
    """SHA-256 of this line (``audit.rules.line_hash``)."""


class JournalHead(Base):
    """What the next line must know of the last one; its row lock serialises writers for the end of a transaction."""

    __tablename__ = "journal_head"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    """Always 1."""
    number: Mapped[int] = mapped_column(WHOLE_NUMBER)
    """Number of the last line; 0 when there is none."""
    hash: Mapped[str] = mapped_column(String(64))
    """Hash of the last line."""
    at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    """Instant of the last line; none when there is none."""


class JournalAnchor(Base):
    """A statement about the lines since the anchor before; triggers of the database refuse to change or delete it."""

    __tablename__ = "journal_anchors"

    last_number: Mapped[int] = mapped_column(WHOLE_NUMBER, primary_key=True, autoincrement=False)
    """Number of the last line that it covers."""
    first_number: Mapped[int] = mapped_column(WHOLE_NUMBER, unique=True)
    """Number of the first line that it covers: the one after the anchor before."""
    root: Mapped[str] = mapped_column(String(64))
    """Merkle tree hash (RFC 6962) over the hashes of those lines."""
    head_hash: Mapped[str] = mapped_column(String(64))
    """Hash of the last of those lines, hence of the whole chain up to it."""
    previous: Mapped[str] = mapped_column(String(64))
    """Digest of the anchor before; zeros for the first."""
    made_at: Mapped[datetime] = mapped_column(UtcDateTime)
    """Instant of making, by this machine."""
    digest: Mapped[str] = mapped_column(String(64))
    """SHA-256 of the statement (``audit.rules.Anchor``)."""
    time_source: Mapped[str] = mapped_column(String(20))
    """``local``: nobody attests the instant; ``rfc3161``: the token does."""
    token: Mapped[bytes] = mapped_column(LargeBinary)
    """RFC 3161 time-stamp token over the digest, DER; empty when the time is local."""


class Opening(Base):
    """One opening of a document's content by somebody (law 09-08: need to know)."""

    __tablename__ = "openings"
    __table_args__ = (Index("ix_openings_person_id_at", "person_id", "at"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    """When."""
    actor_name: Mapped[str] = mapped_column(String(200))
    """Who, by name at the time."""
    person_id: Mapped[UUID | None] = mapped_column()
    """Who, by account; deliberately no foreign key."""
    document_id: Mapped[UUID] = mapped_column(index=True)
    """Which document; deliberately no foreign key, the log outlives it."""
    what: Mapped[str] = mapped_column(String(20))
    """``page``, ``text``, ``original``, ``searchable``."""
