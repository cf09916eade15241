"""The calendar of the administrator: feasts, their day as it was seen, closures of the district."""

from __future__ import annotations

from typing import Protocol
from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response

from docflow.core.clock import CASABLANCA
from docflow.core.errors import Conflict, DocFlowError, InvalidInput
from docflow.core.uow import Transactions
from docflow.deadlines.calendars import closures, feast_days, open_days
from docflow.deadlines.forms import posted_shift
from docflow.deadlines.labels import LUNAR_LABELS, RULE_LABELS, counted_term
from docflow.deadlines.operations import close_day, open_day, shift_feast
from docflow.deadlines.rules import RULES, deadline_of
from docflow.web.guards import requires
from docflow.web.identity import current_actor
from docflow.web.posted import posted_day
from docflow.web.problem import field_of, text_of
from docflow.web.shell import current_language

FIRST_YEAR, LAST_YEAR = 2000, 2100


class Deps(Protocol):
    """The runtime as this room sees it."""

    @property
    def transactions(self) -> Transactions:
        """Opens units of work."""
        ...


def make_blueprint(deps: Deps) -> Blueprint:
    """Return the pages of this room."""
    blueprint = Blueprint("deadlines", __name__, template_folder="templates")

    @blueprint.get("/admin/calendars")
    @requires("calendars.manage")
    def calendar() -> str:
        return _render(deps)

    @blueprint.post("/admin/calendars/feasts")
    @requires("calendars.manage")
    def shift() -> Response:
        year, feast, days = posted_shift(request.form)
        with deps.transactions.writing(current_actor()) as uow:
            shift_feast(uow, year=year, feast=feast, days=days)
        flash(gettext("The calendar is changed; every open term follows."), "ok")
        return redirect(url_for("deadlines.calendar", year=year), 303)

    @blueprint.post("/admin/calendars/closures")
    @requires("calendars.manage")
    def close() -> Response | tuple[str, int]:
        try:
            with deps.transactions.writing(current_actor()) as uow:
                day = posted_day(request.form, "day", now=uow.now)
                close_day(uow, day, name_ar=request.form.get("name_ar", ""), name_fr=request.form.get("name_fr", ""))
        except (InvalidInput, Conflict) as refusal:
            return _render(deps, refusal=refusal), refusal.http_status
        flash(gettext("The calendar is changed; every open term follows."), "ok")
        return redirect(url_for("deadlines.calendar", year=day.year), 303)

    @blueprint.post("/admin/calendars/closures/<uuid:closure_id>/open")
    @requires("calendars.manage")
    def reopen(closure_id: UUID) -> Response:
        with deps.transactions.writing(current_actor()) as uow:
            open_day(uow, closure_id)
        flash(gettext("The calendar is changed; every open term follows."), "ok")
        return redirect(url_for("deadlines.calendar", year=request.args.get("year")), 303)

    return blueprint


def _render(deps: Deps, *, refusal: DocFlowError | None = None) -> str:
    today = deps.transactions.clock.now().astimezone(CASABLANCA).date()
    year = min(max(request.args.get("year", today.year, type=int), FIRST_YEAR), LAST_YEAR)
    language = current_language()
    with deps.transactions.reading() as session:
        feasts, closed = feast_days(session, year), closures(session, year)
        days = open_days(session, range(today.year, today.year + 3))
    examples = [deadline_of(rule, start=today, open_days=days) for rule in RULES.values()]
    return render_template(
        "deadlines/calendar.html",
        year=year,
        this_year=today.year,
        feasts=feasts,
        closures=closed,
        language=language,
        lunar_labels=LUNAR_LABELS,
        examples=[(RULE_LABELS[found.rule.code], counted_term(found, language=language)) for found in examples],
        given=request.form if refusal is not None else None,
        refusal_text="" if refusal is None else text_of(refusal),
        refused_field=field_of(refusal, default="day"),
        form_has_errors=refusal is not None,
    )
