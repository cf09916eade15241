"""What the registry prints and gives away: receipts of entries, registers of a year."""

from __future__ import annotations

from collections.abc import Callable
from uuid import UUID

from flask import Blueprint, current_app, redirect, render_template, request, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response

from docflow.core.errors import Conflict, DocFlowError, InvalidInput, PermissionDenied
from docflow.core.grids import CSV_TYPE, XLSX_TYPE
from docflow.core.making import MakingState
from docflow.documents.delivery import deliver_blob, pdf_response
from docflow.notifications.labels import MAIL_STATE_LABELS
from docflow.notifications.operations import require_mail
from docflow.notifications.queries import mails_about
from docflow.notifications.rules import MailState
from docflow.registry.deps import Deps
from docflow.registry.exports import ExportTexts, csv_of, xlsx_of
from docflow.registry.forms import wanted_lines, wanted_year
from docflow.registry.labels import ENTRY_STATE_LABELS
from docflow.registry.mailing import mail_receipt
from docflow.registry.models import Register
from docflow.registry.prints import KEPT_FOR, ask_print, export_lines, print_for, prints_of
from docflow.registry.queries import register_with_code
from docflow.registry.receipt_drawing import draw_acknowledgement, draw_roll
from docflow.registry.receipts import Receipt, receipt_for
from docflow.registry.rules import register_year
from docflow.web.guards import requires
from docflow.web.identity import current_actor
from docflow.web.making import MAKING_LABELS
from docflow.web.shell import current_language

EXPORTS = {
    "csv": (csv_of, CSV_TYPE),
    "xlsx": (xlsx_of, XLSX_TYPE),
}
"""What makes each form of an export, and its media type."""


def add_papers(blueprint: Blueprint, deps: Deps) -> None:
    """Add the receipt of an entry: on a roll, on a sheet, by mail."""

    @blueprint.get("/d/<uuid:document_id>/print/receipt")
    @requires("registry.read")
    def receipt(document_id: UUID) -> Response:
        return _printed(deps, document_id, draw_roll)

    @blueprint.get("/d/<uuid:document_id>/print/a4")
    @requires("registry.read")
    def acknowledgement(document_id: UUID) -> Response:
        return _printed(deps, document_id, draw_acknowledgement)

    @blueprint.route("/d/<uuid:document_id>/receipt/mail", methods=["GET", "POST"])
    @requires("registry.register")
    def receipt_mail(document_id: UUID) -> str | Response | tuple[str, int]:
        if request.method == "GET":
            return _render_mail(deps, document_id)
        try:
            mail_receipt(deps, current_actor(), document_id, recipient=request.form.get("recipient", ""))
        except (InvalidInput, Conflict) as refusal:
            return _render_mail(deps, document_id, refusal=refusal), refusal.http_status
        return redirect(url_for("registry.receipt_mail", document_id=document_id), 303)


def add_prints(blueprint: Blueprint, deps: Deps) -> None:
    """Add the prints of a register, and its lines for spreadsheets."""

    @blueprint.route("/registers/<code>/print", methods=["GET", "POST"])
    @requires("registry.read")
    def print_page(code: str) -> str | Response:
        year = wanted_year(request.values, register_year(deps.clock.now()))
        if request.method == "POST":
            with deps.transactions.writing(current_actor()) as uow:
                ask_print(uow, code, year=year)
            return redirect(url_for("registry.print_page", code=code, year=year), 303)
        with deps.transactions.reading() as session:
            register = register_with_code(session, code)
            prints = prints_of(session, current_actor(), register, year=year)
        return render_template(
            "registry/print.html",
            register=register,
            register_name=register.name(current_language()),
            year=year,
            prints=prints,
            is_waiting=any(one.state == MakingState.WAITING for one in prints),
            state_labels=MAKING_LABELS,
            failure=lambda one: _text_of(InvalidInput(one.error_code, **one.error_params)),
            print_address=lambda one: url_for("registry.print_file", print_id=one.id),
            kept_days=KEPT_FOR.days,
        )

    @blueprint.get("/prints/<uuid:print_id>/file")
    @requires("registry.read")
    def print_file(print_id: UUID) -> Response:
        with deps.transactions.reading() as session:
            found, register, blob = print_for(session, current_actor(), print_id)
        name = f"{register.code}-{found.year}.pdf"
        return deliver_blob(deps.blob_store, blob, name=name, media_type="application/pdf")

    @blueprint.post("/registers/<code>/export/<any(csv, xlsx):file_format>")
    @requires("registry.read")
    def export(code: str, file_format: str) -> Response:
        wanted = wanted_lines(request.form, register_year(deps.clock.now()))
        with deps.transactions.writing(current_actor()) as uow:
            register, lines = export_lines(uow, code, wanted, file_format=file_format)
        make, media_type = EXPORTS[file_format]
        response = Response(make(lines, _export_texts(register, wanted.year)), content_type=media_type)
        name = f"{register.code}-{wanted.year}.{file_format}"
        response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
        response.headers["Cache-Control"] = "private, no-store"
        return response


def _render_mail(deps: Deps, document_id: UUID, *, refusal: DocFlowError | None = None) -> str:
    require_mail(deps)
    with deps.transactions.reading() as session:
        receipt = receipt_for(session, current_actor(), document_id, settings=deps.settings, now=deps.clock.now())
        mails = mails_about(session, document_id)
    if not receipt.secret:
        raise PermissionDenied("desk_of_others")
    return render_template(
        "registry/receipt_mail.html",
        document_id=document_id,
        number=receipt.number,
        mails=mails,
        is_waiting=any(mail.state == MailState.WAITING for mail in mails),
        state_labels=MAIL_STATE_LABELS,
        failure=lambda mail: _text_of(InvalidInput(mail.error_code, **mail.error_params)),
        given=request.form.get("recipient", ""),
        refusal_text="" if refusal is None else _text_of(refusal),
        form_has_errors=refusal is not None,
    )


def _export_texts(register: Register, year: int) -> ExportTexts:
    language = current_language()
    headings = [
        gettext("Number"), gettext("Arrival"), gettext("Sender"), gettext("Reference"), gettext("Date of the document"),
        gettext("Subject"), gettext("Unit"), gettext("State"), gettext("Reason"),
    ]  # fmt: skip
    return ExportTexts(
        name=f"{year} {register.name(language)}",
        headings=[str(heading) for heading in headings],
        states={state: str(label) for state, label in ENTRY_STATE_LABELS.items()},
        unopened=str(gettext("Unopened")),
        is_rtl=language == "ar",
    )


def _text_of(error: DocFlowError) -> str:
    return str(current_app.extensions["docflow_error_texts"].text_of(error))


def _printed(deps: Deps, document_id: UUID, draw: Callable[[Receipt], bytes]) -> Response:
    actor, now = current_actor(), deps.clock.now()
    with deps.transactions.reading() as session:
        receipt = receipt_for(session, actor, document_id, settings=deps.settings, now=now)
    deps.access_log.opened(actor, document_id, what="receipt", at=now)
    return pdf_response(draw(receipt), name=f"{receipt.number.replace('/', '-')}.pdf")
