"""Tables of procedures, of requests and of the files given with them."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import JSON, BigInteger, ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from docflow.core.db import Base, UtcDateTime
from docflow.core.ids import new_id
from docflow.deadlines.rules import DayKind
from docflow.requests.rules import Ground, Origin, Outcome, ProcedureKind


class Procedure(Base):
    """What somebody may ask of the district, and what it takes: an entry of the catalogue of law 55-19."""

    __tablename__ = "procedures"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    slug: Mapped[str] = mapped_column(String(60), unique=True)
    """Its name in addresses."""
    kind: Mapped[ProcedureKind] = mapped_column(String(20))
    """By which law it runs."""
    position: Mapped[int] = mapped_column()
    """Its place in the catalogue."""
    unit_id: Mapped[UUID] = mapped_column(ForeignKey("org_units.id"))
    """The unit that decides."""
    office_id: Mapped[UUID | None] = mapped_column(ForeignKey("offices.id"))
    """The office where an appointment for it is made, if any."""
    title_ar: Mapped[str] = mapped_column(String(160))
    """What it is called in Arabic."""
    title_fr: Mapped[str] = mapped_column(String(160))
    """What it is called in French."""
    summary_ar: Mapped[str] = mapped_column(Text, default="")
    """For whom and what for, in Arabic."""
    summary_fr: Mapped[str] = mapped_column(Text, default="")
    """For whom and what for, in French."""
    fee_ar: Mapped[str] = mapped_column(String(300), default="")
    """What it costs, in Arabic; empty: nothing."""
    fee_fr: Mapped[str] = mapped_column(String(300), default="")
    """What it costs, in French."""
    days: Mapped[int | None] = mapped_column()
    """Within how many days it is decided; none: the term of the law."""
    day_kind: Mapped[DayKind] = mapped_column(String(20), default=DayKind.CALENDAR)
    """Which days those are."""
    is_silence_consent: Mapped[bool] = mapped_column(default=False)
    """Whether silence at the end of the term is consent."""
    legal_basis_ar: Mapped[str] = mapped_column(String(300), default="")
    """The texts that it rests on, in Arabic."""
    legal_basis_fr: Mapped[str] = mapped_column(String(300), default="")
    """The same in French."""
    papers: Mapped[list[dict[str, Any]]] = mapped_column(JSON, default=list)
    """Documents asked for, and those that may not be: ``rules.AskedPaper``."""
    questions: Mapped[list[dict[str, Any]]] = mapped_column(JSON, default=list)
    """What must be known: ``rules.Question``."""
    is_online: Mapped[bool] = mapped_column(default=True)
    """Whether it can be asked for on the public site."""
    is_active: Mapped[bool] = mapped_column(default=True)
    """Whether it is in the catalogue."""
    version: Mapped[int] = mapped_column(default=1)
    """Optimistic lock."""

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 - the ORM's own declaration

    def title(self, locale: str) -> str:
        """Return what it is called in a language."""
        return self.title_ar if locale == "ar" else self.title_fr

    def summary(self, locale: str) -> str:
        """Return for whom it is, in a language."""
        return self.summary_ar if locale == "ar" else self.summary_fr

    def fee(self, locale: str) -> str:
        """Return what it costs in a language; empty: nothing."""
        return self.fee_ar if locale == "ar" else self.fee_fr

    def legal_basis(self, locale: str) -> str:
        """Return the texts that it rests on, in a language."""
        return self.legal_basis_ar if locale == "ar" else self.legal_basis_fr


class ServiceRequest(Base):
    """What is known of a request beside its document and its entry."""

    __tablename__ = "service_requests"
    __table_args__ = (Index("ix_service_requests_procedure_id", "procedure_id", "deposited_at"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    entry_id: Mapped[UUID] = mapped_column(ForeignKey("register_entries.id"), unique=True)
    """Its line in the register."""
    document_id: Mapped[UUID] = mapped_column(ForeignKey("documents.id"), index=True)
    """What was deposited."""
    procedure_id: Mapped[UUID] = mapped_column(ForeignKey("procedures.id"))
    """By which procedure."""
    origin: Mapped[Origin] = mapped_column(String(10))
    """Where it was deposited."""
    deposit_key: Mapped[UUID] = mapped_column(unique=True)
    """Made with the page of the form, so that a form sent twice is one request."""
    language: Mapped[str] = mapped_column(String(5))
    """In which language its citizen is answered."""
    name: Mapped[str] = mapped_column(String(300))
    """Who asks."""
    cin: Mapped[str] = mapped_column(String(20), default="")
    """Number of their identity card."""
    phone: Mapped[str] = mapped_column(String(30), default="")
    """Their telephone."""
    email: Mapped[str] = mapped_column(String(254), default="")
    """Their mail address."""
    contact_forgotten_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    """When card number, telephone and address were forgotten."""
    is_urgent: Mapped[bool] = mapped_column(default=False)
    """Whether information is needed to protect life, safety or freedom."""
    answers: Mapped[list[dict[str, Any]]] = mapped_column(JSON, default=list)
    """The questions as they were asked, with what was said: ``rules.Question``."""
    papers: Mapped[list[dict[str, Any]]] = mapped_column(JSON, default=list)
    """What was asked for on that day, marked where it was given: ``rules.AskedPaper``."""
    deposited_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
    """When it was deposited: the arrival of its entry."""
    outcome: Mapped[Outcome | None] = mapped_column(String(20))
    """What was decided; none while nothing is."""
    ground: Mapped[Ground | None] = mapped_column(String(20))
    """On which ground of law 31-13 information was refused."""
    reason: Mapped[str] = mapped_column(Text, default="")
    """Why, or what is given; its citizen reads it."""
    decided_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    """When it was decided."""
    decided_by_name: Mapped[str] = mapped_column(String(200), default="")
    """Who decided, by name at the time."""
    published_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    """Since when the answer is on the public site; none: it is not."""
    public_subject: Mapped[str] = mapped_column(String(300), default="")
    """What was asked, without whoever asked, as the public site shows it."""
    public_answer: Mapped[str] = mapped_column(Text, default="")
    """The answer as the public site shows it."""
    version: Mapped[int] = mapped_column(default=1)
    """Optimistic lock."""

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 - the ORM's own declaration


class RequestFile(Base):
    """A file given with a request, as it was given."""

    __tablename__ = "request_files"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    request_id: Mapped[UUID] = mapped_column(ForeignKey("service_requests.id"), index=True)
    """Of which request."""
    paper_index: Mapped[int | None] = mapped_column()
    """Which of the documents asked for it is, from 0; none: something else."""
    name: Mapped[str] = mapped_column(String(200))
    """The name it was given, made safe to show."""
    media_type: Mapped[str] = mapped_column(String(100))
    """Media type by content, not by name."""
    sha256: Mapped[str] = mapped_column(String(64), index=True)
    """The file."""
    size_bytes: Mapped[int] = mapped_column(BigInteger)
    """Its size."""
    given_at: Mapped[datetime] = mapped_column(UtcDateTime)
    """When."""
