"""The timeline of a case file tells what happened to the letters that its reader may know of."""

from __future__ import annotations

from docflow.audit.telling import Teller
from docflow.records.queries import entries_of_file
from docflow.records.timeline import MomentKind, moments_of
from docflow.routing.operations import finish
from docflow.routing.rules import Instruction
from tests.conftest import actor
from tests.factories.sessions import signed_in_client
from tests.rooms.records.test_case_files import filed, letter_of, opened
from tests.rooms.routing.test_routing import sent, tasks, to_person


def told(runtime, kept, name, page=1):
    who = actor(runtime, name)
    with runtime.transactions.reading() as session:
        entries = entries_of_file(session, who, kept.id)
        return moments_of(session, who, kept, entries, teller=Teller(runtime.capabilities), locale="fr", page=page)[0]


def story(moments):
    """What is told, in the order of it: the verb of a line, or what a task is."""
    return [one.line.verb if one.line else f"{one.kind.value}:{one.assignment.instruction}" for one in moments]


def test_it_tells_arrival_route_opinion_and_filing_in_their_order(runtime, clock):
    kept, entry = opened(runtime), letter_of(runtime)
    clock.move(hours=1)
    sent(runtime, entry.document_id, to_person(runtime, "agent2", Instruction.OPINION, note="Avis ?"), by="agent")
    clock.move(hours=1)
    with runtime.transactions.writing(actor(runtime, "agent2")) as uow:
        finish(uow, tasks(runtime, "agent2")[0].id, answer="Favorable")
    clock.move(hours=1)
    filed(runtime, kept, entry)
    moments = told(runtime, kept, "agent")
    assert sorted(story(moments)[:4]) == [
        "documents.deposited", "records.opened", "registry.registered", "sent:attribution",
    ]  # fmt: skip
    assert story(moments)[4:] == ["sent:opinion", "ended:opinion", "sent:information", "records.filed"]
    assert [one.said for one in moments if one.kind is not MomentKind.LINE] == ["", "Avis ?", "Favorable", "Favorable"]


def test_what_was_written_is_told_to_readers_alone(runtime):
    kept, entry = opened(runtime), letter_of(runtime)
    sent(runtime, entry.document_id, to_person(runtime, "agent2", Instruction.OPINION, note="Avis ?"), by="agent")
    filed(runtime, kept, entry)
    for_auditor = told(runtime, kept, "auditor")
    assert "sent:opinion" in story(for_auditor)
    assert {one.said for one in for_auditor} == {""}


def test_a_letter_that_the_reader_may_not_know_of_leaves_no_moment(runtime):
    kept, own, other = opened(runtime, by="director"), letter_of(runtime), letter_of(runtime, unit="EC")
    before = len(told(runtime, kept, "agent"))
    filed(runtime, kept, other, by="director")
    assert len(told(runtime, kept, "agent")) == before
    filed(runtime, kept, own, by="director")
    assert {one.filed.document.id for one in told(runtime, kept, "agent") if one.filed} == {own.document_id}
    page = signed_in_client(runtime, "agent").get(f"/records/{kept.id}?tab=timeline").get_data(as_text=True)
    assert own.label in page
    assert other.label not in page


def test_that_a_letter_is_also_in_another_file_is_not_told_here(runtime):
    first, second, entry = opened(runtime), opened(runtime, title="Autre"), letter_of(runtime)
    filed(runtime, first, entry)
    filed(runtime, second, entry)
    assert story(told(runtime, first, "agent")).count("records.filed") == 1
