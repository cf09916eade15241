"""Units and accounts from a spreadsheet and back into one."""

from __future__ import annotations

from typing import Literal, TypeAlias

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import ngettext
from werkzeug.wrappers import Response

from docflow.accounts.labels import ROLE_LABELS
from docflow.accounts.queries import all_people, memberships_by_person
from docflow.accounts.units import open_units
from docflow.admin.forms import COLUMNS, packed_rows, posted_rows, read_table
from docflow.admin.importing import NEEDED, make_people, make_units, try_people, try_units
from docflow.admin.labels import COLUMN_LABELS, UNIT_KIND_LABELS
from docflow.admin.views.deps import Deps
from docflow.core.errors import Conflict, DocFlowError, InvalidInput
from docflow.core.grids import XLSX_TYPE, Grid, grid_xlsx
from docflow.core.tables import LARGEST_BYTES, read_rows
from docflow.web.bodies import takes_up_to
from docflow.web.guards import requires
from docflow.web.identity import current_actor
from docflow.web.problem import text_of
from docflow.web.shell import current_language

What: TypeAlias = Literal["units", "people"]
FORM_OVERHEAD_BYTES = 100_000
WIDTHS = {"code": 14, "parent": 14, "kind": 14, "username": 18, "role": 16, "unit": 14, "email": 30, "language": 10}
NAME_WIDTH = 40


def add_importing(blueprint: Blueprint, deps: Deps) -> None:
    """Add the import with its trial, and the export that has the same columns."""

    @blueprint.get("/import/<any(units, people):table>")
    @requires("people.manage")
    def import_page(table: What) -> str:
        return _render(table)

    @blueprint.post("/import/<any(units, people):table>")
    @requires("people.manage")
    @takes_up_to(2 * LARGEST_BYTES + FORM_OVERHEAD_BYTES)
    def try_table(table: What) -> str | tuple[str, int]:
        """Say of each line table would become of it; nothing is kept."""
        try:
            rows = read_table(table, read_rows(_posted_table()))
        except InvalidInput as refusal:
            return _render(table, refusal=refusal), refusal.http_status
        trial = try_units if table == "units" else try_people
        return _render(table, outcomes=trial(deps.transactions, current_actor(), rows), packed=packed_rows(rows))

    @blueprint.post("/import/<any(units, people):table>/make")
    @requires("people.manage")
    @takes_up_to(4 * LARGEST_BYTES + FORM_OVERHEAD_BYTES)
    def make_table(table: What) -> str | Response | tuple[str, int]:
        try:
            rows = posted_rows(table, request.form.get("rows", ""))
            if table == "people":
                made = make_people(deps.transactions, current_actor(), rows)
                return render_template(
                    "admin/imported.html",
                    made=made,
                    is_arabic=current_language() == "ar",
                    address=deps.settings.staff_url,
                )
            count = make_units(deps.transactions, current_actor(), rows)
        except (InvalidInput, Conflict) as refusal:
            return _render(table, refusal=refusal), refusal.http_status
        flash(ngettext("%(num)s unit was made.", "%(num)s units were made.", count), "ok")
        return redirect(url_for("admin.units"), 303)

    @blueprint.get("/export/<any(units, people):table>.xlsx")
    @requires("people.manage")
    def export_table(table: What) -> Response:
        headings = [str(COLUMN_LABELS[name]) for name in COLUMNS[table]]
        widths = [WIDTHS.get(name, NAME_WIDTH) for name in COLUMNS[table]]
        rows = _units(deps) if table == "units" else _people(deps)
        content = grid_xlsx(Grid(table, headings, rows, widths, is_rtl=current_language() == "ar"))
        answer = Response(content, mimetype=XLSX_TYPE)
        answer.headers["Content-Disposition"] = f'attachment; filename="{table}.xlsx"'
        return answer


def _posted_table() -> bytes:
    sent = request.files.get("table")
    if sent is None or not sent.filename:
        raise InvalidInput("table_missing")
    return sent.stream.read(LARGEST_BYTES + 1)


def _units(deps: Deps) -> list[list[str]]:
    with deps.transactions.reading() as session:
        units = open_units(session)
    codes = {unit.id: unit.code for unit in units}
    return [
        [
            unit.code,
            codes.get(unit.parent_id, ""),
            str(UNIT_KIND_LABELS[unit.kind]),
            unit.name_ar,
            unit.name_fr,
        ]
        for unit in units
        if unit.parent_id is not None
    ]


def _people(deps: Deps) -> list[list[str]]:
    with deps.transactions.reading() as session:
        people, roles = all_people(session), memberships_by_person(session)
    lines = []
    for person in people:
        for membership, unit in roles.get(person.id, ())[:1]:
            role = str(ROLE_LABELS[membership.role])
            lines.append(
                [person.username, person.name_ar, person.name_fr, role, unit.code, person.email, person.locale]
            )
    return lines


def _render(what: What, *, outcomes: object = None, packed: str = "", refusal: DocFlowError | None = None) -> str:
    return render_template(
        "admin/import.html",
        what=what,
        columns=[(COLUMN_LABELS[name], name in NEEDED[what]) for name in COLUMNS[what]],
        roles=ROLE_LABELS.values(),
        kinds=UNIT_KIND_LABELS.values(),
        outcomes=outcomes,
        packed=packed,
        text_of=text_of,
        refusal_text="" if refusal is None else text_of(refusal),
        form_has_errors=refusal is not None,
    )
