"""Table of assignments."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import JSON, CheckConstraint, Date, ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from docflow.core.db import Base, UtcDateTime
from docflow.core.ids import new_id
from docflow.routing.rules import AssignmentState, Instruction


class Assignment(Base):
    """One thing asked of one unit or person on one document."""

    __tablename__ = "assignments"
    __table_args__ = (
        CheckConstraint("(unit_id IS NULL) <> (person_id IS NULL)", name="one_addressee"),
        Index(
            "uq_assignments_responsible",
            "document_id",
            unique=True,
            sqlite_where=text("state = 'open' AND instruction = 'attribution'"),
            postgresql_where=text("state = 'open' AND instruction = 'attribution'"),
        ),
        Index(
            "ix_assignments_of_unit",
            "unit_id",
            "due_on",
            sqlite_where=text("state = 'open'"),
            postgresql_where=text("state = 'open'"),
        ),
        Index(
            "ix_assignments_of_person",
            "person_id",
            "due_on",
            sqlite_where=text("state = 'open'"),
            postgresql_where=text("state = 'open'"),
        ),
        *(
            Index(
                f"ix_assignments_done_{name}",
                column,
                "closed_at",
                sqlite_where=text("state = 'done'"),
                postgresql_where=text("state = 'done'"),
            )
            for name, column in (("of_unit", "unit_id"), ("of_person", "person_id"), ("claimed", "claimed_by"))
        ),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    document_id: Mapped[UUID] = mapped_column(ForeignKey("documents.id"), index=True)
    """On which document."""
    parent_id: Mapped[UUID | None] = mapped_column(ForeignKey("assignments.id"))
    """The assignment that it follows from."""
    unit_id: Mapped[UUID | None] = mapped_column(ForeignKey("org_units.id"))
    """The unit that is asked, in whose basket it lies until somebody claims it."""
    person_id: Mapped[UUID | None] = mapped_column(ForeignKey("people.id"))
    """The person who is asked."""
    claimed_by: Mapped[UUID | None] = mapped_column(ForeignKey("people.id"))
    """Who of the unit took it."""
    instruction: Mapped[Instruction] = mapped_column(String(20))
    """What is asked."""
    note: Mapped[str] = mapped_column(String(1000), default="")
    """What the sender wrote."""
    due_on: Mapped[date | None] = mapped_column(Date)
    """By when, in Casablanca."""
    is_by_law: Mapped[bool] = mapped_column(default=False)
    """Whether the deadline is a term of the law, which follows the calendar."""
    state: Mapped[AssignmentState] = mapped_column(String(20), default=AssignmentState.OPEN)
    """Where it stands."""
    sent_by: Mapped[UUID | None] = mapped_column()
    """The account that sent it; no foreign key, the route outlives it."""
    sent_by_name: Mapped[str] = mapped_column(String(200))
    """Who sent it, by name at the time."""
    sent_at: Mapped[datetime] = mapped_column(UtcDateTime)
    """When."""
    read_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    """When somebody it was sent to first opened the document; until then it can be recalled."""
    closed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    """When it ended."""
    closed_by_name: Mapped[str] = mapped_column(String(200), default="")
    """Who ended it, by name at the time."""
    answer: Mapped[str] = mapped_column(String(1000), default="")
    """What was said at its end: an answer, an opinion, why it was returned."""
    run_id: Mapped[UUID | None] = mapped_column(index=True)
    """Of a letter sent for signature: its run in the approval queue, where it is decided."""
    version: Mapped[int] = mapped_column(default=1)
    """Optimistic lock."""

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 - the ORM's own declaration


class Reminder(Base):
    """That those concerned were told that a share of a term is over: the term of a task, or the legal one of an entry.

    Names are kept as they were, since the route outlives accounts.
    """

    __tablename__ = "reminders"
    __table_args__ = (
        CheckConstraint("(assignment_id IS NULL) <> (entry_id IS NULL)", name="one_term"),
        Index(
            "uq_reminders_of_assignment",
            "assignment_id",
            "share",
            unique=True,
            sqlite_where=text("superseded_at IS NULL"),
            postgresql_where=text("superseded_at IS NULL"),
        ),
        Index(
            "uq_reminders_of_entry",
            "entry_id",
            "share",
            unique=True,
            sqlite_where=text("superseded_at IS NULL"),
            postgresql_where=text("superseded_at IS NULL"),
        ),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    document_id: Mapped[UUID] = mapped_column(ForeignKey("documents.id"), index=True)
    """On which document."""
    assignment_id: Mapped[UUID | None] = mapped_column(ForeignKey("assignments.id"))
    """The task whose term it is."""
    entry_id: Mapped[UUID | None] = mapped_column(ForeignKey("register_entries.id"))
    """The entry whose legal term it is, where no open task carries that term."""
    share: Mapped[int] = mapped_column()
    """Which part of the term was over, in percent: 50, 75 or 100."""
    due_on: Mapped[date] = mapped_column(Date)
    """The last day of the term as it was."""
    told_at: Mapped[datetime] = mapped_column(UtcDateTime)
    """When."""
    holders: Mapped[list[str]] = mapped_column(JSON, default=list)
    """Names of those who hold the task and were told."""
    heads: Mapped[list[str]] = mapped_column(JSON, default=list)
    """Names of the heads to whom it was escalated."""
    vacant_units: Mapped[list[str]] = mapped_column(JSON, default=list)
    """Units, by identifier, of which nobody fills the place of head."""
    is_narrowed: Mapped[bool] = mapped_column(default=False)
    """Whether somebody above was left out because the letter is not shown to them."""
    superseded_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    """When the term moved so far that this share is ahead again, and will be told anew."""
