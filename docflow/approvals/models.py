"""Tables of circuits, runs, asks, decisions, and of the wrong PINs of people who sign."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import JSON, Date, ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from docflow.approvals.rules import AskState, Choice, Power, RunState, StepKind
from docflow.core.db import Base, UtcDateTime
from docflow.core.ids import new_id

IS_LIVE = "state NOT IN ('approved', 'departed', 'rejected', 'withdrawn')"


class CircuitRow(Base):
    """A circuit by its name; what it asks is in its versions."""

    __tablename__ = "circuits"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    code: Mapped[str] = mapped_column(String(40), unique=True)
    """Short name by which acts are sent on it."""
    name_ar: Mapped[str] = mapped_column(String(200))
    """Name in Arabic."""
    name_fr: Mapped[str] = mapped_column(String(200))
    """Name in French."""
    register_code: Mapped[str] = mapped_column(String(40))
    """The outgoing register in which its acts depart."""
    is_active: Mapped[bool] = mapped_column(default=True)
    """Whether an act may be sent on it; those on their way go on."""
    newest: Mapped[int] = mapped_column(default=0)
    """Number of its newest version."""
    version: Mapped[int] = mapped_column(default=1)
    """Optimistic lock."""

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 - the ORM's own declaration

    def name(self, locale: str) -> str:
        """Return the name to show in a language."""
        return self.name_ar if locale == "ar" else self.name_fr


class CircuitVersion(Base):
    """A version of a circuit; the newest counts for new runs, and none is ever changed."""

    __tablename__ = "circuit_versions"

    circuit_id: Mapped[UUID] = mapped_column(ForeignKey("circuits.id"), primary_key=True)
    """Which circuit."""
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    """From 1."""
    steps: Mapped[list[dict[str, Any]]] = mapped_column(JSON)
    """``rows.steps_as_row``."""
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    """When."""
    author_id: Mapped[UUID | None] = mapped_column()
    """The account that made it; no foreign key, the version outlives it."""
    author_name: Mapped[str] = mapped_column(String(200))
    """Who made it, by name at the time."""


class ApprovalRun(Base):
    """A document on its way through the version of a circuit that it began with, or a letter sent for signature."""

    __tablename__ = "approval_runs"
    __table_args__ = (
        Index(
            "uq_approval_runs_live_act",
            "document_id",
            unique=True,
            sqlite_where=text(f"is_act = 1 AND {IS_LIVE}"),
            postgresql_where=text(f"is_act AND {IS_LIVE}"),
        ),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    document_id: Mapped[UUID] = mapped_column(ForeignKey("documents.id"), index=True)
    """Which document."""
    is_act: Mapped[bool] = mapped_column()
    """Whether it is an act whose file is signed; a letter that came in is decided about in the journal alone."""
    circuit_id: Mapped[UUID | None] = mapped_column(ForeignKey("circuits.id"))
    """Which circuit; none for a letter."""
    circuit_number: Mapped[int] = mapped_column(default=0)
    """Which version of it."""
    steps: Mapped[list[dict[str, Any]]] = mapped_column(JSON)
    """The steps that it takes, by the conditions of that version: ``rows.steps_as_row``."""
    register_code: Mapped[str] = mapped_column(String(40), default="")
    """The outgoing register in which it departs; of a letter, the register that it came in."""
    shelf: Mapped[str] = mapped_column(String(20))
    """The kind of register under which the queue shows it: ``registry.rules.RegisterKind``."""
    kind: Mapped[str] = mapped_column(String(40))
    """``documents.rules.DocumentKind`` of the act."""
    unit_id: Mapped[UUID | None] = mapped_column(ForeignKey("org_units.id"))
    """The drafting unit; of a letter, the unit that it is about."""
    amount_dh: Mapped[int | None] = mapped_column()
    """The amount at stake, in dirhams."""
    answers: Mapped[UUID | None] = mapped_column(ForeignKey("documents.id"))
    """The letter that the act answers."""
    is_urgent: Mapped[bool] = mapped_column(default=False)
    """Whether its asks are shown first."""
    note: Mapped[str] = mapped_column(String(1000), default="")
    """What whoever sent it wrote."""
    started_by: Mapped[UUID | None] = mapped_column()
    """The account that drafted and sent it; no foreign key, the run outlives it."""
    started_by_name: Mapped[str] = mapped_column(String(200))
    """Who, by name at the time."""
    started_at: Mapped[datetime] = mapped_column(UtcDateTime)
    """When."""
    version_at: Mapped[datetime] = mapped_column(UtcDateTime)
    """When the version that is decided about was sent."""
    state: Mapped[RunState] = mapped_column(String(20))
    """Where it stands."""
    round_number: Mapped[int] = mapped_column(default=1)
    """From 1; a return and a new version make the next one."""
    step_index: Mapped[int] = mapped_column(default=0)
    """The step where it is, from 0."""
    first_step: Mapped[int] = mapped_column(default=0)
    """The step where its present round began."""
    entry_id: Mapped[UUID | None] = mapped_column(ForeignKey("register_entries.id"))
    """The number of its departure, once given."""
    error_code: Mapped[str | None] = mapped_column(String(60))
    """Why it could not be frozen, or sealed at its departure."""
    error_params: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    """Values of that text."""
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    """When it ended."""
    version: Mapped[int] = mapped_column(default=1)
    """Optimistic lock."""

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 - the ORM's own declaration


class Ask(Base):
    """What one function is asked on one run in one round: an item of the queue of whoever holds the function now."""

    __tablename__ = "approval_asks"
    __table_args__ = (
        UniqueConstraint("run_id", "round_number", "step_index", "seat_index"),
        Index(
            "ix_approval_asks_open",
            "run_id",
            sqlite_where=text("state IN ('open', 'held')"),
            postgresql_where=text("state IN ('open', 'held')"),
        ),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    run_id: Mapped[UUID] = mapped_column(ForeignKey("approval_runs.id"))
    """Of which run."""
    round_number: Mapped[int] = mapped_column()
    """In which round."""
    step_index: Mapped[int] = mapped_column()
    """On which step, from 0."""
    seat_index: Mapped[int] = mapped_column()
    """Which of the step's functions, from 0."""
    kind: Mapped[StepKind] = mapped_column(String(20))
    """What is asked."""
    addressee: Mapped[str] = mapped_column(String(80))
    """The function for good: ``head:`` and the unit, or ``person:`` and the account (``people.Seated``)."""
    title_ar: Mapped[str] = mapped_column(String(300))
    """The function in Arabic, as it was called then."""
    title_fr: Mapped[str] = mapped_column(String(300))
    """The same in French."""
    is_substitute: Mapped[bool] = mapped_column(default=False)
    """Whether it stands in for a function that nobody held."""
    field_name: Mapped[str] = mapped_column(String(40), default="")
    """The field of the act that its approval signs; empty when it signs none."""
    state: Mapped[AskState] = mapped_column(String(10))
    """Where it stands."""
    asked_at: Mapped[datetime] = mapped_column(UtcDateTime)
    """When it came into the queue."""
    due_on: Mapped[date] = mapped_column(Date)
    """By when, in Casablanca."""
    version: Mapped[int] = mapped_column(default=1)
    """Optimistic lock."""

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 - the ORM's own declaration

    def title(self, locale: str) -> str:
        """Return the function in a language."""
        return self.title_ar if locale == "ar" else self.title_fr


