"""Tables of registers, their counters, entries and links."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import JSON, CheckConstraint, Date, ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from docflow.core.db import Base, UtcDateTime
from docflow.core.ids import new_id
from docflow.core.made import MadeForSomebody
from docflow.deadlines.rules import DayKind
from docflow.registry.rules import EntryState, LinkKind, PaperPlace, RegisterKind, SealState, SetAsideReason

START_LENGTH = 60
"""Letters of a sender's name that are kept from each word on."""
NAME_START = String(START_LENGTH).with_variant(String(START_LENGTH, collation="C"), "postgresql")
"""Compared letter by letter, so that an index finds what begins with something."""


class Register(Base):
    """A book of numbers: of the whole district, or of one org unit."""

    __tablename__ = "registers"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    code: Mapped[str] = mapped_column(String(40), unique=True)
    """Short name in addresses and settings; documents name the desk they came to by it."""
    kind: Mapped[RegisterKind] = mapped_column(String(20))
    """What it is of."""
    name_ar: Mapped[str] = mapped_column(String(200))
    """Name in Arabic."""
    name_fr: Mapped[str] = mapped_column(String(200))
    """Name in French."""
    number_format: Mapped[str] = mapped_column(String(60))
    """``registry.rules.NumberFormat``; a change counts from the next number on."""
    term: Mapped[str] = mapped_column(String(40), default="")
    """Code of the term of the law within which its letters are answered (``deadlines.rules.RULES``); empty: none."""
    is_active: Mapped[bool] = mapped_column(default=True)
    """Whether it gives numbers; a closed one is still read."""
    version: Mapped[int] = mapped_column(default=1)
    """Optimistic lock."""

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 - the ORM's own declaration

    def name(self, locale: str) -> str:
        """Return the name to show in a language."""
        return self.name_ar if locale == "ar" else self.name_fr


class RegisterCounter(Base):
    """The last number given in a register in a year; its row lock puts those who register in a queue."""

    __tablename__ = "register_counters"

    register_id: Mapped[UUID] = mapped_column(ForeignKey("registers.id"), primary_key=True)
    """Which register."""
    year: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    """Which year, in Casablanca time."""
    last_number: Mapped[int] = mapped_column()
    """The last number; the next transaction to commit takes the one after it."""


