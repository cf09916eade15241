"""Units of work: what commits together, what conflicts, what is refused."""

from __future__ import annotations

import time
from datetime import datetime

import pytest
from sqlalchemy import func, insert, select
from sqlalchemy.exc import IntegrityError

from docflow.accounts.models import Person
from docflow.audit.queries import verify_journal
from docflow.core.actor import SYSTEM
from docflow.core.clock import SystemClock
from docflow.core.db import UtcDateTime, open_engine
from docflow.core.errors import Conflict, PermissionDenied
from docflow.core.ids import new_id
from docflow.core.jobs import Job, JobRequest
from docflow.core.uow import Transactions
from tests.conftest import actor


def test_a_job_is_asked_for_in_the_transaction_of_its_facts(runtime):
    with pytest.raises(RuntimeError), runtime.transactions.writing(SYSTEM) as uow:
        uow.enqueue(JobRequest("test.work"))
        raise RuntimeError
    with runtime.transactions.reading() as session:
        assert session.scalar(select(Job).where(Job.name == "test.work")) is None


def test_a_row_that_moved_under_a_block_is_a_conflict(runtime):
    with runtime.transactions.reading() as session:
        stale = session.scalar(select(Person).where(Person.username == "agent"))
    with runtime.transactions.writing(SYSTEM) as uow:
        uow.session.get(Person, stale.id).name_fr = "First"
    with pytest.raises(Conflict, match="changed_meanwhile"), runtime.transactions.writing(SYSTEM) as uow:
        merged = uow.session.merge(stale)
        merged.name_fr = "Second"


def test_an_operation_asks_for_its_permission(runtime):
    with runtime.transactions.writing(actor(runtime, "auditor")) as uow, pytest.raises(PermissionDenied):
        uow.require("documents.deposit")


def test_readers_go_on_while_somebody_writes(sqlite_runtime):
    with sqlite_runtime.transactions.writing(SYSTEM) as uow:
        uow.session.scalar(select(Person)).name_fr = "Uncommitted"
        uow.session.flush()
        with sqlite_runtime.transactions.reading() as session:
            assert session.scalar(select(Person).where(Person.name_fr == "Uncommitted")) is None


def test_a_naive_instant_is_refused():
    with pytest.raises(TypeError):
        UtcDateTime().process_bind_param(datetime(2026, 1, 1), None)  # noqa: DTZ001


def test_identifiers_are_ordered_by_time():
    ids = []
    for _ in range(5):
        ids.append(new_id())
        time.sleep(0.002)
    assert ids == sorted(ids)
    assert {identifier.version for identifier in ids} == {7}


def test_a_connection_that_lay_idle_is_opened_anew_when_its_server_ended_it(runtime, monkeypatch):
    if runtime.transactions.engine.dialect.name == "sqlite":
        return
    monkeypatch.setattr("docflow.core.db.IDLE_S", 0)
    engine, operator = (open_engine(runtime.settings.database_address) for _ in range(2))
    with engine.connect() as connection:
        first = connection.scalar(select(func.pg_backend_pid()))
    with operator.connect() as connection:
        assert connection.scalar(select(func.pg_terminate_backend(first, 5_000)))

    with engine.connect() as connection:
        second = connection.scalar(select(func.pg_backend_pid()))

    assert first != second
    engine.dispose()
    operator.dispose()


def test_what_is_sent_with_the_commit_and_refused_leaves_nothing_and_a_connection_that_works(runtime):
    with runtime.transactions.writing(SYSTEM) as uow:
        uow.enqueue(JobRequest("room.first"))
    with runtime.transactions.reading() as session:
        held = session.scalars(select(Job.id).where(Job.name == "room.first")).one()
    twice = {"id": held, "name": "room.twice", "payload": {}, "state": "ready", "priority": 0, "attempts": 0}
    twice |= {"max_attempts": 1, "run_after": SystemClock().now(), "created_at": SystemClock().now()}
    spoilt = Transactions(runtime.transactions.engine, SystemClock(), lambda *_: [(insert(Job.__table__), twice)])

    for _ in range(3):
        with pytest.raises(IntegrityError), spoilt.writing(SYSTEM) as uow:
            uow.enqueue(JobRequest("room.second"))
            uow.record("room.done", subject_kind="room", subject_id="1")

    with runtime.transactions.writing(SYSTEM) as uow:
        uow.enqueue(JobRequest("room.third"))
        uow.record("room.done", subject_kind="room", subject_id="2")
    with runtime.transactions.reading() as session:
        assert set(session.scalars(select(Job.name).where(Job.name.startswith("room.")))) == {
            "room.first",
            "room.third",
        }
        assert verify_journal(session).ok
