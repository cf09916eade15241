"""Time comes from a clock that is handed in, so that tests and rules can hold it still."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Final, Protocol
from zoneinfo import ZoneInfo

CASABLANCA = ZoneInfo("Africa/Casablanca")
"""The time of the district: for display, yearly numbering and legal deadlines, never for storage."""

CLOCKS_APART: Final = timedelta(minutes=1)
"""How far the clocks of processes may differ: those that follow a database look at it once a minute."""


class Clock(Protocol):
    """Whatever tells the time."""

    def now(self) -> datetime:
        """Return the present instant, aware, in UTC."""
        ...


class SystemClock:
    """The machine's clock."""

    def now(self) -> datetime:
        """Return the present instant, aware, in UTC."""
        return datetime.now(tz=UTC)
