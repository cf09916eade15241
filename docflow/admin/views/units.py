"""Units of the district: the tree, new ones, and abolishing one."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response

from docflow.accounts.operations import (
    create_unit,
)
from docflow.accounts.rules import UnitKind
from docflow.accounts.units import open_units
from docflow.admin.labels import UNIT_KIND_LABELS
from docflow.admin.views.deps import Deps
from docflow.core.errors import Conflict, DocFlowError, InvalidInput, NotFound
from docflow.routing.abolishing import abolish
from docflow.web.confirmation import ask_first, is_confirmed
from docflow.web.formats import isolated
from docflow.web.guards import requires
from docflow.web.identity import current_actor
from docflow.web.posted import posted_id
from docflow.web.problem import text_of
from docflow.web.shell import current_language


def add_units(blueprint: Blueprint, deps: Deps) -> None:
    """Add the tree of units."""

    @blueprint.route("/units", methods=["GET", "POST"])
    @requires("people.manage")
    def units() -> str | Response | tuple[str, int]:
        if request.method == "GET":
            return _units_page(deps)
        form = request.form
        try:
            with deps.transactions.writing(current_actor()) as uow:
                create_unit(
                    uow,
                    code=form.get("code", ""),
                    kind=_unit_kind(),
                    name_ar=form.get("name_ar", ""),
                    name_fr=form.get("name_fr", ""),
                    parent_id=posted_id(form.get("parent", "")),
                )
        except DocFlowError as error:
            return _units_page(deps, refusal=error), error.http_status
        flash(gettext("The unit is made."), "ok")
        return redirect(url_for("admin.units"))

    @blueprint.post("/units/<uuid:unit_id>/abolish")
    @requires("people.manage")
    def end_unit(unit_id: UUID) -> Response | str | tuple[str, int]:
        if not is_confirmed():
            return _ask_about_unit(deps, unit_id)
        try:
            with deps.transactions.writing(current_actor()) as uow:
                abolish(uow, unit_id)
        except Conflict as error:
            return _units_page(deps, refusal=error), error.http_status
        flash(gettext("The unit is abolished. Its name stays with what it did."), "ok")
        return redirect(url_for("admin.units"))


def _ask_about_unit(deps: Deps, unit_id: UUID) -> str:
    with deps.transactions.reading() as session:
        unit = next((one for one in open_units(session) if one.id == unit_id), None)
    if unit is None:
        raise NotFound("unit_unknown")
    name = isolated(unit.name_ar if current_language() == "ar" else unit.name_fr)
    return ask_first(
        gettext("Abolish the unit %(name)s?", name=name),
        [
            gettext("Nothing new can be sent to it. Its name stays with everything that it did."),
            gettext("An abolished unit cannot be restored."),
        ],
        act=gettext("Abolish the unit"),
        back_url=url_for("admin.units"),
    )


def _units_page(deps: Deps, *, refusal: DocFlowError | None = None) -> str:
    with deps.transactions.reading() as session:
        units = open_units(session)
    is_arabic = current_language() == "ar"
    names = {unit.id: unit.name_ar if is_arabic else unit.name_fr for unit in units}
    return render_template(
        "admin/units.html",
        tree=_tree(units, parent_id=None),
        names=names,
        units=[(str(unit_id), name) for unit_id, name in names.items()],
        kind_labels=UNIT_KIND_LABELS,
        given=request.form if refusal else {},
        refusal_text="" if refusal is None else text_of(refusal),
        form_has_errors=refusal is not None,
    )


def _tree(units: Sequence[Any], *, parent_id: UUID | None) -> list[tuple[Any, list[Any]]]:
    return [(unit, _tree(units, parent_id=unit.id)) for unit in units if unit.parent_id == parent_id]


def _unit_kind() -> UnitKind:
    try:
        return UnitKind(request.form.get("kind", ""))
    except ValueError as error:
        raise InvalidInput("choice_unknown") from error
