"""The handlers that remind of appointments, and forget who had one."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any, Final

from docflow.appointments.booking import forget_visitors
from docflow.appointments.deps import Deps
from docflow.appointments.rules import local_now
from docflow.appointments.telling import remind_of_tomorrow, ways_of
from docflow.core.actor import SYSTEM
from docflow.core.capability import JobContext

KEPT_DAYS: Final = 30


def forget(deps: Deps, _payload: Mapping[str, Any], _context: JobContext) -> None:
    """Forget the names of those whose day was long ago."""
    with deps.transactions.writing(SYSTEM) as uow:
        today, _minute = local_now(uow.now)
        forget_visitors(uow, before=today - timedelta(days=KEPT_DAYS))


def remind(deps: Deps, _payload: Mapping[str, Any], _context: JobContext) -> None:
    """Remind those who are expected tomorrow, where there is a way to."""
    ways = ways_of(deps)
    if ways.mail or ways.texts:
        with deps.transactions.writing(SYSTEM) as uow:
            remind_of_tomorrow(uow, ways)
