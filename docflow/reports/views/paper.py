"""The page of the paper counter, and its table for spreadsheets."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from typing import Any, Protocol
from uuid import UUID

from flask import Blueprint, render_template, request
from flask_babel import gettext
from werkzeug.wrappers import Response

from docflow.accounts.units import all_units, children_of, unit_names
from docflow.accounts.visibility import units_below
from docflow.core.clock import CASABLANCA, Clock
from docflow.core.grids import CSV_TYPE, XLSX_TYPE, Grid, Value, grid_csv, grid_xlsx
from docflow.core.uow import Transactions
from docflow.reports.labels import ESTIMATE_LABELS, MEASURE_LABELS, RULE_TEXTS
from docflow.reports.operations import note_export
from docflow.reports.paper import MEASURES, MONTHS, Estimate, Measure, Saved, paper_saved
from docflow.reports.queries import led_units
from docflow.web.charts import Bar, bar_chart
from docflow.web.formats import number
from docflow.web.guards import requires
from docflow.web.identity import current_actor
from docflow.web.shell import current_language

EXPORTS = {
    "csv": (grid_csv, CSV_TYPE),
    "xlsx": (grid_xlsx, XLSX_TYPE),
}
"""What makes each form of an export, and its media type."""
FIRST_YEAR = 2000


class Deps(Protocol):
    """The runtime as this page sees it."""

    @property
    def transactions(self) -> Transactions:
        """Opens units of work."""
        ...

    @property
    def clock(self) -> Clock:
        """Tells the time."""
        ...


def add_paper(blueprint: Blueprint, deps: Deps) -> None:
    """Add the paper counter."""

    @blueprint.get("/stats/paper")
    @requires("stats.read")
    def paper() -> str:
        return _render(deps)

    @blueprint.post("/stats/paper.<any(csv, xlsx):file_format>")
    @requires("stats.read")
    def export_paper(file_format: str) -> Response:
        year = _year(deps, request.form)
        saved, names, _offered = _saved(deps, year, unit_asked(request.form.get("unit", "")))
        with deps.transactions.writing(current_actor()) as uow:
            note_export(uow, table="paper", file_format=file_format)
        make, media_type = EXPORTS[file_format]
        response = Response(make(_grid(saved, names, year)), content_type=media_type)
        response.headers["Content-Disposition"] = f'attachment; filename="paper-{year}.{file_format}"'
        response.headers["Cache-Control"] = "private, no-store"
        return response


def unit_asked(text: str) -> UUID | None:
    """Return the unit that was chosen, or none."""
    try:
        return UUID(text)
    except ValueError:
        return None


def _render(deps: Deps) -> str:
    year, unit_id = _year(deps, request.args), unit_asked(request.args.get("unit", ""))
    saved, names, offered = _saved(deps, year, unit_id)
    by_measure = {measure: sum(one.count for one in saved if MEASURES[one.estimate] is measure) for measure in Measure}
    by_estimate = {estimate: sum(one.count for one in saved if one.estimate is estimate) for estimate in Estimate}
    sheets = [
        sum(one.count for one in saved if one.month == month and MEASURES[one.estimate] is Measure.SHEETS)
        for month in range(1, MONTHS + 1)
    ]
    bars = [Bar(f"{month:02}/{year}", (("plain", count),), number(count)) for month, count in enumerate(sheets, 1)]
    return render_template(
        "reports/paper.html",
        year=year,
        this_year=deps.clock.now().astimezone(CASABLANCA).year,
        unit="" if unit_id is None else str(unit_id),
        offered=offered,
        measures=[(MEASURE_LABELS[measure], count) for measure, count in by_measure.items()],
        estimates=[
            (ESTIMATE_LABELS[estimate], MEASURE_LABELS[MEASURES[estimate]], RULE_TEXTS[estimate], count)
            for estimate, count in by_estimate.items()
        ],
        rows=_rows(saved, names, year),
        chart=bar_chart(bars, is_rtl=current_language() == "ar"),
    )


def _saved(
    deps: Deps, year: int, unit_id: UUID | None
) -> tuple[Sequence[Saved], dict[UUID, str], Sequence[tuple[UUID, str]]]:
    """Return what was saved in the units that the reader leads, or in one and those below it, and their names."""
    actor = current_actor()
    led = led_units(actor)
    with deps.transactions.reading() as session:
        units = all_units(session)
        names = unit_names(units, locale=current_language())
        is_chosen = unit_id is not None and unit_id in led
        shown = led & units_below(unit_id, children_of(units)) if is_chosen and unit_id is not None else led
        saved = paper_saved(session, actor, shown, year=year) if shown else ()
    return saved, names, sorted(((one, names[one]) for one in led), key=lambda pair: pair[1].casefold())


def _rows(saved: Sequence[Saved], names: dict[UUID, str], year: int) -> list[tuple[str, str, list[int]]]:
    """Return a line a unit and month: the unit, the month, and what was saved by each measure."""
    lines: dict[tuple[str, int], dict[Measure, int]] = defaultdict(lambda: dict.fromkeys(Measure, 0))
    for one in saved:
        lines[names.get(one.unit_id, "") if one.unit_id else "", one.month][MEASURES[one.estimate]] += one.count
    ordered = sorted(lines.items(), key=lambda line: (line[0][0].casefold(), line[0][1]))
    return [(unit, f"{month:02}/{year}", list(counts.values())) for (unit, month), counts in ordered]


def _grid(saved: Sequence[Saved], names: dict[UUID, str], year: int) -> Grid:
    headings = [gettext("Unit"), gettext("Month"), *(MEASURE_LABELS[measure] for measure in Measure)]
    rows: list[list[Value]] = [[unit, month, *counts] for unit, month, counts in _rows(saved, names, year)]
    # The rule of each estimate goes with the figures, wherever they are taken.
    rows += [[f"{ESTIMATE_LABELS[one]}: {RULE_TEXTS[one]}", "", "", "", ""] for one in Estimate]
    texts = [str(heading) for heading in headings]
    return Grid(str(gettext("Paper counter")), texts, rows, (60, 12, 18, 18, 18), is_rtl=current_language() == "ar")


def _year(deps: Deps, values: Any) -> int:
    this_year = deps.clock.now().astimezone(CASABLANCA).year
    try:
        year = int(values.get("year", this_year))
    except ValueError:
        return this_year
    return min(max(year, FIRST_YEAR), this_year)
