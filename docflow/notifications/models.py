"""The table of mail."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import JSON, BigInteger, Date, ForeignKey, Index, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from docflow.core.db import Base, UtcDateTime
from docflow.core.ids import new_id
from docflow.notifications.rules import MailState
from docflow.storage.rules import BlobKind


class OutgoingMail(Base):
    """A mail that was asked for; its text goes when it was sent, its line stays until it is forgotten."""

    __tablename__ = "outgoing_mails"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    document_id: Mapped[UUID | None] = mapped_column(ForeignKey("documents.id"), index=True)
    """The document that it is about, of mail to whoever wrote to the institution."""
    person_id: Mapped[UUID | None] = mapped_column()
    """The account that it is for, of mail to the staff; no foreign key, the line outlives the account."""
    recipient: Mapped[str] = mapped_column(String(254))
    """One address; masked once the mail is sent or given up."""
    subject: Mapped[str] = mapped_column(String(300))
    """Its line of subject; empty once it is sent."""
    body: Mapped[str] = mapped_column(Text)
    """Its plain text; empty once it is sent."""
    unsubscribe_url: Mapped[str] = mapped_column(String(500), default="")
    """Where a subscriber ends it by one click; empty: nobody subscribed to it, or it is sent."""
    attachment_name: Mapped[str] = mapped_column(String(100), default="")
    """File name of the attached PDF; empty: none."""
    attachment_kind: Mapped[BlobKind | None] = mapped_column(String(20))
    """What the attached object is."""
    attachment_sha256: Mapped[str | None] = mapped_column(String(64), index=True)
    """Which object."""
    attachment_size_bytes: Mapped[int] = mapped_column(BigInteger, default=0)
    """Its size."""
    owns_attachment: Mapped[bool] = mapped_column(default=False)
    """Whether the object was made for this mail, and goes with its line."""
    state: Mapped[MailState] = mapped_column(String(10), default=MailState.WAITING)
    """Where it stands."""
    asked_by_name: Mapped[str] = mapped_column(String(200))
    """Who asked for it, by name at the time."""
    asked_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
    """When."""
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    """When the server took it, or when it was given up."""
    error_code: Mapped[str | None] = mapped_column(String(60))
    """Why it was given up."""
    error_params: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    """Values of that text."""


class OutgoingText(Base):
    """A text message that was asked for; its words and number go when it was sent, its line is forgotten later."""

    __tablename__ = "outgoing_texts"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    document_id: Mapped[UUID | None] = mapped_column(ForeignKey("documents.id"), index=True)
    """The document that it is about, if any."""
    recipient: Mapped[str] = mapped_column(String(20))
    """One number in the international form; masked once it is sent or given up."""
    text: Mapped[str] = mapped_column(Text)
    """What it says; empty once it is sent."""
    state: Mapped[MailState] = mapped_column(String(10), default=MailState.WAITING)
    """Where it stands."""
    asked_by_name: Mapped[str] = mapped_column(String(200))
    """Who asked for it, by name at the time."""
    asked_at: Mapped[datetime] = mapped_column(UtcDateTime)
    """When."""
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime, index=True)
    """When the gateway took it, or when it was given up."""


class Notice(Base):
    """What somebody is told in the interface, once, until it is forgotten."""

    __tablename__ = "notices"
    __table_args__ = (
        UniqueConstraint("person_id", "key", name="uq_notices_key"),
        Index("ix_notices_made_at", "person_id", "made_at"),
        Index(
            "ix_notices_unread",
            "person_id",
            sqlite_where=text("read_at IS NULL"),
            postgresql_where=text("read_at IS NULL"),
        ),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    person_id: Mapped[UUID] = mapped_column(ForeignKey("people.id"))
    """Who is told."""
    kind: Mapped[str] = mapped_column(String(60))
    """Which room tells it, and what, as ``room.past_participle``; its words are in ``Capability.notices``."""
    key: Mapped[str] = mapped_column(String(120))
    """Names the fact, so that nobody is told it twice."""
    document_id: Mapped[UUID | None] = mapped_column(ForeignKey("documents.id"), index=True)
    """The document that it is about, if any; it is shown only to those who may see that document."""
    values: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    """Identifiers, codes, names and days of its sentence; never a word of a letter."""
    made_at: Mapped[datetime] = mapped_column(UtcDateTime)
    """When."""
    read_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    """When the person saw it, or opened the document that it is about."""


class MorningDigest(Base):
    """That the digest of a person was made on a day, whether or not there was anything to tell."""

    __tablename__ = "morning_digests"

    person_id: Mapped[UUID] = mapped_column(ForeignKey("people.id"), primary_key=True)
    """Whose."""
    day: Mapped[date] = mapped_column(Date, primary_key=True, index=True)
    """Of which day, in Casablanca."""
    made_at: Mapped[datetime] = mapped_column(UtcDateTime)
    """When."""
    mail_id: Mapped[UUID | None] = mapped_column()
    """The mail that told it; none when there was nothing to tell."""
