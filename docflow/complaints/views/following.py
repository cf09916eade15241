"""The page on which a citizen follows a complaint, says something, rates it, opens it again."""

from __future__ import annotations

from collections.abc import Callable
from typing import BinaryIO, Final, cast
from uuid import UUID

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response as AnyResponse

from docflow.allowances.operations import count_attempt, require_allowance
from docflow.allowances.rules import Purpose
from docflow.complaints.admitting import admitted_entry, forget_admitted, keep_admitted
from docflow.complaints.deps import Deps
from docflow.complaints.following import FollowedComplaint, followed_complaint
from docflow.complaints.labels import KIND_LABELS, OUTCOME_LABELS, STAGE_LABELS
from docflow.complaints.photos import look_at
from docflow.complaints.rules import COMMENT_LIMIT, MESSAGE_LIMIT, MOST_PHOTOS, PHOTO_BYTES, RATINGS
from docflow.complaints.speaking import SentFile, rate, reopen, say, send_asked
from docflow.complaints.views.citizen import asking_address, private_page
from docflow.complaints.views.depositing import FORM_OVERHEAD_BYTES, text_of
from docflow.core.actor import PUBLIC_SITE
from docflow.core.errors import Conflict, DocFlowError, InvalidInput, NotFound
from docflow.core.uow import UnitOfWork
from docflow.deadlines.labels import counted_term
from docflow.documents.delivery import deliver_blob
from docflow.drafting.publishing import take_answer
from docflow.storage.rules import BlobKind, BlobRef
from docflow.web.bodies import takes_up_to
from docflow.web.guards import public
from docflow.web.shell import current_language

MEDIATOR: Final = "https://www.mediateur.ma"
"""The site of the Mediator of the Kingdom, a link and nothing that is loaded."""
SOLVED: Final = {"yes": True, "no": False}


def add_following(blueprint: Blueprint, deps: Deps) -> None:
    """Add the page that follows a complaint; it opens to the browser in which number and secret were given."""

    @blueprint.get("/complaints/followed")
    @public
    def followed() -> AnyResponse:
        found = _found(deps)
        if found is None:
            return redirect(url_for("portal.track"))
        return _page(deps, found)

    @blueprint.post("/complaints/followed/say")
    @public
    def said() -> AnyResponse:
        text = request.form.get("text", "")
        return _done(deps, "text", gettext("Your message was sent."), lambda uow, entry: say(uow, entry, text=text))

    @blueprint.post("/complaints/followed/send")
    @public
    @takes_up_to(MOST_PHOTOS * PHOTO_BYTES + FORM_OVERHEAD_BYTES)
    def sent() -> AnyResponse:
        return _sent(deps)

    @blueprint.post("/complaints/followed/rate")
    @public
    def rated() -> AnyResponse:
        form = request.form

        def keep(uow: UnitOfWork, entry_id: UUID) -> object:
            return rate(
                uow,
                entry_id,
                is_solved=SOLVED.get(form.get("solved", "")),
                rating=form.get("rating", ""),
                comment=form.get("comment", ""),
            )

        return _done(deps, "solved", gettext("Thank you. What you said is kept."), keep)

    @blueprint.post("/complaints/followed/reopen")
    @public
    def reopened() -> AnyResponse:
        comment = request.form.get("reason", "")
        told = gettext("Your complaint is open again. It goes to the head of the service.")
        return _done(deps, "reason", told, lambda uow, entry: reopen(uow, entry, comment=comment))


