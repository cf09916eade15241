"""Separator sheets to print, and the preview in which the pages of a batch are arranged."""

from __future__ import annotations

from uuid import UUID

from flask import Blueprint, current_app, redirect, render_template, request, url_for
from flask_babel import force_locale, gettext
from werkzeug.wrappers import Response

from docflow.accounts.queries import names_shown
from docflow.batches.forms import asked_act, asked_version
from docflow.batches.labels import act_labels
from docflow.batches.operations import arrange, redo, undo
from docflow.batches.ports import Deps
from docflow.batches.queries import page_for, preview_of
from docflow.batches.rows import rows_shown
from docflow.batches.separators import MOST_SHEETS, SheetText, draw_separators
from docflow.core.errors import DocFlowError, InvalidInput, NotFound
from docflow.documents.labels import ASIDE_LABELS, STATE_LABELS
from docflow.storage.rules import BlobKind
from docflow.web.guards import requires
from docflow.web.identity import current_actor
from docflow.web.negotiation import is_partial
from docflow.web.pictures import picture_response
from docflow.web.shell import current_language

FIRST_COUNT = 10


def make_blueprint(deps: Deps) -> Blueprint:
    """Return the pages of this room."""
    blueprint = Blueprint("batches", __name__, template_folder="templates")

    @blueprint.get("/batches/<uuid:batch_id>/arrange")
    @requires("documents.deposit")
    def preview(batch_id: UUID) -> str:
        return _render(deps, batch_id)

    @blueprint.post("/batches/<uuid:batch_id>/arrange")
    @requires("documents.deposit")
    def act(batch_id: UUID) -> Response | str | tuple[str, int]:
        wanted = request.form.get("do", "")
        try:
            with deps.transactions.writing(current_actor()) as uow:
                if wanted == "undo":
                    undo(uow, batch_id, expected_version=asked_version(request.form))
                elif wanted == "redo":
                    redo(uow, batch_id, expected_version=asked_version(request.form))
                else:
                    arrange(uow, batch_id, asked_act(request.form), expected_version=asked_version(request.form))
        except NotFound:
            raise
        except DocFlowError as error:
            # The pages are shown as they are now, with why the act was not done.
            return _render(deps, batch_id, refusal=error), error.http_status
        focus = request.form.get("do", "").partition(":")[2]
        if is_partial():
            return _render(deps, batch_id, focus=focus)
        return redirect(url_for("batches.preview", batch_id=batch_id, _anchor=f"at-{focus}" if focus else None))

    @blueprint.get("/batches/<uuid:batch_id>/pages/<uuid:page_id>/<any(thumbnail, page):size>.webp")
    @requires("documents.deposit")
    def picture(batch_id: UUID, page_id: UUID, size: str) -> Response:
        return _send_picture(deps, batch_id, page_id, kind=BlobKind(size))

    @blueprint.get("/separators")
    @requires("documents.deposit")
    def separators() -> str:
        return render_template("batches/separators.html", count=FIRST_COUNT, most=MOST_SHEETS)

    @blueprint.get("/separators.pdf")
    @requires("documents.deposit")
    def separators_pdf() -> Response:
        texts = []
        for language in ("ar", "fr"):
            with force_locale(language):
                texts.append(_sheet_text())
        response = current_app.response_class(draw_separators(texts, count=_count()), mimetype="application/pdf")
        response.headers["Content-Disposition"] = 'inline; filename="separators.pdf"'
        return response

    return blueprint


def _render(deps: Deps, batch_id: UUID, *, refusal: DocFlowError | None = None, focus: str = "") -> str:
    actor = current_actor()
    with deps.transactions.reading() as session:
        preview = preview_of(session, actor, batch_id)
        last = preview.last_act
        names = names_shown(session, [] if last is None else [last.actor_name], locale=current_language())
    texts = current_app.extensions["docflow_error_texts"]
    return render_template(
        "batches/_arrange.html" if is_partial() else "batches/arrange.html",
        batch=preview.batch,
        rows=rows_shown(preview),
        being_read=preview.being_read,
        last_act=last,
        last_name="" if last is None else names[last.actor_name],
        next_act=preview.next_act,
        is_own_last=last is not None and last.is_of(actor),
        is_own_next=preview.next_act is not None and preview.next_act.is_of(actor),
        act_labels=act_labels(),
        aside_labels=ASIDE_LABELS,
        state_labels=STATE_LABELS,
        refusal_text=None if refusal is None else texts.text_of(refusal),
        focus=focus,
    )


def _send_picture(deps: Deps, batch_id: UUID, page_id: UUID, *, kind: BlobKind) -> Response:
    actor = current_actor()
    with deps.transactions.reading() as session:
        page = page_for(session, actor, batch_id, page_id)
    sha256 = page.image_sha256 if kind is BlobKind.PAGE else page.thumbnail_sha256
    holder = page.document_id or page.aside_of
    if sha256 is None or holder is None:
        raise NotFound("page_unknown")
    if kind is BlobKind.PAGE:
        deps.access_log.opened(actor, holder, what="page", at=deps.transactions.clock.now())

    def read() -> bytes:
        with deps.blob_store.open(kind, sha256) as stream:
            return stream.read()

    return picture_response(sha256, read)


def _sheet_text() -> SheetText:
    return SheetText(
        gettext("Separator sheet"),
        gettext(
            "Put this sheet between two documents before the stack is scanned, either way up. It is left out of the "
            "documents, and stays in the original file."
        ),
    )


def _count() -> int:
    try:
        return int(request.args.get("count", FIRST_COUNT))
    except ValueError as error:
        raise InvalidInput("sheet_count_invalid", limit=MOST_SHEETS) from error
