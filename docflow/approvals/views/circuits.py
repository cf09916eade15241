"""The designer of circuits, with what a circuit would ask of whom today."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from docflow.accounts.power_rules import title_of
from docflow.accounts.rules import Role, UnitKind
from docflow.accounts.units import open_units
from docflow.approvals.circuit_forms import SUBSTITUTES, changed, posted_circuit, posted_facts, posted_setup, value_of
from docflow.approvals.circuits import CircuitSetup, change_circuit, create_circuit, units_named
from docflow.approvals.labels import STEP_LABELS
from docflow.approvals.models import CircuitRow
from docflow.approvals.people import Organisation, Seated, organisation
from docflow.approvals.ports import Deps
from docflow.approvals.queries import circuits, runs_by_version, versions_of
from docflow.approvals.rows import steps_from_row
from docflow.approvals.rules import Circuit, Facts, Function, FunctionKind, Seat, Step, StepKind
from docflow.approvals.views.queue import text_of
from docflow.core.errors import Conflict, DocFlowError, InvalidInput, NotFound
from docflow.documents.labels import KIND_LABELS
from docflow.registry.queries import all_registers
from docflow.registry.rules import RegisterKind
from docflow.web.guards import requires
from docflow.web.identity import current_actor
from docflow.web.shell import current_language

FIRST = Circuit(
    (
        Step(StepKind.VISA, (Seat(Function(FunctionKind.UNIT_HEAD), (Function(FunctionKind.HEAD_ABOVE),)),)),
        Step(StepKind.SIGNATURE),
        Step(StepKind.DEPARTURE),
    )
)
"""What a new circuit begins with."""


@dataclass(frozen=True, slots=True)
class Previewed:
    """A step of the preview: whether an act of the example takes it, and whom it asks today."""

    step: Step
    is_taken: bool
    seated: tuple[Seated, ...]


def add_circuits(blueprint: Blueprint, deps: Deps) -> None:
    """Add the designer's routes."""

    @blueprint.get("/admin/circuits")
    @requires("circuits.manage")
    def all_circuits() -> str:
        with deps.transactions.reading() as session:
            rows = circuits(session)
            found = [
                (row, len(versions_of(session, row.id)), sum(runs_by_version(session, row.id).values())) for row in rows
            ]
        return render_template("approvals/circuits.html", found=found)

    @blueprint.route("/admin/circuits/new", methods=["GET", "POST"])
    @requires("circuits.manage")
    def new_circuit() -> str | Response | tuple[str, int]:
        return _edit(deps, None)

    @blueprint.route("/admin/circuits/<uuid:circuit_id>", methods=["GET", "POST"])
    @requires("circuits.manage")
    def circuit(circuit_id: UUID) -> str | Response | tuple[str, int]:
        with deps.transactions.reading() as session:
            row = session.get(CircuitRow, circuit_id)
        if row is None:
            raise NotFound("circuit_unknown", circuit="")
        return _edit(deps, row)

    @blueprint.post("/admin/circuits/preview")
    @requires("circuits.manage")
    def preview() -> str:
        try:
            circuit, refusal = posted_circuit(request.form), ""
        except InvalidInput as error:
            circuit, refusal = Circuit(()), text_of(error)
        with deps.transactions.reading() as session:
            shown = _preview(deps, session, circuit)
        return render_template("approvals/_preview.html", **shown | ({"preview_refusal": refusal} if refusal else {}))


def _edit(deps: Deps, row: CircuitRow | None) -> str | Response | tuple[str, int]:
    if request.method == "GET":
        return _render(deps, row, _kept(deps, row))
    setup = _kept(deps, row)
    act = request.form.get("do", "save")
    try:
        setup = posted_setup(request.form, code="" if row is None else row.code)
        if act == "show":
            return _render(deps, row, setup)
        if act != "save":
            return _render(deps, row, replace(setup, circuit=changed(setup.circuit, act)))
        with deps.transactions.writing(current_actor()) as uow:
            if row is None:
                create_circuit(uow, setup)
            else:
                change_circuit(uow, row.id, setup, expected_version=int(request.form.get("version", "0")))
    except (InvalidInput, Conflict, NotFound) as refusal:
        if refusal.code == "circuit_unknown":
            raise
        status = 422 if isinstance(refusal, NotFound) else refusal.http_status
        return _render(deps, row, setup, refusal=refusal), status
    flash(gettext("The circuit is saved. Acts on their way keep the version that they began with."), "ok")
    return redirect(url_for("approvals.all_circuits"), 303)


