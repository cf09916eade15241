"""What the waiting display and the desks show of a day's queue: numbers, never names."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from docflow.appointments.forecasting import quantile
from docflow.appointments.models import DeskSitting, Office, Ticket
from docflow.appointments.rules import Queued, TicketState, call_key, local_now, ticket_label, wait_minutes

MOST_CALLED: Final = 6
SERVICE_DAYS: Final = 14
"""How long one is served is the middle of what it was over so many days."""
LEAST_SERVED: Final = 20
"""Before so many were served, the length of an appointment stands for it."""


@dataclass(frozen=True, slots=True)
class Call:
    """A number that is called, and to which desk."""

    label: str
    desk_number: int
    called_at: datetime


@dataclass(frozen=True, slots=True)
class Queue:
    """What is known of the queue of an office now.

    ``waiting``: the labels in the order of calling. ``wait_minutes``: of whoever takes a ticket now; none where no desk
    is open.
    """

    office: Office
    called: tuple[Call, ...]
    waiting: tuple[str, ...]
    open_desks: int
    wait_minutes: int | None


def queue_of(session: Session, office: Office, now: datetime) -> Queue:
    """Return the queue of an office as it is at an instant."""
    today, minute = local_now(now)
    rows = session.scalars(
        select(Ticket).where(
            Ticket.office_id == office.id,
            Ticket.day == today,
            Ticket.state.in_((TicketState.WAITING, TicketState.CALLED)),
        )
    ).all()
    waiting = sorted(
        (one for one in rows if one.state == TicketState.WAITING),
        key=lambda one: call_key(Queued(one.number, one.is_priority, one.due_minute), minute),
    )
    called = sorted(
        (
            Call(ticket_label(office.letter, one.number), one.desk_number, one.called_at)
            for one in rows
            if one.state == TicketState.CALLED and one.desk_number is not None and one.called_at is not None
        ),
        key=lambda call: call.called_at,
        reverse=True,
    )
    desks = len(sittings_of(session, office.id, today))
    service = service_minutes(session, office, today)
    # Every desk is busy while somebody waits: the newcomer waits for all before them, and for a desk to be free.
    before = len(waiting) + (len(called) if len(called) >= desks else 0) / 2
    return Queue(
        office,
        tuple(called[:MOST_CALLED]),
        tuple(ticket_label(office.letter, one.number) for one in waiting),
        desks,
        wait_minutes(before=before, desks=desks, service_minutes=service),
    )


def sittings_of(session: Session, office_id: UUID, day: date) -> Sequence[DeskSitting]:
    """Return who sits at the desks of an office now, by desk."""
    return session.scalars(
        select(DeskSitting)
        .where(DeskSitting.office_id == office_id, DeskSitting.day == day, DeskSitting.ended_at.is_(None))
        .order_by(DeskSitting.desk_number)
    ).all()


def tickets_on(session: Session, office_id: UUID, day: date, state: TicketState) -> Sequence[Ticket]:
    """Return the tickets of a day in a state, by number."""
    return session.scalars(
        select(Ticket)
        .where(Ticket.office_id == office_id, Ticket.day == day, Ticket.state == state)
        .order_by(Ticket.number)
    ).all()


def service_minutes(session: Session, office: Office, today: date) -> float:
    """Return how long one is served at an office: the middle of the last fortnight, at least a minute."""
    rows = session.execute(
        select(Ticket.served_minutes, func.count())
        .where(
            Ticket.office_id == office.id,
            Ticket.day >= today - timedelta(days=SERVICE_DAYS),
            Ticket.served_minutes.is_not(None),
        )
        .group_by(Ticket.served_minutes)
    )
    counts = {minutes: count for minutes, count in rows if minutes is not None}
    middle = quantile(counts, 0.5) if sum(counts.values()) >= LEAST_SERVED else None
    return float(max(1, office.slot_minutes if middle is None else middle))
