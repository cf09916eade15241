"""Tables of letter templates, drafts, their versions and comments, and of how acts went out."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import JSON, BigInteger, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from docflow.core.db import Base, UtcDateTime
from docflow.core.ids import new_id
from docflow.drafting.rules import Channel


class LetterTemplate(Base):
    """A letter in both languages with fields, from which drafts begin."""

    __tablename__ = "letter_templates"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    name_ar: Mapped[str] = mapped_column(String(200))
    """Name in Arabic."""
    name_fr: Mapped[str] = mapped_column(String(200))
    """Name in French."""
    kind: Mapped[str] = mapped_column(String(40))
    """``documents.rules.DocumentKind`` of the acts made from it."""
    content: Mapped[dict[str, Any]] = mapped_column(JSON)
    """``drafting.rules.Content`` with fields."""
    is_active: Mapped[bool] = mapped_column(default=True)
    """Whether a draft may begin from it."""
    changed_at: Mapped[datetime] = mapped_column(UtcDateTime)
    """When it was last changed."""
    changed_by_name: Mapped[str] = mapped_column(String(200))
    """By whom, by name at the time."""
    version: Mapped[int] = mapped_column(default=1)
    """Optimistic lock."""

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 - the ORM's own declaration

    def name(self, locale: str) -> str:
        """Return the name to show in a language."""
        return self.name_ar if locale == "ar" else self.name_fr


class Draft(Base):
    """A letter being written; its document exists from its first time on a circuit."""

    __tablename__ = "drafts"
    __table_args__ = (Index("ix_drafts_unit_id", "unit_id", "kept_at"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    document_id: Mapped[UUID | None] = mapped_column(ForeignKey("documents.id"), unique=True)
    """The act that it became."""
    answers_id: Mapped[UUID | None] = mapped_column(ForeignKey("documents.id"), index=True)
    """The letter that it answers."""
    unit_id: Mapped[UUID] = mapped_column(ForeignKey("org_units.id"))
    """The unit that writes it."""
    author_id: Mapped[UUID | None] = mapped_column(index=True)
    """The account that began it; no foreign key, the draft outlives it."""
    author_name: Mapped[str] = mapped_column(String(200))
    """Who began it, by name at the time."""
    kind: Mapped[str] = mapped_column(String(40))
    """``documents.rules.DocumentKind`` of the act."""
    content: Mapped[dict[str, Any]] = mapped_column(JSON)
    """``drafting.rules.Content``."""
    newest: Mapped[int] = mapped_column(default=0)
    """Number of its newest version."""
    begun_at: Mapped[datetime] = mapped_column(UtcDateTime)
    """When it was begun."""
    kept_at: Mapped[datetime] = mapped_column(UtcDateTime)
    """When its text was last kept."""
    kept_by_name: Mapped[str] = mapped_column(String(200))
    """By whom, by name at the time."""
    dropped_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    """When it was given up."""
    sent_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    """When the act first went out."""
    version: Mapped[int] = mapped_column(default=1)
    """Optimistic lock."""

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 - the ORM's own declaration


class DraftVersion(Base):
    """A draft as it was at one moment; never changed."""

    __tablename__ = "draft_versions"

    draft_id: Mapped[UUID] = mapped_column(ForeignKey("drafts.id"), primary_key=True)
    """Which draft."""
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    """From 1."""
    content: Mapped[dict[str, Any]] = mapped_column(JSON)
    """``drafting.rules.Content``."""
    sha256: Mapped[str | None] = mapped_column(String(64))
    """The PDF/A that went on the circuit; none of a version that was only kept."""
    size_bytes: Mapped[int | None] = mapped_column(BigInteger)
    """Its size."""
    page_count: Mapped[int] = mapped_column(default=0)
    """Its pages."""
    made_at: Mapped[datetime] = mapped_column(UtcDateTime)
    """When."""
    author_id: Mapped[UUID | None] = mapped_column()
    """The account that made it; no foreign key, the version outlives it."""
    author_name: Mapped[str] = mapped_column(String(200))
    """By whom, by name at the time."""


class DraftComment(Base):
    """What somebody said about a draft."""

    __tablename__ = "draft_comments"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    draft_id: Mapped[UUID] = mapped_column(ForeignKey("drafts.id"), index=True)
    """Which draft."""
    version_number: Mapped[int] = mapped_column(default=0)
    """About which version; 0: about the text as it was then."""
    text: Mapped[str] = mapped_column(String(2000))
    """What was said."""
    said_at: Mapped[datetime] = mapped_column(UtcDateTime)
    """When."""
    author_name: Mapped[str] = mapped_column(String(200))
    """Who, by name at the time."""


class Sending(Base):
    """One way in which a departed act went out, with its proof."""

    __tablename__ = "act_sendings"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    draft_id: Mapped[UUID] = mapped_column(ForeignKey("drafts.id"), index=True)
    """Which act."""
    channel: Mapped[Channel] = mapped_column(String(20))
    """By post, by e-mail, handed over, or on the public site."""
    recipient: Mapped[str] = mapped_column(String(300))
    """To whom: a name with an address, or an address of e-mail."""
    reference: Mapped[str] = mapped_column(String(120), default="")
    """Number of the registered letter or of the slip."""
    proof_sha256: Mapped[str | None] = mapped_column(String(64))
    """The scanned proof: the slip of the post, the signed receipt."""
    proof_size_bytes: Mapped[int | None] = mapped_column(BigInteger)
    """Its size."""
    proof_name: Mapped[str] = mapped_column(String(200), default="")
    """The name it was given, made safe to show."""
    proof_media_type: Mapped[str] = mapped_column(String(100), default="")
    """Media type of the proof, by content."""
    mail_id: Mapped[UUID | None] = mapped_column()
    """The mail that carries it; mail belongs to another room, hence no foreign key."""
    sent_at: Mapped[datetime] = mapped_column(UtcDateTime)
    """When it went out."""
    sent_by_name: Mapped[str] = mapped_column(String(200))
    """Who noted it, by name at the time."""
    slip_id: Mapped[UUID | None] = mapped_column(ForeignKey("post_slips.id"), index=True)
    """Of an act sent by post: the slip on which it was handed over."""


class PostSlip(Base):
    """A slip with which acts are handed to the post or to a carrier, and which comes back counted and signed."""

    __tablename__ = "post_slips"
    __table_args__ = (UniqueConstraint("year", "number"), Index("ix_post_slips_made_at", "made_at"))

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    year: Mapped[int] = mapped_column()
    """Year of the number, in Casablanca time."""
    number: Mapped[int] = mapped_column()
    """Taken from the one sequence of transmittal slips (``registry.transmittals``)."""
    label: Mapped[str] = mapped_column(String(40), unique=True)
    """The number as it is written."""
    carrier: Mapped[str] = mapped_column(String(200))
    """To whom the acts are handed: the post office, a carrier."""
    made_at: Mapped[datetime] = mapped_column(UtcDateTime)
    """When it was made."""
    made_by_name: Mapped[str] = mapped_column(String(200))
    """Who made it, by name at the time."""
    received_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    """When the carrier signed; none while the slip is out."""
    received_by: Mapped[str] = mapped_column(String(200), default="")
    """Who signed, as it is written on the slip."""
    counted: Mapped[int] = mapped_column(default=0)
    """How many letters they counted."""
    return_note: Mapped[str] = mapped_column(String(300), default="")
    """What is said of a difference."""
    proof_sha256: Mapped[str | None] = mapped_column(String(64))
    """The scan of the signed slip."""
    proof_size_bytes: Mapped[int | None] = mapped_column(BigInteger)
    """Its size."""
    proof_name: Mapped[str] = mapped_column(String(200), default="")
    """The name it was given, made safe to show."""
    proof_media_type: Mapped[str] = mapped_column(String(100), default="")
    """Media type of the scan, by content."""
    version: Mapped[int] = mapped_column(default=1)
    """Optimistic lock."""

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 - the ORM's own declaration


class Publication(Base):
    """An answer on the public site, for whoever holds the number and the secret of the letter that it answers."""

    __tablename__ = "act_publications"

    sending_id: Mapped[UUID] = mapped_column(ForeignKey("act_sendings.id"), primary_key=True)
    """The way of going out that it is."""
    letter_id: Mapped[UUID] = mapped_column(ForeignKey("documents.id"), index=True)
    """The letter by whose number and secret it is read."""
    sha256: Mapped[str] = mapped_column(String(64))
    """The sealed file, as it was when it was published."""
    size_bytes: Mapped[int] = mapped_column(BigInteger)
    """Its size."""
    first_taken_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    """When the citizen first took it."""
    withdrawn_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    """When it was taken from the site; none while it is there."""
    withdrawn_by_name: Mapped[str] = mapped_column(String(200), default="")
    """By whom, by name at the time."""
    reason: Mapped[str] = mapped_column(String(300), default="")
    """Why it was taken from the site."""
