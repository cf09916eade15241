"""The yearly report of the decree in one click, and the open data."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from flask import Blueprint, render_template, request
from werkzeug.wrappers import Response

from docflow.accounts.units import all_units
from docflow.complaints.deps import Deps
from docflow.complaints.figures import Case, cases_of, figures_of, years_of
from docflow.complaints.queries import categories
from docflow.complaints.report import Section, open_data, report_grid, report_sections
from docflow.complaints.report_drawing import draw_report
from docflow.complaints.reporting import REPORTS, note_report
from docflow.complaints.wording import REPORT_NOTE
from docflow.core.clock import CASABLANCA
from docflow.core.grids import CSV_TYPE, XLSX_TYPE, grid_csv, grid_xlsx
from docflow.core.letterhead import Letterhead
from docflow.core.words import Words
from docflow.district.queries import letterhead_of
from docflow.documents.delivery import pdf_response
from docflow.web.guards import requires
from docflow.web.identity import current_actor
from docflow.web.shell import current_language

YEARS = range(2000, 2200)


@dataclass(frozen=True, slots=True)
class _Made:
    """A year with its sections, its cases, and what categories and units are called."""

    year: int
    sections: list[Section]
    cases: list[Case]
    categories: dict[UUID, Words]
    units: dict[UUID, Words]
    letterhead: Letterhead


def add_reporting(blueprint: Blueprint, deps: Deps) -> None:
    """Add the report, as a page and as files."""

    @blueprint.get("/complaints/report")
    @requires(REPORTS)
    def report() -> str:
        made = _made(deps)
        with deps.transactions.reading() as session:
            years = years_of(session, current_actor())
        return render_template(
            "complaints/report.html",
            made=made,
            years=sorted({*years, made.year}, reverse=True),
            language=current_language(),
            note=REPORT_NOTE.said(current_language()),
        )

    @blueprint.post("/complaints/report.<any(pdf, xlsx, csv):file_format>")
    @requires(REPORTS)
    def report_file(file_format: str) -> Response:
        made = _made(deps)
        with deps.transactions.writing(current_actor()) as uow:
            note_report(uow, year=made.year, file_format=file_format)
        name = f"{'open-data' if file_format == 'csv' else 'report'}-{made.year}.{file_format}"
        if file_format == "pdf":
            content = draw_report(
                made.year, made.sections, letterhead=made.letterhead, note=REPORT_NOTE, made_at=deps.clock.now()
            )
            return pdf_response(content, name=name)
        if file_format == "xlsx":
            grid = report_grid(made.sections, year=made.year, is_rtl=current_language() == "ar")
            response = Response(grid_xlsx(grid), content_type=XLSX_TYPE)
        else:
            data = open_data(made.cases, categories=made.categories, units=made.units)
            response = Response(grid_csv(data), content_type=CSV_TYPE)
        response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
        response.headers["Cache-Control"] = "private, no-store"
        return response


def _made(deps: Deps) -> _Made:
    now = deps.clock.now()
    asked = request.values.get("year", "", type=str)
    this_year = now.astimezone(CASABLANCA).year
    year = int(asked) if asked.isascii() and asked.isdigit() and len(asked) == 4 and int(asked) in YEARS else this_year
    with deps.transactions.reading() as session:
        cases = list(cases_of(session, current_actor(), year, now=now))
        named = {one.id: Words(one.name_ar, one.name_fr) for one in categories(session, active_only=False)}
        units = {unit.id: Words(unit.name_ar, unit.name_fr) for unit in all_units(session)}
        letterhead = letterhead_of(session)
    sections = report_sections(figures_of(year, cases), categories=named, units=units)
    return _Made(year, sections, cases, named, units, letterhead)
