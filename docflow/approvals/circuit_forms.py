"""What an administrator typed about a circuit, and what the designer does to its steps without scripts."""

from __future__ import annotations

from dataclasses import replace
from uuid import UUID

from werkzeug.datastructures import MultiDict

from docflow.approvals.circuits import CircuitSetup
from docflow.approvals.rules import (
    MOST_STEPS,
    Circuit,
    Condition,
    Facts,
    Function,
    FunctionKind,
    Mode,
    Seat,
    Step,
    StepKind,
)
from docflow.core.errors import InvalidInput

SUBSTITUTES = 2
"""How many stand-ins the page offers for one function."""
Form = MultiDict[str, str]


def posted_setup(form: Form, *, code: str) -> CircuitSetup:
    """Return what is said of a circuit.

    Raises:
        InvalidInput: ``choice_unknown``, ``number_not_whole``.
    """
    return CircuitSetup(
        code=code or form.get("code", "").strip(),
        name_ar=form.get("name_ar", ""),
        name_fr=form.get("name_fr", ""),
        register_code=form.get("register_code", ""),
        circuit=posted_circuit(form),
        is_active=form.get("is_active") == "1",
    )


def posted_circuit(form: Form) -> Circuit:
    """Return the steps as they were typed, whether they make a circuit or not.

    Raises:
        InvalidInput: ``choice_unknown``, ``number_not_whole``.
    """
    count = min(_whole(form.get("steps", "0")) or 0, MOST_STEPS + 1)
    try:
        return Circuit(tuple(_step(form, f"step-{at}-") for at in range(count)))
    except ValueError as error:
        raise InvalidInput("choice_unknown") from error


def _step(form: Form, name: str) -> Step:
    kind = StepKind(form.get(f"{name}kind", StepKind.VISA.value))
    rows = min(_whole(form.get(f"{name}seats", "0")) or 0, 12)
    seats = [_seat(form, f"{name}seat-{row}") for row in range(rows)]
    return Step(
        kind=kind,
        seats=() if kind is StepKind.DEPARTURE else tuple(seat for seat in seats if seat is not None),
        mode=Mode(form.get(f"{name}mode", Mode.ALL.value)),
        condition=Condition(
            kinds=tuple(form.getlist(f"{name}kinds")),
            least_dh=_whole(form.get(f"{name}least", "")),
            most_dh=_whole(form.get(f"{name}most", "")),
            units=tuple(UUID(value) for value in form.getlist(f"{name}units")),
        ),
        days=_whole(form.get(f"{name}days", "2")) or 0,
    )


def _seat(form: Form, name: str) -> Seat | None:
    first = form.get(name, "")
    if not first:
        return None
    others = [form.get(f"{name}-{at}", "") for at in range(SUBSTITUTES)]
    return Seat(function_of(first), tuple(function_of(value) for value in others if value))


def function_of(value: str) -> Function:
    """Return the function that a choice of the page stands for.

    Raises:
        ValueError: When it stands for none.
    """
    kind, _, rest = value.partition(":")
    if kind != FunctionKind.ROLE.value:
        return Function(FunctionKind(kind))
    role, _, unit = rest.partition(":")
    return Function(FunctionKind.ROLE, role=role, unit_id=UUID(unit))


def value_of(function: Function) -> str:
    """Return the choice of the page that stands for a function."""
    if function.kind is not FunctionKind.ROLE:
        return function.kind.value
    return f"{function.kind.value}:{function.role}:{function.unit_id}"


def changed(circuit: Circuit, act: str) -> Circuit:
    """Return the circuit with one step added, moved or taken out: ``add``, ``up:2``, ``down:2``, ``drop:2``.

    Raises:
        InvalidInput: ``choice_unknown``.
    """
    steps = list(circuit.steps)
    verb, _, place = act.partition(":")
    if verb == "add":
        at = len(steps) - 1 if steps and steps[-1].kind is StepKind.DEPARTURE else len(steps)
        steps.insert(at, Step(StepKind.VISA))
        return replace(circuit, steps=tuple(steps))
    if not place.isdecimal() or not 0 <= int(place) < len(steps) or verb not in {"up", "down", "drop"}:
        raise InvalidInput("choice_unknown")
    at = int(place)
    step = steps.pop(at)
    if verb != "drop":
        steps.insert(max(0, at - 1) if verb == "up" else at + 1, step)
    return replace(circuit, steps=tuple(steps))


def posted_facts(form: Form, *, unit_id: UUID) -> Facts:
    """Return the example of an act for which the preview is made; ``unit_id`` where none was chosen.

    Raises:
        InvalidInput: ``choice_unknown``, ``number_not_whole``.
    """
    try:
        unit = UUID(form["sample_unit"]) if form.get("sample_unit") else unit_id
    except ValueError as error:
        raise InvalidInput("choice_unknown") from error
    return Facts(
        kind=form.get("sample_kind", "") or "letter", unit_id=unit, amount_dh=_whole(form.get("sample_amount", ""))
    )


def _whole(text: str) -> int | None:
    """Return a whole number in digits of any script, spaces left out; none for nothing.

    Raises:
        InvalidInput: ``number_not_whole`` with ``text``.
    """
    said = "".join(text.split()).replace("\u00a0", "")
    if not said:
        return None
    if not said.isdecimal() or len(said) > 9:
        raise InvalidInput("number_not_whole", text=text[:20])
    return int(said)
