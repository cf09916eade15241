"""How the district takes complaints, for the administrator."""

from __future__ import annotations

from uuid import UUID

from flask import Blueprint, current_app, flash, redirect, render_template, request, url_for
from flask_babel import gettext, ngettext
from werkzeug.wrappers import Response

from docflow.accounts.units import open_units, unit_names
from docflow.complaints.deps import Deps
from docflow.complaints.forms import posted_category, posted_unit, posted_version
from docflow.complaints.places import load_quarters, quarters, remove_quarters
from docflow.complaints.quarters import GEOJSON_BYTES
from docflow.complaints.queries import categories, category_with_id, is_deposit_open, setup_of
from docflow.complaints.setting_up import (
    MANAGES,
    add_category,
    add_usual_categories,
    change_category,
    change_setup,
)
from docflow.complaints.views.depositing import FORM_OVERHEAD_BYTES
from docflow.core.errors import Conflict, DocFlowError, InvalidInput
from docflow.web.bodies import takes_up_to
from docflow.web.confirmation import ask_first, is_confirmed
from docflow.web.guards import requires
from docflow.web.identity import current_actor
from docflow.web.shell import current_language


def add_settings(blueprint: Blueprint, deps: Deps) -> None:
    """Add how complaints are taken."""

    @blueprint.get("/admin/complaints")
    @requires(MANAGES)
    def manage() -> str:
        return _render(deps)

    @blueprint.post("/admin/complaints")
    @requires(MANAGES)
    def set_up() -> Response | tuple[str, int]:
        try:
            with deps.transactions.writing(current_actor()) as uow:
                change_setup(
                    uow,
                    is_open="is_open" in request.form,
                    allows_anonymous="allows_anonymous" in request.form,
                    triage_unit_id=posted_unit(request.form, "triage_unit"),
                    expected_version=posted_version(request.form),
                )
        except (InvalidInput, Conflict) as refusal:
            return _render(deps, refusal=refusal), refusal.http_status
        return _kept(gettext("The changes are kept."))

    @blueprint.post("/admin/complaints/usual")
    @requires(MANAGES)
    def usual() -> Response:
        with deps.transactions.writing(current_actor()) as uow:
            count = add_usual_categories(uow)
        return _kept(ngettext("%(num)s category was added.", "%(num)s categories were added.", count))


def add_map(blueprint: Blueprint, deps: Deps) -> None:
    """Add the map of the district's quarters: loaded from its file, or removed."""

    @blueprint.post("/admin/complaints/quarters")
    @requires(MANAGES)
    @takes_up_to(GEOJSON_BYTES + FORM_OVERHEAD_BYTES)
    def quarters_loaded() -> Response | tuple[str, int]:
        try:
            with deps.transactions.writing(current_actor()) as uow:
                count = load_quarters(uow, _posted_quarters())
        except InvalidInput as refusal:
            return _render(deps, refusal=refusal), refusal.http_status
        return _kept(ngettext("%(num)s quarter is on the map.", "%(num)s quarters are on the map.", count))

    @blueprint.post("/admin/complaints/quarters/remove")
    @requires(MANAGES)
    def quarters_removed() -> str | Response:
        if not is_confirmed():
            with deps.transactions.reading() as session:
                names = [one.name(current_language()) for one in quarters(session)]
            return ask_first(
                gettext("Remove the map of the quarters?"),
                [
                    " · ".join(names),
                    gettext("Citizens write where it is instead. Complaints keep the quarter they have."),
                ],
                act=gettext("Remove the map"),
                back_url=url_for("complaints.manage"),
            )
        with deps.transactions.writing(current_actor()) as uow:
            remove_quarters(uow)
        return _kept(gettext("There is no map any more: citizens write where it is."))


def add_categories(blueprint: Blueprint, deps: Deps) -> None:
    """Add the forms of categories."""

    @blueprint.route("/admin/complaints/categories/new", methods=["GET", "POST"])
    @requires(MANAGES)
    def new_category() -> str | Response | tuple[str, int]:
        if request.method == "GET":
            return _render_category(deps)
        try:
            with deps.transactions.writing(current_actor()) as uow:
                add_category(uow, posted_category(request.form))
        except InvalidInput as refusal:
            return _render_category(deps, refusal=refusal), refusal.http_status
        return _kept(gettext("The category is added."))

    @blueprint.route("/admin/complaints/categories/<uuid:category_id>", methods=["GET", "POST"])
    @requires(MANAGES)
    def category(category_id: UUID) -> str | Response | tuple[str, int]:
        if request.method == "GET":
            return _render_category(deps, category_id)
        try:
            with deps.transactions.writing(current_actor()) as uow:
                setup, version = posted_category(request.form), posted_version(request.form)
                change_category(uow, category_id, setup, expected_version=version)
        except (InvalidInput, Conflict) as refusal:
            return _render_category(deps, category_id, refusal=refusal), refusal.http_status
        return _kept(gettext("The changes are kept."))


def _posted_quarters() -> bytes:
    given = request.files.get("file")
    if given is None or not given.filename:
        raise InvalidInput("quarters_missing")
    return given.stream.read(GEOJSON_BYTES)


def _kept(said: str) -> Response:
    flash(said, "ok")
    return redirect(url_for("complaints.manage"), 303)


def _render(deps: Deps, *, refusal: DocFlowError | None = None) -> str:
    with deps.transactions.reading() as session:
        setup = setup_of(session)
        listed = categories(session, active_only=False)
        named = [setup.triage_unit_id, *(one.unit_id for one in listed)]
        units = open_units(session, kept=[unit_id for unit_id in named if unit_id is not None])
        is_open = is_deposit_open(session)
        named_quarters = [one.name(current_language()) for one in quarters(session)]
    return render_template(
        "complaints/settings.html",
        setup=setup,
        categories=listed,
        units=unit_names(units, locale=current_language()),
        is_open=is_open,
        quarters=named_quarters,
        language=current_language(),
        public_url=f"{deps.settings.public_url.rstrip('/')}/complaints",
        refusal_text=_text_of(refusal),
        form_has_errors=refusal is not None,
    )


def _render_category(deps: Deps, category_id: UUID | None = None, *, refusal: DocFlowError | None = None) -> str:
    with deps.transactions.reading() as session:
        kept = None if category_id is None else category_with_id(session, category_id)
        units = open_units(session, kept=[kept.unit_id] if kept is not None and kept.unit_id is not None else [])
    return render_template(
        "complaints/category.html",
        category=kept,
        units=list(unit_names(units, locale=current_language()).items()),
        given=request.form if refusal is not None else None,
        refusal_text=_text_of(refusal),
        form_has_errors=refusal is not None,
    )


def _text_of(error: DocFlowError | None) -> str:
    return "" if error is None else str(current_app.extensions["docflow_error_texts"].text_of(error))
