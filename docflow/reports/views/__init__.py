"""The page of figures, and its tables for spreadsheets."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Protocol

from flask import Blueprint, current_app, render_template, request
from flask_babel import gettext
from werkzeug.wrappers import Response

from docflow.core.clock import CASABLANCA, Clock
from docflow.core.errors import DocFlowError, InvalidInput
from docflow.core.grids import Grid, Value
from docflow.core.uow import Transactions
from docflow.reports.figures import Figures, figures_for
from docflow.reports.labels import PERIOD_LABELS, STEP_LABELS
from docflow.reports.operations import note_export
from docflow.reports.rules import USUAL_PERIOD, Period, chosen_period
from docflow.reports.views.paper import EXPORTS, add_paper, unit_asked
from docflow.routing.labels import INSTRUCTION_LABELS
from docflow.web.charts import Bar, bar_chart
from docflow.web.formats import number
from docflow.web.guards import requires
from docflow.web.identity import current_actor
from docflow.web.posted import posted_date
from docflow.web.problem import field_of
from docflow.web.shell import current_language

DAY_HOURS = 24
LEAST_DAYS = 3
"""From so many days on a duration is said in days."""


class Deps(Protocol):
    """The runtime as this room sees it."""

    @property
    def transactions(self) -> Transactions:
        """Opens units of work."""
        ...

    @property
    def clock(self) -> Clock:
        """Tells the time."""
        ...


def make_blueprint(deps: Deps) -> Blueprint:
    """Return the pages of this room."""
    blueprint = Blueprint("reports", __name__, template_folder="../templates")

    @blueprint.get("/stats")
    @requires("stats.read")
    def stats() -> str | tuple[str, int]:
        try:
            period = _period(deps, request.args)
        except InvalidInput as refusal:
            return _render(deps, _usual(deps), refusal=refusal), refusal.http_status
        return _render(deps, period)

    @blueprint.post("/stats/<any(units, people, steps):table>.<any(csv, xlsx):file_format>")
    @requires("stats.read")
    def export(table: str, file_format: str) -> Response:
        period = _period(deps, request.form)
        figures = _figures(deps, period, request.form)
        with deps.transactions.writing(current_actor()) as uow:
            note_export(uow, table=table, file_format=file_format)
        make, media_type = EXPORTS[file_format]
        response = Response(make(_grid(figures, table)), content_type=media_type)
        name = f"{table}-{period.first:%Y-%m-%d}-{period.last:%Y-%m-%d}.{file_format}"
        response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
        response.headers["Cache-Control"] = "private, no-store"
        return response

    add_paper(blueprint, deps)
    return blueprint


def _render(deps: Deps, period: Period, *, refusal: DocFlowError | None = None) -> str:
    figures, is_rtl = _figures(deps, period, request.args), current_language() == "ar"
    return render_template(
        "reports/stats.html",
        figures=figures,
        period=period,
        period_name="" if _is_typed(request.args) else request.args.get("period", USUAL_PERIOD),
        period_labels=PERIOD_LABELS,
        unit=request.args.get("unit", ""),
        is_leading=bool(figures.offered),
        units_chart=bar_chart([_load_bar(name, load) for name, load in figures.units], is_rtl=is_rtl),
        people_chart=bar_chart([_load_bar(name, load) for name, load in figures.people], is_rtl=is_rtl),
        steps_chart=bar_chart([_step_bar(one) for one in figures.steps], is_rtl=is_rtl),
        step_labels=STEP_LABELS,
        duration=_duration,
        instruction_labels=INSTRUCTION_LABELS,
        refusal_text="" if refusal is None else _text_of(refusal),
        refused_field=field_of(refusal, {"period_reversed": "to", "period_too_long": "from"}),
        given=request.args if refusal is not None else {},
        form_has_errors=refusal is not None,
    )


def _figures(deps: Deps, period: Period, values: Any) -> Figures:
    with deps.transactions.reading() as session:
        return figures_for(
            session,
            current_actor(),
            locale=current_language(),
            unit_id=unit_asked(values.get("unit", "")),
            period=period,
            at=deps.clock.now(),
        )


def _period(deps: Deps, values: Any) -> Period:
    now = deps.clock.now()
    first, last = posted_date(values, "from", now=now), posted_date(values, "to", now=now)
    return chosen_period(values.get("period", USUAL_PERIOD), now.astimezone(CASABLANCA).date(), first=first, last=last)


def _usual(deps: Deps) -> Period:
    return chosen_period(USUAL_PERIOD, deps.clock.now().astimezone(CASABLANCA).date(), first=None, last=None)


def _is_typed(values: Any) -> bool:
    return bool(values.get("from") or values.get("to"))


def _load_bar(name: str, load: Any) -> Bar:
    in_time = load.open_count - load.late_count
    return Bar(name, (("late", load.late_count), ("plain", in_time)), str(load.open_count))


def _step_bar(one: Any) -> Bar:
    mark = None if one.ninetieth_hours is None else float(one.ninetieth_hours)
    median = float(one.median_hours or 0)
    return Bar(str(STEP_LABELS[one.step]), (("plain", median),), _duration(one.median_hours), mark=mark)


def _duration(hours: int | None) -> str:
    """Return how long something took, in hours at first and in days from three on; a dash for nothing."""
    if hours is None:
        return "—"
    if hours < LEAST_DAYS * DAY_HOURS:
        return str(gettext("%(num)s h", num=hours))
    return str(gettext("%(num)s d", num=number(hours / DAY_HOURS, 1)))


def _grid(figures: Figures, table: str) -> Grid:
    rows: Sequence[Sequence[Value]]
    if table == "steps":
        headings = [
            gettext("Step"),
            gettext("How often"),
            gettext("Half within (hours)"),
            gettext("Nine in ten within (hours)"),
        ]
        rows = [(str(STEP_LABELS[one.step]), one.count, one.median_hours, one.ninetieth_hours) for one in figures.steps]
        widths, name = (44, 14, 22, 22), gettext("Time per step")
    else:
        first = gettext("Unit") if table == "units" else gettext("Name")
        headings = [first, gettext("Waiting"), gettext("Overdue"), gettext("Done in the period")]
        loads = figures.units if table == "units" else figures.people
        rows = [(label, load.open_count, load.late_count, load.done_count) for label, load in loads]
        widths = (44, 14, 14, 22)
        name = gettext("What waits in each unit") if table == "units" else gettext("Work of each person")
    texts = [str(heading) for heading in headings]
    return Grid(str(name), texts, rows, widths, is_rtl=current_language() == "ar")


def _text_of(error: DocFlowError) -> str:
    return str(current_app.extensions["docflow_error_texts"].text_of(error))
