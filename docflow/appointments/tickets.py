"""The queue of a day: tickets given at the welcome, desks at which people sit, who is called next.

Each step is kept in the ticket with who took it and when; the journal notes appointments and who sat at which desk, not
the thousands of calls of a day.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError

from docflow.appointments.models import Appointment, DeskSitting, Office, Ticket, TicketCounter
from docflow.appointments.queries import can_serve
from docflow.appointments.rules import (
    AppointmentState,
    Queued,
    TicketState,
    call_key,
    local_now,
)
from docflow.core.counters import take_next
from docflow.core.errors import Conflict, InvalidInput, NotFound
from docflow.core.uow import UnitOfWork


def sit_down(uow: UnitOfWork, office_id: UUID, *, desk_number: int) -> DeskSitting:
    """Open a desk of an office and sit there; whoever sat at another desk leaves it.

    Raises:
        PermissionDenied: without ``appointments.serve``.
        NotFound: ``office_unknown``, also for offices of units that are not the actor's.
        InvalidInput: ``desk_unknown`` with ``desks``; ``person_needed``.
        Conflict: ``desk_taken`` with ``desk`` and ``name``.
    """
    office = served_office(uow, office_id)
    if uow.actor.person_id is None:
        raise InvalidInput("person_needed")
    if not 1 <= desk_number <= office.desk_count:
        raise InvalidInput("desk_unknown", desks=office.desk_count)
    today, _minute = local_now(uow.now)
    standing = uow.session.scalars(select(DeskSitting).where(DeskSitting.ended_at.is_(None))).all()
    for one in standing:
        if one.day < today or one.person_id == uow.actor.person_id:
            one.ended_at = uow.now
        elif (one.office_id, one.desk_number) == (office.id, desk_number):
            raise Conflict("desk_taken", desk=desk_number, name=one.person_name)
    uow.session.flush()
    sitting = DeskSitting(
        office_id=office.id,
        desk_number=desk_number,
        day=today,
        person_id=uow.actor.person_id,
        person_name=uow.actor.name,
        began_at=uow.now,
    )
    uow.session.add(sitting)
    try:
        uow.session.flush()
    except IntegrityError as error:
        # A colleague sat down there between the look and this.
        raise Conflict("desk_taken", desk=desk_number, name="") from error
    uow.record("appointments.desk_opened", subject_kind="office", subject_id=office.id, desk=desk_number)
    return sitting


def leave_desk(uow: UnitOfWork, office_id: UUID) -> None:
    """Close the desk at which one sits; whoever was called there is done with.

    Raises:
        NotFound: ``office_unknown``.
        Conflict: ``desk_missing``.
    """
    sitting = _own_sitting(uow, served_office(uow, office_id))
    _end_called(uow, sitting, TicketState.SERVED)
    sitting.ended_at = uow.now
    uow.record("appointments.desk_closed", subject_kind="office", subject_id=office_id, desk=sitting.desk_number)


def give_ticket(uow: UnitOfWork, office_id: UUID, *, is_priority: bool) -> Ticket:
    """Give a ticket to somebody who came without an appointment.

    Raises:
        NotFound: ``office_unknown``.
    """
    return _ticket(uow, served_office(uow, office_id), is_priority=is_priority)


def welcome(uow: UnitOfWork, office_id: UUID, *, number: str) -> Ticket:
    """Give a ticket to somebody who came for an appointment of today.

    Raises:
        NotFound: ``office_unknown``, ``appointment_unknown`` (also for one of another office).
        Conflict: ``appointment_over``, ``appointment_other_day`` with ``day``.
    """
    office = served_office(uow, office_id)
    kept = uow.session.scalar(
        select(Appointment)
        .where(Appointment.office_id == office.id, Appointment.number == number.strip().upper()[:40])
        .with_for_update()
    )
    if kept is None:
        raise NotFound("appointment_unknown")
    if kept.state != AppointmentState.BOOKED:
        raise Conflict("appointment_over")
    today, _minute = local_now(uow.now)
    if kept.day != today:
        raise Conflict("appointment_other_day", day=f"{kept.day:%d/%m/%Y}")
    kept.state, kept.arrived_at = AppointmentState.ARRIVED, uow.now
    uow.record("appointments.arrived", subject_kind="appointment", subject_id=kept.id, number=kept.number)
    return _ticket(uow, office, is_priority=False, appointment=kept)


def call_next(uow: UnitOfWork, office_id: UUID) -> Ticket | None:
    """Call the next of the queue to one's desk; whoever was there is done with. None: nobody waits.

    Raises:
        NotFound: ``office_unknown``.
        Conflict: ``desk_missing``.
    """
    office = served_office(uow, office_id)
    sitting = _own_sitting(uow, office)
    _end_called(uow, sitting, TicketState.SERVED)
    _today, minute = local_now(uow.now)
    for ticket in in_order(uow, office.id, minute=minute):
        # Colleagues call at the same moment: only one of them finds a ticket still waiting.
        taken = uow.session.execute(
            update(Ticket)
            .where(Ticket.id == ticket.id, Ticket.state == TicketState.WAITING)
            .values(
                state=TicketState.CALLED,
                desk_number=sitting.desk_number,
                called_at=uow.now,
                calls=1,
                waited_minutes=_minutes(ticket.taken_at, uow.now),
                called_by_name=uow.actor.name,
            )
            .returning(Ticket.id)
            .execution_options(synchronize_session=False)
        ).first()
        if taken is not None:
            uow.session.refresh(ticket)
            return ticket
    return None


def call_again(uow: UnitOfWork, office_id: UUID) -> Ticket:
    """Call whoever is called to one's desk once more.

    Raises:
        NotFound: ``office_unknown``.
        Conflict: ``desk_missing``, ``nobody_called``.
    """
    ticket = _called(uow, office_id)
    ticket.called_at, ticket.calls = uow.now, ticket.calls + 1
    return ticket


def finish(uow: UnitOfWork, office_id: UUID, *, came: bool) -> Ticket:
    """Note that whoever was called to one's desk is done with, or did not come.

    Raises:
        NotFound: ``office_unknown``.
        Conflict: ``desk_missing``, ``nobody_called``.
    """
    ticket = _called(uow, office_id)
    _end(uow, ticket, TicketState.SERVED if came else TicketState.ABSENT)
    return ticket


def put_back(uow: UnitOfWork, office_id: UUID, ticket_id: UUID) -> Ticket:
    """Let somebody wait again who was absent when called and came after all; they keep their number.

    Raises:
        NotFound: ``office_unknown``, ``ticket_unknown``.
        Conflict: ``ticket_not_absent``.
    """
    office = served_office(uow, office_id)
    ticket = uow.session.get(Ticket, ticket_id, with_for_update=True)
    today, _minute = local_now(uow.now)
    if ticket is None or ticket.office_id != office.id or ticket.day != today:
        raise NotFound("ticket_unknown")
    if ticket.state != TicketState.ABSENT:
        raise Conflict("ticket_not_absent")
    ticket.state, ticket.desk_number, ticket.ended_at = TicketState.WAITING, None, None
    return ticket


def in_order(uow: UnitOfWork, office_id: UUID, *, minute: int) -> Sequence[Ticket]:
    """Return the tickets that wait today, in the order in which they are called at a minute of the day."""
    today, _minute = local_now(uow.now)
    waiting = uow.session.scalars(
        select(Ticket).where(Ticket.office_id == office_id, Ticket.day == today, Ticket.state == TicketState.WAITING)
    )
    return sorted(waiting, key=lambda one: call_key(Queued(one.number, one.is_priority, one.due_minute), minute))


def served_office(uow: UnitOfWork, office_id: UUID) -> Office:
    """Return an office at whose desks the actor may sit.

    Raises:
        PermissionDenied: without ``appointments.serve``.
        NotFound: ``office_unknown``.
    """
    uow.require("appointments.serve")
    office = uow.session.get(Office, office_id)
    if office is None or not office.is_active or not can_serve(uow.actor, office):
        raise NotFound("office_unknown")
    return office


def _ticket(uow: UnitOfWork, office: Office, *, is_priority: bool, appointment: Appointment | None = None) -> Ticket:
    today, minute = local_now(uow.now)
    ticket = Ticket(
        office_id=office.id,
        day=today,
        number=take_next(uow, TicketCounter, office_id=office.id, day=today),
        appointment_id=None if appointment is None else appointment.id,
        due_minute=None if appointment is None else appointment.start_minute,
        is_priority=is_priority,
        taken_at=uow.now,
        taken_hour=minute // 60,
    )
    uow.session.add(ticket)
    uow.session.flush()
    return ticket


def _own_sitting(uow: UnitOfWork, office: Office) -> DeskSitting:
    today, _minute = local_now(uow.now)
    sitting = uow.session.scalar(
        select(DeskSitting)
        .where(
            DeskSitting.office_id == office.id,
            DeskSitting.person_id == uow.actor.person_id,
            DeskSitting.day == today,
            DeskSitting.ended_at.is_(None),
        )
        .with_for_update()
    )
    if sitting is None:
        raise Conflict("desk_missing")
    return sitting


def _called(uow: UnitOfWork, office_id: UUID) -> Ticket:
    sitting = _own_sitting(uow, served_office(uow, office_id))
    ticket = _at_desk(uow, sitting)
    if ticket is None:
        raise Conflict("nobody_called")
    return ticket


def _at_desk(uow: UnitOfWork, sitting: DeskSitting) -> Ticket | None:
    return uow.session.scalar(
        select(Ticket)
        .where(
            Ticket.office_id == sitting.office_id,
            Ticket.day == sitting.day,
            Ticket.desk_number == sitting.desk_number,
            Ticket.state == TicketState.CALLED,
        )
        .with_for_update()
    )


def _end_called(uow: UnitOfWork, sitting: DeskSitting, state: TicketState) -> None:
    ticket = _at_desk(uow, sitting)
    if ticket is not None:
        _end(uow, ticket, state)
        uow.session.flush()


def _end(uow: UnitOfWork, ticket: Ticket, state: TicketState) -> None:
    ticket.state, ticket.ended_at = state, uow.now
    if state is TicketState.SERVED and ticket.called_at is not None:
        ticket.served_minutes = _minutes(ticket.called_at, uow.now)


def _minutes(start: datetime, end: datetime) -> int:
    return max(0, round((end - start).total_seconds() / 60))
