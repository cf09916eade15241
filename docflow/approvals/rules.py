"""What a circuit asks, of whom, when; plain Python. How a run goes through it is in ``course``."""

from __future__ import annotations

import itertools
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final, Self
from uuid import UUID

from docflow.core.errors import InvalidInput

COMMENT_LIMIT: Final = 1000
UNDO_S: Final = 10
"""How long a decision can be undone, in seconds."""
MOST_STEPS: Final = 12
MOST_SEATS: Final = 10
"""People by function in one step."""
MOST_PLACES: Final = 18
"""Visas and signatures of one act: the file keeps one field for each (``stamping.rules.MOST_FIELDS``)."""
LONGEST_TERM_DAYS: Final = 90


class StepKind(StrEnum):
    """What a step asks for."""

    OPINION = "opinion"
    VISA = "visa"
    SIGNATURE = "signature"
    SEAL = "seal"
    """Whether the act may take the institution's seal; the seal itself is put at its departure."""
    DEPARTURE = "departure"
    """Done by the product itself: the number of the outgoing register, the stamp and the seal."""


IN_FILE: Final = frozenset({StepKind.VISA, StepKind.SIGNATURE})
"""Steps whose approval is a signature in the file of an act."""


class Mode(StrEnum):
    """Who of a step must answer."""

    ALL = "all"
    ANY = "any"


class FunctionKind(StrEnum):
    """How an addressee is named."""

    ROLE = "role"
    """A role in a unit."""
    UNIT_HEAD = "unit_head"
    """The head of the drafting unit."""
    HEAD_ABOVE = "head_above"
    """The nearest head above the drafting unit."""
    PERSON = "person"
    """One person, by account; only where a letter is sent to one for signature."""


@dataclass(frozen=True, slots=True)
class Function:
    """Who is meant; ``role`` and ``unit_id`` of a role in a unit, ``person_id`` of a person."""

    kind: FunctionKind
    role: str = ""
    unit_id: UUID | None = None
    person_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class Seat:
    """A function that is asked, and those that stand in, in order, when nobody holds it."""

    function: Function
    substitutes: tuple[Function, ...] = ()


@dataclass(frozen=True, slots=True)
class Condition:
    """When a step is taken; an empty part does not limit. ``units`` are drafting units; amounts are in dirhams."""

    kinds: tuple[str, ...] = ()
    least_dh: int | None = None
    most_dh: int | None = None
    units: tuple[UUID, ...] = ()

    def is_met(self, facts: Facts, units_above: frozenset[UUID]) -> bool:
        """Return whether a step is taken for an act; ``units_above`` are its drafting unit and those above it."""
        if self.kinds and facts.kind not in self.kinds:
            return False
        if self.units and not units_above & set(self.units):
            return False
        if self.least_dh is not None and (facts.amount_dh is None or facts.amount_dh < self.least_dh):
            return False
        return self.most_dh is None or facts.amount_dh is None or facts.amount_dh <= self.most_dh


@dataclass(frozen=True, slots=True)
class Step:
    """One step of a circuit; ``days`` after it begins its asks are due."""

    kind: StepKind
    seats: tuple[Seat, ...] = ()
    mode: Mode = Mode.ALL
    condition: Condition = Condition()
    days: int = 2


@dataclass(frozen=True, slots=True)
class Facts:
    """What is known of an act when its run begins.

    Attributes:
        kind: ``documents.rules.DocumentKind``.
        unit_id: the drafting unit.
        amount_dh: the amount at stake in dirhams, if any.
        answers: the incoming letter that it answers; people of its steps see that too.
        is_urgent: whether its asks are shown first.
    """

    kind: str
    unit_id: UUID
    amount_dh: int | None = None
    answers: UUID | None = None
    is_urgent: bool = False