def _kept(deps: Deps, row: CircuitRow | None) -> CircuitSetup:
    if row is None:
        return CircuitSetup("", "", "", "outgoing", FIRST)
    with deps.transactions.reading() as session:
        steps = steps_from_row(versions_of(session, row.id)[0].steps)
    return CircuitSetup(row.code, row.name_ar, row.name_fr, row.register_code, Circuit(steps), is_active=row.is_active)


def _render(deps: Deps, row: CircuitRow | None, setup: CircuitSetup, *, refusal: DocFlowError | None = None) -> str:
    locale = current_language()
    with deps.transactions.reading() as session:
        units = open_units(session, kept=units_named(setup.circuit.steps))
        registers = [one for one in all_registers(session) if one.kind == RegisterKind.OUTGOING and one.is_active]
        versions = [] if row is None else versions_of(session, row.id)
        running = {} if row is None else runs_by_version(session, row.id)
        shown = _preview(deps, session, setup.circuit)
    return render_template(
        "approvals/circuit.html",
        row=row,
        setup=setup,
        steps=[
            (at, step, [[value_of(one) for one in (seat.function, *seat.substitutes)] for seat in step.seats])
            for at, step in enumerate(setup.circuit.steps)
        ],
        functions=_functions(units, locale),
        substitutes=SUBSTITUTES,
        units=[(str(unit.id), unit.name_ar if locale == "ar" else unit.name_fr) for unit in units],
        registers=[(one.code, one.name(locale)) for one in registers],
        versions=versions,
        running=running,
        refusal=refusal,
        refusal_text="" if refusal is None else text_of(refusal),
        form_has_errors=refusal is not None,
        **shown,
    )


def _preview(deps: Deps, session: Session, circuit: Circuit) -> dict[str, Any]:
    """Return what a circuit would ask today, of an act of the example that the page describes."""
    asked = organisation(session, deps.clock.now())
    lowest = next((unit for unit, place in asked.units.items() if place.parent_id is not None), None)
    facts = Facts("letter", lowest) if lowest is not None else None
    if lowest is not None:
        try:
            facts = posted_facts(request.form, unit_id=lowest)
        except InvalidInput:
            facts = Facts("letter", lowest)
    refusal = ""
    try:
        circuit.checked()
    except InvalidInput as error:
        refusal = text_of(error)
    return {
        "facts": facts,
        "preview": [] if facts is None else [_previewed(asked, step, facts) for step in circuit.steps],
        "preview_refusal": refusal,
        "step_labels": STEP_LABELS,
        "kind_labels": KIND_LABELS,
    }


def _previewed(asked: Organisation, step: Step, facts: Facts) -> Previewed:
    above = frozenset(asked.units_above(facts.unit_id))
    seated = tuple(asked.seated(seat, unit_id=facts.unit_id, not_person=None) for seat in step.seats)
    return Previewed(step, step.condition.is_met(facts, above), seated)


def _functions(units: Any, locale: str) -> list[tuple[str, list[tuple[str, str]]]]:
    """Return the functions that a step may ask, in groups."""
    relative = [
        (FunctionKind.UNIT_HEAD.value, gettext("Head of the drafting unit")),
        (FunctionKind.HEAD_ABOVE.value, gettext("Nearest head above the drafting unit")),
    ]
    heads, others = [], []
    for unit in units:
        top = (Role.PRESIDENT, Role.DIRECTOR) if unit.kind == UnitKind.DISTRICT else (Role.HEAD,)
        heads += [_choice(role, unit, locale) for role in top]
        others += [_choice(role, unit, locale) for role in (Role.AGENT, Role.CLERK)]
    return [
        (gettext("By the drafting unit"), relative),
        (gettext("Heads"), heads),
        (gettext("Agents and clerks"), others),
    ]


def _choice(role: Role, unit: Any, locale: str) -> tuple[str, str]:
    title_ar, title_fr = title_of(role, name_ar=unit.name_ar, name_fr=unit.name_fr)
    value = value_of(Function(FunctionKind.ROLE, role=role.value, unit_id=unit.id))
    return value, title_ar if locale == "ar" else f"{title_fr[:1].upper()}{title_fr[1:]}"
