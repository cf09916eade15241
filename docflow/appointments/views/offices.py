"""Offices as the administrator and the heads of their units set them up."""

from __future__ import annotations

from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response

from docflow.accounts.units import open_units, unit_names
from docflow.appointments.deps import Deps
from docflow.appointments.forms import SPANS, posted_count, posted_setup, posted_week
from docflow.appointments.labels import WEEKDAY_LABELS
from docflow.appointments.offices import change_office, change_week, create_office
from docflow.appointments.queries import all_offices, can_set_up, office_with_id, openings_of
from docflow.appointments.rules import Opening, minute_text
from docflow.appointments.views.answering import text_of
from docflow.core.errors import Conflict, DocFlowError, InvalidInput, NotFound
from docflow.web.guards import requires
from docflow.web.identity import current_actor
from docflow.web.shell import current_language


def add_offices(blueprint: Blueprint, deps: Deps) -> None:
    """Add the list of offices, and the page of each."""

    @blueprint.get("/admin/offices")
    @requires("appointments.hours")
    def offices() -> str:
        return _render_list(deps)

    @blueprint.post("/admin/offices")
    @requires("appointments.manage")
    def create() -> Response | tuple[str, int]:
        try:
            with deps.transactions.writing(current_actor()) as uow:
                office = create_office(uow, posted_setup(request.form))
        except (InvalidInput, Conflict) as refusal:
            return _render_list(deps, refusal=refusal), refusal.http_status
        flash(gettext("The office is there. Give it its hours."), "ok")
        return redirect(url_for("appointments.office", office_id=office.id), 303)

    @blueprint.get("/admin/offices/<uuid:office_id>")
    @requires("appointments.hours")
    def office(office_id: UUID) -> str:
        return _render(deps, office_id)

    @blueprint.post("/admin/offices/<uuid:office_id>")
    @requires("appointments.hours")
    def change(office_id: UUID) -> Response | tuple[str, int]:
        try:
            version = posted_count(request.form.get("version", ""))
            with deps.transactions.writing(current_actor()) as uow:
                if request.form.get("action") == "hours":
                    change_week(uow, office_id, posted_week(request.form), expected_version=version)
                else:
                    change_office(uow, office_id, posted_setup(request.form), expected_version=version)
        except (InvalidInput, Conflict) as refusal:
            return _render(deps, office_id, refusal=refusal), refusal.http_status
        flash(gettext("The office is changed."), "ok")
        return redirect(url_for("appointments.office", office_id=office_id), 303)


def _render_list(deps: Deps, *, refusal: DocFlowError | None = None) -> str:
    actor, language = current_actor(), current_language()
    with deps.transactions.reading() as session:
        found = [one for one in all_offices(session) if can_set_up(actor, one)]
        units = unit_names(open_units(session, kept=[one.unit_id for one in found]), locale=language)
    return render_template(
        "appointments/offices.html",
        offices=found,
        units=units,
        may_create=actor.can("appointments.manage"),
        language=language,
        given=request.form if refusal is not None else {},
        refusal_text="" if refusal is None else text_of(refusal),
        form_has_errors=refusal is not None,
    )


def _render(deps: Deps, office_id: UUID, *, refusal: DocFlowError | None = None) -> str:
    actor, language = current_actor(), current_language()
    with deps.transactions.reading() as session:
        office = office_with_id(session, office_id)
        if not can_set_up(actor, office):
            raise NotFound("office_unknown")
        units = unit_names(open_units(session, kept=[office.unit_id]), locale=language)
        openings = openings_of(session, office.id)
    action = request.form.get("action", "") if refusal is not None else ""
    return render_template(
        "appointments/office.html",
        office=office,
        units=units,
        week=_typed_week() if action == "hours" else _week(openings),
        may_change=actor.can("appointments.manage"),
        language=language,
        weekdays=WEEKDAY_LABELS,
        refused=action,
        given=request.form if refusal is not None else {},
        refusal_text="" if refusal is None else text_of(refusal),
        form_has_errors=refusal is not None,
    )


def _week(openings: list[Opening]) -> dict[int, list[tuple[str, str, str]]]:
    """Return the lines of the form of hours: for each weekday, from when, until when, how many together."""
    found: dict[int, list[tuple[str, str, str]]] = {}
    for weekday in range(7):
        lines = [
            (minute_text(one.start_minute), minute_text(one.end_minute), str(one.places))
            for one in openings
            if one.weekday == weekday
        ]
        found[weekday] = [*lines, *[("", "", "")] * (SPANS - len(lines))]
    return found


def _typed_week() -> dict[int, list[tuple[str, str, str]]]:
    form = request.form

    def line(weekday: int, span: int) -> tuple[str, str, str]:
        start, end, places = (form.get(f"{name}-{weekday}-{span}", "")[:10] for name in ("start", "end", "places"))
        return start, end, places

    return {weekday: [line(weekday, span) for span in range(SPANS)] for weekday in range(7)}
