"""Terms as they stand with the calendar of today."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy.orm import Session

from docflow.core.clock import CASABLANCA
from docflow.deadlines.calendars import open_days
from docflow.deadlines.rules import DayKind, Deadline, DeadlineRule, Suspension, deadline_of


def deadline_from(
    session: Session,
    rule: DeadlineRule,
    start: datetime,
    *,
    suspensions: Sequence[Suspension] = (),
    extension_days: int = 0,
) -> Deadline:
    """Count a term from an instant, whose day in Casablanca is the day of the deposit.

    It is counted anew whenever it is asked for, so that a change of the calendar needs no other work.
    """
    day = start.astimezone(CASABLANCA).date()
    paused = sum((pause.end - pause.start).days for pause in suspensions if pause.end is not None)
    working = 2 if rule.kind is DayKind.WORKING else 1
    years_ahead = 1 + (paused + working * (rule.days + extension_days)) // 365
    years = range(day.year, day.year + years_ahead + 1)
    return deadline_of(
        rule,
        start=day,
        open_days=open_days(session, years),
        suspensions=suspensions,
        extension_days=extension_days,
    )
