"""A first-in, first-out queue for the writers of one SQLite file.

SQLite allows one write transaction at a time. The other connections poll with a back-off, so that under load one of
them can be overtaken until its busy timeout expires and it fails with "database is locked". Here writers queue: threads
of one process on a lock for the path of the file, processes on a lock (``flock``) of a file beside it, which the kernel
releases when a process is killed.
"""

from __future__ import annotations

import fcntl
import os
from collections import defaultdict
from pathlib import Path
from threading import Lock
from typing import Final

from sqlalchemy import Connection, Engine, event
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.pool import ConnectionPoolEntry

WAIT_S: Final = 30.0
"""After this long a writer goes on without its turn and leaves the answer to SQLite: something holds the file."""
TURN: Final = "docflow_writer"
"""Where a connection keeps its turn, until it goes back to the pool: the commit is over then."""

_lines: defaultdict[str, Lock] = defaultdict(Lock)


class _Turn:
    """The right to write, of one connection."""

    def __init__(self, database: str) -> None:
        # Opened first: if that fails, no lock is left held.
        self._file = os.open(Path(f"{database}-writers"), os.O_CREAT | os.O_RDWR | os.O_CLOEXEC, 0o600)
        self._line = _lines[database]
        self._is_in_line = self._line.acquire(timeout=WAIT_S)
        if self._is_in_line:
            fcntl.flock(self._file, fcntl.LOCK_EX)

    def end(self) -> None:
        os.close(self._file)
        if self._is_in_line:
            self._line.release()


def queue_writers(engine: Engine) -> None:
    """Let the connections of an engine on a SQLite file write in the order in which they ask to."""
    event.listen(engine, "checkin", _end_turn)
    event.listen(engine, "invalidate", lambda connection, record, _error: _end_turn(connection, record))


def await_turn(connection: Connection) -> None:
    """Wait until it is a connection's turn to write; it keeps the turn until it goes back to the pool."""
    database = connection.engine.url.database
    info = connection.connection.info
    if database and database != ":memory:" and TURN not in info:
        info[TURN] = _Turn(database)


def _end_turn(_connection: DBAPIConnection | None, record: ConnectionPoolEntry) -> None:
    turn = record.info.pop(TURN, None)
    if turn is not None:
        turn.end()
