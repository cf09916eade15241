"""Tables of offices, their hours, appointments and their seats, tickets, and who sat at which desk."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, Date, ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from docflow.appointments.rules import AppointmentState, TicketState
from docflow.core.db import Base, UtcDateTime
from docflow.core.ids import new_id


class Office(Base):
    """A place where an org unit receives the public."""

    __tablename__ = "offices"
    __table_args__ = (
        CheckConstraint("slot_minutes BETWEEN 5 AND 120", name="slot_minutes"),
        CheckConstraint("horizon_days BETWEEN 1 AND 120", name="horizon_days"),
        CheckConstraint("desk_count BETWEEN 1 AND 50", name="desk_count"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    code: Mapped[str] = mapped_column(String(40), unique=True)
    """Short name in addresses."""
    unit_id: Mapped[UUID] = mapped_column(ForeignKey("org_units.id"), index=True)
    """Whose office it is: its people serve there, its heads plan it."""
    name_ar: Mapped[str] = mapped_column(String(120))
    """Name in Arabic."""
    name_fr: Mapped[str] = mapped_column(String(120))
    """Name in French."""
    place_ar: Mapped[str] = mapped_column(String(200))
    """Where it is, in Arabic."""
    place_fr: Mapped[str] = mapped_column(String(200))
    """Where it is, in French."""
    letter: Mapped[str] = mapped_column(String(1), unique=True)
    """What its tickets begin with."""
    slot_minutes: Mapped[int] = mapped_column()
    """How long an appointment is."""
    horizon_days: Mapped[int] = mapped_column()
    """How many days ahead it can be booked."""
    desk_count: Mapped[int] = mapped_column()
    """How many desks it has; as many of them are open as people sit there."""
    is_active: Mapped[bool] = mapped_column(default=True)
    """Whether it receives; a closed one keeps its past."""
    version: Mapped[int] = mapped_column(default=1)
    """Optimistic lock."""

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 - the ORM's own declaration

    def name(self, locale: str) -> str:
        """Return the name to show in a language."""
        return self.name_ar if locale == "ar" else self.name_fr

    def place(self, locale: str) -> str:
        """Return where it is in a language."""
        return self.place_ar if locale == "ar" else self.place_fr


class OfficeHours(Base):
    """From when until when an office receives on a weekday by appointment."""

    __tablename__ = "office_hours"
    __table_args__ = (
        CheckConstraint("weekday BETWEEN 0 AND 6", name="weekday"),
        CheckConstraint("start_minute >= 0 AND start_minute < end_minute AND end_minute <= 1440", name="in_day"),
        CheckConstraint("places BETWEEN 1 AND 50", name="places"),
    )

    office_id: Mapped[UUID] = mapped_column(ForeignKey("offices.id", ondelete="CASCADE"), primary_key=True)
    """Which office."""
    weekday: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    """Monday is 0."""
    start_minute: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    """From when, in minutes from midnight in Casablanca."""
    end_minute: Mapped[int] = mapped_column()
    """Until when."""
    places: Mapped[int] = mapped_column()
    """How many appointments begin together."""


class AppointmentCounter(Base):
    """The number of the last appointment of a year."""

    __tablename__ = "appointment_counters"

    year: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    """Which year, in Casablanca time."""
    last_number: Mapped[int] = mapped_column()
    """The last number; the next transaction to commit takes the one after it."""


class Appointment(Base):
    """That somebody is expected at an office; who it is goes some weeks after the day."""

    __tablename__ = "appointments"
    __table_args__ = (Index("ix_appointments_office_day", "office_id", "day"), Index("ix_appointments_day", "day"))

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    office_id: Mapped[UUID] = mapped_column(ForeignKey("offices.id"))
    """Where."""
    day: Mapped[date] = mapped_column(Date)
    """On which day, in Casablanca."""
    start_minute: Mapped[int] = mapped_column()
    """When it begins, in minutes from midnight in Casablanca: no change of the clocks moves it."""
    end_minute: Mapped[int] = mapped_column()
    """When it ends."""
    state: Mapped[AppointmentState] = mapped_column(String(20), default=AppointmentState.BOOKED)
    """Where it stands."""
    number: Mapped[str] = mapped_column(String(40), unique=True)
    """What it is followed by, as it is written."""
    secret: Mapped[str] = mapped_column(String(20))
    """What is asked for beside the number; compared in constant time."""
    booking_key: Mapped[UUID] = mapped_column(unique=True)
    """Made with the page of the form, so that a form sent twice books once."""
    name: Mapped[str] = mapped_column(String(120))
    """Who is expected; empty once it is forgotten."""
    phone: Mapped[str] = mapped_column(String(30), default="")
    """Where they are reached, in the international form; empty: nowhere."""
    email: Mapped[str] = mapped_column(String(254), default="")
    """The same by mail."""
    locale: Mapped[str] = mapped_column(String(5))
    """The language of the page on which it was made."""
    booked_at: Mapped[datetime] = mapped_column(UtcDateTime)
    """When it was made."""
    reminded_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    """When they were reminded, the day before; none where nobody could be, or where it was booked on that day."""
    arrived_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    """When they came."""
    cancelled_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    """When it was given up."""
    cancelled_by_name: Mapped[str] = mapped_column(String(200), default="")
    """Who of the office called it off, by name at the time; empty when the citizen did."""
    cancel_reason: Mapped[str] = mapped_column(String(300), default="")
    """Why the office called it off; the citizen reads it."""
    version: Mapped[int] = mapped_column(default=1)
    """Optimistic lock."""

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 - the ORM's own declaration


class AppointmentSeat(Base):
    """A place of a slot that an appointment holds: the primary key is what keeps a slot from being overbooked."""

    __tablename__ = "appointment_seats"
    __table_args__ = (CheckConstraint("seat BETWEEN 1 AND places", name="within_places"),)

    office_id: Mapped[UUID] = mapped_column(ForeignKey("offices.id"), primary_key=True)
    """At which office."""
    day: Mapped[date] = mapped_column(Date, primary_key=True)
    """On which day."""
    start_minute: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    """In which slot."""
    seat: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    """Which of the places, from 1."""
    places: Mapped[int] = mapped_column()
    """How many the slot held when it was taken."""
    appointment_id: Mapped[UUID] = mapped_column(ForeignKey("appointments.id"), unique=True)
    """Whose it is."""


class TicketCounter(Base):
    """The number of the last ticket of an office on a day."""

    __tablename__ = "ticket_counters"

    office_id: Mapped[UUID] = mapped_column(ForeignKey("offices.id"), primary_key=True)
    """Which office."""
    day: Mapped[date] = mapped_column(Date, primary_key=True)
    """Which day, in Casablanca."""
    last_number: Mapped[int] = mapped_column()
    """The last number."""


class Ticket(Base):
    """A place in the queue of a day; it says nothing about who holds it."""

    __tablename__ = "tickets"
    __table_args__ = (
        UniqueConstraint("office_id", "day", "number"),
        Index("ix_tickets_state", "office_id", "day", "state"),
        Index(
            "uq_tickets_at_desk",
            "office_id",
            "day",
            "desk_number",
            unique=True,
            sqlite_where=text("state = 'called'"),
            postgresql_where=text("state = 'called'"),
        ),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    office_id: Mapped[UUID] = mapped_column(ForeignKey("offices.id"))
    """Where."""
    day: Mapped[date] = mapped_column(Date)
    """On which day, in Casablanca."""
    number: Mapped[int] = mapped_column()
    """From 1 every day."""
    appointment_id: Mapped[UUID | None] = mapped_column(ForeignKey("appointments.id"), unique=True)
    """The appointment that it was given for; none: they came without one."""
    due_minute: Mapped[int | None] = mapped_column()
    """When that appointment begins."""
    is_priority: Mapped[bool] = mapped_column(default=False)
    """Whether its holder is called before others."""
    state: Mapped[TicketState] = mapped_column(String(20), default=TicketState.WAITING)
    """Where it stands."""
    taken_at: Mapped[datetime] = mapped_column(UtcDateTime)
    """When it was given."""
    taken_hour: Mapped[int] = mapped_column()
    """The hour of that in Casablanca: arrivals are counted by it."""
    desk_number: Mapped[int | None] = mapped_column()
    """The desk to which it was called."""
    called_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    """When it was called last."""
    calls: Mapped[int] = mapped_column(default=0)
    """How often it was called."""
    waited_minutes: Mapped[int | None] = mapped_column()
    """How long its holder waited until the first call."""
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    """When it was done with."""
    served_minutes: Mapped[int | None] = mapped_column()
    """How long its holder was at the desk."""
    called_by_name: Mapped[str] = mapped_column(String(200), default="")
    """Who called it, by name at the time."""


class DeskSitting(Base):
    """Who sits at a desk, from when until when."""

    __tablename__ = "desk_sittings"
    __table_args__ = (
        Index(
            "uq_desk_sittings_desk",
            "office_id",
            "desk_number",
            unique=True,
            sqlite_where=text("ended_at IS NULL"),
            postgresql_where=text("ended_at IS NULL"),
        ),
        Index(
            "uq_desk_sittings_person",
            "person_id",
            unique=True,
            sqlite_where=text("ended_at IS NULL"),
            postgresql_where=text("ended_at IS NULL"),
        ),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    office_id: Mapped[UUID] = mapped_column(ForeignKey("offices.id"))
    """At which office."""
    desk_number: Mapped[int] = mapped_column()
    """At which desk, from 1."""
    day: Mapped[date] = mapped_column(Date)
    """On which day, in Casablanca; what was not ended on it ended with it."""
    person_id: Mapped[UUID] = mapped_column()
    """Whose account; no foreign key, the sitting outlives it."""
    person_name: Mapped[str] = mapped_column(String(200))
    """Who, by name at the time."""
    began_at: Mapped[datetime] = mapped_column(UtcDateTime)
    """From when."""
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    """Until when; none: they sit there."""
