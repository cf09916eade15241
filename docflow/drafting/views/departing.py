"""The pages on which a draft goes on its circuit, and on which it is noted how the act went out."""

from __future__ import annotations

from collections.abc import Callable
from typing import BinaryIO, cast
from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response

from docflow.approvals.queries import circuits
from docflow.approvals.rules import RunState
from docflow.core.errors import Conflict, DocFlowError, InvalidInput, NotFound
from docflow.documents.delivery import deliver_blob
from docflow.drafting.circuits import Submission, check_answered, run_on, send_on_circuit, take_back
from docflow.drafting.forms import posted_amount, posted_number, posted_sending
from docflow.drafting.labels import OUTCOME_LABELS
from docflow.drafting.operations import check_writable
from docflow.drafting.ports import Deps
from docflow.drafting.publishing import withdraw_answer
from docflow.drafting.queries import draft_for, sending_of
from docflow.drafting.rules import Content
from docflow.drafting.screen import text_of
from docflow.drafting.sending import Proof, add_proof, keep_proof, send_act
from docflow.storage.rules import BlobKind, BlobRef
from docflow.web.bodies import takes_up_to
from docflow.web.guards import requires
from docflow.web.identity import current_actor
from docflow.web.shell import current_language

FORM_OVERHEAD_BYTES = 64 * 1024


def add_departing(blueprint: Blueprint, deps: Deps) -> None:
    """Add the pages of the circuit and of sending."""

    @blueprint.route("/drafts/<uuid:draft_id>/send", methods=["GET", "POST"])
    @requires("drafting.write")
    def send(draft_id: UUID) -> str | Response | tuple[str, int]:
        return _send(deps, draft_id)

    @blueprint.post("/drafts/<uuid:draft_id>/take-back")
    @requires("drafting.write")
    def withdraw(draft_id: UUID) -> Response:
        said = gettext("It is taken back. You may change it and send it again.")
        return _done(draft_id, said, lambda: take_back(deps, current_actor(), draft_id))

    @blueprint.post("/drafts/<uuid:draft_id>/sendings")
    @requires("drafting.write")
    @takes_up_to(deps.settings.max_file_bytes + FORM_OVERHEAD_BYTES)
    def note_sending(draft_id: UUID) -> Response:
        def note() -> None:
            send_act(deps, current_actor(), draft_id, posted_sending(request.form, OUTCOME_LABELS, posted_proof(deps)))

        return _done(draft_id, gettext("It is noted how the act went out."), note)

    @blueprint.post("/drafts/<uuid:draft_id>/sendings/<uuid:sending_id>/proof")
    @requires("drafting.write")
    @takes_up_to(deps.settings.max_file_bytes + FORM_OVERHEAD_BYTES)
    def attach_proof(draft_id: UUID, sending_id: UUID) -> Response:
        def attach() -> None:
            proof = posted_proof(deps)
            if proof is None:
                raise InvalidInput("file_empty")
            with deps.transactions.writing(current_actor()) as uow:
                add_proof(uow, draft_id, sending_id, proof)

        return _done(draft_id, gettext("The proof is attached."), attach)

    @blueprint.get("/drafts/<uuid:draft_id>/sendings/<uuid:sending_id>/proof")
    @requires("documents.read")
    def proof(draft_id: UUID, sending_id: UUID) -> Response:
        return _deliver_proof(deps, draft_id, sending_id)


def add_publishing(blueprint: Blueprint, deps: Deps) -> None:
    """Add taking an answer from the public site."""

    @blueprint.post("/drafts/<uuid:draft_id>/sendings/<uuid:sending_id>/withdraw")
    @requires("drafting.write")
    def unpublish(draft_id: UUID, sending_id: UUID) -> Response:
        def withdraw_it() -> None:
            with deps.transactions.writing(current_actor()) as uow:
                withdraw_answer(uow, draft_id, sending_id, reason=request.form.get("reason", ""))

        return _done(draft_id, gettext("It is on the public site no more."), withdraw_it)


def _deliver_proof(deps: Deps, draft_id: UUID, sending_id: UUID) -> Response:
    actor = current_actor()
    with deps.transactions.reading() as session:
        draft = draft_for(session, actor, draft_id)
        found = sending_of(session, draft.id, sending_id)
    if found.proof_sha256 is None or found.proof_size_bytes is None:
        raise NotFound("sending_unknown")
    if draft.document_id is not None:
        deps.access_log.opened(actor, draft.document_id, what="proof", at=deps.clock.now())
    ref = BlobRef(BlobKind.ORIGINAL, found.proof_sha256, found.proof_size_bytes)
    return deliver_blob(deps.blob_store, ref, name=found.proof_name, media_type=found.proof_media_type)


def _done(draft_id: UUID, said: str, do: Callable[[], object]) -> Response:
    try:
        do()
    except (InvalidInput, Conflict) as refusal:
        flash(text_of(refusal), "bad")
    else:
        flash(said, "ok")
    return redirect(url_for("drafting.edit", draft_id=draft_id), 303)


def _send(deps: Deps, draft_id: UUID) -> str | Response | tuple[str, int]:
    if request.method == "GET":
        return _render_send(deps, draft_id)
    try:
        sent = Submission(
            circuit_code=request.form.get("circuit", ""),
            amount_dh=posted_amount(request.form),
            is_urgent="is_urgent" in request.form,
        )
        seen = posted_number(request.form, "version")
        send_on_circuit(deps, current_actor(), draft_id, sent, seen_version=seen)
    except (InvalidInput, Conflict) as refusal:
        return _render_send(deps, draft_id, refusal=refusal), refusal.http_status
    flash(gettext("It is on its way. Nobody can change this version any more."), "ok")
    return redirect(url_for("drafting.edit", draft_id=draft_id), 303)


def _render_send(deps: Deps, draft_id: UUID, *, refusal: DocFlowError | None = None) -> str:
    actor, language = current_actor(), current_language()
    with deps.transactions.reading() as session:
        draft = draft_for(session, actor, draft_id)
        run = run_on(session, draft)
        offered = circuits(session, active_only=True)
        try:
            check_writable(session, actor, draft)
            Content.from_row(draft.content).checked_complete()
            check_answered(deps, session, draft)
            problem = ""
        except DocFlowError as error:
            problem = text_of(error)
    return render_template(
        "drafting/send.html",
        draft=draft,
        content=Content.from_row(draft.content),
        returned=run if run is not None and run.state is RunState.RETURNED else None,
        circuits=[(one.code, one.name(language)) for one in offered],
        given=request.form if refusal is not None else {},
        problem="" if refusal is not None else problem,
        refusal_text=text_of(refusal),
        form_has_errors=refusal is not None,
    )


def posted_proof(deps: Deps) -> Proof | None:
    """Return the scan that came with a form, looked at and stored, or none.

    Raises:
        InvalidInput: as ``keep_proof``.
    """
    file = request.files.get("proof")
    if file is None or not file.filename:
        return None
    return keep_proof(deps, cast("BinaryIO", file.stream), name=file.filename)
