"""The unit of work: one transaction, one actor, one instant."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cache
from typing import Any, TypeAlias, cast
from uuid import UUID

import structlog
from sqlalchemy import Engine, Table, text
from sqlalchemy.dialects.postgresql import insert as postgresql_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session
from sqlalchemy.orm.exc import StaleDataError
from sqlalchemy.sql.dml import ReturningInsert

from docflow.core.actor import Actor
from docflow.core.clock import Clock
from docflow.core.db import CLOSED, READ_ONLY, Writing, send_with_commit
from docflow.core.errors import Conflict, PermissionDenied, Unavailable
from docflow.core.ids import new_id
from docflow.core.jobs import Job, JobRequest, JobState
from docflow.core.origin import current_origin
from docflow.core.remembering import for_readers, forget

logger = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Act:
    """Something done, for the journal: ``verb`` is ``room.past_participle``; values are identifiers and codes."""

    verb: str
    subject_kind: str
    subject_id: str
    values: dict[str, Any] = field(default_factory=dict)


JournalWriter: TypeAlias = Callable[[Session, Sequence[Act], Actor, Clock], Sequence[Writing]]
"""Locks the end of the chain and returns what appends acts to it, at the very end of the transaction: it is sent
together with the commit, so that the lock is held for an instant.

It looks at the clock itself, under that lock, so that the chain's instants have the order of its lines."""


class UnitOfWork:
    """What an operation works with: the session, who acts, when, and what must follow."""

    def __init__(self, session: Session, *, actor: Actor, now: datetime, clock: Clock) -> None:
        """Bind one open transaction to its actor and its instant."""
        self.session = session
        self.actor = actor
        self.now = now
        self.clock = clock
        self.acts: list[Act] = []
        self.requests: list[JobRequest] = []

    def record(self, verb: str, *, subject_kind: str, subject_id: UUID | str, **values: Any) -> None:
        """Keep an act for the journal line that is written at commit."""
        self.acts.append(Act(verb, subject_kind, str(subject_id), values))

    def require(self, permission: str) -> None:
        """Refuse unless the actor holds the permission.

        Raises:
            PermissionDenied: ``permission_missing``.
        """
        if not self.actor.can(permission):
            raise PermissionDenied("permission_missing", permission=permission)

    def enqueue(self, request: JobRequest) -> None:
        """Add a job to this transaction; a ready job of the same unique key absorbs it.

        It is written at the end, in the order of keys: rows of jobs are locks, and two transactions that took them in
        the order of their operations would wait for one another.
        """
        self.requests.append(request)

    def write_requests(self) -> None:
        """Write the jobs that were asked for, in one statement; called last but the journal."""
        if not self.requests:
            return
        joined: dict[str | int, JobRequest] = {}
        for place, request in enumerate(self.requests):
            joined.setdefault(request.unique_key or place, request)
        rows = [self._row_of(request) for request in sorted(joined.values(), key=lambda one: one.unique_key or "")]
        self.requests.clear()
        written = self.session.execute(_asking_for_jobs(self.session.get_bind().dialect.name), rows)
        own, has_request = {row["id"] for row in rows}, current_origin().request_id is not None
        for job_id, name in written:
            if job_id not in own and has_request:
                # Its lines name the request that asked first: whoever follows this one finds the way here.
                logger.info("job_joined", joined_job_id=str(job_id), joined_job=name)

    def _row_of(self, request: JobRequest) -> dict[str, Any]:
        origin = current_origin()
        return {
            "id": new_id(),
            "name": request.name,
            "payload": request.payload,
            "priority": request.priority,
            "unique_key": request.unique_key,
            "lane": request.lane,
            "run_after": self.now + timedelta(seconds=request.delay_s),
            "created_at": self.now,
            "max_attempts": request.max_attempts,
            "attempts": 0,
            "state": JobState.READY,
            "request_id": origin.request_id,
            "parent_id": origin.job_id,
        }


@cache
def _asking_for_jobs(dialect: str) -> ReturningInsert[Any]:
    insert, table = postgresql_insert if dialect == "postgresql" else sqlite_insert, cast("Table", Job.__table__)
    # The absorbing row is touched, not merely found: its lock keeps a worker from claiming it, and from looking at the
    # database, before the facts of the transaction can be seen.
    return (
        insert(table)
        .on_conflict_do_update(
            index_elements=[table.c.unique_key],
            index_where=text("state = 'ready'"),
            set_={"priority": table.c.priority},
        )
        .returning(table.c.id, table.c.name)
    )


class Transactions:
    """Opens units of work on one database."""

    def __init__(self, engine: Engine, clock: Clock, write_journal: JournalWriter) -> None:
        """Take the engine, the clock and the journal's pen."""
        self.engine = engine
        self.clock = clock
        # PostgreSQL shows every statement of a transaction the newest state anyway; without one two ways there and back
        # are spared each time. SQLite keeps the state of the beginning.
        alone = {} if engine.dialect.name == "sqlite" else {"isolation_level": "AUTOCOMMIT"}
        self._reading_engine = engine.execution_options(**{READ_ONLY: True}, **alone)
        self._write_journal = write_journal

    @contextmanager
    def writing(self, actor: Actor) -> Iterator[UnitOfWork]:
        """Open a transaction that commits when the block ends well.

        Raises:
            Conflict: ``changed_meanwhile`` when a row's version moved under the block.
            Unavailable: ``installation_moved`` when the database is closed, because the data are or will be elsewhere.
        """
        forget()
        with Session(self.engine, expire_on_commit=False) as session:
            uow = UnitOfWork(session, actor=actor, now=self.clock.now(), clock=self.clock)
            try:
                with session.begin():
                    yield uow
                    session.flush()
                    uow.write_requests()
                    if uow.acts:
                        lines = self._write_journal(session, uow.acts, actor, self.clock)
                        send_with_commit(session)
                        for statement, rows in lines:
                            session.execute(statement, rows)
            except StaleDataError as error:
                raise Conflict("changed_meanwhile") from error
            except IntegrityError as error:
                if CLOSED in str(error.orig):
                    raise Unavailable("installation_moved") from error
                raise
            finally:
                forget()

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """Open a session that only reads."""
        with Session(self._reading_engine, expire_on_commit=False, info=for_readers()) as session, session.begin():
            yield session
