"""Prints of a case file: asked for, listed while they are made, taken."""

from __future__ import annotations

from uuid import UUID

from flask import Blueprint, redirect, render_template, url_for
from werkzeug.wrappers import Response

from docflow.core.errors import InvalidInput
from docflow.core.making import MakingState
from docflow.documents.delivery import deliver_blob
from docflow.records.ports import Deps
from docflow.records.prints import KEPT_FOR, ask_print, print_for, prints_of
from docflow.records.queries import file_for
from docflow.records.views.files import text_of
from docflow.web.guards import requires
from docflow.web.identity import current_actor
from docflow.web.making import MAKING_LABELS


def add_printing(blueprint: Blueprint, deps: Deps) -> None:
    """Add the pages of prints."""

    @blueprint.get("/records/<uuid:case_file_id>/print")
    @requires("records.read")
    def prints(case_file_id: UUID) -> str:
        with deps.transactions.reading() as session:
            kept = file_for(session, current_actor(), case_file_id)
            found = prints_of(session, current_actor(), kept.id)
        return render_template(
            "records/prints.html",
            kept=kept,
            prints=found,
            is_waiting=any(one.state == MakingState.WAITING for one in found),
            state_labels=MAKING_LABELS,
            failure=lambda one: text_of(InvalidInput(one.error_code, **one.error_params)),
            print_address=lambda one: url_for("records.take_print", case_print_id=one.id),
            kept_days=KEPT_FOR.days,
        )

    @blueprint.post("/records/<uuid:case_file_id>/print")
    @requires("records.read")
    def print_file(case_file_id: UUID) -> Response:
        with deps.transactions.writing(current_actor()) as uow:
            ask_print(uow, case_file_id)
        return redirect(url_for("records.prints", case_file_id=case_file_id), 303)

    @blueprint.get("/records/prints/<uuid:case_print_id>/file")
    @requires("records.read")
    def take_print(case_print_id: UUID) -> Response:
        with deps.transactions.reading() as session:
            _, kept, blob = print_for(session, current_actor(), case_print_id)
        return deliver_blob(deps.blob_store, blob, name=f"{kept.label}.pdf", media_type="application/pdf")
