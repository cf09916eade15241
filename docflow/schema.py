"""Bringing the database to the newest schema."""

from __future__ import annotations

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine

from docflow.core.db import READ_ONLY
from docflow.core.errors import Conflict

MIGRATIONS = Path(__file__).resolve().parent.parent / "migrations"


def alembic_config() -> Config:
    """Return the configuration of the migrations that ship with the product."""
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    return config


@cache
def newest_schema() -> str:
    """Return the revision of the schema that this version of the product works with.

    It is asked at every look at ``/readyz``, and found by loading all migrations.
    """
    return str(ScriptDirectory.from_config(alembic_config()).get_current_head())


def schema_of(connection: Connection) -> str | None:
    """Return the revision of the schema that a database has; none when it has no tables of ours."""
    return MigrationContext.configure(connection).get_current_revision()


def is_known_schema(revision: str) -> bool:
    """Return whether this version of the product can make the schema of a revision."""
    return any(script.revision == revision for script in ScriptDirectory.from_config(alembic_config()).walk_revisions())


def migrate(engine: Engine, *, revision: str = "head", is_waiting: bool = True) -> None:
    """Upgrade the schema, or downgrade it when the revision is an earlier one; one process at a time.

    Everything is one transaction: a migration that fails or is killed leaves the database as it was.

    Args:
        engine: the database.
        revision: where to.
        is_waiting: wait while another process migrates, and then find nothing to do.

    Raises:
        Conflict: ``schema_newer`` with ``schema``: a later version of the product made it; ``migration_running``,
            unless waiting.
        RuntimeError: A row would name another that is not there; nothing is changed then (SQLite).
    """
    with engine.execution_options(**{READ_ONLY: True}).connect() as connection:
        present = schema_of(connection)
    if present is not None and not is_known_schema(present):
        raise Conflict("schema_newer", schema=present)
    if revision == "head" and present == newest_schema():
        return
    config = alembic_config()
    is_earlier = revision == "base" or (revision != "head" and _is_earlier(engine, revision))
    with (
        _alone_on_this_machine(engine, is_waiting=is_waiting),
        engine.connect() as connection,
        _alone(connection, is_waiting=is_waiting),
        # Ours around all steps: left to itself, Alembic commits each of them on SQLite.
        connection.begin(),
    ):
        config.attributes["connection"] = connection
        if is_earlier:
            command.downgrade(config, revision)
        else:
            command.upgrade(config, revision)
        if engine.dialect.name == "sqlite" and (lost := connection.exec_driver_sql("PRAGMA foreign_key_check").all()):
            raise RuntimeError(f"the schema was left as it was: rows of {sorted({row[0] for row in lost})} name no row")


def _is_earlier(engine: Engine, revision: str) -> bool:
    with engine.connect() as connection:
        present = schema_of(connection)
    if present is None:
        return False
    passed = ScriptDirectory.from_config(alembic_config()).iterate_revisions(present, "base")
    return revision in {script.revision for script in passed} - {present}


@contextmanager
def _alone_on_this_machine(engine: Engine, *, is_waiting: bool) -> Iterator[None]:
    if engine.dialect.name != "sqlite" or not engine.url.database:
        yield
        return
    # The database's own lock would not tell a migration from any other writing.
    with Path(f"{engine.url.database}-migration").open("ab") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | (0 if is_waiting else fcntl.LOCK_NB))
        except BlockingIOError as error:
            raise Conflict("migration_running") from error
        yield


@contextmanager
def _alone(connection: Connection, *, is_waiting: bool) -> Iterator[None]:
    if connection.dialect.name == "postgresql":
        # Two processes may start together; the second waits and then finds nothing to do.
        if is_waiting:
            connection.exec_driver_sql("SELECT pg_advisory_lock(7401)")
        elif not connection.exec_driver_sql("SELECT pg_try_advisory_lock(7401)").scalar_one():
            raise Conflict("migration_running")
        connection.commit()
        try:
            yield
        finally:
            connection.rollback()
            connection.exec_driver_sql("SELECT pg_advisory_unlock(7401)")
            connection.commit()
        return
    # SQLite changes a column by making its table anew and dropping the old one, which the rows that name its rows
    # would forbid. The switch does nothing within a transaction, so that it is turned beneath SQLAlchemy.
    driver: Any = connection.connection.driver_connection
    driver.execute("PRAGMA foreign_keys=OFF")
    try:
        yield
    finally:
        connection.rollback()
        driver.execute("PRAGMA foreign_keys=ON")
