"""The handler that forgets who had an appointment."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any, Final

from docflow.appointments.booking import forget_visitors
from docflow.appointments.deps import Deps
from docflow.appointments.rules import local_now
from docflow.core.actor import SYSTEM
from docflow.core.capability import JobContext

KEPT_DAYS: Final = 30


def forget(deps: Deps, _payload: Mapping[str, Any], _context: JobContext) -> None:
    """Forget the names of those whose day was long ago."""
    with deps.transactions.writing(SYSTEM) as uow:
        today, _minute = local_now(uow.now)
        forget_visitors(uow, before=today - timedelta(days=KEPT_DAYS))
