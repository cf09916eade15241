"""The catalogue of procedures as the administrator keeps it."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response

from docflow.accounts.units import open_units, unit_names
from docflow.appointments.queries import all_offices
from docflow.core.errors import Conflict, DocFlowError, InvalidInput
from docflow.requests.catalogue import change_procedure, create_procedure
from docflow.requests.deps import Deps
from docflow.requests.forms import posted_setup
from docflow.requests.labels import FORM_LABELS, KIND_LABELS
from docflow.requests.models import Procedure
from docflow.requests.queries import catalogue, procedure_with_id
from docflow.requests.rules import MOST_LINES
from docflow.requests.usual import add_usual
from docflow.requests.views.shown import text_of
from docflow.web.guards import requires
from docflow.web.identity import current_actor
from docflow.web.shell import current_language

SPARE_LINES = 3


def add_administration(blueprint: Blueprint, deps: Deps) -> None:
    """Add the catalogue and the form of a procedure."""

    @blueprint.get("/admin/procedures")
    @requires("procedures.manage")
    def procedures() -> str:
        language = current_language()
        with deps.transactions.reading() as session:
            found = catalogue(session, active_only=False)
            units = unit_names(open_units(session, kept=[one.unit_id for one in found]), locale=language)
        return render_template(
            "requests/procedures_admin.html",
            procedures=found,
            units=units,
            kind_labels=KIND_LABELS,
            language=language,
        )

    @blueprint.post("/admin/procedures/usual")
    @requires("procedures.manage")
    def usual() -> Response:
        try:
            unit_id = UUID(request.form.get("unit", ""))
        except ValueError as error:
            raise InvalidInput("choice_unknown") from error
        with deps.transactions.writing(current_actor()) as uow:
            add_usual(uow, unit_of=lambda _slug: unit_id)
        flash(gettext("The usual procedures are in the catalogue. See to the unit of each."), "ok")
        return redirect(url_for("requests.procedures"), 303)

    @blueprint.route("/admin/procedures/new", methods=["GET", "POST"])
    @requires("procedures.manage")
    def new_procedure() -> str | Response | tuple[str, int]:
        if request.method == "GET":
            return _render(deps, None)
        try:
            with deps.transactions.writing(current_actor()) as uow:
                made = create_procedure(uow, posted_setup(request.form))
        except (InvalidInput, Conflict) as refusal:
            return _render(deps, None, refusal=refusal), refusal.http_status
        flash(gettext("The procedure is in the catalogue."), "ok")
        return redirect(url_for("requests.edit_procedure", procedure_id=made.id), 303)

    @blueprint.route("/admin/procedures/<uuid:procedure_id>", methods=["GET", "POST"])
    @requires("procedures.manage")
    def edit_procedure(procedure_id: UUID) -> str | Response | tuple[str, int]:
        if request.method == "GET":
            return _render(deps, procedure_id)
        version = request.form.get("version", 0, type=int)
        try:
            with deps.transactions.writing(current_actor()) as uow:
                change_procedure(uow, procedure_id, posted_setup(request.form), expected_version=version)
        except (InvalidInput, Conflict) as refusal:
            return _render(deps, procedure_id, refusal=refusal), refusal.http_status
        flash(gettext("The procedure is changed; requests already deposited keep what was asked of them."), "ok")
        return redirect(url_for("requests.edit_procedure", procedure_id=procedure_id), 303)


def _render(deps: Deps, procedure_id: UUID | None, *, refusal: DocFlowError | None = None) -> str:
    language = current_language()
    with deps.transactions.reading() as session:
        procedure = None if procedure_id is None else procedure_with_id(session, procedure_id)
        kept = [] if procedure is None else [procedure.unit_id]
        units = unit_names(open_units(session, kept=kept), locale=language)
        offices = [(one.id, one.name(language)) for one in all_offices(session)]
    given = request.form if refusal is not None else _values(procedure)
    return render_template(
        "requests/procedure_form.html",
        procedure=procedure,
        given=given,
        paper_lines=_line_count(given, "paper"),
        question_lines=_line_count(given, "question"),
        units=units,
        offices=offices,
        kind_labels=KIND_LABELS,
        form_labels=FORM_LABELS,
        language=language,
        refusal_text="" if refusal is None else text_of(refusal),
        form_has_errors=refusal is not None,
    )


def _values(procedure: Procedure | None) -> dict[str, Any]:
    """Return a procedure as the fields of its form."""
    if procedure is None:
        return {"is_online": "1", "is_active": "1"}
    said = [f"{name}_{locale}" for name in ("title", "summary", "fee", "legal_basis") for locale in ("ar", "fr")]
    values: dict[str, Any] = {name: getattr(procedure, name) for name in (*said, "slug")}
    values |= {"kind": procedure.kind, "unit": procedure.unit_id, "office": procedure.office_id or ""}
    values |= {"days": "" if procedure.days is None else procedure.days, "day_kind": procedure.day_kind}
    for name in ("is_silence_consent", "is_online", "is_active"):
        values[name] = "1" if getattr(procedure, name) else ""
    for at, row in enumerate(procedure.papers):
        values |= {f"paper-ar-{at}": row["ar"], f"paper-fr-{at}": row["fr"], f"paper-form-{at}": row["form"]}
    for at, row in enumerate(procedure.questions):
        values |= {f"question-ar-{at}": row["ar"], f"question-fr-{at}": row["fr"]}
        values[f"question-optional-{at}"] = "1" if row["is_optional"] else ""
    return values


def _line_count(given: Any, name: str) -> int:
    """Return how many lines the form shows: those that are filled in, and some spare ones."""
    filled = [at for at in range(MOST_LINES + 1) if given.get(f"{name}-ar-{at}") or given.get(f"{name}-fr-{at}")]
    return min(MOST_LINES, (filled[-1] + 1 if filled else 0) + SPARE_LINES)