def add_followed_files(blueprint: Blueprint, deps: Deps) -> None:
    """Add what is taken from the page, and the way out."""

    @blueprint.post("/complaints/followed/answer")
    @public
    def answer_taken() -> AnyResponse:
        found = _required(deps)
        try:
            answer_id = UUID(request.form.get("answer", ""))
        except ValueError as error:
            raise NotFound("answer_unknown") from error
        with deps.transactions.writing(PUBLIC_SITE) as uow:
            taken = take_answer(uow, found.complaint.document_id, answer_id)
        name = f"{taken.number.replace('/', '-')}.pdf"
        return deliver_blob(deps.blob_store, taken.blob, name=name, media_type="application/pdf")

    @blueprint.get("/complaints/followed/photos/<uuid:photo_id>.webp")
    @public
    def photo(photo_id: UUID) -> AnyResponse:
        kept = next((one for one in _required(deps).photos if one.id == photo_id), None)
        if kept is None or kept.reduced_sha256 is None:
            raise NotFound("photo_unknown")
        return picture(deps, BlobRef(BlobKind.PHOTO, kept.reduced_sha256, kept.reduced_size_bytes))

    @blueprint.post("/complaints/followed/leave")
    @public
    def leave() -> AnyResponse:
        response = redirect(url_for("portal.track"), 303)
        forget_admitted(response)
        return response


def picture(deps: Deps, ref: BlobRef) -> Response:
    """Return a reduced picture, which its reader alone keeps."""
    with deps.blob_store.open(ref.kind, ref.sha256) as stream:
        response = Response(stream.read(), mimetype="image/webp")
    response.headers["Cache-Control"] = "private, max-age=300"
    return response


def _found(deps: Deps) -> FollowedComplaint | None:
    entry_id = admitted_entry()
    if entry_id is None:
        return None
    with deps.transactions.reading() as session:
        return followed_complaint(session, entry_id, now=deps.clock.now())


def _required(deps: Deps) -> FollowedComplaint:
    found = _found(deps)
    if found is None:
        raise NotFound("matter_unknown")
    return found


def _done(deps: Deps, field: str, told: str, act: Callable[[UnitOfWork, UUID], object]) -> AnyResponse:
    """Do what the citizen asks, and show the page again: with what was done, or why it was not."""
    entry_id = admitted_entry()
    if entry_id is None:
        return redirect(url_for("portal.track"), 303)
    require_allowance(deps.transactions, asking_address(), Purpose.DEPOSIT)
    count_attempt(deps.transactions, asking_address(), Purpose.DEPOSIT)
    try:
        with deps.transactions.writing(PUBLIC_SITE) as uow:
            act(uow, entry_id)
    except (InvalidInput, Conflict) as refusal:
        return _page(deps, _required(deps), refusal=refusal, field=field)
    flash(told, "ok")
    return redirect(url_for("complaint_site.followed"), 303)


def _sent(deps: Deps) -> AnyResponse:
    """Look at what is sent before anything is written, then let the term go on."""
    found = _found(deps)
    if found is None or found.asked is None:
        return redirect(url_for("complaint_site.followed"), 303)
    # One more than may be sent is enough to be refused by the operation.
    given = [file for file in request.files.getlist("files") if file.filename][: MOST_PHOTOS + 1]
    try:
        files = [SentFile(*look_at(deps, cast("BinaryIO", file.stream)), name=file.filename or "") for file in given]
    except (InvalidInput, Conflict) as refusal:
        return _page(deps, found, refusal=refusal, field="asked")
    text = request.form.get("text", "")
    told = gettext("It was sent. The term goes on from today.")
    return _done(deps, "asked", told, lambda uow, entry: send_asked(uow, entry, text=text, files=files))


def _page(deps: Deps, found: FollowedComplaint, *, refusal: DocFlowError | None = None, field: str = "") -> AnyResponse:
    language = current_language()
    page = render_template(
        "complaints/followed.html",
        found=found,
        mediator=MEDIATOR,
        language=language,
        kind_label=KIND_LABELS[found.complaint.kind],
        stage_labels=STAGE_LABELS,
        outcome_labels=OUTCOME_LABELS,
        term=None if found.term is None else counted_term(found.term, language=language),
        ratings=RATINGS,
        message_limit=MESSAGE_LIMIT,
        comment_limit=COMMENT_LIMIT,
        refused=field,
        refusal_text="" if refusal is None else text_of(refusal),
        given=request.form if refusal is not None else {},
        form_has_errors=refusal is not None,
    )
    response = private_page(page, status=200 if refusal is None else refusal.http_status)
    entry_id = admitted_entry()
    if entry_id is not None:
        keep_admitted(response, entry_id, is_secure=deps.settings.secure_cookies)
    return response
