"""The states and transitions of a run; plain Python, checked as a model.

A run never waits for nobody, never goes back but by a return, and each round ends: every decision ends an ask, and a
round has as many asks as its steps have seats. Nothing is asked before every step before it is taken.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from docflow.approvals.rules import ENDED, IN_FILE, OUTCOMES, AskState, Choice, Mode, RunState, Step, StepKind
from docflow.core.errors import Conflict, InvalidInput


@dataclass(frozen=True, slots=True, order=True)
class Place:
    """Which ask of a run: round and step and seat, each from 0 but the round, which is from 1."""

    round_number: int
    step: int
    seat: int


@dataclass(frozen=True, slots=True)
class Run:
    """A document on its way.

    ``steps`` are those that it takes, ``step`` the one where it is, ``first_step`` where its present round began.
    """

    steps: tuple[Step, ...]
    state: RunState = RunState.PREPARING
    round_number: int = 1
    step: int = 0
    first_step: int = 0
    asks: Mapping[Place, AskState] = field(default_factory=dict)

    def asks_at(self, step: int) -> dict[Place, AskState]:
        """Return the asks of a step in the present round."""
        return {
            place: state
            for place, state in self.asks.items()
            if (place.round_number, place.step) == (self.round_number, step)
        }

    @property
    def held(self) -> Place | None:
        """The ask whose decision can still be undone, if any."""
        return next((place for place, state in self.asks.items() if state is AskState.HELD), None)

    def started(self) -> Run:
        """Return the run once its version is ready to be decided on.

        Raises:
            Conflict: ``run_not_preparing``.
        """
        if self.state is not RunState.PREPARING:
            raise Conflict("run_not_preparing")
        return replace(self, state=RunState.RUNNING)._at(self.step)

    def checked_held(self, place: Place, choice: Choice, *, back_to: int | None = None) -> Run:
        """Return the run with a decision that can be undone; one at a time, because each builds on the one before.

        Raises:
            Conflict: ``ask_ended``, ``decision_pending``.
            InvalidInput: ``return_step_unknown``.
        """
        if self.state is not RunState.RUNNING or self.asks.get(place) not in {AskState.OPEN, AskState.HELD}:
            raise Conflict("ask_ended")
        if self.held is not None:
            raise Conflict("decision_pending")
        if choice is Choice.RETURN and (back_to is None or not 0 <= back_to <= self.step):
            raise InvalidInput("return_step_unknown")
        return self._with(place, AskState.HELD)

    def undone(self, place: Place) -> Run:
        """Return the run without a decision that did not take effect.

        Raises:
            Conflict: ``decision_settled``.
        """
        if self.asks.get(place) is not AskState.HELD:
            raise Conflict("decision_settled")
        return self._with(place, AskState.OPEN)

    def settled(self, place: Place, choice: Choice, *, back_to: int | None = None) -> Run:
        """Return the run once a decision takes effect.

        Raises:
            Conflict: ``decision_settled``.
        """
        if self.asks.get(place) is not AskState.HELD:
            raise Conflict("decision_settled")
        after = self._with(place, OUTCOMES[choice])
        if choice is Choice.REJECT:
            return replace(after._lapsed(), state=RunState.REJECTED)
        if choice is Choice.RETURN:
            first = 0 if back_to is None else back_to
            return replace(after._lapsed(), state=RunState.RETURNED, step=first, first_step=first)
        is_enough = self.steps[self.step].mode is Mode.ANY or all(
            state is AskState.APPROVED for state in after.asks_at(self.step).values()
        )
        return after._lapsed()._at(self.step + 1) if is_enough else after

    def resumed(self) -> Run:
        """Return the run with a new version, in its next round; steps before that of the return stand.

        Raises:
            Conflict: ``run_not_returned``.
        """
        if self.state is not RunState.RETURNED:
            raise Conflict("run_not_returned")
        return replace(self, state=RunState.PREPARING, round_number=self.round_number + 1)

    def withdrawn(self) -> Run:
        """Return the run taken back by its drafter.

        Raises:
            Conflict: ``run_ended``.
        """
        if self.state in ENDED or self.state is RunState.DEPARTING:
            raise Conflict("run_ended")
        return replace(self._lapsed(), state=RunState.WITHDRAWN)

    def departed(self) -> Run:
        """Return the run once the act is numbered and sealed.

        Raises:
            Conflict: ``run_not_departing``.
        """
        if self.state is not RunState.DEPARTING:
            raise Conflict("run_not_departing")
        return replace(self, state=RunState.DEPARTED)

    def has_visas(self, step: int) -> bool:
        """Return whether every step before one was approved since the act last went back to it or further."""
        return all(self._is_taken(earlier) for earlier in range(step))

    def _is_taken(self, step: int) -> bool:
        """Return whether a step is approved in the last round that asked it."""
        rounds = [place.round_number for place in self.asks if place.step == step]
        if not rounds:
            return False
        states = [
            state for place, state in self.asks.items() if (place.round_number, place.step) == (max(rounds), step)
        ]
        approved = [state is AskState.APPROVED for state in states]
        return any(approved) if self.steps[step].mode is Mode.ANY else all(approved)

    def _at(self, step: int) -> Run:
        """Return the run where a step begins: its asks are open, or it is over."""
        if step == len(self.steps):
            return replace(self, state=RunState.APPROVED, step=step)
        if self.steps[step].kind is StepKind.DEPARTURE:
            return replace(self, state=RunState.DEPARTING, step=step)
        opened = {Place(self.round_number, step, seat): AskState.OPEN for seat in range(len(self.steps[step].seats))}
        return replace(self, step=step, asks={**self.asks, **opened})

    def _with(self, place: Place, state: AskState) -> Run:
        return replace(self, asks={**self.asks, place: state})

    def _lapsed(self) -> Run:
        lapsed = {
            place: AskState.LAPSED if state in {AskState.OPEN, AskState.HELD} else state
            for place, state in self.asks.items()
        }
        return replace(self, asks=lapsed)


def field_names(steps: Sequence[Step], *, first_step: int = 0) -> dict[tuple[int, int], str]:
    """Return the form field in which each seat of an act signs; those of a group of which any one signs share one."""
    names: dict[tuple[int, int], str] = {}
    counts = {StepKind.VISA: 0, StepKind.SIGNATURE: 0}
    for at, step in enumerate(steps):
        if step.kind not in IN_FILE:
            continue
        for seat in range(len(step.seats)):
            if seat == 0 or step.mode is Mode.ALL:
                counts[step.kind] += 1
            if at >= first_step:
                names[at, seat] = f"{step.kind.value.capitalize()}{counts[step.kind]}"
    return names
