"""Setting aside what is not to be registered, undoing it, and the list of what was set aside."""

from __future__ import annotations

from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import ngettext
from markupsafe import Markup
from werkzeug.wrappers import Response

from docflow.accounts.queries import names_shown
from docflow.core.errors import Conflict, DocFlowError, InvalidInput
from docflow.documents.labels import KIND_LABELS
from docflow.documents.queries import documents_shown
from docflow.registry.deps import Deps
from docflow.registry.forms import posted_aside_reason, posted_documents
from docflow.registry.labels import SET_ASIDE_LABELS
from docflow.registry.models import SetAsideDocument
from docflow.registry.queries import count_set_aside, set_aside_rows, waiting_documents
from docflow.registry.rules import SetAsideReason
from docflow.registry.setting_aside import likely_reason, put_back, set_aside, undo_setting_aside
from docflow.registry.views.walking import address_of, asked_batch, place_in_list, refusal_text
from docflow.web.guards import requires
from docflow.web.identity import current_actor
from docflow.web.shell import current_language

PAGE_SIZE = 50
FIELD_OF_REFUSAL = {"aside_reason_missing": "reason", "note_missing": "note", "field_too_long": "note"}
"""The control that the summary of errors leads to."""


def add_setting_aside(blueprint: Blueprint, deps: Deps) -> None:
    """Add the page that sets documents aside, the list of them, and the way back."""

    @blueprint.get("/register/set-aside")
    @requires("registry.register")
    def set_aside_list() -> str:
        return _render_list(deps)

    @blueprint.route("/register/set-aside/new", methods=["GET", "POST"])
    @requires("registry.register")
    def set_aside_form() -> str | Response | tuple[str, int]:
        if request.method == "GET":
            return _render_form(deps)
        after = _address_after(deps)
        try:
            reason, ids = posted_aside_reason(request.form), posted_documents(request.form)
            with deps.transactions.writing(current_actor()) as uow:
                kept = set_aside(uow, ids, reason=reason, note=request.form.get("note", ""))
        except (InvalidInput, Conflict) as refusal:
            return _render_form(deps, refusal=refusal), refusal.http_status
        flash(_set_aside_text(kept), "ok")
        return redirect(after, 303)

    @blueprint.post("/register/set-aside/undo/<uuid:act_id>")
    @requires("registry.register")
    def undo_set_aside(act_id: UUID) -> Response:
        try:
            with deps.transactions.writing(current_actor()) as uow:
                back = undo_setting_aside(uow, act_id)
        except Conflict as refusal:
            flash(refusal_text(refusal), "warn")
            return redirect(url_for("registry.waiting", batch=asked_batch()), 303)
        flash(_put_back_text(len(back)), "ok")
        return redirect(
            address_of(back[0]) if len(back) == 1 else url_for("registry.waiting", batch=asked_batch()), 303
        )

    @blueprint.post("/register/<uuid:document_id>/put-back")
    @requires("registry.register")
    def put_back_document(document_id: UUID) -> Response:
        try:
            with deps.transactions.writing(current_actor()) as uow:
                put_back(uow, document_id)
        except Conflict as refusal:
            flash(refusal_text(refusal), "warn")
        else:
            flash(_put_back_text(1), "ok")
        is_listed = request.form.get("from") == "list"
        listed, own = url_for("registry.set_aside_list"), url_for("documents.show", document_id=document_id)
        return redirect(listed if is_listed else own, 303)


def _address_after(deps: Deps) -> str:
    """Return the page that follows: the next document of whoever goes through them, else the queue."""
    ids = request.form.getlist("document")
    if "next" not in request.args or len(ids) != 1:
        return url_for("registry.waiting", batch=asked_batch())
    return address_of(place_in_list(deps, posted_documents(request.form)[0]).after)


def _set_aside_text(kept: list[SetAsideDocument]) -> Markup:
    said = ngettext("%(num)s document is set aside.", "%(num)s documents are set aside.", len(kept))
    act_id = kept[0].act_id
    return Markup(render_template("registry/_set_aside_said.html", said=said, act_id=act_id, batch_id=asked_batch()))  # noqa: S704 - made by our own template


def _put_back_text(count: int) -> str:
    return str(ngettext("%(num)s document is back in the queue.", "%(num)s documents are back in the queue.", count))


def _render_form(deps: Deps, *, refusal: DocFlowError | None = None) -> str:
    actor, given = current_actor(), request.form if refusal is not None else None
    with deps.transactions.reading() as session:
        chosen = posted_documents(request.values)
        documents = waiting_documents(session, actor, among=chosen)
        proposed = likely_reason(session, actor, documents) if documents and given is None else None
    return render_template(
        "registry/set_aside.html",
        documents=documents,
        reason=given.get("reason", "") if given is not None else proposed or "",
        note=given.get("note", "") if given is not None else "",
        is_proposed=proposed is not None,
        labels=SET_ASIDE_LABELS,
        kind_labels=KIND_LABELS,
        batch_id=asked_batch(),
        goes_on="next" in request.args,
        refusal_text=refusal_text(refusal) if refusal is not None else "",
        refused_field=FIELD_OF_REFUSAL.get(refusal.code, "") if refusal is not None else "",
        form_has_errors=refusal is not None,
    )


def _render_list(deps: Deps) -> str:
    actor, asked = current_actor(), request.args.get("reason", "")
    reason = SetAsideReason(asked) if asked in set(SetAsideReason) else None
    number = max(1, min(request.args.get("page", 1, type=int), 100_000))
    with deps.transactions.reading() as session:
        count = count_set_aside(session, actor, reason=reason)
        rows = set_aside_rows(session, actor, reason=reason, offset=(number - 1) * PAGE_SIZE, limit=PAGE_SIZE)
        copies = documents_shown(session, actor, [row.aside.duplicate_of for row in rows if row.aside.duplicate_of])
        names = names_shown(session, [row.aside.set_aside_by_name for row in rows], locale=current_language())
    return render_template(
        "registry/set_aside_list.html",
        rows=rows,
        count=count,
        reason=reason or "",
        labels=SET_ASIDE_LABELS,
        kind_labels=KIND_LABELS,
        originals={document_id: shown for document_id, (shown, _is_readable) in copies.items()},
        names=names,
        page=number,
        page_count=max(1, -(-count // PAGE_SIZE)),
    )
