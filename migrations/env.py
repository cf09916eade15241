"""Alembic's entry: migrates the database that the settings name, or the connection handed over."""

from __future__ import annotations

from alembic import context
from sqlalchemy.engine import Connection

import docflow.models
from docflow.core.db import Base, open_engine
from docflow.settings import load_settings

METADATA = docflow.models and Base.metadata


def run(connection: Connection) -> None:
    """Bring the schema of one connection to the target revision."""
    context.configure(connection=connection, target_metadata=METADATA, render_as_batch=True, compare_type=True)
    with context.begin_transaction():
        context.run_migrations()


given = context.config.attributes.get("connection")
if given is not None:
    run(given)
else:
    engine = open_engine(load_settings().database_address)
    with engine.connect() as own:
        run(own)
        own.commit()
