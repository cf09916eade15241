"""Appointments: made, moved and given up by citizens without an account; called off by the office."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import delete, select, update
from sqlalchemy.dialects.postgresql import insert as postgresql_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert

from docflow.appointments.models import Appointment, AppointmentCounter, AppointmentSeat, Office
from docflow.appointments.queries import can_plan, days_bookable, followed_appointment
from docflow.appointments.rules import NAME_LIMIT, AppointmentState, Slot
from docflow.appointments.telling import News, Ways, tell_visitor
from docflow.core.counters import take_next
from docflow.core.errors import Conflict, InvalidInput, NotFound
from docflow.core.mail_addresses import clean_address
from docflow.core.phones import phone_of
from docflow.core.uow import UnitOfWork
from docflow.registry.rules import APPOINTMENT_NUMBERS, new_tracking_secret, reason_of, register_year, shortened


@dataclass(frozen=True, slots=True)
class Visitor:
    """Who is expected, and where they are reached; a telephone or a mail address is welcome and not asked for."""

    name: str
    phone: str = ""
    email: str = ""
    locale: str = "ar"


@dataclass(frozen=True, slots=True)
class Wanted:
    """The slot that somebody chose."""

    day: date
    start_minute: int


def book(uow: UnitOfWork, office_id: UUID, wanted: Wanted, visitor: Visitor, *, key: UUID, ways: Ways) -> Appointment:
    """Give somebody an appointment, and confirm it by the ``ways`` there are; the same key gives that of then again.

    Raises:
        NotFound: ``office_unknown``.
        InvalidInput: ``visitor_name_missing``, ``field_too_long``, ``phone_invalid``, ``mail_address_invalid``,
            ``slot_unknown``.
        Conflict: ``slot_full``.
    """
    kept = uow.session.scalar(select(Appointment).where(Appointment.booking_key == key))
    if kept is not None:
        return kept
    office = _office(uow, office_id)
    name = shortened(visitor.name, name="visitor_name", limit=NAME_LIMIT)
    if not name:
        raise InvalidInput("visitor_name_missing")
    slot = _slot(uow, office, wanted)
    year = register_year(uow.now)
    number = APPOINTMENT_NUMBERS.label(year=year, number=take_next(uow, AppointmentCounter, year=year))
    made = Appointment(
        office_id=office.id,
        day=wanted.day,
        start_minute=slot.start_minute,
        end_minute=slot.end_minute,
        number=number,
        secret=new_tracking_secret(),
        booking_key=key,
        name=name,
        phone=phone_of(visitor.phone),
        email=clean_address(visitor.email) if visitor.email.strip() else "",
        locale=visitor.locale,
        booked_at=uow.now,
    )
    uow.session.add(made)
    uow.session.flush()
    _take_seat(uow, made, slot)
    uow.record("appointments.booked", subject_kind="appointment", subject_id=made.id, number=number)
    tell_visitor(uow, office, made, News.CONFIRMED, ways)
    return made


def move(uow: UnitOfWork, number: str, secret: str, wanted: Wanted, *, ways: Ways) -> Appointment:
    """Give an appointment another slot of its office, and tell of it as of the first.

    Raises:
        NotFound: ``appointment_unknown``, ``office_unknown``.
        InvalidInput: ``slot_unknown``.
        Conflict: ``appointment_over``, ``slot_full``.
    """
    kept = _standing(uow, number, secret)
    office = _office(uow, kept.office_id)
    slot = _slot(uow, office, wanted)
    if (kept.day, kept.start_minute) == (wanted.day, slot.start_minute):
        return kept
    uow.session.execute(delete(AppointmentSeat).where(AppointmentSeat.appointment_id == kept.id))
    kept.day, kept.start_minute, kept.end_minute = wanted.day, slot.start_minute, slot.end_minute
    kept.reminded_at = None
    _take_seat(uow, kept, slot)
    uow.record("appointments.moved", subject_kind="appointment", subject_id=kept.id, number=kept.number)
    tell_visitor(uow, office, kept, News.MOVED, ways)
    return kept


def give_up(uow: UnitOfWork, number: str, secret: str) -> Appointment:
    """Give up an appointment, so that somebody else has its place.

    Raises:
        NotFound: ``appointment_unknown``.
        Conflict: ``appointment_over``.
    """
    kept = _standing(uow, number, secret)
    _end(uow, kept)
    uow.record("appointments.given_up", subject_kind="appointment", subject_id=kept.id, number=kept.number)
    return kept


def call_off(uow: UnitOfWork, appointment_id: UUID, *, reason: str, ways: Ways) -> Appointment:
    """Call an appointment off for the office, with a reason that the citizen reads.

    Raises:
        NotFound: ``appointment_unknown``, also for those of offices that the actor does not head.
        InvalidInput: ``reason_missing``, ``field_too_long``.
        Conflict: ``appointment_over``.
    """
    uow.require("appointments.plan")
    kept = uow.session.get(Appointment, appointment_id, with_for_update=True)
    office = None if kept is None else uow.session.get(Office, kept.office_id)
    if kept is None or office is None or not can_plan(uow.actor, office):
        raise NotFound("appointment_unknown")
    said = reason_of(reason)
    if kept.state != AppointmentState.BOOKED:
        raise Conflict("appointment_over")
    _end(uow, kept)
    kept.cancelled_by_name, kept.cancel_reason = uow.actor.name, said
    uow.record("appointments.called_off", subject_kind="appointment", subject_id=kept.id, number=kept.number)
    tell_visitor(uow, office, kept, News.CALLED_OFF, ways)
    return kept


def forget_visitors(uow: UnitOfWork, *, before: date) -> int:
    """Forget who was expected before a day; that somebody was stays for the figures. Return how many were forgotten."""
    known = uow.session.scalars(select(Appointment.id).where(Appointment.day < before, Appointment.name != "")).all()
    if known:
        uow.session.execute(
            update(Appointment)
            .where(Appointment.id.in_(known))
            .values(name="", phone="", email="")
            .execution_options(synchronize_session=False)
        )
        uow.record("appointments.visitors_forgotten", subject_kind="office", subject_id="", count=len(known))
    return len(known)


def _office(uow: UnitOfWork, office_id: UUID) -> Office:
    # Shared with others who book; whoever changes the hours waits for them, and they for whoever does.
    office = uow.session.get(Office, office_id, with_for_update={"read": True})
    if office is None or not office.is_active:
        raise NotFound("office_unknown")
    return office


def _slot(uow: UnitOfWork, office: Office, wanted: Wanted) -> Slot:
    days = {one.day: one.slots for one in days_bookable(uow.session, office, uow.now)}
    slot = next((one for one in days.get(wanted.day, ()) if one.start_minute == wanted.start_minute), None)
    if slot is None:
        raise InvalidInput("slot_unknown")
    return slot


def _take_seat(uow: UnitOfWork, made: Appointment, slot: Slot) -> None:
    """Take a place of a slot: whoever comes second to one is told by the primary key, not by a look before.

    Raises:
        Conflict: ``slot_full``.
    """
    insert = postgresql_insert if uow.session.get_bind().dialect.name == "postgresql" else sqlite_insert
    place = {"office_id": made.office_id, "day": made.day, "start_minute": slot.start_minute}
    for seat in range(1, slot.places + 1):
        row = insert(AppointmentSeat).values(**place, seat=seat, places=slot.places, appointment_id=made.id)
        taken = row.on_conflict_do_nothing(index_elements=["office_id", "day", "start_minute", "seat"]).returning(
            AppointmentSeat.seat
        )
        if uow.session.scalar(taken) is not None:
            return
    raise Conflict("slot_full")


def _standing(uow: UnitOfWork, number: str, secret: str) -> Appointment:
    found = followed_appointment(uow.session, number, secret)
    if found is None:
        raise NotFound("appointment_unknown")
    kept = uow.session.get_one(Appointment, found.id, with_for_update=True, populate_existing=True)
    if kept.state != AppointmentState.BOOKED:
        raise Conflict("appointment_over")
    return kept


def _end(uow: UnitOfWork, kept: Appointment) -> None:
    uow.session.execute(delete(AppointmentSeat).where(AppointmentSeat.appointment_id == kept.id))
    kept.state, kept.cancelled_at = AppointmentState.CANCELLED, uow.now