class Entry(Base):
    """A line of a register: a number, and the document that has it."""

    __tablename__ = "register_entries"
    __table_args__ = (
        UniqueConstraint("register_id", "year", "number"),
        Index(
            "uq_register_entries_document",
            "document_id",
            unique=True,
            sqlite_where=text("state = 'registered'"),
            postgresql_where=text("state = 'registered'"),
        ),
        Index("ix_register_entries_sender_key", "sender_key", "registered_at"),
        Index("ix_register_entries_registered_at", "registered_at"),
        Index("ix_register_entries_sender_cin", "sender_cin"),
        Index(
            "ix_register_entries_not_sealed",
            "seal_error_code",
            sqlite_where=text("seal_state = 'failed'"),
            postgresql_where=text("seal_state = 'failed'"),
        ),
        Index(
            "ix_register_entries_reserved",
            "register_id",
            "year",
            "number",
            sqlite_where=text("state = 'reserved'"),
            postgresql_where=text("state = 'reserved'"),
        ),
        CheckConstraint("state <> 'registered' OR document_id IS NOT NULL", name="registered_has_document"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    register_id: Mapped[UUID] = mapped_column(ForeignKey("registers.id"))
    """Which register."""
    year: Mapped[int] = mapped_column()
    """Year of the number, in Casablanca time."""
    number: Mapped[int] = mapped_column()
    """From 1 every year, without gaps."""
    label: Mapped[str] = mapped_column(String(40), unique=True)
    """The register number as it is written; never another entry's."""
    state: Mapped[EntryState] = mapped_column(String(20))
    """Where it stands."""
    document_id: Mapped[UUID | None] = mapped_column(ForeignKey("documents.id"), index=True)
    """The document that has, or before its cancelling had, the number."""
    numbered_at: Mapped[datetime] = mapped_column(UtcDateTime)
    """When the number was given or reserved."""
    registered_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    """When the document was registered; none while the number is reserved."""
    registered_by: Mapped[UUID | None] = mapped_column()
    """The account that registered it; no foreign key, the entry outlives it."""
    registered_by_name: Mapped[str] = mapped_column(String(200), default="")
    """Who registered it, or set it aside, by name at the time."""
    arrived_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    """When the mail came to the desk; not after the registration."""
    sender_key: Mapped[str] = mapped_column(String(300), default="")
    """The sender's name folded, by which the letters of one sender are found."""
    sender_cin: Mapped[str] = mapped_column(String(20), default="")
    """Number of the sender's identity card."""
    sender_phone: Mapped[str] = mapped_column(String(30), default="")
    """The sender's telephone."""
    enclosure_count: Mapped[int] = mapped_column(default=0)
    """How many enclosures came with it."""
    enclosures: Mapped[str] = mapped_column(String(500), default="")
    """Which ones, in the clerk's words."""
    is_unopened: Mapped[bool] = mapped_column(default=False)
    """Whether it is confidential mail of which only the envelope was scanned."""
    paper_place: Mapped[PaperPlace] = mapped_column(String(20), default=PaperPlace.KEPT)
    """Where the paper original is."""
    paper_note: Mapped[str] = mapped_column(String(200), default="")
    """Its shelf or box, or to whom it was returned."""
    verification_code: Mapped[str] = mapped_column(String(20))
    """What the stamp's QR code carries to the public verification page."""
    tracking_secret: Mapped[str] = mapped_column(String(20))
    """What the receipt gives beside the number, to follow the matter; compared in constant time."""
    seal_state: Mapped[SealState] = mapped_column(String(20), default=SealState.PENDING)
    """Where its stamp and seal stand."""
    seal_error_code: Mapped[str | None] = mapped_column(String(60))
    """Why it could not be sealed."""
    seal_error_params: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    """Values of that text."""
    cancelled_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    """When the number was cancelled."""
    cancelled_by_name: Mapped[str] = mapped_column(String(200), default="")
    """Who cancelled it, by name at the time."""
    cancel_reason: Mapped[str] = mapped_column(String(300), default="")
    """Why it was cancelled or, of a reserved number, why it was."""
    version: Mapped[int] = mapped_column(default=1)
    """Optimistic lock."""

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 - the ORM's own declaration


class SenderStart(Base):
    """A sender's folded name from one of its words on; what a clerk types is the beginning of one."""

    __tablename__ = "sender_starts"

    start: Mapped[str] = mapped_column(NAME_START, primary_key=True)
    """From a word on."""
    sender_key: Mapped[str] = mapped_column(String(300), primary_key=True)
    """The whole name, as entries have it."""


class EntryLink(Base):
    """An earlier entry that belongs to an entry."""

    __tablename__ = "register_entry_links"

    entry_id: Mapped[UUID] = mapped_column(ForeignKey("register_entries.id"), primary_key=True)
    """The later entry."""
    earlier_id: Mapped[UUID] = mapped_column(ForeignKey("register_entries.id"), primary_key=True, index=True)
    """The earlier one."""
    kind: Mapped[LinkKind] = mapped_column(String(20))
    """How they belong together."""
    linked_by_name: Mapped[str] = mapped_column(String(200))
    """Who linked them, by name at the time."""
    linked_at: Mapped[datetime] = mapped_column(UtcDateTime)
    """When."""


class TermPause(Base):
    """Why and when the term of an entry stood still: something was asked for from the citizen, which is done once."""

    __tablename__ = "term_pauses"

    entry_id: Mapped[UUID] = mapped_column(ForeignKey("register_entries.id"), primary_key=True)
    """Which entry."""
    start_on: Mapped[date] = mapped_column(Date)
    """First day that is not counted, in Casablanca."""
    end_on: Mapped[date | None] = mapped_column(Date)
    """First day that counts again; none while it stands still."""
    reason: Mapped[str] = mapped_column(String(300))
    """What was asked for."""
    paused_by_name: Mapped[str] = mapped_column(String(200))
    """Who asked, by name at the time."""
    resumed_by_name: Mapped[str] = mapped_column(String(200), default="")
    """Who noted that it came, by name at the time."""
    version: Mapped[int] = mapped_column(default=1)
    """Optimistic lock."""

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 - the ORM's own declaration


class TermExtension(Base):
    """By how much the term of an entry was extended, once, and why."""

    __tablename__ = "term_extensions"

    entry_id: Mapped[UUID] = mapped_column(ForeignKey("register_entries.id"), primary_key=True)
    """Which entry."""
    days: Mapped[int] = mapped_column()
    """How many days, of the kind that the term counts."""
    reason: Mapped[str] = mapped_column(String(300))
    """Why."""
    extended_by_name: Mapped[str] = mapped_column(String(200))
    """Who extended it, by name at the time."""
    extended_on: Mapped[date] = mapped_column(Date)
    """When, in Casablanca."""


class EntryTerm(Base):
    """A term of its own for the letter of an entry, where its procedure promises less than the law."""

    __tablename__ = "entry_terms"

    entry_id: Mapped[UUID] = mapped_column(ForeignKey("register_entries.id"), primary_key=True)
    """Which entry."""
    code: Mapped[str] = mapped_column(String(40))
    """What is counted (``deadlines.rules.RULES``)."""
    days: Mapped[int] = mapped_column()
    """How many days."""
    kind: Mapped[DayKind] = mapped_column(String(20))
    """Which days."""


class RegisterPrint(MadeForSomebody, Base):
    """A print of a year of a register, as somebody asked for it; it is theirs alone, and goes after some days."""

    __tablename__ = "register_prints"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    register_id: Mapped[UUID] = mapped_column(ForeignKey("registers.id"))
    """Which register."""
    year: Mapped[int] = mapped_column()
    """Which year."""
    locale: Mapped[str] = mapped_column(String(5))
    """The language whose side the first column is at."""
    line_count: Mapped[int] = mapped_column(default=0)
    """How many lines it has."""
    page_count: Mapped[int] = mapped_column(default=0)
    """How many pages."""


class TransmittalCounter(Base):
    """The number of the last transmittal slip of a year; its row lock puts those who make one in a queue."""

    __tablename__ = "transmittal_counters"

    year: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    """Which year, in Casablanca time."""
    last_number: Mapped[int] = mapped_column()
    """The last number; the next transaction to commit takes the one after it."""


class Transmittal(Base):
    """A slip with which papers go to a unit, and come back counted and signed."""

    __tablename__ = "transmittals"
    __table_args__ = (UniqueConstraint("year", "number"), Index("ix_transmittals_made_at", "made_at"))

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    year: Mapped[int] = mapped_column()
    """Year of the number, in Casablanca time."""
    number: Mapped[int] = mapped_column()
    """From 1 every year, without gaps."""
    label: Mapped[str] = mapped_column(String(40), unique=True)
    """The number as it is written."""
    unit_id: Mapped[UUID] = mapped_column(ForeignKey("org_units.id"))
    """To which unit the papers go."""
    note: Mapped[str] = mapped_column(String(300), default="")
    """What the registry says to the unit."""
    made_at: Mapped[datetime] = mapped_column(UtcDateTime)
    """When it was made."""
    made_by_name: Mapped[str] = mapped_column(String(200))
    """Who made it, by name at the time."""
    received_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    """When the unit signed for the papers; none while the slip is out."""
    received_by: Mapped[str] = mapped_column(String(200), default="")
    """Who signed, as it is written on the slip."""
    counted: Mapped[int] = mapped_column(default=0)
    """How many papers they counted."""
    return_note: Mapped[str] = mapped_column(String(300), default="")
    """What is said of a difference."""
    version: Mapped[int] = mapped_column(default=1)
    """Optimistic lock."""

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 - the ORM's own declaration


class TransmittalLine(Base):
    """A letter on a slip, with how many papers of it go along."""

    __tablename__ = "transmittal_lines"
    __table_args__ = (
        Index(
            "uq_transmittal_lines_out",
            "entry_id",
            unique=True,
            sqlite_where=text("is_out = 1"),
            postgresql_where=text("is_out"),
        ),
    )

    transmittal_id: Mapped[UUID] = mapped_column(ForeignKey("transmittals.id"), primary_key=True)
    """Of which slip."""
    entry_id: Mapped[UUID] = mapped_column(ForeignKey("register_entries.id"), primary_key=True, index=True)
    """Which letter."""
    position: Mapped[int] = mapped_column()
    """Its place on the slip, from 1."""
    enclosure_count: Mapped[int] = mapped_column()
    """How many enclosures go with the original."""
    is_out: Mapped[bool] = mapped_column(default=True)
    """Whether its slip has not come back; a paper is on one such slip at most."""
    is_missing: Mapped[bool] = mapped_column(default=False)
    """Whether the unit did not find it."""


class RegistrationDraft(Base):
    """What a clerk typed of a document that has no number yet; it goes when the document gets one."""

    __tablename__ = "registration_drafts"

    document_id: Mapped[UUID] = mapped_column(ForeignKey("documents.id", ondelete="CASCADE"), primary_key=True)
    """Which document."""
    values: Mapped[dict[str, Any]] = mapped_column(JSON)
    """The fields of the form as they were typed, each a list of its values."""
    kept_at: Mapped[datetime] = mapped_column(UtcDateTime)
    """When."""
    kept_by_name: Mapped[str] = mapped_column(String(200))
    """Who typed it, by name at the time."""


class SetAsideDocument(Base):
    """Why a document is not registered; the row goes when the document is put back."""

    __tablename__ = "set_aside_documents"
    __table_args__ = (Index("ix_set_aside_documents_set_aside_at", "set_aside_at", "document_id"),)

    document_id: Mapped[UUID] = mapped_column(ForeignKey("documents.id", ondelete="CASCADE"), primary_key=True)
    """Which document."""
    act_id: Mapped[UUID] = mapped_column(index=True)
    """Shared by those that were set aside at once, so that they are put back at once."""
    reason: Mapped[SetAsideReason] = mapped_column(String(20))
    """Why."""
    note: Mapped[str] = mapped_column(String(300), default="")
    """What the clerk said besides."""
    duplicate_of: Mapped[UUID | None] = mapped_column(ForeignKey("documents.id", ondelete="SET NULL"), index=True)
    """The document that it was recognised as a second copy of."""
    set_aside_at: Mapped[datetime] = mapped_column(UtcDateTime)
    """When."""
    set_aside_by_name: Mapped[str] = mapped_column(String(200))
    """Who set it aside, by name at the time."""
