"""Numbers given, reserved, cancelled; who may, and who sees what afterwards."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import event, select

from docflow.accounts.queries import OPERATOR
from docflow.accounts.visibility import Confidentiality
from docflow.core.errors import Conflict, DocFlowError, InvalidInput, NotFound, PermissionDenied
from docflow.core.jobs import Job
from docflow.documents.editing import edit_metadata
from docflow.documents.models import Document
from docflow.documents.queries import can_see_content
from docflow.registry import queries
from docflow.registry.models import Entry
from docflow.registry.operations import (
    Arrival,
    cancel_entry,
    enter_reserved,
    link_entries,
    move_paper,
    register_document,
    reserve_numbers,
)
from docflow.registry.queries import (
    RegisterFilter,
    count_rows,
    count_waiting,
    counting_waiting,
    earlier_entries,
    entry_shown,
    links_of,
    register_rows,
    register_with_code,
    register_years,
    waiting_documents,
)
from docflow.registry.registers import RegisterSetup, change_register, create_register
from docflow.registry.rules import EntryState, LinkKind, PaperPlace, RegisterKind
from tests.conftest import actor
from tests.factories.documents import read_document, unit_id
from tests.factories.registry import letter, registered, version_of


def code_of(refusal: pytest.ExceptionInfo[DocFlowError]) -> str:
    return refusal.value.code


def person_id(runtime, username):
    return actor(runtime, username).person_id


def test_numbers_follow_each_other_and_each_has_its_journal_line_and_its_seal_job(runtime):
    entries = [registered(runtime) for _ in range(3)]

    assert [entry.label for entry in entries] == ["A-2026-000001", "A-2026-000002", "A-2026-000003"]
    with runtime.transactions.reading() as session:
        documents = session.scalars(select(Document).order_by(Document.register_number)).all()
        jobs = session.scalars(select(Job).where(Job.name == "registry.seal")).all()
    assert [document.register_number for document in documents] == [entry.label for entry in entries]
    assert all(document.is_registered and document.is_open for document in documents)
    assert {job.payload["entry_id"] for job in jobs} == {str(entry.id) for entry in entries}


def test_a_new_year_begins_at_one_in_casablanca_time(runtime, clock):
    clock.move(days=304, hours=13, minutes=30)
    assert clock.instant.isoformat() == "2026-12-31T22:30:00+00:00"
    old = registered(runtime)
    clock.move(hours=1)
    new = registered(runtime)
    assert (old.label, new.label) == ("A-2026-000001", "A-2027-000001")


def test_a_registration_that_fails_gives_its_number_back(runtime):
    registered(runtime)
    document_id = read_document(runtime, "Une lettre.")
    with pytest.raises(RuntimeError), runtime.transactions.writing(actor(runtime, "clerk")) as uow:
        register_document(
            uow,
            document_id,
            register_code="incoming",
            metadata=letter(runtime),
            arrival=Arrival(),
            expected_version=version_of(runtime, document_id),
        )
        raise RuntimeError
    assert registered(runtime, document_id).label == "A-2026-000002"


def test_whoever_takes_the_next_number_waits_for_what_depends_on_this_one_alone(runtime):
    document_id, statements = read_document(runtime, "Une lettre."), []
    event.listen(runtime.transactions.engine, "before_cursor_execute", lambda *call: statements.append(call[2]))

    registered(runtime, document_id)

    taken = next(place for place, said in enumerate(statements) if "INTO register_counters" in said)
    assert {said.split()[2] for said in statements[taken:] if said.startswith("INSERT")} == {
        "register_counters",
        "register_entries",
        "jobs",
        "journal_entries",
    }
    assert [said.split()[1] for said in statements[taken:] if said.startswith("UPDATE")] == [
        "documents",
        "journal_head",
    ]


def test_a_document_has_one_number(runtime):
    document_id = read_document(runtime, "Une lettre.")
    registered(runtime, document_id)
    with pytest.raises(Conflict) as refusal:
        registered(runtime, document_id, by="clerk2")
    assert code_of(refusal) == "document_has_number"
    assert refusal.value.params["number"] == "A-2026-000001"


def test_what_somebody_else_changed_is_not_registered_unseen(runtime):
    document_id = read_document(runtime, "Une lettre.")
    seen = version_of(runtime, document_id)
    with runtime.transactions.writing(actor(runtime, "clerk2")) as uow:
        edit_metadata(uow, document_id, metadata=letter(runtime, subject="Autre"), expected_version=seen)
    with pytest.raises(Conflict) as refusal, runtime.transactions.writing(actor(runtime, "clerk")) as uow:
        register_document(
            uow,
            document_id,
            register_code="incoming",
            metadata=letter(runtime),
            arrival=Arrival(),
            expected_version=seen,
        )
    assert code_of(refusal) == "document_changed"


@pytest.mark.parametrize(
    ("changes", "arrival", "code"),
    [
        ({"subject": " "}, Arrival(), "subject_missing"),
        ({"unit_id": None}, Arrival(), "unit_missing"),
        ({"confidentiality": Confidentiality.CONFIDENTIAL}, Arrival(), "named_people_missing"),
        ({}, Arrival(is_unopened=True), "unopened_not_confidential"),
        ({}, Arrival(enclosure_count=1000), "enclosure_count_invalid"),
        ({}, Arrival(sender_cin="12345"), "cin_not_understood"),
        ({}, Arrival(enclosures="x" * 501), "field_too_long"),
    ],
)
def test_what_a_register_cannot_hold_is_refused_and_takes_no_number(runtime, changes, arrival, code):
    document_id = read_document(runtime, "Une lettre.")
    with pytest.raises(InvalidInput) as refusal:
        registered(runtime, document_id, arrival=arrival, **changes)
    assert code_of(refusal) == code
    assert registered(runtime, document_id).number == 1


def test_mail_does_not_arrive_tomorrow(runtime, clock):
    with pytest.raises(InvalidInput) as refusal:
        registered(runtime, arrival=Arrival(arrived_at=clock.instant + timedelta(minutes=1)))
    assert code_of(refusal) == "arrival_in_future"


def test_mail_of_an_old_register_is_entered_when_the_clerk_says_that_the_day_is_right(runtime, clock):
    long_ago = clock.instant - timedelta(days=2000)
    with pytest.raises(InvalidInput, match="arrival_too_old"):
        registered(runtime, arrival=Arrival(arrived_at=long_ago))

    entry = registered(runtime, arrival=Arrival(arrived_at=long_ago, is_old_accepted=True))

    assert (entry.arrived_at, entry.year) == (long_ago, clock.instant.year)


def test_only_the_desk_registers(runtime):
    document_id = read_document(runtime, "Une lettre.", unit="TRV")
    with pytest.raises(PermissionDenied) as refusal:
        registered(runtime, document_id, by="agent")
    assert code_of(refusal) == "permission_missing"
    with runtime.transactions.writing(OPERATOR) as uow:
        create_register(
            uow,
            RegisterSetup(
                "urbanism", RegisterKind.INCOMING, "سجل", "Registre", "U/{year}/{number}", unit_id(runtime, "URB")
            ),
        )
    with pytest.raises(PermissionDenied) as refusal:
        registered(runtime, document_id, register="urbanism")
    assert code_of(refusal) == "desk_of_others"


def test_after_registration_the_desk_knows_of_it_and_the_unit_reads_it(runtime):
    document_id = read_document(runtime, "Une lettre.", by="clerk")
    registered(runtime, document_id)
    with runtime.transactions.reading() as session:
        reads = {
            name: can_see_content(session, actor(runtime, name), document_id) for name in ("clerk2", "agent", "head")
        }
        entry_id = session.scalar(select(Entry.id))
        knows = {
            name: entry_shown(session, actor(runtime, name), entry_id) is not None for name in ("clerk2", "agent2")
        }
    assert reads == {"clerk2": False, "agent": True, "head": True}
    assert knows == {"clerk2": True, "agent2": False}


def test_confidential_mail_is_registered_unopened_for_the_people_named_alone(runtime):
    document_id = read_document(runtime, "Pli confidentiel.")
    entry = registered(
        runtime,
        document_id,
        subject="",
        unit_id=None,
        confidentiality=Confidentiality.CONFIDENTIAL,
        arrival=Arrival(is_unopened=True, named_people=(person_id(runtime, "president"),)),
    )
    registered(runtime)
    with runtime.transactions.reading() as session:
        register = register_with_code(session, "incoming")
        wanted = RegisterFilter(year=2026)
        known = {
            name: [row.entry.number for row in register_rows(session, actor(runtime, name), register, wanted, limit=50)]
            for name in ("president", "clerk2", "auditor", "archivist")
        }
        counted = count_rows(session, actor(runtime, "clerk2"), register, wanted)
        assert can_see_content(session, actor(runtime, "president"), document_id)
        assert entry_shown(session, actor(runtime, "auditor"), entry.id) is None
    assert known["president"][-1] == 1
    assert (known["clerk2"], known["auditor"], known["archivist"], counted) == ([2], [2], [2], 1)


def test_a_cancelled_number_stays_with_its_reason_and_its_document_takes_another(runtime):
    document_id = read_document(runtime, "Une lettre.")
    entry = registered(runtime, document_id)
    with runtime.transactions.writing(actor(runtime, "clerk")) as uow:
        cancel_entry(uow, entry.id, reason="Enregistré deux fois")
    again = registered(runtime, document_id)
    with runtime.transactions.reading() as session:
        kept = session.get_one(Entry, entry.id)
    assert (kept.state, kept.label, kept.cancel_reason) == (
        EntryState.CANCELLED,
        "A-2026-000001",
        "Enregistré deux fois",
    )
    assert again.label == "A-2026-000002"
    with pytest.raises(Conflict) as refusal, runtime.transactions.writing(actor(runtime, "clerk")) as uow:
        cancel_entry(uow, entry.id, reason="encore")
    assert code_of(refusal) == "entry_cancelled_already"


def test_a_number_is_not_cancelled_without_a_reason_nor_by_others(runtime):
    entry = registered(runtime)
    with pytest.raises(InvalidInput) as missing, runtime.transactions.writing(actor(runtime, "clerk")) as uow:
        cancel_entry(uow, entry.id, reason="  ")
    with pytest.raises(PermissionDenied), runtime.transactions.writing(actor(runtime, "agent")) as uow:
        cancel_entry(uow, entry.id, reason="Parce que")
    assert code_of(missing) == "reason_missing"


def test_numbers_set_aside_are_entered_later_and_the_next_ones_come_after_them(runtime, clock):
    with runtime.transactions.writing(actor(runtime, "clerk")) as uow:
        aside = reserve_numbers(uow, "incoming", count=3, reason="Panne de réseau")
    assert registered(runtime).number == 4
    arrived, document_id = clock.instant, read_document(runtime, "Une lettre.")
    clock.move(days=1)
    with runtime.transactions.writing(actor(runtime, "clerk")) as uow:
        entry = enter_reserved(
            uow,
            aside[1].id,
            document_id,
            metadata=letter(runtime),
            arrival=Arrival(arrived_at=arrived),
            expected_version=version_of(runtime, document_id),
        )
    assert (entry.label, entry.arrived_at, entry.registered_at) == ("A-2026-000002", arrived, clock.instant)
    other = read_document(runtime, "Une autre.")
    with pytest.raises(Conflict) as refusal, runtime.transactions.writing(actor(runtime, "clerk")) as uow:
        enter_reserved(
            uow,
            entry.id,
            other,
            metadata=letter(runtime),
            arrival=Arrival(),
            expected_version=version_of(runtime, other),
        )
    assert code_of(refusal) == "number_not_reserved"


def test_bare_numbers_are_known_to_their_desk_and_the_auditor_alone(runtime):
    with runtime.transactions.writing(actor(runtime, "clerk")) as uow:
        aside = reserve_numbers(uow, "incoming", count=1, reason="Panne")
    with runtime.transactions.reading() as session:
        known = {
            name: entry_shown(session, actor(runtime, name), aside[0].id) is not None
            for name in ("clerk2", "auditor", "agent", "head", "admin")
        }
    assert known == {"clerk2": True, "auditor": True, "agent": False, "head": False, "admin": False}


def test_documents_wait_for_the_desk_of_their_register(runtime):
    first, second = read_document(runtime, "Une."), read_document(runtime, "Deux.")
    registered(runtime, second)
    with runtime.transactions.reading() as session:
        clerk, agent = actor(runtime, "clerk2"), actor(runtime, "agent")
        assert [document.id for document in waiting_documents(session, clerk)] == [first]
        assert (count_waiting(session, clerk), count_waiting(session, agent)) == (1, 0)


def test_earlier_letters_of_the_matter_are_found_by_reference_card_and_sender(runtime):
    by_card = registered(runtime, sender="A", reference="1", arrival=Arrival(sender_cin="be 12345"))
    by_reference = registered(runtime, sender="B", reference="77/2026")
    registered(runtime, sender="C", reference="2")
    document_id = read_document(runtime, "Une lettre.")
    with runtime.transactions.reading() as session:
        found = earlier_entries(
            session, actor(runtime, "clerk"), document_id=document_id, sender="D", cin="BE12345", reference="77/2026"
        )
    assert [row.entry.id for row in found] == [by_reference.id, by_card.id]


def test_linked_entries_are_shown_from_both_sides_to_those_who_know_of_both(runtime):
    earlier = registered(runtime)
    entry = registered(runtime, arrival=Arrival(linked=(earlier.id,)))
    with runtime.transactions.writing(actor(runtime, "clerk")) as uow:
        link_entries(uow, entry.id, earlier.id, kind=LinkKind.ANSWERS)
    with runtime.transactions.reading() as session:
        clerk = actor(runtime, "clerk")
        there = [(link.kind, row.entry.id) for link, row in links_of(session, clerk, entry)]
        back = [row.entry.id for _, row in links_of(session, clerk, earlier)]
        hidden = links_of(session, actor(runtime, "agent2"), entry)
    assert (there, back, list(hidden)) == ([(LinkKind.ANSWERS, earlier.id)], [entry.id], [])


def test_an_entry_hidden_from_the_clerk_cannot_be_linked(runtime):
    hidden = registered(
        runtime,
        by="clerk2",
        confidentiality=Confidentiality.CONFIDENTIAL,
        arrival=Arrival(named_people=(person_id(runtime, "president"),)),
    )
    with pytest.raises(NotFound) as refusal:
        registered(runtime, arrival=Arrival(linked=(hidden.id,)))
    assert code_of(refusal) == "entry_unknown"


def test_the_place_of_the_paper_is_noted(runtime):
    entry = registered(runtime)
    with runtime.transactions.writing(actor(runtime, "clerk")) as uow:
        moved = move_paper(uow, entry.id, place=PaperPlace.RETURNED, note="Remis au porteur")
        assert (moved.paper_place, moved.paper_note) == (PaperPlace.RETURNED, "Remis au porteur")
    with pytest.raises(InvalidInput) as refusal, runtime.transactions.writing(actor(runtime, "clerk")) as uow:
        move_paper(uow, entry.id, place=PaperPlace.KEPT, note="")
    assert code_of(refusal) == "paper_place_missing"


def test_registers_of_one_form_of_number_are_refused(runtime):
    setup = RegisterSetup("again", RegisterKind.INCOMING, "سجل", "Registre", "A-{year}-{number}")
    with pytest.raises(Conflict) as refusal, runtime.transactions.writing(OPERATOR) as uow:
        create_register(uow, setup)
    assert (code_of(refusal), refusal.value.params) == ("number_format_taken", {"register": "incoming"})


def test_a_new_form_counts_from_the_next_number_and_a_closed_register_gives_none(runtime):
    registered(runtime)
    with runtime.transactions.reading() as session:
        register = register_with_code(session, "incoming")
    setup = RegisterSetup(
        "incoming", RegisterKind.INCOMING, register.name_ar, register.name_fr, "ARR-{year}/{number:04}"
    )
    with runtime.transactions.writing(OPERATOR) as uow:
        changed = change_register(uow, register.id, setup, expected_version=register.version)
    assert registered(runtime).label == "ARR-2026/0002"
    with runtime.transactions.writing(OPERATOR) as uow:
        change_register(uow, register.id, replace(setup, is_active=False), expected_version=changed.version)
    with pytest.raises(NotFound) as refusal:
        registered(runtime)
    assert code_of(refusal) == "register_unknown"


def test_a_form_that_another_register_had_or_that_slips_have_is_refused(runtime):
    registered(runtime)
    with runtime.transactions.reading() as session:
        register = register_with_code(session, "incoming")
    renamed = RegisterSetup(
        "incoming", RegisterKind.INCOMING, register.name_ar, register.name_fr, "NEW-{year}-{number}"
    )
    with runtime.transactions.writing(OPERATOR) as uow:
        change_register(uow, register.id, renamed, expected_version=register.version)
    for pattern, error in (("A-{year}-{number:06}", Conflict), ("B-{year}-{number}", InvalidInput)):
        with pytest.raises(error), runtime.transactions.writing(OPERATOR) as uow:
            create_register(uow, RegisterSetup("other", RegisterKind.INCOMING, "سجل", "Registre", pattern))


def test_people_named_by_mistake_on_mail_that_is_not_confidential_see_nothing(runtime):
    entry = registered(runtime, arrival=Arrival(named_people=(person_id(runtime, "agent2"),)))
    with runtime.transactions.reading() as session:
        assert not can_see_content(session, actor(runtime, "agent2"), entry.document_id)


def test_sqlite_finds_what_waits_by_an_index_however_much_is_registered(sqlite_runtime):
    asked: list[tuple[str, Any]] = []
    engine = sqlite_runtime.transactions.engine
    event.listen(engine, "before_cursor_execute", lambda *call: asked.append((call[2], call[3])))
    with sqlite_runtime.transactions.reading() as session:
        session.scalar(counting_waiting(actor(sqlite_runtime, "clerk"), 100))
    statement, parameters = asked[-1]

    with engine.connect() as connection:
        plan = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", parameters).all()

    assert any("USING INDEX ix_documents_unregistered" in row[-1] for row in plan), plan


def test_a_long_year_is_counted_to_a_limit_and_paged_to_its_end(runtime, monkeypatch):
    monkeypatch.setattr(queries, "MOST_ROWS_COUNTED", 2)
    for _ in range(4):
        registered(runtime)

    with runtime.transactions.reading() as session:
        register = register_with_code(session, "incoming")
        assert count_rows(session, actor(runtime, "clerk"), register, RegisterFilter(year=2026)) == 3
        assert register_years(session, actor(runtime, "clerk"), register) == [2026]
        assert not register_years(session, actor(runtime, "agent2"), register)
