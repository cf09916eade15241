"""The clock of the database server, which all hosts of an installation share."""

from __future__ import annotations

import threading
import time
from datetime import UTC, datetime, timedelta

import structlog
from sqlalchemy import Engine, func, select
from sqlalchemy.exc import SQLAlchemyError

logger = structlog.get_logger()

ASK_AGAIN_S = 60.0
ASK_AGAIN_AWAY_S = 5.0


class ServerClock:
    """Tells the time of PostgreSQL: asked once a minute, counted on in between by what no clock change touches.

    Leases, terms and turns are written by one host and judged by another; hosts whose clocks are apart would take work
    from each other while it is done. Before the server answered for the first time it tells the machine's own time.
    """

    def __init__(self, engine: Engine) -> None:
        """Take the database, which is asked when the time is first needed."""
        self._engine = engine
        self._lock = threading.Lock()
        self._answer: tuple[datetime, float] | None = None
        self._ask_at = 0.0

    def now(self) -> datetime:
        """Return the present instant, aware, in UTC."""
        if _elapsed_s() >= self._ask_at and self._lock.acquire(blocking=self._answer is None):
            try:
                if _elapsed_s() >= self._ask_at:
                    self._ask()
            finally:
                self._lock.release()
        if self._answer is None:
            return datetime.now(tz=UTC)
        told, told_at = self._answer
        return told + timedelta(seconds=_elapsed_s() - told_at)

    def offset_s(self) -> float:
        """Return by how many seconds the machine's own clock is ahead of the server's."""
        return (datetime.now(tz=UTC) - self.now()).total_seconds()

    def _ask(self) -> None:
        before = _elapsed_s()
        try:
            with self._engine.connect() as connection:
                # The way to the server and back is divided evenly; opening a connection does not count.
                before = _elapsed_s()
                told: datetime = connection.execute(select(func.clock_timestamp())).scalar_one()
                after = _elapsed_s()
        except SQLAlchemyError as error:
            logger.warning("server_clock_away", reason=type(error).__name__)
            self._ask_at = _elapsed_s() + ASK_AGAIN_AWAY_S
            return
        self._answer = told.astimezone(UTC), (before + after) / 2
        self._ask_at = after + ASK_AGAIN_S


def _elapsed_s() -> float:
    """Return seconds that go on while the machine sleeps, and that setting its clock does not change."""
    return time.clock_gettime(time.CLOCK_BOOTTIME)
