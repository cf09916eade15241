"""What is asked of whom, with the effect of each instruction, and who sees the document for it."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from sqlalchemy import select

from docflow.accounts.visibility import Confidentiality
from docflow.core.errors import Conflict, InvalidInput, NotFound, PermissionDenied
from docflow.deadlines.operations import close_day
from docflow.documents.models import Document
from docflow.documents.queries import can_see_content
from docflow.registry.operations import Arrival, cancel_entry
from docflow.routing.models import Assignment
from docflow.routing.operations import claim, finish, note_read, recall, return_task, send
from docflow.routing.queries import asked_of_others, counting_tasks, route_of, tasks_of
from docflow.routing.rules import EFFECTS, AssignmentState, Instruction, Urgency, urgency_of
from docflow.routing.steps import Dispatch
from tests.conftest import actor, run_jobs
from tests.factories.documents import read_document, unit_id
from tests.factories.registry import registered


def sent(runtime, document_id, *dispatches, by="clerk", passing_on=None):
    with runtime.transactions.writing(actor(runtime, by)) as uow:
        return send(uow, document_id, list(dispatches), passing_on=passing_on)


def to_unit(runtime, code, instruction=Instruction.ACTION, **how):
    return Dispatch(instruction, unit_id=unit_id(runtime, code), **how)


def to_person(runtime, name, instruction=Instruction.OPINION, **how):
    return Dispatch(instruction, person_id=actor(runtime, name).person_id, **how)


def tasks(runtime, name):
    with runtime.transactions.reading() as session:
        return [task.assignment for task in tasks_of(session, actor(runtime, name))]


def does(runtime, name, act, *args, **how):
    with runtime.transactions.writing(actor(runtime, name)) as uow:
        return act(uow, *args, **how)


def reads(runtime, name, document_id):
    with runtime.transactions.reading() as session:
        return can_see_content(session, actor(runtime, name), document_id)


def document_of(runtime, document_id):
    with runtime.transactions.reading() as session:
        return session.get_one(Document, document_id)


def test_what_is_sent_before_the_first_routing_leaves_the_letter_with_somebody_responsible(sqlite_runtime):
    told, given = registered(sqlite_runtime), registered(sqlite_runtime)
    sent(sqlite_runtime, told.document_id, to_unit(sqlite_runtime, "HYG", Instruction.INFORMATION))
    sent(sqlite_runtime, given.document_id, to_unit(sqlite_runtime, "HYG", Instruction.ATTRIBUTION))
    run_jobs(sqlite_runtime)

    with sqlite_runtime.transactions.reading() as session:
        routes = [route_of(session, entry.document_id) for entry in (told, given)]
    asked = [[(one.instruction, one.unit_id) for one in route] for route in routes]
    hygiene, own = unit_id(sqlite_runtime, "HYG"), unit_id(sqlite_runtime, "TRV")
    assert sorted(asked[0]) == [(Instruction.ATTRIBUTION, own), (Instruction.INFORMATION, hygiene)]
    assert asked[1] == [(Instruction.ATTRIBUTION, hygiene)]


def test_a_registered_letter_goes_to_its_unit_by_itself_within_the_term_of_the_law(runtime):
    complaint = registered(runtime, register="complaints")
    plain = registered(runtime)
    run_jobs(runtime)
    run_jobs(runtime)
    found = {task.document_id: task for task in tasks(runtime, "agent")}
    assert {task.instruction for task in found.values()} == {Instruction.ATTRIBUTION}
    assert (found[complaint.document_id].due_on, found[plain.document_id].due_on) == (date(2026, 5, 4), None)
    assert len(tasks(runtime, "agent")) == 2


def test_confidential_mail_goes_nowhere_by_itself_and_to_people_alone(runtime):
    president = actor(runtime, "president").person_id
    entry = registered(
        runtime, confidentiality=Confidentiality.CONFIDENTIAL, arrival=Arrival(named_people=(president,))
    )
    run_jobs(runtime)
    assert tasks(runtime, "agent") == []
    with pytest.raises(InvalidInput) as refusal:
        sent(runtime, entry.document_id, to_unit(runtime, "EC"), by="president")
    assert refusal.value.code == "confidential_to_unit"
    sent(runtime, entry.document_id, to_person(runtime, "agent2"), by="president")
    assert reads(runtime, "agent2", entry.document_id)


def test_who_is_asked_sees_the_document_and_others_do_not(runtime):
    entry = registered(runtime)
    assert not reads(runtime, "agent2", entry.document_id)
    sent(runtime, entry.document_id, to_unit(runtime, "EC"), by="agent")
    assert reads(runtime, "agent2", entry.document_id)
    assert reads(runtime, "head2", entry.document_id)
    assert not reads(runtime, "clerk2", entry.document_id)


def test_what_is_recalled_unread_is_seen_no_more_and_what_was_read_stays(runtime):
    entry = registered(runtime)
    first, second = sent(
        runtime, entry.document_id, to_unit(runtime, "EC"), to_person(runtime, "archivist"), by="agent"
    )
    does(runtime, "archivist", note_read, entry.document_id)
    does(runtime, "agent", recall, first.id)
    assert not reads(runtime, "agent2", entry.document_id)
    with pytest.raises(Conflict) as read_already:
        does(runtime, "agent", recall, second.id)
    with pytest.raises(PermissionDenied) as others:
        does(runtime, "clerk", recall, second.id)
    assert (read_already.value.code, others.value.code) == ("task_read_already", "recall_of_others")


def test_one_unit_is_responsible_and_its_answer_closes_the_matter(runtime):
    entry = registered(runtime)
    run_jobs(runtime)
    with pytest.raises(Conflict) as refusal:
        sent(runtime, entry.document_id, to_unit(runtime, "EC", Instruction.ATTRIBUTION))
    assert refusal.value.code == "responsible_exists"
    task = tasks(runtime, "agent")[0]
    with pytest.raises(InvalidInput) as silent:
        does(runtime, "agent", finish, task.id, answer=" ")
    assert silent.value.code == "answer_missing"
    does(runtime, "agent", finish, task.id, answer="Réparé le 3 mars")
    assert not document_of(runtime, entry.document_id).is_open
    with pytest.raises(Conflict) as closed:
        sent(runtime, entry.document_id, to_unit(runtime, "EC"))
    assert closed.value.code == "matter_closed"


def test_passing_a_task_on_hands_the_responsibility_over(runtime):
    entry = registered(runtime)
    run_jobs(runtime)
    task = tasks(runtime, "agent")[0]
    sent(
        runtime,
        entry.document_id,
        to_unit(runtime, "ECL", Instruction.ATTRIBUTION),
        by="agent",
        passing_on=task.id,
    )
    with runtime.transactions.reading() as session:
        route = route_of(session, entry.document_id)
    assert [one.state for one in route] == [AssignmentState.PASSED_ON, AssignmentState.OPEN]
    assert route[1].parent_id == route[0].id
    assert tasks(runtime, "agent") == []


def test_an_opinion_comes_back_to_whoever_asked(runtime):
    entry = registered(runtime)
    asked = sent(runtime, entry.document_id, to_person(runtime, "agent2"), by="agent")[0]
    does(runtime, "agent2", finish, asked.id, answer="Favorable")
    back = [task for task in tasks(runtime, "agent") if task.parent_id == asked.id]
    assert [(one.instruction, one.note) for one in back] == [(Instruction.INFORMATION, "Favorable")]
    does(runtime, "agent", finish, back[0].id, answer="")
    assert [task for task in tasks(runtime, "agent") if task.parent_id == asked.id] == []


def test_information_ends_by_acknowledging_and_not_by_opening(runtime):
    entry = registered(runtime)
    told = sent(runtime, entry.document_id, to_person(runtime, "agent2", Instruction.INFORMATION))[0]
    does(runtime, "agent2", note_read, entry.document_id)
    assert [task.id for task in tasks(runtime, "agent2")] == [told.id]
    does(runtime, "agent2", finish, told.id, answer="")
    assert tasks(runtime, "agent2") == []


def test_what_is_returned_goes_back_with_its_reason_and_its_responsibility(runtime):
    entry = registered(runtime)
    run_jobs(runtime)
    task = tasks(runtime, "agent")[0]
    with pytest.raises(InvalidInput):
        does(runtime, "agent", return_task, task.id, reason="")
    does(runtime, "agent", return_task, task.id, reason="Pas de notre compétence")
    back = tasks(runtime, "clerk")[0]
    assert (back.instruction, back.note) == (Instruction.ATTRIBUTION, "Pas de notre compétence")
    sent(runtime, entry.document_id, to_unit(runtime, "EC", Instruction.ATTRIBUTION), by="clerk", passing_on=back.id)
    assert [one.instruction for one in tasks(runtime, "agent2")] == [Instruction.ATTRIBUTION]


def test_a_task_is_taken_once_from_the_basket(runtime):
    entry = registered(runtime)
    task = sent(runtime, entry.document_id, to_unit(runtime, "EC"))[0]
    does(runtime, "agent2", claim, task.id)
    with pytest.raises(Conflict) as refusal:
        does(runtime, "temp", claim, task.id)
    assert refusal.value.code == "task_taken"
    does(runtime, "agent2", claim, task.id)


def test_nobody_ends_the_task_of_another_nor_the_same_twice(runtime):
    entry = registered(runtime)
    task = sent(runtime, entry.document_id, to_person(runtime, "agent2"))[0]
    for name in ("agent", "clerk", "head2", "president"):
        with pytest.raises(NotFound) as refusal:
            does(runtime, name, finish, task.id, answer="x")
        assert refusal.value.code in {"assignment_unknown", "document_unknown"}
    does(runtime, "agent2", finish, task.id, answer="Oui")
    with pytest.raises(Conflict) as ended:
        does(runtime, "agent2", finish, task.id, answer="Non")
    assert ended.value.code == "assignment_ended"


@pytest.mark.parametrize("name", ["archivist", "auditor", "admin"])
def test_those_who_do_not_treat_do_not_send(runtime, name):
    entry = registered(runtime)
    with pytest.raises(PermissionDenied):
        sent(runtime, entry.document_id, to_unit(runtime, "EC"), by=name)


def test_who_does_not_know_of_a_document_cannot_send_it(runtime):
    entry = registered(runtime)
    with pytest.raises(NotFound):
        sent(runtime, entry.document_id, to_unit(runtime, "EC"), by="agent2")


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"due_on": date(2026, 3, 1)}, "due_in_past"),
        ({"note": "x" * 1001}, "field_too_long"),
        ({"unit_id": None}, "addressee_unknown"),
    ],
)
def test_what_cannot_be_asked_is_refused(runtime, change, code):
    entry = registered(runtime)
    said = {"instruction": Instruction.ACTION, "unit_id": unit_id(runtime, "EC"), **change}
    with pytest.raises(InvalidInput) as refusal:
        sent(runtime, entry.document_id, Dispatch(**said))
    assert refusal.value.code == code


def test_only_what_is_registered_is_sent(runtime):
    document_id = read_document(runtime, "Une.")
    with pytest.raises(Conflict) as refusal:
        sent(runtime, document_id, to_unit(runtime, "EC"))
    assert refusal.value.code == "document_not_registered"


def test_what_one_asked_waits_until_it_is_ended(runtime):
    entry = registered(runtime)
    asked = sent(runtime, entry.document_id, to_person(runtime, "agent2"), by="agent")[0]
    with runtime.transactions.reading() as session:
        waiting = [task.assignment.id for task in asked_of_others(session, actor(runtime, "agent"))]
        counted = session.scalar(counting_tasks(actor(runtime, "agent2"), 100))
    assert (waiting, counted) == ([asked.id], 1)
    does(runtime, "agent2", finish, asked.id, answer="Oui")
    with runtime.transactions.reading() as session:
        assert asked_of_others(session, actor(runtime, "agent")) == []


def test_the_route_keeps_everything_in_order(runtime):
    entry = registered(runtime)
    asked = sent(runtime, entry.document_id, to_person(runtime, "agent2"), by="agent")[0]
    does(runtime, "agent2", return_task, asked.id, reason="Pièce manquante")
    with runtime.transactions.reading() as session:
        kept = session.scalars(select(Assignment).where(Assignment.document_id == entry.document_id)).all()
    assert {one.state for one in kept} == {AssignmentState.RETURNED, AssignmentState.OPEN}
    assert any(one.answer == "Pièce manquante" for one in kept)


def test_tasks_are_grouped_by_when_they_are_due():
    wednesday = date(2026, 3, 4)
    groups = [urgency_of(wednesday + timedelta(days=days), wednesday) for days in (-1, 0, 1, 4, 5)]
    assert groups == [Urgency.OVERDUE, Urgency.TODAY, Urgency.WEEK, Urgency.WEEK, Urgency.LATER]
    assert urgency_of(None, wednesday) is Urgency.UNDATED


def test_every_instruction_has_an_effect():
    assert set(EFFECTS) == set(Instruction)


def test_a_cancelled_number_takes_back_what_was_asked_and_the_next_one_asks_again(runtime):
    entry = registered(runtime)
    run_jobs(runtime)
    with runtime.transactions.writing(actor(runtime, "clerk")) as uow:
        cancel_entry(uow, entry.id, reason="Mauvais registre")
    run_jobs(runtime)
    assert tasks(runtime, "agent") == []
    registered(runtime, entry.document_id, register="complaints")
    run_jobs(runtime)
    assert [one.instruction for one in tasks(runtime, "agent")] == [Instruction.ATTRIBUTION]


def test_a_desk_that_does_not_read_a_letter_cannot_send_it_to_itself(runtime):
    plain = registered(runtime)
    kept = registered(runtime, confidentiality=Confidentiality.RESTRICTED)
    for document_id, dispatch in (
        (plain.document_id, to_person(runtime, "clerk2", Instruction.INFORMATION)),
        (plain.document_id, to_unit(runtime, "BO", Instruction.INFORMATION)),
        (kept.document_id, to_unit(runtime, "EC", Instruction.INFORMATION)),
    ):
        with pytest.raises(PermissionDenied):
            sent(runtime, document_id, dispatch, by="clerk2")
    assert not reads(runtime, "clerk2", plain.document_id)
    sent(runtime, plain.document_id, to_unit(runtime, "EC", Instruction.INFORMATION), by="clerk2")


def test_a_task_is_passed_on_with_its_own_document_and_a_responsibility_as_one(runtime):
    one, other = registered(runtime, register="complaints"), registered(runtime, register="complaints")
    run_jobs(runtime)
    mine = {task.document_id: task for task in tasks(runtime, "agent")}
    ours = to_unit(runtime, "ECL", Instruction.ATTRIBUTION)
    with pytest.raises(NotFound):
        sent(runtime, one.document_id, ours, by="agent", passing_on=mine[other.document_id].id)
    with pytest.raises(InvalidInput) as refusal:
        sent(
            runtime,
            one.document_id,
            to_unit(runtime, "ECL", Instruction.INFORMATION),
            by="agent",
            passing_on=mine[one.document_id].id,
        )
    assert refusal.value.code == "responsible_missing"
    passed = sent(runtime, one.document_id, ours, by="agent", passing_on=mine[one.document_id].id)
    assert (passed[0].due_on, passed[0].is_by_law) == (date(2026, 5, 4), True)
    does(runtime, "agent", recall, passed[0].id)
    assert one.document_id in {task.document_id for task in tasks(runtime, "agent")}


def test_a_number_given_again_before_the_worker_came_asks_its_unit_all_the_same(runtime):
    entry = registered(runtime)
    run_jobs(runtime)
    runtime.clock.move(minutes=1)
    with runtime.transactions.writing(actor(runtime, "clerk")) as uow:
        cancel_entry(uow, entry.id, reason="Mauvaise entité")
    runtime.clock.move(minutes=1)
    registered(runtime, entry.document_id, unit_id=unit_id(runtime, "EC"))
    run_jobs(runtime)
    assert tasks(runtime, "agent") == []
    assert [task.instruction for task in tasks(runtime, "agent2")] == [Instruction.ATTRIBUTION]


def test_terms_of_tasks_follow_the_calendar(runtime):
    registered(runtime, register="complaints")
    run_jobs(runtime)
    assert [task.due_on for task in tasks(runtime, "agent")] == [date(2026, 5, 4)]
    with runtime.transactions.writing(actor(runtime, "admin")) as uow:
        close_day(uow, date(2026, 5, 4), name_ar="إغلاق", name_fr="Fermeture")
    run_jobs(runtime)
    assert [task.due_on for task in tasks(runtime, "agent")] == [date(2026, 5, 5)]


def test_what_a_colleague_took_is_not_ended_by_another(runtime):
    entry = registered(runtime)
    task = sent(runtime, entry.document_id, to_unit(runtime, "EC"))[0]
    does(runtime, "agent2", claim, task.id)
    with pytest.raises(Conflict) as refusal:
        does(runtime, "temp", finish, task.id, answer="Fait")
    assert refusal.value.code == "task_taken"