@dataclass(frozen=True, slots=True)
class Circuit:
    """A definition: steps in their order."""

    steps: tuple[Step, ...]

    def checked(self) -> Self:
        """Return the circuit when every act that takes it ends, and none is signed before its visas.

        Raises:
            InvalidInput: ``circuit_empty``, ``circuit_too_long(limit)``, ``step_without_people(step)``,
                ``step_too_many_people(step, limit)``, ``step_term_invalid(step, limit)``, ``step_out_of_order(step)``,
                ``circuit_without_signature``, ``step_amounts_reversed(step)``.
        """
        if not self.steps:
            raise InvalidInput("circuit_empty")
        places = sum(len(step.seats) if step.mode is Mode.ALL else 1 for step in self.steps if step.kind in IN_FILE)
        if len(self.steps) > MOST_STEPS or places > MOST_PLACES:
            raise InvalidInput("circuit_too_long", limit=MOST_STEPS, places=MOST_PLACES)
        for number, step in enumerate(self.steps, start=1):
            _check_step(step, number)
        ranks = [RANKS[step.kind] for step in self.steps]
        for number, (before, after) in enumerate(itertools.pairwise(ranks), start=2):
            if after < before or (after == before == RANKS[StepKind.DEPARTURE]):
                raise InvalidInput("step_out_of_order", step=number)
        if not any(step.kind is StepKind.SIGNATURE for step in self.steps):
            raise InvalidInput("circuit_without_signature")
        return self

    def steps_for(self, facts: Facts, units_above: frozenset[UUID]) -> tuple[Step, ...]:
        """Return the steps that an act takes.

        Raises:
            InvalidInput: ``circuit_without_signature``, when the conditions leave none.
        """
        taken = tuple(step for step in self.steps if step.condition.is_met(facts, units_above))
        if not any(step.kind is StepKind.SIGNATURE for step in taken):
            raise InvalidInput("circuit_without_signature")
        return taken


RANKS: Final[Mapping[StepKind, int]] = {
    StepKind.OPINION: 0,
    StepKind.VISA: 0,
    StepKind.SIGNATURE: 1,
    StepKind.SEAL: 2,
    StepKind.DEPARTURE: 3,
}
"""The order of steps: nothing is asked about an act once it is signed but its seal."""


def _check_step(step: Step, number: int) -> None:
    is_automatic = step.kind is StepKind.DEPARTURE
    if is_automatic == bool(step.seats):
        raise InvalidInput("step_without_people", step=number)
    if len(step.seats) > MOST_SEATS:
        raise InvalidInput("step_too_many_people", step=number, limit=MOST_SEATS)
    if not 0 <= step.days <= LONGEST_TERM_DAYS:
        raise InvalidInput("step_term_invalid", step=number, limit=LONGEST_TERM_DAYS)
    least, most = step.condition.least_dh, step.condition.most_dh
    if least is not None and most is not None and most < least:
        raise InvalidInput("step_amounts_reversed", step=number)


class Choice(StrEnum):
    """What is decided."""

    APPROVE = "approve"
    RETURN = "return"
    REJECT = "reject"


class Power(StrEnum):
    """By which power somebody decides; the values are those of ``stamping.rules.Standing``."""

    OWN = "own"
    DELEGATION = "delegation"
    INTERIM = "interim"


class RunState(StrEnum):
    """Where a run stands."""

    PREPARING = "preparing"
    """The version is being frozen, with a field for each foreseen visa and signature."""
    RUNNING = "running"
    RETURNED = "returned"
    """Its drafter makes a new version."""
    DEPARTING = "departing"
    """Every step is taken; the number and the seal follow."""
    APPROVED = "approved"
    DEPARTED = "departed"
    REJECTED = "rejected"
    WITHDRAWN = "withdrawn"


ENDED: Final = frozenset({RunState.APPROVED, RunState.DEPARTED, RunState.REJECTED, RunState.WITHDRAWN})


class AskState(StrEnum):
    """Where an ask stands."""

    OPEN = "open"
    HELD = "held"
    """Decided, and the decision can still be undone."""
    APPROVED = "approved"
    RETURNED = "returned"
    REJECTED = "rejected"
    LAPSED = "lapsed"
    """Nobody need answer any more: another of the group did, or the act went back."""


OUTCOMES: Final = {
    Choice.APPROVE: AskState.APPROVED,
    Choice.RETURN: AskState.RETURNED,
    Choice.REJECT: AskState.REJECTED,
}
