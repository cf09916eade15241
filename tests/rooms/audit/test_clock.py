"""A chain never runs back in time, and nothing is numbered under a clock that was set back."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from docflow.accounts.queries import OPERATOR
from docflow.audit.models import JournalEntry
from docflow.audit.operations import accept_clock, require_clock
from docflow.audit.queries import verify_journal
from docflow.core.actor import SYSTEM
from docflow.core.errors import Conflict, InvalidInput, PermissionDenied
from tests.conftest import actor


def record(runtime):
    with runtime.transactions.writing(SYSTEM) as uow:
        uow.record("test.done", subject_kind="test", subject_id="1", value=1)


def last_line(runtime):
    with runtime.transactions.reading() as session:
        assert verify_journal(session).ok
        return session.scalars(select(JournalEntry).order_by(JournalEntry.number.desc()).limit(1)).one()


def asked(runtime):
    with runtime.transactions.writing(SYSTEM) as uow:
        return require_clock(uow)


def test_the_clock_is_good_when_it_is_not_before_the_last_line(runtime, clock):
    record(runtime)
    assert asked(runtime) == clock.instant
    clock.move(seconds=5)
    assert asked(runtime) == clock.instant


def test_a_clock_set_back_is_refused_with_both_times_in_the_time_of_the_district(runtime, clock):
    clock.move(hours=2)
    record(runtime)
    clock.move(hours=-1)
    with pytest.raises(Conflict, match="clock_set_back") as refusal:
        asked(runtime)
    # The clock of the tests stands at nine on the 2nd of March 2026, in Ramadan, when the district is on UTC.
    assert refusal.value.params == {"now": "02/03/2026 10:00:00", "last": "02/03/2026 11:00:00"}


def test_clocks_of_two_machines_may_differ_by_a_second_and_the_later_counts(runtime, clock):
    record(runtime)
    last = last_line(runtime).at
    clock.move(seconds=-1)
    assert asked(runtime) == last


def test_a_transaction_that_waited_for_another_is_no_clock_set_back(runtime, clock):
    with runtime.transactions.writing(SYSTEM) as uow:
        uow.now -= timedelta(minutes=1)
        uow.record("test.done", subject_kind="test", subject_id="2")
        assert require_clock(uow) == clock.instant
    assert last_line(runtime).at == clock.instant


def test_a_line_under_a_clock_set_back_is_dated_as_the_one_above_and_says_what_the_clock_showed(runtime, clock):
    record(runtime)
    before = last_line(runtime).at
    clock.move(hours=-3)
    record(runtime)
    line = last_line(runtime)
    assert line.at == before
    assert line.values == {"value": 1, "clock": "2026-03-02T06:00:00.000000+00:00"}
    clock.move(hours=4)
    record(runtime)
    assert (last_line(runtime).at, last_line(runtime).values) == (clock.instant, {"value": 1})


def test_after_a_clock_that_ran_ahead_the_operator_begins_again_and_says_why(runtime, clock):
    clock.move(days=400)
    record(runtime)
    clock.move(days=-400)
    with runtime.transactions.writing(OPERATOR) as uow:
        accept_clock(uow, reason="the battery was flat")
    line = last_line(runtime)
    assert (line.verb, line.at) == ("audit.clock_accepted", clock.instant)
    assert line.values == {"last_line": "2027-04-06T09:00:00.000000+00:00", "reason": "the battery was flat"}
    assert asked(runtime) == clock.instant
    record(runtime)
    assert last_line(runtime).values == {"value": 1}


def test_accepting_the_clock_needs_its_permission_a_reason_and_a_cause(runtime, clock):
    record(runtime)
    with pytest.raises(Conflict, match="clock_not_set_back"), runtime.transactions.writing(OPERATOR) as uow:
        accept_clock(uow, reason="none")
    clock.move(hours=-1)
    with pytest.raises(InvalidInput, match="reason_missing"), runtime.transactions.writing(OPERATOR) as uow:
        accept_clock(uow, reason="  ")
    for username in ("clerk", "auditor", "head"):
        with pytest.raises(PermissionDenied), runtime.transactions.writing(actor(runtime, username)) as uow:
            accept_clock(uow, reason="for fun")