class Decision(Base):
    """What somebody decided; names are copies, so that it is read when the account is gone."""

    __tablename__ = "approval_decisions"
    __table_args__ = (
        Index(
            "uq_approval_decisions_held",
            "run_id",
            unique=True,
            sqlite_where=text("settled_at IS NULL"),
            postgresql_where=text("settled_at IS NULL"),
        ),
        Index(
            "ix_approval_decisions_due",
            "undo_until",
            sqlite_where=text("settled_at IS NULL"),
            postgresql_where=text("settled_at IS NULL"),
        ),
        Index("ix_approval_decisions_decided_at", "decided_at"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    run_id: Mapped[UUID] = mapped_column(ForeignKey("approval_runs.id"), index=True)
    """On which run."""
    ask_id: Mapped[UUID] = mapped_column(ForeignKey("approval_asks.id"), index=True)
    """On which ask."""
    choice: Mapped[Choice] = mapped_column(String(10))
    """What was decided."""
    comment: Mapped[str] = mapped_column(String(1000), default="")
    """What they wrote; a return and a rejection have one."""
    back_to: Mapped[int | None] = mapped_column()
    """Of a return: the step, from 0, with which the next round begins."""
    person_id: Mapped[UUID | None] = mapped_column()
    """The account that decided; no foreign key, the decision outlives it."""
    person_name: Mapped[str] = mapped_column(String(200))
    """Who, as kept beside acts."""
    name_ar: Mapped[str] = mapped_column(String(200))
    """Their name in Arabic."""
    name_fr: Mapped[str] = mapped_column(String(200))
    """Their name in French."""
    power: Mapped[Power] = mapped_column(String(20))
    """By which power."""
    formula_ar: Mapped[str] = mapped_column(String(400), default="")
    """Who they stood in for, in Arabic; empty when it was their own function."""
    formula_fr: Mapped[str] = mapped_column(String(400), default="")
    """The same in French."""
    decided_at: Mapped[datetime] = mapped_column(UtcDateTime)
    """When."""
    undo_until: Mapped[datetime] = mapped_column(UtcDateTime)
    """Until when it could be undone; then it takes effect."""
    settled_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    """When it took effect, was undone or fell; none while it can be undone."""
    is_kept: Mapped[bool] = mapped_column(default=False)
    """Whether it took effect."""
    fell_because: Mapped[str] = mapped_column(String(60), default="")
    """The error code that says why it did not take effect, unless it was undone."""
    signed: Mapped[dict[str, Any] | None] = mapped_column(JSON)
    """The signed state of the act that waits: ``stamping.acts.SignedAhead``; none when nothing is signed."""
    version: Mapped[int] = mapped_column(default=1)
    """Optimistic lock."""

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 - the ORM's own declaration

    def name(self, locale: str) -> str:
        """Return who decided, in a language."""
        return self.name_ar if locale == "ar" else self.name_fr

    def formula(self, locale: str) -> str:
        """Return in whose stead, in a language."""
        return self.formula_ar if locale == "ar" else self.formula_fr


class PinGuard(Base):
    """Wrong PINs of one person in a row; the PIN itself is kept nowhere."""

    __tablename__ = "signature_pins"

    person_id: Mapped[UUID] = mapped_column(ForeignKey("people.id", ondelete="CASCADE"), primary_key=True)
    """Whose."""
    failures: Mapped[int] = mapped_column(default=0)
    """How many."""
    locked_until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    """Until when no PIN is tried."""


class AskPerson(Base):
    """Somebody who holds the function of an ask now; brought in line whenever roles or accounts change."""

    __tablename__ = "approval_ask_people"
    __table_args__ = (Index("ix_approval_ask_people_person", "person_id", "ask_id"),)

    ask_id: Mapped[UUID] = mapped_column(ForeignKey("approval_asks.id", ondelete="CASCADE"), primary_key=True)
    """Which ask."""
    person_id: Mapped[UUID] = mapped_column(primary_key=True)
    """Who; no foreign key, because what was asked outlives the account."""
