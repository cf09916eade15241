"""Numbers without gaps, from counters kept in the database."""

from __future__ import annotations

from typing import Any, cast

from sqlalchemy import Table
from sqlalchemy.dialects.postgresql import insert as postgresql_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert

from docflow.core.db import Base
from docflow.core.uow import UnitOfWork


def take_next(uow: UnitOfWork, counter: type[Base], **key: Any) -> int:
    """Take the next number of a counter, from 1; its row stays locked until the transaction ends.

    Whoever takes one meanwhile waits for that end, so that a number is given back when it fails and none is skipped.
    ``counter`` is a model with ``last_number`` beside its primary key, and ``key`` the values of that key.
    """
    table = cast("Table", counter.__table__)
    insert = postgresql_insert if uow.session.get_bind().dialect.name == "postgresql" else sqlite_insert
    taken = (
        insert(table)
        .values(**key, last_number=1)
        .on_conflict_do_update(index_elements=list(key), set_={"last_number": table.c.last_number + 1})
        .returning(table.c.last_number)
    )
    return int(uow.session.scalars(taken).one())
