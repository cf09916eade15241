"""Tables of case files: their numbers, who may know of them, what they gather, their prints."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import JSON, ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from docflow.core.db import Base, UtcDateTime
from docflow.core.ids import new_id
from docflow.core.made import MadeForSomebody
from docflow.records.rules import FileState


class CaseFileCounter(Base):
    """The number of the last case file of a year; its row lock puts those who open one in a queue."""

    __tablename__ = "case_file_counters"

    year: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    """Which year, in Casablanca time."""
    last_number: Mapped[int] = mapped_column()
    """The last number; the next transaction to commit takes the one after it."""


class CaseFile(Base):
    """Letters of one matter under one number, in the care of one org unit."""

    __tablename__ = "case_files"
    __table_args__ = (UniqueConstraint("year", "number"), Index("ix_case_files_unit_id", "unit_id", "opened_at"))

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    year: Mapped[int] = mapped_column()
    """Year of the number, in Casablanca time."""
    number: Mapped[int] = mapped_column()
    """From 1 every year, without gaps."""
    label: Mapped[str] = mapped_column(String(40), unique=True)
    """The number as it is written."""
    title: Mapped[str] = mapped_column(String(300))
    """What the matter is."""
    title_key: Mapped[str] = mapped_column(String(300))
    """The title folded, by whose words it is found."""
    unit_id: Mapped[UUID] = mapped_column(ForeignKey("org_units.id"))
    """The one unit that answers for it."""
    confidentiality: Mapped[str] = mapped_column(String(20))
    """``accounts.visibility.Confidentiality`` of its number and title; letters keep their own."""
    named_people: Mapped[list[str]] = mapped_column(JSON, default=list)
    """Accounts named to know of it, when it is confidential."""
    state: Mapped[FileState] = mapped_column(String(10), default=FileState.OPEN)
    """Where it stands."""
    opened_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
    """When it was opened."""
    opened_by: Mapped[UUID | None] = mapped_column()
    """The account that opened it, which always knows of it; no foreign key, the file outlives it."""
    opened_by_name: Mapped[str] = mapped_column(String(200))
    """Who opened it, by name at the time."""
    stated_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    """When it was last closed or opened again."""
    stated_by_name: Mapped[str] = mapped_column(String(200), default="")
    """By whom, by name at the time."""
    reason: Mapped[str] = mapped_column(String(300), default="")
    """Why it was last closed or opened again."""
    version: Mapped[int] = mapped_column(default=1)
    """Optimistic lock."""

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 - the ORM's own declaration


class CaseFileScopeRow(Base):
    """A token that opens a case file (``records.rules.file_tokens``)."""

    __tablename__ = "case_file_scopes"
    __table_args__ = (Index("ix_case_file_scopes_token", "token", "case_file_id"),)

    case_file_id: Mapped[UUID] = mapped_column(ForeignKey("case_files.id", ondelete="CASCADE"), primary_key=True)
    """Which case file."""
    token: Mapped[str] = mapped_column(String(80), primary_key=True)
    """The token."""


class CaseFileEntry(Base):
    """A registered document in a case file, and how it left it, if it did."""

    __tablename__ = "case_file_entries"
    __table_args__ = (
        Index(
            "uq_case_file_entries_kept",
            "case_file_id",
            "document_id",
            unique=True,
            sqlite_where=text("removed_at IS NULL"),
            postgresql_where=text("removed_at IS NULL"),
        ),
        Index("ix_case_file_entries_document_id", "document_id"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    case_file_id: Mapped[UUID] = mapped_column(ForeignKey("case_files.id"))
    """In which case file."""
    document_id: Mapped[UUID] = mapped_column(ForeignKey("documents.id"))
    """Which document."""
    filed_at: Mapped[datetime] = mapped_column(UtcDateTime)
    """When it was filed."""
    filed_by_name: Mapped[str] = mapped_column(String(200))
    """Who filed it, by name at the time."""
    removed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    """When it was removed; none while it is in the file."""
    removed_by_name: Mapped[str] = mapped_column(String(200), default="")
    """Who removed it, by name at the time."""
    reason: Mapped[str] = mapped_column(String(300), default="")
    """Why it was removed."""


class CaseFilePrint(MadeForSomebody, Base):
    """A print of a case file, as somebody asked for it; it is theirs alone, and goes after some days."""

    __tablename__ = "case_file_prints"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    case_file_id: Mapped[UUID] = mapped_column(ForeignKey("case_files.id"), index=True)
    """Which case file."""
    locale: Mapped[str] = mapped_column(String(5))
    """The language that comes first on its sheets."""
    done_count: Mapped[int] = mapped_column(default=0)
    """How many letters are ready while it is being made."""
    entry_count: Mapped[int] = mapped_column(default=0)
    """How many letters it has, once they are known."""
    document_ids: Mapped[list[str]] = mapped_column(JSON, default=list)
    """Every document that it names: whoever may know of one of them no more loses the print."""
    read_ids: Mapped[list[str]] = mapped_column(JSON, default=list)
    """Those of them whose pages it holds: the same for whoever may read one no more."""
    page_count: Mapped[int] = mapped_column(default=0)
    """How many pages it has."""
