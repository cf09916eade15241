"""Writes of circuits: made, and given new versions, which runs that began earlier do not follow."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from sqlalchemy import select

from docflow.accounts.units import open_units
from docflow.approvals.models import CircuitRow, CircuitVersion
from docflow.approvals.rows import steps_as_row, steps_from_row
from docflow.approvals.rules import Circuit, Step
from docflow.core.errors import Conflict, InvalidInput, NotFound
from docflow.core.uow import UnitOfWork
from docflow.registry.departures import outgoing_register

CODE_FORM: Final = re.compile(r"[a-z][a-z0-9-]{1,38}")
NAME_LIMIT: Final = 200


@dataclass(frozen=True, slots=True)
class CircuitSetup:
    """What an administrator says of a circuit."""

    code: str
    name_ar: str
    name_fr: str
    register_code: str
    circuit: Circuit
    is_active: bool = True


def create_circuit(uow: UnitOfWork, setup: CircuitSetup) -> CircuitRow:
    """Make a circuit with its first version.

    Raises:
        PermissionDenied: without ``circuits.manage``.
        InvalidInput: ``circuit_incomplete``, ``unit_unknown``, and what ``Circuit.checked`` refuses.
        NotFound: ``register_unknown``.
        Conflict: ``circuit_code_taken`` with ``circuit``.
    """
    uow.require("circuits.manage")
    if not CODE_FORM.fullmatch(setup.code):
        raise InvalidInput("circuit_incomplete")
    if uow.session.scalar(select(CircuitRow.id).where(CircuitRow.code == setup.code)) is not None:
        raise Conflict("circuit_code_taken", circuit=setup.code)
    row = CircuitRow(code=setup.code, newest=0)
    _apply(uow, row, setup)
    uow.session.add(row)
    uow.session.flush()
    _add_version(uow, row, setup.circuit)
    uow.record("approvals.circuit_made", subject_kind="circuit", subject_id=row.id, circuit=row.code)
    return row


def change_circuit(uow: UnitOfWork, circuit_id: UUID, setup: CircuitSetup, *, expected_version: int) -> CircuitRow:
    """Change a circuit; steps that differ make its next version, and acts on their way keep theirs.

    Raises:
        PermissionDenied: without ``circuits.manage``.
        NotFound: ``circuit_unknown``, ``register_unknown``.
        Conflict: ``changed_meanwhile``.
        InvalidInput: as ``create_circuit``.
    """
    uow.require("circuits.manage")
    row = uow.session.get(CircuitRow, circuit_id, with_for_update=True)
    if row is None:
        raise NotFound("circuit_unknown", circuit="")
    if row.version != expected_version:
        raise Conflict("changed_meanwhile")
    _apply(uow, row, setup)
    present = uow.session.get_one(CircuitVersion, (row.id, row.newest))
    if present.steps != steps_as_row(setup.circuit.steps):
        _add_version(uow, row, setup.circuit)
    uow.session.flush()
    uow.record(
        "approvals.circuit_changed",
        subject_kind="circuit",
        subject_id=row.id,
        circuit=row.code,
        circuit_number=row.newest,
        is_active=row.is_active,
    )
    return row


def _apply(uow: UnitOfWork, row: CircuitRow, setup: CircuitSetup) -> None:
    name_ar, name_fr = (" ".join(name.split()) for name in (setup.name_ar, setup.name_fr))
    if not name_ar or not name_fr or max(len(name_ar), len(name_fr)) > NAME_LIMIT:
        raise InvalidInput("circuit_incomplete")
    setup.circuit.checked()
    present = uow.session.get(CircuitVersion, (row.id, row.newest)) if row.newest else None
    kept = units_named(steps_from_row(present.steps)) if present is not None else frozenset()
    if units_named(setup.circuit.steps) - {unit.id for unit in open_units(uow.session, kept=kept)}:
        raise InvalidInput("unit_unknown")
    row.name_ar, row.name_fr, row.is_active = name_ar, name_fr, setup.is_active
    row.register_code = outgoing_register(uow, setup.register_code).code


def units_named(steps: Iterable[Step]) -> frozenset[UUID]:
    """Return the units that steps name, in their functions and in their conditions."""
    steps = tuple(steps)
    functions = {one for step in steps for seat in step.seats for one in (seat.function, *seat.substitutes)}
    conditions = {unit for step in steps for unit in step.condition.units}
    return frozenset({one.unit_id for one in functions if one.unit_id is not None} | conditions)


def _add_version(uow: UnitOfWork, row: CircuitRow, circuit: Circuit) -> None:
    row.newest += 1
    uow.session.add(
        CircuitVersion(
            circuit_id=row.id,
            number=row.newest,
            steps=steps_as_row(circuit.steps),
            created_at=uow.now,
            author_id=uow.actor.person_id,
            author_name=uow.actor.name,
        )
    )
