"""The chain of acts: what is altered, cut, inserted or swapped is found."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from threading import Thread

import pytest
from sqlalchemy import delete, func, select, text, update
from sqlalchemy.exc import DBAPIError

from docflow.audit.models import JournalEntry, Opening
from docflow.audit.queries import acts_on, verify_journal
from docflow.audit.rules import FIRST_PREVIOUS_HASH, JournalLine, line_hash, verify_chain
from docflow.core.actor import SYSTEM
from tests.conftest import actor, deposit

NOW = datetime(2026, 1, 1, tzinfo=UTC)


def chain(length):
    lines, previous = [], FIRST_PREVIOUS_HASH
    for number in range(1, length + 1):
        line = JournalLine(
            number, NOW, "person", "سلمى", None, "documents.edited", "document", "d", {"n": number}, previous
        )
        previous = line_hash(line)
        lines.append((line, previous))
    return lines


def record(runtime, times=1):
    with runtime.transactions.writing(SYSTEM) as uow:
        for number in range(times):
            uow.record("test.done", subject_kind="test", subject_id=str(number), value=number)


def test_an_untouched_chain_verifies():
    assert verify_chain(chain(50)).ok


@pytest.mark.parametrize("position", [0, 24, 49])
def test_an_altered_line_is_named(position):
    lines = chain(50)
    line, kept = lines[position]
    lines[position] = (replace(line, values={"n": -1}), kept)
    assert verify_chain(lines).first_bad_entry == position + 1


def test_a_line_altered_with_its_own_hash_computed_anew_breaks_the_next():
    lines = chain(50)
    forged = replace(lines[10][0], actor_name="somebody else")
    lines[10] = (forged, line_hash(forged))
    assert verify_chain(lines).first_bad_entry == 12


def test_deleted_inserted_and_swapped_lines_are_found():
    deleted, inserted, swapped = chain(20), chain(20), chain(20)
    del deleted[7]
    inserted.insert(7, inserted[3])
    swapped[7], swapped[8] = swapped[8], swapped[7]
    assert [verify_chain(lines).first_bad_entry for lines in (deleted, inserted, swapped)] == [8, 8, 8]


def test_lines_cut_from_the_end_are_found_by_the_head():
    lines = chain(20)
    head = (lines[-1][0].number, lines[-1][1])
    assert not verify_chain(lines[:15], expected=head).ok


def test_every_write_leaves_its_line_and_the_journal_of_the_database_verifies(runtime):
    before = verify(runtime).entries
    document = deposit(runtime, b"%PDF-1.4 anything")

    verdict = verify(runtime)
    assert verdict.ok
    assert verdict.entries == before + 1
    with runtime.transactions.reading() as session:
        (act,) = acts_on(session, "document", str(document.id))
    assert (act.verb, act.person_id) == ("documents.deposited", actor(runtime, "clerk").person_id)


def test_the_database_itself_refuses_to_change_or_delete_a_line(runtime):
    record(runtime)
    for statement in (update(JournalEntry).values(actor_name="x"), delete(JournalEntry)):
        with pytest.raises(DBAPIError, match="append-only"), runtime.transactions.writing(SYSTEM) as uow:
            uow.session.execute(statement)


def test_a_line_altered_behind_the_triggers_is_found(runtime):
    record(runtime, 5)
    with runtime.transactions.engine.begin() as connection:
        if connection.dialect.name == "sqlite":
            connection.execute(text("DROP TRIGGER journal_entries_no_update"))
        else:
            connection.execute(text("ALTER TABLE journal_entries DISABLE TRIGGER ALL"))
        connection.execute(update(JournalEntry).where(JournalEntry.number == 3).values(actor_name="forged"))
    verdict = verify(runtime)
    assert (verdict.ok, verdict.first_bad_entry) == (False, 3)


def test_a_refused_transaction_leaves_no_line_and_no_gap(runtime):
    before = verify(runtime).entries
    with pytest.raises(RuntimeError), runtime.transactions.writing(SYSTEM) as uow:
        uow.record("test.done", subject_kind="test", subject_id="1")
        raise RuntimeError
    record(runtime)
    assert verify(runtime).entries == before + 1
    assert verify(runtime).ok


def test_many_writers_at_once_make_one_chain(runtime):
    before = verify(runtime).entries
    threads = [Thread(target=lambda: [record(runtime) for _ in range(10)]) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    verdict = verify(runtime)
    assert verdict.ok
    assert verdict.entries == before + 60


def test_openings_are_written_together_and_kept_apart_from_the_journal(runtime):
    document = deposit(runtime, b"%PDF-1.4 anything")
    before = verify(runtime).entries
    for _ in range(3):
        runtime.access_log.opened(actor(runtime, "clerk"), document.id, what="page", at=runtime.clock.now())
    runtime.access_log.flush()
    with runtime.transactions.reading() as session:
        assert session.scalar(select(func.count()).select_from(Opening)) == 3
    assert verify(runtime).entries == before


def verify(runtime):
    with runtime.transactions.reading() as session:
        return verify_journal(session)


def test_a_flush_waits_for_the_one_that_is_writing(sqlite_runtime):
    log, order = sqlite_runtime.access_log, []
    document = deposit(sqlite_runtime, b"%PDF-1.4 anything")

    def flush():
        log.flush()
        order.append("flushed")

    with log._writing:
        log.opened(actor(sqlite_runtime, "clerk"), document.id, what="page", at=sqlite_runtime.clock.now())
        waiting = Thread(target=flush)
        waiting.start()
        order.append("written")
    waiting.join()
    assert order == ["written", "flushed"]
    with sqlite_runtime.transactions.reading() as session:
        assert session.scalar(select(func.count()).select_from(Opening)) == 1
