"""The course of a run as a model: whatever people do, nothing is signed before its visas, nothing is lost, it ends."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from docflow.approvals.course import Place, Run, field_names
from docflow.approvals.rows import steps_as_row, steps_from_row
from docflow.approvals.rules import (
    ENDED,
    RANKS,
    AskState,
    Choice,
    Circuit,
    Condition,
    Facts,
    Function,
    FunctionKind,
    Mode,
    RunState,
    Seat,
    Step,
    StepKind,
)
from docflow.core.errors import Conflict, InvalidInput
from docflow.core.ids import new_id

UNIT = new_id()
SEAT = Seat(Function(FunctionKind.UNIT_HEAD), (Function(FunctionKind.HEAD_ABOVE),))


def step(kind: StepKind, seats: int = 1, mode: Mode = Mode.ALL, **how) -> Step:
    return Step(kind, () if kind is StepKind.DEPARTURE else (SEAT,) * seats, mode, **how)


@st.composite
def circuits(draw) -> Circuit:
    before = draw(st.lists(st.sampled_from([StepKind.OPINION, StepKind.VISA]), max_size=3))
    kinds = [*before, *[StepKind.SIGNATURE] * draw(st.integers(1, 2))]
    kinds += [StepKind.SEAL] * draw(st.booleans()) + [StepKind.DEPARTURE] * draw(st.booleans())
    return Circuit(tuple(step(kind, draw(st.integers(1, 3)), draw(st.sampled_from(Mode))) for kind in kinds)).checked()


class Runs(RuleBasedStateMachine):
    """Anybody does anything that a page may ask for, in any order."""

    @initialize(circuit=circuits())
    def begin(self, circuit):
        self.run = Run(circuit.steps)
        self.outcomes: dict[Place, AskState] = {}
        self.decided = 0

    def open_places(self):
        return sorted(place for place, state in self.run.asks.items() if state is AskState.OPEN)

    @precondition(lambda self: self.run.state is RunState.PREPARING)
    @rule()
    def version_is_frozen(self):
        self.run = self.run.started()

    @precondition(lambda self: self.open_places() and self.run.held is None)
    @rule(data=st.data(), choice=st.sampled_from([Choice.APPROVE, Choice.APPROVE, Choice.RETURN, Choice.REJECT]))
    def somebody_decides(self, data, choice):
        place = data.draw(st.sampled_from(self.open_places()))
        back_to = data.draw(st.integers(0, self.run.step)) if choice is Choice.RETURN else None
        if choice is Choice.APPROVE and self.run.steps[place.step].kind is StepKind.SIGNATURE:
            assert self.run.has_visas(place.step), "signed before its visas"
        self.run = self.run.checked_held(place, choice, back_to=back_to)
        self.held = (place, choice, back_to)

    @precondition(lambda self: self.run.held is not None)
    @rule()
    def they_undo_it(self):
        self.run = self.run.undone(self.run.held)

    @precondition(lambda self: self.run.held is not None)
    @rule()
    def it_takes_effect(self):
        place, choice, back_to = self.held
        round_before = self.run.round_number
        self.run = self.run.settled(place, choice, back_to=back_to)
        self.outcomes[place] = self.run.asks[place]
        self.decided += 1
        assert self.run.round_number == round_before
        with pytest.raises(Conflict):
            self.run.settled(place, choice, back_to=back_to)

    @precondition(lambda self: self.run.state is RunState.RETURNED)
    @rule()
    def a_new_version_comes(self):
        before = self.run
        self.run = self.run.resumed()
        assert self.run.round_number == before.round_number + 1

    @precondition(lambda self: self.run.state not in ENDED and self.run.state is not RunState.DEPARTING)
    @rule(really=st.integers(0, 9))
    def its_drafter_takes_it_back(self, really):
        if really == 0:
            self.run = self.run.withdrawn()

    @precondition(lambda self: self.run.state is RunState.DEPARTING)
    @rule()
    def it_departs(self):
        assert self.run.has_visas(len(self.run.steps) - 1), "departed before its signatures"
        self.run = self.run.departed()

    @rule(data=st.data())
    def somebody_comes_too_late(self, data):
        ended = [place for place, state in self.run.asks.items() if state not in {AskState.OPEN, AskState.HELD}]
        if ended:
            with pytest.raises(Conflict):
                self.run.checked_held(data.draw(st.sampled_from(ended)), Choice.APPROVE)

    @invariant()
    def no_decision_is_lost(self):
        for place, outcome in getattr(self, "outcomes", {}).items():
            assert self.run.asks[place] is outcome

    @invariant()
    def every_round_ends(self):
        if hasattr(self, "run"):
            seats = sum(len(one.seats) for one in self.run.steps)
            assert self.decided <= self.run.round_number * seats

    @invariant()
    def it_waits_for_somebody_unless_it_is_over_or_being_made(self):
        if hasattr(self, "run") and self.run.state is RunState.RUNNING:
            waiting = [place for place, state in self.run.asks.items() if state in {AskState.OPEN, AskState.HELD}]
            assert waiting
            assert {(place.round_number, place.step) for place in waiting} == {(self.run.round_number, self.run.step)}
        elif hasattr(self, "run"):
            assert not {AskState.OPEN, AskState.HELD} & set(self.run.asks.values())


TestRuns = Runs.TestCase
TestRuns.settings = settings(
    max_examples=120, stateful_step_count=40, deadline=None, suppress_health_check=[HealthCheck.too_slow]
)


def approved(run: Run, *places: Place) -> Run:
    for place in places:
        run = run.checked_held(place, Choice.APPROVE).settled(place, Choice.APPROVE)
    return run


def test_steps_follow_each_other_and_the_departure_ends_it():
    run = Run((step(StepKind.VISA, 2), step(StepKind.SIGNATURE), step(StepKind.DEPARTURE))).started()

    run = approved(run, Place(1, 0, 0))
    assert run.step == 0
    run = approved(run, Place(1, 0, 1))
    assert (run.step, run.asks_at(1)) == (1, {Place(1, 1, 0): AskState.OPEN})
    run = approved(run, Place(1, 1, 0))
    assert run.state is RunState.DEPARTING
    assert run.departed().state is RunState.DEPARTED


def test_any_one_of_a_group_is_enough_and_the_others_need_not_answer():
    run = Run((step(StepKind.VISA, 3, Mode.ANY), step(StepKind.SIGNATURE))).started()

    run = approved(run, Place(1, 0, 1))

    assert run.step == 1
    assert [run.asks[Place(1, 0, seat)] for seat in range(3)] == [AskState.LAPSED, AskState.APPROVED, AskState.LAPSED]


def test_a_return_makes_the_next_round_begin_where_it_says():
    run = Run((step(StepKind.VISA), step(StepKind.VISA), step(StepKind.SIGNATURE))).started()
    run = approved(run, Place(1, 0, 0), Place(1, 1, 0))
    place = Place(1, 2, 0)

    run = run.checked_held(place, Choice.RETURN, back_to=1).settled(place, Choice.RETURN, back_to=1)
    assert run.state is RunState.RETURNED
    run = run.resumed().started()

    assert (run.round_number, run.step, run.asks_at(1)) == (2, 1, {Place(2, 1, 0): AskState.OPEN})
    assert not run.has_visas(2)
    assert approved(run, Place(2, 1, 0)).has_visas(2)


def test_one_decision_at_a_time_waits_for_its_effect():
    run = Run((step(StepKind.VISA, 2), step(StepKind.SIGNATURE))).started()
    held = run.checked_held(Place(1, 0, 0), Choice.APPROVE)

    for place in (Place(1, 0, 0), Place(1, 0, 1)):
        with pytest.raises(Conflict) as refused:
            held.checked_held(place, Choice.APPROVE)
        assert refused.value.code == "decision_pending"
    assert held.undone(Place(1, 0, 0)) == run


@pytest.mark.parametrize("back_to", [None, -1, 1])
def test_an_act_goes_back_to_a_step_that_it_passed(back_to):
    run = Run((step(StepKind.VISA), step(StepKind.SIGNATURE))).started()

    with pytest.raises(InvalidInput) as refused:
        run.checked_held(Place(1, 0, 0), Choice.RETURN, back_to=back_to)

    assert refused.value.code == "return_step_unknown"


VISA, SIGNATURE, DEPARTURE = step(StepKind.VISA), step(StepKind.SIGNATURE), step(StepKind.DEPARTURE)


@pytest.mark.parametrize(
    ("steps", "code"),
    [
        ((), "circuit_empty"),
        ((VISA,) * 12 + (SIGNATURE,), "circuit_too_long"),
        ((step(StepKind.VISA, 10), step(StepKind.VISA, 9), SIGNATURE), "circuit_too_long"),
        ((VISA, DEPARTURE), "circuit_without_signature"),
        ((SIGNATURE, VISA), "step_out_of_order"),
        ((SIGNATURE, DEPARTURE, DEPARTURE), "step_out_of_order"),
        ((DEPARTURE, SIGNATURE), "step_out_of_order"),
        ((step(StepKind.SEAL), SIGNATURE), "step_out_of_order"),
        ((Step(StepKind.VISA), SIGNATURE), "step_without_people"),
        ((SIGNATURE, Step(StepKind.DEPARTURE, (SEAT,))), "step_without_people"),
        ((step(StepKind.VISA, 11, Mode.ANY), SIGNATURE), "step_too_many_people"),
        ((step(StepKind.VISA, days=91), SIGNATURE), "step_term_invalid"),
        ((step(StepKind.VISA, condition=Condition(least_dh=9, most_dh=8)), SIGNATURE), "step_amounts_reversed"),
    ],
)
def test_a_circuit_that_would_not_end_well_is_refused(steps, code):
    with pytest.raises(InvalidInput) as refused:
        Circuit(steps).checked()

    assert refused.value.code == code


def test_steps_are_taken_by_kind_amount_and_unit():
    above = new_id()
    dear = step(StepKind.VISA, condition=Condition(least_dh=100_000))
    of_unit = step(StepKind.VISA, condition=Condition(units=(above,)))
    of_notes = step(StepKind.OPINION, condition=Condition(kinds=("note",)))
    circuit = Circuit((of_notes, dear, of_unit, SIGNATURE)).checked()
    facts = Facts(kind="letter", unit_id=UNIT)

    assert circuit.steps_for(facts, frozenset({UNIT})) == (SIGNATURE,)
    assert circuit.steps_for(replace(facts, amount_dh=100_000), frozenset({UNIT})) == (dear, SIGNATURE)
    assert circuit.steps_for(replace(facts, kind="note"), frozenset({UNIT, above})) == (of_notes, of_unit, SIGNATURE)


def test_conditions_never_leave_an_act_without_signature():
    circuit = Circuit((step(StepKind.SIGNATURE, condition=Condition(kinds=("note",))),)).checked()

    with pytest.raises(InvalidInput) as refused:
        circuit.steps_for(Facts(kind="letter", unit_id=UNIT), frozenset({UNIT}))

    assert refused.value.code == "circuit_without_signature"


def test_each_seat_has_its_field_and_a_group_shares_one():
    steps = (step(StepKind.OPINION), step(StepKind.VISA, 2), step(StepKind.VISA, 2, Mode.ANY), SIGNATURE, DEPARTURE)

    assert field_names(steps) == {
        (1, 0): "Visa1", (1, 1): "Visa2", (2, 0): "Visa3", (2, 1): "Visa3", (3, 0): "Signature1",
    }  # fmt: skip
    assert field_names(steps, first_step=3) == {(3, 0): "Signature1"}


@pytest.mark.parametrize("unit", [None, UNIT])
def test_rows_give_back_the_steps(unit):
    steps = (
        step(StepKind.VISA, condition=Condition(("note",), 1, 2, (UNIT,))),
        Step(StepKind.SIGNATURE, (Seat(Function(FunctionKind.ROLE, "head", unit or UNIT)),)),
        Step(StepKind.SIGNATURE, (Seat(Function(FunctionKind.PERSON, person_id=UNIT)),), Mode.ANY),
        DEPARTURE,
    )

    assert steps_from_row(steps_as_row(steps)) == steps


def test_every_kind_of_step_has_its_rank():
    assert set(RANKS) == set(StepKind)
