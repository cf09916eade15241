"""Several people, processes and tries at one moment: one decision, one signature, one number, five PINs."""

from __future__ import annotations

from sqlalchemy import func, select

from docflow.accounts.operations import grant_role
from docflow.accounts.rules import Role
from docflow.approvals.models import Decision, PinGuard
from docflow.approvals.operations import Verdict, undo
from docflow.approvals.queries import decisions_of
from docflow.approvals.rules import Choice, RunState
from docflow.approvals.settling import settle_due
from docflow.approvals.signing import decide_and_sign
from docflow.core.errors import Conflict, InvalidInput, TooManyRequests
from docflow.registry.models import Entry
from docflow.routing.rules import Instruction
from tests.conftest import actor, run_jobs
from tests.factories.acts import (
    PIN,
    decides,
    make_circuit,
    open_asks,
    settled,
    short,
    standard,
    started,
    view_of,
    with_key,
)
from tests.factories.documents import unit_id
from tests.factories.registry import registered
from tests.rooms.approvals.test_letters import run_on
from tests.rooms.routing.test_routing import sent, to_unit
from tests.threads import at_once


def second_head(runtime):
    """Let another person hold the function of the demonstration's head too."""
    with runtime.transactions.writing(actor(runtime, "admin")) as uow:
        head2 = actor(runtime, "head2").person_id
        grant_role(uow, head2, role=Role.HEAD, unit_id=unit_id(runtime, "DTE"))
    run_jobs(runtime)


def test_two_who_hold_one_function_decide_at_once(runtime):
    second_head(runtime)
    entry = registered(runtime)
    sent(runtime, entry.document_id, to_unit(runtime, "TRV", Instruction.SIGNATURE), by="clerk")
    run = run_on(runtime, entry.document_id)
    ask_id = run.asks[0].ask.id

    def says(username, choice):
        return lambda: decide_and_sign(runtime, actor(runtime, username), ask_id, Verdict(choice, "Motif"))

    refusals = at_once(says("head", Choice.APPROVE), says("head2", Choice.REJECT))

    assert [(type(one), one.code) for one in refusals] == [(Conflict, "decision_pending")]
    with runtime.transactions.reading() as session:
        assert len(decisions_of(session, run.id)) == 1


def test_two_who_sign_at_once_leave_one_signature(runtime):
    second_head(runtime)
    make_circuit(runtime, standard(runtime))
    run_id = started(runtime)
    ask_id = open_asks(runtime, run_id)[0].id
    for username in ("head", "head2"):
        with_key(runtime, username)

    def signs(username):
        return lambda: decide_and_sign(runtime, actor(runtime, username), ask_id, Verdict(Choice.APPROVE), pin=PIN)

    refusals = at_once(signs("head"), signs("head2"))
    settled(runtime)

    assert [one.code for one in refusals] == ["decision_pending"]
    assert view_of(runtime, run_id).row.step_index == 1


def test_a_decision_that_takes_effect_at_once_in_many_processes_does_so_once(runtime):
    make_circuit(runtime, short(runtime))
    run_id = started(runtime)
    decides(runtime, "president", run_id)
    runtime.clock.move(seconds=11)

    assert at_once(*[lambda: settle_due(runtime.transactions)] * 4) == []

    assert view_of(runtime, run_id).state is RunState.APPROVED
    with runtime.transactions.reading() as session:
        assert session.scalar(select(func.count()).select_from(Decision).where(Decision.is_kept)) == 1


def test_undoing_meets_the_moment_of_taking_effect(runtime):
    entry = registered(runtime)
    sent(runtime, entry.document_id, to_unit(runtime, "TRV", Instruction.SIGNATURE), by="clerk")
    ask_id = run_on(runtime, entry.document_id).asks[0].ask.id
    decision = decide_and_sign(runtime, actor(runtime, "head"), ask_id, Verdict(Choice.APPROVE))
    runtime.clock.move(seconds=10)

    def takes_back():
        with runtime.transactions.writing(actor(runtime, "head")) as uow:
            undo(uow, decision.id)

    refusals = at_once(takes_back, lambda: settle_due(runtime.transactions))

    assert [one.code for one in refusals] == ["decision_settled"]
    with runtime.transactions.reading() as session:
        assert session.get_one(Decision, decision.id).is_kept


def test_tries_of_a_pin_at_once_are_counted_one_by_one(runtime):
    make_circuit(runtime, short(runtime))
    run_id = started(runtime)
    with_key(runtime, "president")
    ask_id = open_asks(runtime, run_id)[0].id

    def guesses():
        decide_and_sign(runtime, actor(runtime, "president"), ask_id, Verdict(Choice.APPROVE), pin="wrong!")

    refusals = at_once(*[guesses] * 8)

    assert sorted(one.code for one in refusals) == ["pin_locked"] * 3 + ["pin_wrong"] * 5
    assert {type(one) for one in refusals} == {InvalidInput, TooManyRequests}
    with runtime.transactions.reading() as session:
        assert session.scalar(select(PinGuard.failures)) == 5


def test_acts_that_depart_at_once_have_numbers_without_gaps(runtime):
    make_circuit(runtime, standard(runtime))
    runs = [started(runtime) for _ in range(3)]
    for username in ("head", "director", "president"):
        for run_id in runs:
            decides(runtime, username, run_id)
        runtime.clock.move(seconds=11)
        settle_due(runtime.transactions)

    assert at_once(*[lambda: run_jobs(runtime)] * 3) == []
    run_jobs(runtime)

    assert {view_of(runtime, run_id).state for run_id in runs} == {RunState.DEPARTED}
    with runtime.transactions.reading() as session:
        assert sorted(session.scalars(select(Entry.number))) == [1, 2, 3]
