"""Bringing the database to the newest schema."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from alembic import command
from alembic.config import Config
from sqlalchemy import Connection, Engine

MIGRATIONS = Path(__file__).resolve().parent.parent / "migrations"


def alembic_config() -> Config:
    """Return the configuration of the migrations that ship with the product."""
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    return config


def migrate(engine: Engine, *, revision: str = "head") -> None:
    """Upgrade the schema, or downgrade it when the revision is an earlier one; one process at a time.

    Raises:
        RuntimeError: A row would name another that is not there; nothing is changed then (SQLite).
    """
    config = alembic_config()
    with engine.connect() as connection, _alone(connection):
        config.attributes["connection"] = connection
        if revision == "head":
            command.upgrade(config, revision)
        else:
            command.downgrade(config, revision)
        if engine.dialect.name == "sqlite" and (lost := connection.exec_driver_sql("PRAGMA foreign_key_check").all()):
            raise RuntimeError(f"the schema was left as it was: rows of {sorted({row[0] for row in lost})} name no row")
        connection.commit()


@contextmanager
def _alone(connection: Connection) -> Iterator[None]:
    if connection.dialect.name == "postgresql":
        # Two processes may start together; the second waits and then finds nothing to do.
        connection.exec_driver_sql("SELECT pg_advisory_lock(7401)")
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
