"""The requests of one's units, and what the unit does with one: on the page of its document."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response

from docflow.accounts.queries import names_shown
from docflow.core.actor import Actor
from docflow.core.errors import Conflict, DocFlowError, InvalidInput, NotFound
from docflow.core.ids import ids_among
from docflow.deadlines.labels import counted_term
from docflow.documents.delivery import deliver_blob
from docflow.documents.queries import can_see_content
from docflow.requests.deps import Deps
from docflow.requests.forms import posted_decision
from docflow.requests.labels import FORM_LABELS, GROUND_LABELS, KIND_LABELS, ORIGIN_LABELS, OUTCOME_LABELS
from docflow.requests.models import RequestFile
from docflow.requests.queries import (
    PAGE_LENGTH,
    catalogue,
    files_of,
    request_for,
    request_of_document,
    requests_shown,
)
from docflow.requests.rules import AskedPaper, ProcedureKind, Question
from docflow.requests.treating import ask_for_missing, decide, publish_answer, responsible_task, withdraw_publication
from docflow.requests.views.shown import page_number, text_of, typed
from docflow.storage.rules import BlobKind, BlobRef
from docflow.web.guards import requires
from docflow.web.identity import current_actor
from docflow.web.shell import current_language


def add_treating(blueprint: Blueprint, deps: Deps) -> None:
    """Add the list of requests, and the page of one."""

    @blueprint.get("/requests")
    @requires("tasks.read")
    def listed() -> str:
        page, is_open = page_number(), request.args.get("state") != "closed"
        wanted = next(iter(ids_among([request.args.get("procedure", "")])), None)
        with deps.transactions.reading() as session:
            rows, count = requests_shown(session, current_actor(), is_open=is_open, procedure_id=wanted, page=page)
            procedures = catalogue(session, active_only=False)
        language = current_language()
        return render_template(
            "requests/list.html",
            rows=rows,
            is_open=is_open,
            page=page,
            page_count=-(-count // PAGE_LENGTH),
            wanted=wanted,
            procedures=[(one.id, one.title(language)) for one in procedures],
            today=deps.clock.now().date(),
            outcome_labels=OUTCOME_LABELS,
            language=language,
        )

    @blueprint.route("/requests/<uuid:request_id>", methods=["GET", "POST"])
    @requires("tasks.read")
    def treat(request_id: UUID) -> str | Response | tuple[str, int]:
        if request.method == "GET":
            return _render(deps, request_id)
        try:
            said = _act(deps, request_id)
        except (InvalidInput, Conflict) as refusal:
            return _render(deps, request_id, refusal=refusal), refusal.http_status
        flash(said, "ok")
        return redirect(url_for("requests.treat", request_id=request_id), 303)

    @blueprint.get("/requests/<uuid:request_id>/files/<uuid:enclosed_id>")
    @requires("documents.read")
    def file(request_id: UUID, enclosed_id: UUID) -> Response:
        actor = current_actor()
        with deps.transactions.reading() as session:
            row = request_for(session, actor, request_id)
            found = session.get(RequestFile, enclosed_id)
        if found is None or found.request_id != request_id:
            raise NotFound("request_unknown")
        deps.access_log.opened(actor, row.request.document_id, what="enclosure", at=deps.clock.now())
        blob = BlobRef(BlobKind.ENCLOSURE, found.sha256, found.size_bytes)
        return deliver_blob(deps.blob_store, blob, name=found.name, media_type=found.media_type)


def show_request(deps: Any, actor: Actor, document_id: UUID) -> str:
    """Return what the page of a document says of the request that it is."""
    with deps.transactions.reading() as session:
        row = request_of_document(session, document_id)
        if row is None:
            return ""
        is_readable = can_see_content(session, actor, document_id)
    return render_template(
        "requests/_document.html",
        row=row,
        is_readable=is_readable and actor.can("tasks.read"),
        outcome_labels=OUTCOME_LABELS,
        language=current_language(),
    )


def _act(deps: Deps, request_id: UUID) -> str:
    form = request.form
    action = form.get("action", "")
    with deps.transactions.writing(current_actor()) as uow:
        if action == "missing":
            positions = [int(value) for value in form.getlist("paper") if value.isdecimal() and len(value) < 3]
            ask_for_missing(uow, request_id, positions=positions, note=form.get("note", ""))
            return str(gettext("It is asked for; the term stands still until you note that it came."))
        if action == "decide":
            outcome, ground = posted_decision(form)
            decide(uow, request_id, outcome=outcome, reason=form.get("reason", ""), ground=ground)
            return str(gettext("The request is decided; its citizen reads it with number and secret."))
        if action == "publish":
            publish_answer(uow, request_id, subject=form.get("subject", ""), answer=form.get("answer", ""))
            return str(gettext("The answer is on the public site."))
        if action == "unpublish":
            withdraw_publication(uow, request_id)
            return str(gettext("The answer is on the public site no more."))
    raise InvalidInput("choice_unknown")


def _render(deps: Deps, request_id: UUID, *, refusal: DocFlowError | None = None) -> str:
    actor, language = current_actor(), current_language()
    with deps.transactions.reading() as session:
        row = request_for(session, actor, request_id)
        files = files_of(session, request_id)
        may_decide = responsible_task(session, actor, row.request.document_id) is not None
        decided_by = row.request.decided_by_name
        names = names_shown(session, [decided_by], locale=language) if decided_by else {}
    return render_template(
        "requests/treat.html",
        row=row,
        papers=[AskedPaper.from_row(one) for one in row.request.papers],
        answers=[Question.from_row(one) for one in row.request.answers],
        files=files,
        term=None if row.term is None else counted_term(row.term, language=language),
        today=deps.clock.now().date(),
        may_decide=may_decide and row.request.outcome is None,
        may_publish=actor.can("terms.extend") and row.procedure.kind == ProcedureKind.INFORMATION,
        decided_by=names.get(decided_by, ""),
        form_labels=FORM_LABELS,
        kind_labels=KIND_LABELS,
        origin_labels=ORIGIN_LABELS,
        outcome_labels=OUTCOME_LABELS,
        ground_labels=GROUND_LABELS,
        language=language,
        given=typed(refusal),
        refused=request.form.get("action", "") if refusal is not None else "",
        refusal_text="" if refusal is None else text_of(refusal),
        form_has_errors=refusal is not None,
    )
