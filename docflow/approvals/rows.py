"""Steps of circuits as values of the database."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any
from uuid import UUID

from docflow.approvals.rules import Condition, Function, FunctionKind, Mode, Seat, Step, StepKind


def steps_as_row(steps: Iterable[Step]) -> list[dict[str, Any]]:
    """Return steps as values for the database."""
    return [
        {
            "kind": step.kind.value,
            "mode": step.mode.value,
            "days": step.days,
            "seats": [[_function_row(one) for one in (seat.function, *seat.substitutes)] for seat in step.seats],
            "condition": {
                "kinds": list(step.condition.kinds),
                "least_dh": step.condition.least_dh,
                "most_dh": step.condition.most_dh,
                "units": [str(unit) for unit in step.condition.units],
            },
        }
        for step in steps
    ]


def steps_from_row(rows: Iterable[Mapping[str, Any]]) -> tuple[Step, ...]:
    """Return the steps that ``steps_as_row`` made values of."""
    return tuple(
        Step(
            kind=StepKind(row["kind"]),
            mode=Mode(row["mode"]),
            days=row["days"],
            seats=tuple(
                Seat(_function(functions[0]), tuple(_function(one) for one in functions[1:]))
                for functions in row["seats"]
            ),
            condition=Condition(
                kinds=tuple(row["condition"]["kinds"]),
                least_dh=row["condition"]["least_dh"],
                most_dh=row["condition"]["most_dh"],
                units=tuple(UUID(unit) for unit in row["condition"]["units"]),
            ),
        )
        for row in rows
    )


def _function_row(function: Function) -> dict[str, str]:
    parts = {"role": function.role, "unit": function.unit_id, "person": function.person_id}
    return {"kind": function.kind.value} | {name: str(value) for name, value in parts.items() if value}


def _function(row: Mapping[str, str]) -> Function:
    return Function(
        kind=FunctionKind(row["kind"]),
        role=row.get("role", ""),
        unit_id=UUID(row["unit"]) if "unit" in row else None,
        person_id=UUID(row["person"]) if "person" in row else None,
    )
