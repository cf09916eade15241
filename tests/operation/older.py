"""Rows of an installation as an earlier schema had them, kept in one form for both engines.

What is kept stays as it is, since it stands for what is out there. It was made by this product (letters deposited,
read, registered, sealed, sent to a unit; the journal anchored), walked down to that schema.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping
from datetime import date, datetime
from pathlib import Path
from typing import Any
from uuid import UUID

from sqlalchemy import JSON, Boolean, Column, Date, LargeBinary, MetaData, String, Table, Uuid, insert, inspect, select
from sqlalchemy.engine import Connection

import docflow.models
from docflow.core.db import Base, UtcDateTime

MODELS = docflow.models and Base.metadata
KEPT = Path(__file__).parents[1] / "golden" / "schemas"
Rows = Mapping[str, list[dict[str, Any]]]


def tables_of(connection: Connection) -> dict[str, Table]:
    """Every table that there is, its columns with the types that the product gives them today."""
    found, metadata = inspect(connection), MetaData()
    return {
        name: Table(name, metadata, *(Column(one["name"], _type(name, one)) for one in found.get_columns(name)))
        for name in found.get_table_names()
        if name != "alembic_version"
    }


def _type(table: str, column: Any) -> Any:
    known = MODELS.tables.get(table)
    if known is not None and column["name"] in known.c:
        return known.c[column["name"]].type
    return column["type"]


def rows_of(connection: Connection) -> Rows:
    """Every row of every table, as plain values."""
    return {
        name: [
            {key: _plain(value) for key, value in row.items()} for row in connection.execute(select(table)).mappings()
        ]
        for name, table in tables_of(connection).items()
    }


def put_rows(connection: Connection, rows: Rows) -> None:
    """Write rows into the tables that there are, and no other; whoever calls puts foreign keys off."""
    tables = tables_of(connection)
    for table in tables.values():
        # What the migrations themselves put there.
        connection.execute(table.delete())
    for name, table in tables.items():
        if rows.get(name):
            values = [{key: _typed(table.c[key].type, value) for key, value in row.items()} for row in rows[name]]
            connection.execute(insert(table), values)


def read_kept(name: str) -> Rows:
    rows: Rows = json.loads((KEPT / f"{name}.json").read_text(encoding="utf-8"))
    return rows


def _plain(value: Any) -> Any:
    if isinstance(value, bytes):
        return base64.b64encode(value).decode("ascii")
    if isinstance(value, (datetime, date)):
        return value.isoformat()
    return str(value) if isinstance(value, UUID) else value


def _typed(kind: Any, value: Any) -> Any:
    if value is None or isinstance(kind, (JSON, String)):
        return value
    if isinstance(kind, Boolean):
        return bool(value)
    makers = {UtcDateTime: datetime.fromisoformat, Date: date.fromisoformat, Uuid: UUID, LargeBinary: base64.b64decode}
    for of, make in makers.items():
        if isinstance(kind, of):
            return make(value)  # type: ignore[operator]
    return value
