"""From the embedded default to servers, without losing a row or a byte.

While rows are copied none may change, and afterwards nobody may go on writing where nobody looks any more. So the old
database is closed first, by triggers that refuse every change, for whatever process has it open; it stays closed when
the move ends, and when it is interrupted: the next run goes on with the same rows.
"""

from __future__ import annotations

from dataclasses import dataclass

import structlog
from sqlalchemy import Connection, Engine, text

from docflow.accounts.queries import OPERATOR
from docflow.backups.deps import Deps
from docflow.backups.objects import Copied, copy_objects
from docflow.backups.operations import mark_moved
from docflow.backups.places import (
    Comparison,
    check_storage_free,
    compare_places,
    different_tables,
    digests,
    is_unused,
    named_blobs,
    prepare_schema,
)
from docflow.backups.tables import load_tables, product_tables, read_rows
from docflow.core.db import CLOSED, READ_ONLY
from docflow.core.errors import Conflict, InvalidInput
from docflow.schema import newest_schema, schema_of

logger = structlog.get_logger()

ACTIONS = ("INSERT", "UPDATE", "DELETE")


@dataclass(frozen=True, slots=True)
class Moved:
    """What was copied, and the comparison of both places afterwards."""

    objects: Copied
    comparison: Comparison


def move(here: Deps, there: Deps) -> Moved:
    """Move an installation into an empty database and storage; the home, with keys and index, stays where it is.

    Raises:
        InvalidInput: ``move_not_embedded``: only the embedded database can be closed like this.
        Conflict: ``schema_not_newest``, ``place_not_empty``, ``move_differs``.
        Unavailable: ``storage_unavailable``.
    """
    source, aim = here.transactions.engine, there.transactions.engine
    if source.dialect.name != "sqlite":
        raise InvalidInput("move_not_embedded")
    schema = _schema(source)
    if schema != newest_schema():
        raise Conflict("schema_not_newest", schema=schema or "")
    is_loaded = _is_loaded(source, aim)
    check_storage_free(there.blob_store, named_blobs(source))
    close(source)
    if not is_loaded:
        prepare_schema(aim, newest_schema())
    copied = copy_objects(here.blob_store, there.blob_store, named_blobs(source), is_rechecking=True)
    logger.info("objects_moved", objects=copied.objects, new_bytes=copied.new_bytes)
    if not is_loaded:
        _load(source, aim)
    comparison = compare_places(here, there)
    if not comparison.is_equal:
        tables = ", ".join(name for name, _, _ in comparison.tables)
        raise Conflict("move_differs", tables=tables, objects=len(set(comparison.here + comparison.there)))
    with there.transactions.writing(OPERATOR) as uow:
        mark_moved(uow, rows=comparison.rows, objects=comparison.objects)
    return Moved(copied, comparison)


def close(engine: Engine) -> None:
    """Let the database refuse every change from now on, whoever asks; waits for changes under way."""
    with engine.begin() as connection:
        for name, action, trigger in _triggers():
            connection.exec_driver_sql(
                f'CREATE TRIGGER IF NOT EXISTS {trigger} BEFORE {action} ON "{name}" '
                f"BEGIN SELECT RAISE(ABORT, '{CLOSED}'); END"
            )


def reopen(engine: Engine) -> None:
    """Let a closed database be changed again.

    Raises:
        InvalidInput: ``move_not_embedded``.
    """
    if engine.dialect.name != "sqlite":
        raise InvalidInput("move_not_embedded")
    with engine.begin() as connection:
        for _, _, trigger in _triggers():
            connection.exec_driver_sql(f"DROP TRIGGER IF EXISTS {trigger}")


def is_closed(connection: Connection) -> bool:
    """Return whether the installation moved away from this database, or is about to."""
    if connection.dialect.name != "sqlite":
        return False
    _, _, trigger = _triggers()[0]
    found = text("SELECT 1 FROM sqlite_master WHERE type = 'trigger' AND name = :name")
    return connection.scalar(found, {"name": trigger}) is not None


def _triggers() -> list[tuple[str, str, str]]:
    """Return for every table and way of changing it the name of the trigger that refuses it."""
    names = [shape.name for shape in product_tables()]
    return [(name, action, f"closed_{name}_{action.lower()}") for name in names for action in ACTIONS]


def _schema(engine: Engine) -> str | None:
    with engine.connect() as connection:
        return schema_of(connection)


def _is_loaded(source: Engine, aim: Engine) -> bool:
    """Return whether an interrupted move left all the rows there.

    Raises:
        Conflict: ``place_not_empty``: other rows are there.
    """
    if is_unused(aim):
        return False
    if different_tables(aim, digests(source)):
        raise Conflict("place_not_empty", place=aim.url.render_as_string(hide_password=True))
    return True


def _load(source: Engine, aim: Engine) -> None:
    shapes = product_tables()
    with source.execution_options(**{READ_ONLY: True}).connect() as reading, aim.begin() as connection:
        load_tables(connection, [(shape, read_rows(reading, shape)) for shape in shapes])
