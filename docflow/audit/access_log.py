"""The log of openings: gathered in memory and written in batches, so that looking costs no transaction."""

from __future__ import annotations

import threading
from datetime import datetime
from typing import Any
from uuid import UUID

import structlog
from sqlalchemy import insert

from docflow.audit.models import Opening
from docflow.core.actor import SYSTEM, Actor
from docflow.core.ids import new_id
from docflow.core.uow import Transactions

logger = structlog.get_logger()

FLUSH_EVERY_S = 1.0


class AccessLog:
    """Keeps openings for at most a second, then writes them together."""

    def __init__(self, transactions: Transactions) -> None:
        """Take the database; the writing thread starts with the first opening."""
        self._transactions = transactions
        self._waiting: list[dict[str, Any]] = []
        self._lock = threading.Lock()
        self._writing = threading.Lock()
        self._timer: threading.Timer | None = None

    def opened(self, actor: Actor, document_id: UUID, *, what: str, at: datetime) -> None:
        """Note that an actor opened a document's content."""
        row = {
            "id": new_id(),
            "at": at,
            "actor_name": actor.name,
            "person_id": actor.person_id,
            "document_id": document_id,
            "what": what,
        }
        with self._lock:
            self._waiting.append(row)
            if self._timer is None:
                self._timer = threading.Timer(FLUSH_EVERY_S, self.flush)
                self._timer.daemon = True
                self._timer.start()

    def flush(self) -> None:
        """Write what waits, after what is being written; on failure it waits on for the next turn."""
        # Whoever flushes before the database is closed must not leave another thread in the middle of it.
        with self._writing:
            with self._lock:
                rows, self._waiting, self._timer = self._waiting, [], None
            if not rows:
                return
            try:
                with self._transactions.writing(SYSTEM) as uow:
                    uow.session.execute(insert(Opening), rows)
            except Exception:
                # The boundary of a background thread: the rows are kept for the next flush.
                logger.exception("access_log_not_written", rows=len(rows))
                with self._lock:
                    self._waiting = rows + self._waiting
