"""Acts that wait for the post, the slips on which they are handed over, and their counted return."""

from __future__ import annotations

from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from docflow.accounts.queries import names_shown
from docflow.accounts.visibility import Confidentiality
from docflow.core.errors import Conflict, DocFlowError, InvalidInput, NotFound
from docflow.core.words import Words
from docflow.district.queries import letterhead_of
from docflow.documents.delivery import deliver_blob, pdf_response
from docflow.drafting.models import PostSlip
from docflow.drafting.ports import Deps
from docflow.drafting.posting import (
    CountedSlip,
    PostedAct,
    acts_on,
    make_post_slip,
    slip_for,
    slips_shown,
    take_slip_back,
    waiting_for_post,
)
from docflow.drafting.screen import text_of
from docflow.drafting.views.departing import FORM_OVERHEAD_BYTES, posted_proof
from docflow.registry.forms import posted_count
from docflow.registry.transmittal_drawing import PrintedSlip, SlipLine, draw_transmittal
from docflow.registry.wording import CONFIDENTIAL
from docflow.storage.rules import BlobKind, BlobRef
from docflow.web.bodies import takes_up_to
from docflow.web.formats import isolated
from docflow.web.guards import requires
from docflow.web.identity import current_actor
from docflow.web.posted import posted_instant
from docflow.web.problem import field_of
from docflow.web.shell import current_language

FIELD_OF_REFUSAL = {
    "receiver_missing": "received_by",
    "letters_differ": "counted",
    "count_not_understood": "counted",
    "arrival_in_future": "received_at",
}
"""The control that the summary of errors leads to."""
ADDRESSEE = Words("المرسل إليه ورقم المضمون", "Destinataire et n° de recommandé")
"""What a line says of an act."""


def add_posting(blueprint: Blueprint, deps: Deps) -> None:
    """Add the pages of the post."""

    @blueprint.route("/posting", methods=["GET", "POST"])
    @requires("drafting.write")
    def posting() -> str | Response | tuple[str, int]:
        return _render_list(deps) if request.method == "GET" else _make(deps)

    @blueprint.route("/posting/<uuid:post_slip_id>", methods=["GET", "POST"])
    @requires("drafting.write")
    @takes_up_to(deps.settings.max_file_bytes + FORM_OVERHEAD_BYTES)
    def post_slip(post_slip_id: UUID) -> str | Response | tuple[str, int]:
        return _render_slip(deps, post_slip_id) if request.method == "GET" else _take_back(deps, post_slip_id)

    @blueprint.get("/posting/<uuid:post_slip_id>/print")
    @requires("drafting.write")
    def print_slip(post_slip_id: UUID) -> Response:
        address = url_for("drafting.post_slip", post_slip_id=post_slip_id, _external=True)
        with deps.transactions.reading() as session:
            slip = slip_for(session, current_actor(), post_slip_id)
            said = _printed(session, deps, slip, address=address)
        return pdf_response(draw_transmittal(said), name=f"{slip.label}.pdf")

    @blueprint.get("/posting/<uuid:post_slip_id>/proof")
    @requires("drafting.write")
    def slip_proof(post_slip_id: UUID) -> Response:
        with deps.transactions.reading() as session:
            slip = slip_for(session, current_actor(), post_slip_id)
        if slip.proof_sha256 is None or slip.proof_size_bytes is None:
            raise NotFound("post_slip_unknown")
        ref = BlobRef(BlobKind.ORIGINAL, slip.proof_sha256, slip.proof_size_bytes)
        return deliver_blob(deps.blob_store, ref, name=slip.proof_name, media_type=slip.proof_media_type)


def _make(deps: Deps) -> Response | tuple[str, int]:
    try:
        chosen = [UUID(value) for value in request.form.getlist("sending") if value]
    except ValueError as error:
        raise InvalidInput("choice_unknown") from error
    try:
        with deps.transactions.writing(current_actor()) as uow:
            slip = make_post_slip(uow, chosen, carrier=request.form.get("carrier", ""))
    except (InvalidInput, Conflict) as refusal:
        return _render_list(deps, refusal=refusal), refusal.http_status
    said = gettext("The slip %(number)s is made. Print it, and let the post sign it.", number=isolated(slip.label))
    flash(said, "ok")
    return redirect(url_for("drafting.post_slip", post_slip_id=slip.id), 303)


def _take_back(deps: Deps, slip_id: UUID) -> Response | tuple[str, int]:
    form = request.form
    with deps.transactions.reading() as session:
        slip_for(session, current_actor(), slip_id)
    try:
        counted = CountedSlip(
            received_by=form.get("received_by", ""),
            received_at=posted_instant(form, "received_at", now=deps.clock.now()),
            counted=posted_count(form.get("counted", "")),
            note=form.get("note", ""),
            proof=posted_proof(deps),
        )
        with deps.transactions.writing(current_actor()) as uow:
            take_slip_back(uow, slip_id, counted)
    except (InvalidInput, Conflict) as refusal:
        return _render_slip(deps, slip_id, refusal=refusal), refusal.http_status
    flash(gettext("The return is noted for every letter of the slip."), "ok")
    return redirect(url_for("drafting.post_slip", post_slip_id=slip_id), 303)


def _render_list(deps: Deps, *, refusal: DocFlowError | None = None) -> str:
    actor = current_actor()
    with deps.transactions.reading() as session:
        waiting = waiting_for_post(session, actor)
        out, back = slips_shown(session, actor, is_out=True), slips_shown(session, actor, is_out=False)
    return render_template(
        "drafting/posting.html",
        waiting=waiting,
        chosen=request.form.getlist("sending") if refusal is not None else [str(one.sending.id) for one in waiting],
        slips=[*out, *back],
        given=request.form,
        refusal_text="" if refusal is None else text_of(refusal),
        form_has_errors=refusal is not None,
    )


def _render_slip(deps: Deps, slip_id: UUID, *, refusal: DocFlowError | None = None) -> str:
    with deps.transactions.reading() as session:
        slip = slip_for(session, current_actor(), slip_id)
        acts = acts_on(session, slip.id)
        name = names_shown(session, [slip.made_by_name], locale=current_language())[slip.made_by_name]
    return render_template(
        "drafting/post_slip.html",
        slip=slip,
        acts=acts,
        made_by=name,
        given=request.form if refusal is not None else {},
        refused_field=field_of(refusal, FIELD_OF_REFUSAL, default="received_by"),
        refusal_text="" if refusal is None else text_of(refusal),
        form_has_errors=refusal is not None,
    )


def _printed(session: Session, deps: Deps, slip: PostSlip, *, address: str) -> PrintedSlip:
    letterhead = letterhead_of(session)
    return PrintedSlip(
        letterhead=letterhead,
        number=slip.label,
        unit=Words(slip.carrier, slip.carrier),
        note="",
        made_at=slip.made_at,
        lines=[_line(act) for act in acts_on(session, slip.id)],
        address=address,
        about=ADDRESSEE,
    )


def _line(act: PostedAct) -> SlipLine:
    """Return what a slip says of an act: to whom it goes, and nothing of what it is about."""
    is_plain = act.document.confidentiality == Confidentiality.NORMAL.value
    about = (act.sending.recipient, act.sending.reference)
    return SlipLine(act.document.register_number, about if is_plain else (*about, CONFIDENTIAL.fr), 0)
