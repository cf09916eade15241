"""A queue for those who write to one SQLite file: who came first is next.

SQLite lets one transaction write at a time. Others try again after pauses of their own choosing, so that with many of
them one may be overtaken until its patience is over and is told that the database is locked. Here they wait in line: in
a process for a lock of the file's path, between processes for a lock of a file beside it, which the kernel hands on in
the order of arrival and takes from a process that is killed.
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

PATIENCE_S: Final = 30.0
"""Whoever waited longer in this process goes on and leaves the answer to SQLite: something holds on to the file."""
TURN: Final = "docflow_writer"
"""Where a connection keeps its turn, until it goes back to the pool: the commit is over then."""

_lines: defaultdict[str, Lock] = defaultdict(Lock)


class _Turn:
    """The right to write, of one connection."""

    def __init__(self, database: str) -> None:
        self._line = _lines[database]
        self._is_in_line = self._line.acquire(timeout=PATIENCE_S)
        self._file = os.open(Path(f"{database}-writers"), os.O_CREAT | os.O_RDWR | os.O_CLOEXEC, 0o600)
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
