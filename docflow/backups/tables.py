"""Rows out of one database and into another, by values that no engine owns.

SQLite keeps identifiers, instants and JSON as texts; these texts are the form of a backup, and PostgreSQL is asked for
the same ones. So a table has one digest, whatever engine it lies in.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from itertools import islice
from typing import Any, Final

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    ColumnElement,
    Connection,
    Date,
    Double,
    Integer,
    LargeBinary,
    Select,
    String,
    Text,
    Uuid,
    case,
    cast,
    collate,
    column,
    delete,
    exists,
    func,
    literal_column,
    select,
    table,
    text,
)
from sqlalchemy.types import TypeEngine

from docflow.backups.rules import ColumnKind, Digest, Row, TableShape, Value
from docflow.core.db import Base, UtcDateTime

BATCH: Final = 1000
PASSING: Final = frozenset({"sweep_holds"})
KINDS: Final[Sequence[tuple[type[TypeEngine[Any]], ColumnKind]]] = (
    (UtcDateTime, ColumnKind.INSTANT),
    (Boolean, ColumnKind.BOOLEAN),
    (Uuid, ColumnKind.UUID),
    (Date, ColumnKind.DATE),
    (JSON, ColumnKind.JSON),
    (LargeBinary, ColumnKind.BYTES),
    (Double, ColumnKind.FLOAT),
    (Integer, ColumnKind.INTEGER),
    (BigInteger, ColumnKind.INTEGER),
    (String, ColumnKind.TEXT),
)


def product_tables() -> Sequence[TableShape]:
    """Return the tables of the product as they are now; a row comes after those of other tables that it names.

    Without the holds of the sweep, which belong to a copying that goes on.
    """
    return [
        TableShape(
            one.name,
            tuple((item.name, _kind(item.type)) for item in one.columns),
            tuple(item.name for item in one.primary_key.columns),
        )
        for one in Base.metadata.sorted_tables
        if one.name not in PASSING
    ]


def read_rows(connection: Connection, shape: TableShape) -> Iterator[Row]:
    """Go through the rows of a table in their order, without holding them in memory."""
    streaming = {"stream_results": True, "max_row_buffer": BATCH}
    for row in connection.execute(_selection(connection, shape), execution_options=streaming):
        yield tuple(row)


def encoded(row: Row) -> bytes:
    """Return a row as a line of a backup."""
    return json.dumps(row, ensure_ascii=False, separators=(",", ":")).encode() + b"\n"


def digested(connection: Connection, shape: TableShape) -> Digest:
    """Return the digest of a table as it is in a database."""
    digest, count = hashlib.sha256(), 0
    for row in read_rows(connection, shape):
        digest.update(encoded(row))
        count += 1
    return Digest(count, digest.hexdigest())


def load_tables(connection: Connection, tables: Iterable[tuple[TableShape, Iterable[Row]]]) -> None:
    """Write rows into the tables of a fresh schema, in place of those that migrations put there, all or none.

    What rows name is checked when all are there: a row may name one that comes later.
    """
    with _names_unchecked(connection):
        tables = list(tables)
        for shape, _ in reversed(tables):
            # Asked first: the journal, which is empty, refuses even a deletion of nothing.
            if connection.scalar(select(exists().select_from(table(shape.name)))):
                connection.execute(delete(table(shape.name)))
        for shape, rows in tables:
            if connection.dialect.name == "postgresql":
                _copy_in(connection, shape, rows)
            else:
                _insert(connection, shape, rows)


def _kind(column_type: TypeEngine[Any]) -> ColumnKind:
    return next(kind for known, kind in KINDS if isinstance(column_type, known))


def _selection(connection: Connection, shape: TableShape) -> Select[Any]:
    is_postgresql = connection.dialect.name == "postgresql"
    kinds = dict(shape.columns)
    shown = [(_from_postgresql if is_postgresql else _from_sqlite)(column(name), kind) for name, kind in shape.columns]
    # The order of bytes, as SQLite has it, and not that of a language.
    order = [
        collate(column(name), "C") if is_postgresql and kinds[name] is ColumnKind.TEXT else column(name)
        for name in shape.key
    ]
    return select(*shown).select_from(table(shape.name)).order_by(*order)


def _from_sqlite(value: ColumnElement[Any], kind: ColumnKind) -> ColumnElement[Any]:
    if kind is ColumnKind.BYTES:
        return case((value.is_(None), None), else_=func.lower(func.hex(value)))
    return value


def _from_postgresql(value: ColumnElement[Any], kind: ColumnKind) -> ColumnElement[Any]:
    as_text = cast(value, Text)
    shown: dict[ColumnKind, ColumnElement[Any]] = {
        ColumnKind.UUID: func.replace(as_text, "-", ""),
        ColumnKind.INSTANT: func.to_char(
            func.timezone(literal_column("'UTC'"), value), literal_column("'YYYY-MM-DD HH24:MI:SS.US'")
        ),
        ColumnKind.DATE: func.to_char(value, literal_column("'YYYY-MM-DD'")),
        ColumnKind.JSON: as_text,
        ColumnKind.BOOLEAN: cast(value, Integer),
        ColumnKind.BYTES: func.encode(value, literal_column("'hex'")),
    }
    return shown.get(kind, value)


@contextmanager
def _names_unchecked(connection: Connection) -> Iterator[None]:
    """Put the check of foreign keys off to the end of the block (PostgreSQL) or of the transaction (SQLite)."""
    if connection.dialect.name != "postgresql":
        connection.exec_driver_sql("PRAGMA defer_foreign_keys=ON")
        yield
        return
    # Values without a zone are UTC; the rights of a superuser, which could switch the check off, are not asked for.
    connection.execute(text("SET LOCAL TIME ZONE 'UTC'"))
    rows = connection.execute(
        text(
            "SELECT conrelid::regclass::text, quote_ident(conname), pg_get_constraintdef(oid) FROM pg_constraint "
            "WHERE contype = 'f' AND connamespace = current_schema()::regnamespace ORDER BY 1, 2"
        )
    ).all()
    for owner, name, _ in rows:
        connection.exec_driver_sql(f"ALTER TABLE {owner} DROP CONSTRAINT {name}")
    yield
    for owner, name, definition in rows:
        connection.exec_driver_sql(f"ALTER TABLE {owner} ADD CONSTRAINT {name} {definition}")


def _insert(connection: Connection, shape: TableShape, rows: Iterable[Row]) -> None:
    names = ", ".join(_quoted(connection, name) for name, _ in shape.columns)
    marks = ", ".join("?" for _ in shape.columns)
    statement = f"INSERT INTO {_quoted(connection, shape.name)} ({names}) VALUES ({marks})"  # noqa: S608 - our names
    is_plain = ColumnKind.BYTES not in dict(shape.columns).values()
    iterator = iter(rows)
    while batch := list(islice(iterator, BATCH)):
        values = [tuple(row) if is_plain else tuple(_given(shape, row)) for row in batch]
        connection.exec_driver_sql(statement, values)


def _copy_in(connection: Connection, shape: TableShape, rows: Iterable[Row]) -> None:
    names = ", ".join(_quoted(connection, name) for name, _ in shape.columns)
    driver: Any = connection.connection.driver_connection
    with (
        driver.cursor() as cursor,
        cursor.copy(f"COPY {_quoted(connection, shape.name)} ({names}) FROM STDIN") as copy,
    ):
        for row in rows:
            copy.write_row(tuple(_given(shape, row)))
    for name, kind in shape.columns:
        if kind is ColumnKind.INTEGER:
            _go_on_counting(connection, shape.name, name)


def _go_on_counting(connection: Connection, table_name: str, column_name: str) -> None:
    """Let the counter of a column, if it has one, give the number after the greatest."""
    counter = connection.scalar(
        text("SELECT pg_get_serial_sequence(:owner, :name)"),
        {"owner": _quoted(connection, table_name), "name": column_name},
    )
    if counter is not None:
        newest = select(func.max(column(column_name))).select_from(table(table_name)).scalar_subquery()
        connection.execute(select(func.setval(counter, func.coalesce(newest, 1), newest.is_not(None))))


def _given(shape: TableShape, row: Row) -> Iterator[Value | bytes]:
    for (_, kind), value in zip(shape.columns, row, strict=True):
        yield bytes.fromhex(value) if kind is ColumnKind.BYTES and isinstance(value, str) else value


def _quoted(connection: Connection, name: str) -> str:
    return connection.dialect.identifier_preparer.quote(name)
