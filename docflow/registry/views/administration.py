"""The administrator's page of registers."""

from __future__ import annotations

from uuid import UUID

from flask import Blueprint, current_app, flash, redirect, render_template, request, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response

from docflow.accounts.queries import desk_units
from docflow.accounts.units import open_units
from docflow.core.errors import Conflict, DocFlowError, InvalidInput
from docflow.deadlines.labels import RULE_LABELS, term_text
from docflow.deadlines.rules import RULES
from docflow.documents.forms import posted_version
from docflow.registry.deps import Deps
from docflow.registry.forms import posted_register
from docflow.registry.labels import REGISTER_KIND_LABELS
from docflow.registry.queries import all_registers, next_number
from docflow.registry.registers import change_register, create_register
from docflow.registry.rules import NumberFormat, register_year
from docflow.web.guards import requires
from docflow.web.identity import current_actor
from docflow.web.shell import current_language

FIELD_OF_REFUSAL = {
    "next_number_invalid": "next_number",
    "numbers_given_already": "next_number",
    "count_not_understood": "next_number",
}
"""The control that the summary of errors leads to."""


def add_administration(blueprint: Blueprint, deps: Deps) -> None:
    """Add the pages by which registers are opened and changed."""

    @blueprint.route("/admin/registers", methods=["GET", "POST"])
    @requires("registers.manage")
    def manage() -> str | Response | tuple[str, int]:
        if request.method == "GET":
            return _render(deps)
        try:
            with deps.transactions.writing(current_actor()) as uow:
                create_register(uow, posted_register(request.form))
        except (InvalidInput, Conflict) as refusal:
            return _render(deps, refusal=refusal), refusal.http_status
        flash(gettext("The register is open."), "ok")
        return redirect(url_for("registry.manage"), 303)

    @blueprint.route("/admin/registers/<uuid:register_id>", methods=["GET", "POST"])
    @requires("registers.manage")
    def change(register_id: UUID) -> str | Response | tuple[str, int]:
        if request.method == "GET":
            return _render(deps, register_id=register_id)
        try:
            with deps.transactions.writing(current_actor()) as uow:
                change_register(
                    uow,
                    register_id,
                    posted_register(request.form),
                    expected_version=posted_version(request.form),
                )
        except (InvalidInput, Conflict) as refusal:
            return _render(deps, register_id=register_id, refusal=refusal), refusal.http_status
        flash(gettext("The register is changed."), "ok")
        return redirect(url_for("registry.manage"), 303)


def _render(deps: Deps, *, register_id: UUID | None = None, refusal: DocFlowError | None = None) -> str:
    is_arabic = current_language() == "ar"
    with deps.transactions.reading() as session:
        registers, desks = all_registers(session), desk_units(session)
        units = open_units(session)
        year = register_year(deps.transactions.clock.now())
        coming = {register.id: next_number(session, register.id, year) for register in registers}
    return render_template(
        "registry/manage.html",
        registers=registers,
        edited=next((register for register in registers if register.id == register_id), None),
        desks=desks,
        samples={
            register.id: NumberFormat(register.number_format).label(year=year, number=coming[register.id])
            for register in registers
        },
        next_number=coming.get(register_id, 1) if register_id is not None else 1,
        refused_field=FIELD_OF_REFUSAL.get(refusal.code, "number_format") if refusal is not None else "",
        units=[(str(unit.id), unit.name_ar if is_arabic else unit.name_fr) for unit in units],
        unit_names={unit.id: unit.name_ar if is_arabic else unit.name_fr for unit in units},
        kind_labels=REGISTER_KIND_LABELS,
        terms=[(code, f"{RULE_LABELS[code]}: {term_text(rule)}") for code, rule in RULES.items()],
        language=current_language(),
        given=request.form if refusal is not None else None,
        refusal_text="" if refusal is None else str(current_app.extensions["docflow_error_texts"].text_of(refusal)),
        form_has_errors=refusal is not None,
    )
