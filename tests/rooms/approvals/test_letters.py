"""Letters that came in and are sent for signature: decided in the queue, written on the route, never into their PDF."""

from __future__ import annotations

import pytest

from docflow.accounts.visibility import Confidentiality
from docflow.approvals.operations import Verdict
from docflow.approvals.queries import runs_about
from docflow.approvals.rules import AskState, Choice, RunState
from docflow.approvals.signing import decide_and_sign
from docflow.core.errors import Conflict, NotFound
from docflow.registry.operations import Arrival
from docflow.routing.operations import finish, recall
from docflow.routing.queries import route_of, tasks_of
from docflow.routing.rules import AssignmentState, Instruction
from docflow.routing.wording import INSTRUCTIONS
from docflow.stamping.queries import sealed_revision_of
from tests.conftest import actor, run_jobs
from tests.factories.acts import settled
from tests.factories.registry import registered
from tests.rooms.routing.test_routing import does, sent, to_person, to_unit


def run_on(runtime, document_id):
    with runtime.transactions.reading() as session:
        return runs_about(session, document_id)[-1]


def says(runtime, username, document_id, choice=Choice.APPROVE, comment=""):
    ask = run_on(runtime, document_id).asks[0].ask
    verdict = Verdict(choice, comment, 0 if choice is Choice.RETURN else None)
    return decide_and_sign(runtime, actor(runtime, username), ask.id, verdict)


def route(runtime, document_id):
    with runtime.transactions.reading() as session:
        return route_of(session, document_id)


def tasks(runtime, username):
    with runtime.transactions.reading() as session:
        return [
            (one.assignment.instruction, one.assignment.note) for one in tasks_of(session, actor(runtime, username))
        ]


def test_a_letter_sent_for_signature_is_decided_in_the_queue_alone(runtime):
    entry = registered(runtime)
    sent(runtime, entry.document_id, to_unit(runtime, "TRV", Instruction.SIGNATURE, note="Pour signer"), by="clerk")

    assert run_on(runtime, entry.document_id).asks[0].ask.title_fr == "Chef de la division technique"
    assert (Instruction.SIGNATURE, "Pour signer") not in tasks(runtime, "agent")
    with pytest.raises(Conflict) as refused:
        does(runtime, "agent", finish, route(runtime, entry.document_id)[-1].id, answer="x")
    assert refused.value.code == "decided_in_queue"
    with runtime.transactions.reading() as session:
        before = sealed_revision_of(session, entry.document_id)
    says(runtime, "head", entry.document_id, comment="Bien vu")
    settled(runtime)

    run_jobs(runtime)
    closed = next(one for one in route(runtime, entry.document_id) if one.instruction == Instruction.SIGNATURE)
    assert (closed.state, closed.answer) == (AssignmentState.DONE, "تمت الموافقة – Approuvé: Bien vu")
    assert closed.closed_by_name == actor(runtime, "head").name
    assert (Instruction.INFORMATION, closed.answer) in tasks(runtime, "clerk")
    assert run_on(runtime, entry.document_id).state is RunState.APPROVED
    with runtime.transactions.reading() as session:
        after = sealed_revision_of(session, entry.document_id)
    assert before is None or before == after


def test_what_is_asked_has_its_words_on_the_route_sheet():
    assert set(INSTRUCTIONS) == set(Instruction)


def test_a_letter_that_is_returned_goes_back_to_its_sender(runtime):
    entry = registered(runtime)
    sent(runtime, entry.document_id, to_person(runtime, "president", Instruction.SIGNATURE), by="clerk")
    says(runtime, "president", entry.document_id, Choice.RETURN, "Pièce manquante")
    settled(runtime)
    run_jobs(runtime)

    closed = next(one for one in route(runtime, entry.document_id) if one.instruction == Instruction.SIGNATURE)
    assert closed.state == AssignmentState.RETURNED
    assert (Instruction.ACTION, "إرجاع – Retourné: Pièce manquante") in tasks(runtime, "clerk")


def test_a_letter_that_is_recalled_is_asked_of_nobody(runtime):
    entry = registered(runtime)
    sent(runtime, entry.document_id, to_person(runtime, "president", Instruction.SIGNATURE), by="clerk")
    assignment = next(one for one in route(runtime, entry.document_id) if one.instruction == Instruction.SIGNATURE)
    does(runtime, "clerk", recall, assignment.id)

    run = run_on(runtime, entry.document_id)
    assert (run.state, run.asks[0].ask.state) == (RunState.WITHDRAWN, AskState.LAPSED)
    with pytest.raises(Conflict) as refused:
        says(runtime, "president", entry.document_id)
    assert refused.value.code == "ask_ended"


def test_confidential_mail_is_decided_by_the_person_it_is_sent_to_alone(runtime):
    president = actor(runtime, "president").person_id
    entry = registered(
        runtime, confidentiality=Confidentiality.CONFIDENTIAL, arrival=Arrival(named_people=(president,))
    )
    sent(runtime, entry.document_id, to_person(runtime, "president", Instruction.SIGNATURE), by="president")

    with pytest.raises(NotFound):
        says(runtime, "director", entry.document_id)
    says(runtime, "president", entry.document_id)


def test_a_letter_for_which_nobody_signs_is_not_sent(runtime):
    entry = registered(runtime)
    with pytest.raises(Conflict) as refused:
        sent(runtime, entry.document_id, to_person(runtime, "admin", Instruction.SIGNATURE), by="clerk")
    assert refused.value.code == "nobody_for_step"
