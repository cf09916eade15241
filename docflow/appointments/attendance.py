"""The figures of an office for its head: arrivals, waiting, what is expected, how many desks to open."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from docflow.appointments.forecasting import DayForecast, History, forecast_day, quantile
from docflow.appointments.models import Office, Ticket
from docflow.appointments.queries import booked_by_hour, openings_of
from docflow.appointments.rules import Opening, TicketState
from docflow.appointments.watching import service_minutes
from docflow.deadlines.calendars import open_days

HISTORY_DAYS: Final = 56
"""Eight weeks: the six days of a weekday that a forecast looks at, with feasts between them."""
SHOWN_DAYS: Final = 28
AHEAD: Final = 5
"""Open days that are forecast."""
SEARCHED_DAYS: Final = 30


@dataclass(frozen=True, slots=True)
class HourFigures:
    """An hour of the day over the last weeks: how many came on an open day, and how long they waited."""

    hour: int
    today: int
    usual: float
    waited_median: int | None
    waited_ninetieth: int | None


@dataclass(frozen=True, slots=True)
class Attendance:
    """The figures of an office: of the last four weeks by the hour, of today, and of the days to come."""

    office: Office
    hours: tuple[HourFigures, ...]
    days_counted: int
    arrived_today: int
    waiting_today: int
    served_today: int
    absent_today: int
    waited_median: int | None
    service_minutes: float
    forecast: tuple[DayForecast, ...]


def attendance_of(session: Session, office: Office, today: date) -> Attendance:
    """Return the figures of an office as they are today."""
    arrivals = _arrivals(session, office, today - timedelta(days=HISTORY_DAYS), today)
    shown = [day for day in arrivals if today - timedelta(days=SHOWN_DAYS) <= day < today]
    waits = _waits(session, office, today - timedelta(days=SHOWN_DAYS), today)
    openings = openings_of(session, office.id)
    hours = sorted(
        {hour for day in [*shown, today] for hour in arrivals.get(day, {})}
        | {hour for one in openings for hour in _hours(one)}
    )
    states = _states(session, office, today)
    everything: Counter[int] = Counter()
    for counts in waits.values():
        everything.update(counts)
    service = service_minutes(session, office, today)
    return Attendance(
        office=office,
        hours=tuple(
            HourFigures(
                hour,
                today=sum(arrivals.get(today, {}).get(hour, (0, 0))),
                usual=sum(sum(arrivals[day].get(hour, (0, 0))) for day in shown) / len(shown) if shown else 0.0,
                waited_median=quantile(waits.get(hour, {}), 0.5),
                waited_ninetieth=quantile(waits.get(hour, {}), 0.9),
            )
            for hour in hours
        ),
        days_counted=len(shown),
        arrived_today=sum(states.values()),
        waiting_today=states.get(TicketState.WAITING, 0),
        served_today=states.get(TicketState.SERVED, 0),
        absent_today=states.get(TicketState.ABSENT, 0),
        waited_median=quantile(everything, 0.5),
        service_minutes=service,
        forecast=_forecast(session, office, today, openings, _walk_ins(arrivals, today), service),
    )


def forecast_of(session: Session, office: Office, today: date) -> tuple[DayForecast, ...]:
    """Return what is expected of the next open days at an office."""
    arrivals = _arrivals(session, office, today - timedelta(days=HISTORY_DAYS), today)
    service = service_minutes(session, office, today)
    openings = openings_of(session, office.id)
    return _forecast(session, office, today, openings, _walk_ins(arrivals, today), service)


def _forecast(
    session: Session,
    office: Office,
    today: date,
    openings: Sequence[Opening],
    history: History,
    service: float,
) -> tuple[DayForecast, ...]:
    last = today + timedelta(days=SEARCHED_DAYS)
    closed = open_days(session, {today.year, last.year}).closed
    ahead = (today + timedelta(days=number) for number in range(1, SEARCHED_DAYS + 1))
    weekdays = {one.weekday for one in openings}
    days = [day for day in ahead if day not in closed and day.weekday() in weekdays][:AHEAD]
    booked = booked_by_hour(session, office.id, days)
    return tuple(
        forecast_day(
            history,
            day,
            open_hours=sorted({hour for one in openings if one.weekday == day.weekday() for hour in _hours(one)}),
            booked=booked[day],
            service_minutes=service,
        )
        for day in days
    )


def _arrivals(session: Session, office: Office, first: date, last: date) -> dict[date, dict[int, tuple[int, int]]]:
    """Return of each day with tickets, by hour, how many came without an appointment and how many with one."""
    found: dict[date, dict[int, tuple[int, int]]] = defaultdict(dict)
    rows = session.execute(
        select(Ticket.day, Ticket.taken_hour, func.count(), func.count(Ticket.appointment_id))
        .where(Ticket.office_id == office.id, Ticket.day.between(first, last))
        .group_by(Ticket.day, Ticket.taken_hour)
    )
    for day, hour, count, by_appointment in rows:
        found[day][hour] = (count - by_appointment, by_appointment)
    return found


def _walk_ins(arrivals: Mapping[date, Mapping[int, tuple[int, int]]], today: date) -> History:
    return {day: {hour: counts[0] for hour, counts in hours.items()} for day, hours in arrivals.items() if day < today}


def _waits(session: Session, office: Office, first: date, last: date) -> dict[int, Counter[int]]:
    """Return by hour of arrival how often each number of minutes was waited."""
    found: dict[int, Counter[int]] = defaultdict(Counter)
    rows = session.execute(
        select(Ticket.taken_hour, Ticket.waited_minutes, func.count())
        .where(Ticket.office_id == office.id, Ticket.day.between(first, last), Ticket.waited_minutes.is_not(None))
        .group_by(Ticket.taken_hour, Ticket.waited_minutes)
    )
    for hour, minutes, count in rows:
        if minutes is not None:
            found[hour][minutes] += count
    return found


def _states(session: Session, office: Office, day: date) -> dict[TicketState, int]:
    rows = session.execute(
        select(Ticket.state, func.count())
        .where(Ticket.office_id == office.id, Ticket.day == day)
        .group_by(Ticket.state)
    )
    return {TicketState(state): count for state, count in rows}


def _hours(opening: Opening) -> range:
    return range(opening.start_minute // 60, -(-opening.end_minute // 60))
