"""What an administrator says of the calendar; terms are counted anew when shown, and those of tasks by a job."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from sqlalchemy import delete, select

from docflow.core.errors import Conflict, InvalidInput, NotFound
from docflow.core.jobs import JobRequest
from docflow.core.uow import UnitOfWork
from docflow.deadlines.calendars import LUNAR, computed_feasts
from docflow.deadlines.models import FeastShift, LocalClosure

SHIFTS = (-1, 0, 1)
RECOUNT_JOB = JobRequest(name="routing.recount_terms", unique_key="routing.recount_terms")
"""Brings the deadlines of open tasks in line with the calendar; the room above does it."""


def shift_feast(uow: UnitOfWork, *, year: int, feast: str, days: int) -> None:
    """Say that a feast of the moon came a day earlier or later than was computed, or as computed after all.

    Raises:
        PermissionDenied: without ``calendars.manage``.
        InvalidInput: ``feast_unknown``, ``shift_invalid``.
    """
    uow.require("calendars.manage")
    if feast not in LUNAR.values() or not any(one.lunar == feast for one in computed_feasts(year)):
        raise InvalidInput("feast_unknown")
    if days not in SHIFTS:
        raise InvalidInput("shift_invalid")
    uow.session.execute(delete(FeastShift).where(FeastShift.year == year, FeastShift.feast == feast))
    if days:
        uow.session.add(FeastShift(year=year, feast=feast, days=days))
    uow.enqueue(RECOUNT_JOB)
    uow.record("deadlines.feast_shifted", subject_kind="calendar", subject_id=str(year), feast=feast, days=days)


def close_day(uow: UnitOfWork, day: date, *, name_ar: str, name_fr: str) -> LocalClosure:
    """Note a day on which the district is closed.

    Raises:
        PermissionDenied: without ``calendars.manage``.
        InvalidInput: ``closure_incomplete``.
        Conflict: ``day_closed_already``.
    """
    uow.require("calendars.manage")
    names = [" ".join(name.split())[:120] for name in (name_ar, name_fr)]
    if not all(names):
        raise InvalidInput("closure_incomplete")
    if uow.session.scalar(select(LocalClosure.id).where(LocalClosure.day == day)) is not None:
        raise Conflict("day_closed_already")
    closure = LocalClosure(day=day, name_ar=names[0], name_fr=names[1])
    uow.session.add(closure)
    uow.session.flush()
    uow.enqueue(RECOUNT_JOB)
    uow.record("deadlines.day_closed", subject_kind="calendar", subject_id=str(day.year), day=day.isoformat())
    return closure


def open_day(uow: UnitOfWork, closure_id: UUID) -> None:
    """Take a closure back.

    Raises:
        PermissionDenied: without ``calendars.manage``.
        NotFound: ``closure_unknown``.
    """
    uow.require("calendars.manage")
    closure = uow.session.get(LocalClosure, closure_id)
    if closure is None:
        raise NotFound("closure_unknown")
    uow.session.delete(closure)
    uow.enqueue(RECOUNT_JOB)
    uow.record(
        "deadlines.day_opened",
        subject_kind="calendar",
        subject_id=str(closure.day.year),
        day=closure.day.isoformat(),
    )
