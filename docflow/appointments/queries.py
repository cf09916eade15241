"""Reads of offices and appointments: what is free, what is booked, who may do what where."""

from __future__ import annotations

import hmac
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Final
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from docflow.accounts.visibility import OPERATOR_TOKEN
from docflow.appointments.models import Appointment, AppointmentSeat, Office, OfficeHours
from docflow.appointments.rules import AppointmentState, Opening, Slot, horizon, local_now, slots_of
from docflow.core.actor import Actor
from docflow.core.errors import NotFound
from docflow.deadlines.calendars import open_days
from docflow.registry.rules import TRACKING_SECRET_LENGTH

NOTICE_MINUTES: Final = 30
"""A slot of today is given while it begins in more than so many minutes."""
NO_SECRET: Final = "-" * TRACKING_SECRET_LENGTH
"""Compared where there is no appointment, so that an unknown number takes as long as a wrong secret."""
MOST_STANDING: Final = 500


@dataclass(frozen=True, slots=True)
class FreeDay:
    """A day on which an office receives, with its slots; full ones too."""

    day: date
    slots: tuple[Slot, ...]

    @property
    def free(self) -> int:
        """How many appointments it takes yet."""
        return sum(slot.free for slot in self.slots)


def can_serve(actor: Actor, office: Office) -> bool:
    """Return whether somebody may sit at the desks of an office."""
    tokens = {f"{kind}:{office.unit_id}" for kind in ("unit", "over", "counter")} | {OPERATOR_TOKEN}
    return actor.can("appointments.serve") and bool(actor.tokens & tokens)


def can_plan(actor: Actor, office: Office) -> bool:
    """Return whether somebody may see the figures of an office and call its appointments off."""
    return actor.can("appointments.plan") and bool(actor.tokens & {f"over:{office.unit_id}", OPERATOR_TOKEN})


def can_set_up(actor: Actor, office: Office) -> bool:
    """Return whether somebody may change the hours of an office."""
    return actor.can("appointments.manage") or can_plan(actor, office)


def all_offices(session: Session, *, active_only: bool = False) -> Sequence[Office]:
    """Return the offices, by code."""
    statement = select(Office).order_by(Office.code)
    return session.scalars(statement.where(Office.is_active) if active_only else statement).all()


def open_office(session: Session, code: str) -> Office:
    """Return an office that receives, by its code.

    Raises:
        NotFound: ``office_unknown``.
    """
    office = session.scalar(select(Office).where(Office.code == code, Office.is_active))
    if office is None:
        raise NotFound("office_unknown")
    return office


def office_with_id(session: Session, office_id: UUID) -> Office:
    """Return an office.

    Raises:
        NotFound: ``office_unknown``.
    """
    office = session.get(Office, office_id)
    if office is None:
        raise NotFound("office_unknown")
    return office


def openings_of(session: Session, office_id: UUID) -> list[Opening]:
    """Return the hours of an office, by weekday and time."""
    statement = select(OfficeHours).where(OfficeHours.office_id == office_id)
    rows = session.scalars(statement.order_by(OfficeHours.weekday, OfficeHours.start_minute))
    return [Opening(row.weekday, row.start_minute, row.end_minute, row.places) for row in rows]


def slots_on(session: Session, office: Office, day: date) -> list[Slot]:
    """Return the slots of an office on a day, with what is taken of each; none on a feast or a day of closure."""
    # The calendar says when the district is closed; Saturday is a matter of the office's own hours.
    if day in open_days(session, [day.year]).closed:
        return []
    slots = slots_of(openings_of(session, office.id), weekday=day.weekday(), slot_minutes=office.slot_minutes)
    taken = dict(
        session.execute(
            select(AppointmentSeat.start_minute, func.count())
            .where(AppointmentSeat.office_id == office.id, AppointmentSeat.day == day)
            .group_by(AppointmentSeat.start_minute)
        )
        .tuples()
        .all()
    )
    return [replace(slot, taken=taken.get(slot.start_minute, 0)) for slot in slots]


def days_bookable(session: Session, office: Office, now: datetime) -> list[FreeDay]:
    """Return the days on which an office can be booked, with the slots that have not begun."""
    today, minute = local_now(now)
    days = horizon(today, office.horizon_days)
    closed = open_days(session, {days[0].year, days[-1].year}).closed
    openings = openings_of(session, office.id)
    taken = Counter(
        {
            (day, start): count
            for day, start, count in session.execute(
                select(AppointmentSeat.day, AppointmentSeat.start_minute, func.count())
                .where(AppointmentSeat.office_id == office.id, AppointmentSeat.day.between(days[0], days[-1]))
                .group_by(AppointmentSeat.day, AppointmentSeat.start_minute)
            )
        }
    )
    found = []
    for day in days:
        slots = tuple(
            replace(slot, taken=taken[day, slot.start_minute])
            for slot in slots_of(openings, weekday=day.weekday(), slot_minutes=office.slot_minutes)
            if day > today or slot.start_minute >= minute + NOTICE_MINUTES
        )
        if slots and day not in closed:
            found.append(FreeDay(day, slots))
    return found


def followed_appointment(session: Session, number: str, secret: str) -> Appointment | None:
    """Return an appointment to whoever knows its secret; none for a wrong number or secret alike."""
    found = session.scalar(select(Appointment).where(Appointment.number == number.strip().upper()[:40]))
    kept = NO_SECRET if found is None else found.secret
    is_right = hmac.compare_digest(kept.encode(), "".join(secret.upper().split()).encode("utf-8", "replace"))
    return found if is_right else None


def appointments_on(session: Session, office_id: UUID, day: date) -> Sequence[Appointment]:
    """Return the appointments of a day that were not given up, by their hour."""
    return session.scalars(
        select(Appointment)
        .where(
            Appointment.office_id == office_id,
            Appointment.day == day,
            Appointment.state != AppointmentState.CANCELLED,
        )
        .order_by(Appointment.start_minute, Appointment.number)
    ).all()


def standing_after(session: Session, office_id: UUID, day: date) -> Sequence[Appointment]:
    """Return the appointments that stand on a day or later, by their hour."""
    return session.scalars(
        select(Appointment)
        .where(Appointment.office_id == office_id, Appointment.day >= day, Appointment.state == AppointmentState.BOOKED)
        .order_by(Appointment.day, Appointment.start_minute, Appointment.number)
        .limit(MOST_STANDING)
    ).all()


def booked_by_hour(session: Session, office_id: UUID, days: Sequence[date]) -> dict[date, Counter[int]]:
    """Return how many appointments stand in each hour of some days."""
    found: dict[date, Counter[int]] = {day: Counter() for day in days}
    rows = session.execute(
        select(AppointmentSeat.day, AppointmentSeat.start_minute, func.count())
        .where(AppointmentSeat.office_id == office_id, AppointmentSeat.day.in_(days))
        .group_by(AppointmentSeat.day, AppointmentSeat.start_minute)
    )
    for day, start, count in rows:
        found[day][start // 60] += count
    return found
