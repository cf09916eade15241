"""The database: base class, column types, engines."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from datetime import UTC, datetime
from functools import partial
from typing import Any, TypeAlias

from sqlalchemy import (
    ColumnElement,
    DateTime,
    Dialect,
    Engine,
    Executable,
    MetaData,
    TypeDecorator,
    Uuid,
    case,
    cast,
    create_engine,
    event,
    func,
    literal,
    select,
    type_coerce,
)
from sqlalchemy.engine import Connection
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.exc import InvalidatePoolError
from sqlalchemy.orm import DeclarativeBase, InstrumentedAttribute, Session
from sqlalchemy.pool import ConnectionPoolEntry

from docflow.core.sqlite_writers import await_turn, queue_writers

UUID_PATTERN = "^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$"
READ_ONLY = "docflow_read_only"
"""Execution option of a connection that will only read (SQLite then takes no write lock)."""
IDLE_S = 1.0
USED_AT, PIPELINE = "docflow_used_at", "docflow_pipeline"
ASKED_BEFORE_PREPARED = 1
MOST_PREPARED = 600
"""On one connection. The pages of the staff at work ask two hundred different statements again and again; with the
hundred that the driver keeps by itself, each of them drives out one that is needed next."""

Writing: TypeAlias = tuple[Executable, Mapping[str, Any] | Sequence[Mapping[str, Any]]]
"""A statement with its parameters, of one row or of several."""

CLOSED = "docflow_closed"
"""What the triggers of a database say from which the installation moved away."""


class Base(DeclarativeBase):
    """The base of all tables; every constraint has a name that migrations can rely on."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(column_0_label)s",
            "uq": "uq_%(table_name)s_%(column_0_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
            "pk": "pk_%(table_name)s",
        }
    )


class UtcDateTime(TypeDecorator[datetime]):
    """An aware instant, kept in UTC; a naive one is refused."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Turn an aware instant to UTC; SQLite stores it without its zone."""
        if value is None:
            return None
        if value.tzinfo is None:
            message = "a naive datetime cannot be stored"
            raise TypeError(message)
        value = value.astimezone(UTC)
        return value.replace(tzinfo=None) if dialect.name == "sqlite" else value

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Give the zone back."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


def identifier_in(session: Session, column: ColumnElement[Any] | InstrumentedAttribute[str]) -> ColumnElement[Any]:
    """Return the UUID that a column of texts holds, to be compared with a column of UUIDs by its index.

    A text that holds none equals nothing.
    """
    if session.get_bind().dialect.name == "sqlite":
        return type_coerce(func.replace(column, "-", ""), Uuid())
    return case((column.op("~")(UUID_PATTERN), cast(column, Uuid())), else_=None)


def open_engine(url: str, *, pool_size: int = 10) -> Engine:
    """Open an engine whose transactions behave alike on SQLite and PostgreSQL.

    On SQLite a writing transaction waits for its turn (``sqlite_writers``) and begins with ``BEGIN IMMEDIATE``, so that
    writers queue instead of failing at commit; WAL lets readers go on, ``synchronous=FULL`` makes a commit durable.
    On PostgreSQL a connection that lay idle is asked whether it lives before it is used: a page takes a score of them,
    and each question costs as much as a statement. The connection used last is taken first, so that few of them are
    warm, each with what it has prepared; what is asked for the second time is prepared.
    """
    if url.startswith("postgresql://"):
        url = "postgresql+psycopg://" + url.removeprefix("postgresql://")
    engine = create_engine(
        url,
        pool_size=pool_size,
        max_overflow=20,
        pool_use_lifo=True,
        # An error of the database goes to the log: with the values of the statement it would name citizens there.
        hide_parameters=True,
    )
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", _prepare_sqlite)
        event.listen(engine, "begin", _begin_sqlite)
        queue_writers(engine)
    else:
        event.listen(engine, "connect", _prepare_postgresql)
        event.listen(engine, "rollback", _break_off_pipeline)
        event.listen(engine, "checkin", _end_pipeline)
        event.listen(engine, "checkin", _note_use)
        event.listen(engine, "checkout", partial(_ask_idle, engine))
    return engine


def has_rows(
    table: type[DeclarativeBase], *conditions: ColumnElement[bool] | InstrumentedAttribute[bool], more_than: int = 0
) -> Callable[[Session], bool]:
    """Return the question whether a table has more than so many rows that meet conditions."""
    wanted = select(literal(1)).select_from(table).where(*conditions).limit(1).offset(more_than)
    return lambda session: session.scalar(wanted) is not None


def send_with_commit(session: Session) -> None:
    """Let what is written from now on and the commit be sent in one go: PostgreSQL waits for nobody between them.

    Each answer would otherwise be waited for, by a thread that gets its turn late on a busy machine, while all others
    wait for its locks. An error is raised by the commit. SQLite has nobody to send anything to.
    """
    if session.get_bind().dialect.name == "postgresql":
        connection = session.connection().connection
        driver: Any = connection.driver_connection
        # It ends when the connection goes back to the others: the session lets go of it as it commits.
        connection.info[PIPELINE] = pipeline = driver.pipeline()
        pipeline.__enter__()


def _end_pipeline(connection: DBAPIConnection | None, record: ConnectionPoolEntry) -> None:
    pipeline = record.info.pop(PIPELINE, None)
    if pipeline is not None and connection is not None:
        pipeline.__exit__(None, None, None)


def _break_off_pipeline(connection: Connection) -> None:
    """Leave what was sent and refused, so that a rollback can be sent."""
    pipeline = None if connection.invalidated else connection.connection.info.pop(PIPELINE, None)
    if pipeline is not None:
        # Why it was refused is known already.
        with suppress(connection.dialect.loaded_dbapi.Error):
            pipeline.__exit__(None, None, None)


def _prepare_postgresql(connection: DBAPIConnection, _record: ConnectionPoolEntry) -> None:
    driver: Any = connection
    driver.prepare_threshold, driver.prepared_max = ASKED_BEFORE_PREPARED, MOST_PREPARED
    # To compile a question takes longer than any answer here, and is tried where a table is long or badly known.
    driver.execute("SET jit = off")
    driver.commit()


def _note_use(_connection: DBAPIConnection | None, record: ConnectionPoolEntry) -> None:
    record.info[USED_AT] = time.monotonic()


def _ask_idle(engine: Engine, connection: DBAPIConnection, record: ConnectionPoolEntry, _proxy: object) -> None:
    """Let a connection of a server that is gone, and all others that were opened before, be opened anew."""
    used_at = record.info.get(USED_AT)
    if used_at is None or time.monotonic() - used_at < IDLE_S:
        return
    try:
        engine.dialect.do_ping(connection)
    except engine.dialect.loaded_dbapi.Error as error:
        raise InvalidatePoolError from error


def _prepare_sqlite(connection: DBAPIConnection, _record: ConnectionPoolEntry) -> None:
    driver: Any = connection
    driver.isolation_level = None
    cursor = driver.cursor()
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "busy_timeout=30000", "foreign_keys=ON"):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _begin_sqlite(connection: Connection) -> None:
    read_only = connection.get_execution_options().get(READ_ONLY, False)
    if not read_only:
        await_turn(connection)
    connection.exec_driver_sql("BEGIN" if read_only else "BEGIN IMMEDIATE")
