"""Results taken away: a list at once, an archive of files made in the background."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from typing import BinaryIO
from urllib.parse import quote
from uuid import UUID

from flask import Blueprint, redirect, render_template, request, stream_with_context, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response

from docflow.accounts.units import all_units, unit_names
from docflow.core.errors import InvalidInput
from docflow.core.grids import CSV_TYPE, XLSX_TYPE, Grid, csv_lines, write_xlsx
from docflow.core.making import MakingState
from docflow.documents.delivery import deliver_blob
from docflow.documents.labels import KIND_LABELS, LANGUAGE_LABELS
from docflow.search.exporting import KEPT_FOR, MOST_BYTES, MOST_FILES, ask_export, export_for, exports_of
from docflow.search.finding import found_ids
from docflow.search.forms import posted_choice, posted_question
from docflow.search.listing import MOST_LINES, ListTexts, grid_of, note_list
from docflow.search.views.deps import Deps
from docflow.web.formats import local_date
from docflow.web.guards import requires
from docflow.web.identity import current_actor
from docflow.web.making import MAKING_LABELS
from docflow.web.problem import text_of
from docflow.web.shell import current_language

CHUNK_BYTES = 256 * 1024


def add_exports(blueprint: Blueprint, deps: Deps) -> None:
    """Add what takes results away."""

    @blueprint.post("/search/export/<any(csv, xlsx):file_format>")
    @requires("search.use")
    def export_list(file_format: str) -> Response:
        ids = _chosen(deps, most=MOST_LINES)
        with deps.transactions.writing(current_actor()) as uow:
            note_list(uow, ids, file_format=file_format)
        grid = grid_of(deps, current_actor(), ids, _texts(deps))
        made = _csv(grid) if file_format == "csv" else _xlsx(grid)
        day = local_date(deps.transactions.clock.now()).replace("/", "-")
        name = f"{gettext('Results')} {day}.{file_format}"
        made.headers["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(name, safe='')}"
        made.headers["Cache-Control"] = "private, no-store"
        return made

    @blueprint.route("/search/exports", methods=["GET", "POST"])
    @requires("search.use")
    def exports() -> str | Response:
        if request.method == "POST":
            ids, texts = _chosen(deps, most=MOST_FILES), _texts(deps)
            with deps.transactions.writing(current_actor()) as uow:
                ask_export(uow, ids, text=request.form.get("q", ""), texts=texts)
            return redirect(url_for("search.exports"), 303)
        with deps.transactions.reading() as session:
            found = exports_of(session, current_actor())
        return render_template(
            "search/exports.html",
            exports=found,
            is_waiting=any(one.state == MakingState.WAITING for one in found),
            state_labels=MAKING_LABELS,
            failure=lambda one: text_of(InvalidInput(one.error_code, **one.error_params)),
            kept_days=KEPT_FOR.days,
            most_files=MOST_FILES,
            most_mb=MOST_BYTES // 1_000_000,
        )

    @blueprint.get("/search/exports/<uuid:export_id>/file")
    @requires("search.use")
    def take_export(export_id: UUID) -> Response:
        actor = current_actor()
        with deps.transactions.reading() as session:
            found, blob = export_for(session, actor, export_id)
        at = deps.transactions.clock.now()
        for document_id in found.held_ids:
            deps.access_log.opened(actor, UUID(document_id), what="export", at=at)
        name = f"{gettext('Results')} {local_date(found.asked_at).replace('/', '-')}.zip"
        return deliver_blob(deps.blob_store, blob, name=name, media_type="application/zip")


def _chosen(deps: Deps, *, most: int) -> list[UUID]:
    """Return the results that the form means, of those that its sender may see.

    Raises:
        InvalidInput: ``results_not_chosen``, ``choice_unknown``.
        Unavailable: ``search_index_unusable``.
    """
    form = request.form
    now = deps.transactions.clock.now()
    ids = found_ids(
        deps,
        current_actor(),
        posted_question(form, now=now),
        chosen=posted_choice(form),
        most=most,
        now=now,
    )
    if not ids:
        raise InvalidInput("results_not_chosen")
    return list(ids)


def _texts(deps: Deps) -> ListTexts:
    with deps.transactions.reading() as session:
        names = unit_names(all_units(session), locale=current_language())
    return ListTexts(
        name=gettext("Results"),
        headings=[
            gettext("Number"),
            gettext("Document date"),
            gettext("Deposited"),
            gettext("Kind"),
            gettext("Subject"),
            gettext("Sender"),
            gettext("Addressee"),
            gettext("Reference"),
            gettext("Unit"),
            gettext("Language"),
            gettext("Pages"),
        ],
        kinds={code: str(label) for code, label in KIND_LABELS.items()},
        languages={code: str(label) for code, label in LANGUAGE_LABELS.items()},
        units={str(unit_id): name for unit_id, name in names.items()},
        is_rtl=current_language() == "ar",
    )


def _csv(grid: Grid) -> Response:
    lines = (line.encode() for line in csv_lines(grid))
    return Response(stream_with_context(lines), content_type=CSV_TYPE)


def _xlsx(grid: Grid) -> Response:
    out = tempfile.TemporaryFile()  # noqa: SIM115 - closed with the answer, whose chunks it gives
    write_xlsx(grid, out)
    out.seek(0)
    answer = Response(_chunks(out), content_type=XLSX_TYPE)
    answer.call_on_close(out.close)
    return answer


def _chunks(stream: BinaryIO) -> Iterator[bytes]:
    with stream:
        while chunk := stream.read(CHUNK_BYTES):
            yield chunk
