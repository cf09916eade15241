"""A complaint on the page of its document, for those who treat it: what is known, what is said, what became of it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from docflow.accounts.queries import names_shown
from docflow.accounts.units import open_units, unit_names
from docflow.complaints.answering import TREATS, ask_citizen, propose_outcome, say_to_citizen
from docflow.complaints.deps import Deps
from docflow.complaints.following import answered_instant
from docflow.complaints.forms import posted_sorting
from docflow.complaints.handling import join, part, sort_complaint
from docflow.complaints.labels import JOIN_LABELS, KIND_LABELS, ORIGIN_LABELS, OUTCOME_LABELS
from docflow.complaints.models import Complaint, ComplaintPhoto, ComplaintQuarter
from docflow.complaints.places import quarter_view
from docflow.complaints.queries import (
    categories,
    category_with_id,
    complaint_of_document,
    complaint_with_id,
    joined_to,
    messages_of,
    outcomes_of,
    photos_of,
)
from docflow.complaints.rules import MESSAGE_LIMIT, REASON_LIMIT, Outcome, point_text
from docflow.complaints.views.depositing import text_of
from docflow.complaints.views.following import picture
from docflow.core.actor import Actor
from docflow.core.errors import Conflict, InvalidInput, NotFound
from docflow.core.uow import UnitOfWork
from docflow.documents.delivery import deliver_blob
from docflow.documents.queries import can_see_content, document_content_for, documents_shown
from docflow.registry.terms import pause_of
from docflow.routing.queries import open_of
from docflow.routing.rules import EFFECTS, Instruction
from docflow.storage.rules import BlobKind, BlobRef
from docflow.web.guards import requires
from docflow.web.identity import current_actor
from docflow.web.shell import current_language


def add_treating(blueprint: Blueprint, deps: Deps) -> None:
    """Add what is done with a complaint."""

    @blueprint.post("/complaints/<uuid:complaint_id>/say")
    @requires(TREATS)
    def say(complaint_id: UUID) -> Response:
        text = request.form.get("text", "")
        return _done(
            deps,
            complaint_id,
            gettext("The citizen reads it where they follow the complaint."),
            lambda uow: say_to_citizen(deps, uow, complaint_id, text=text),
        )

    @blueprint.post("/complaints/<uuid:complaint_id>/ask")
    @requires(TREATS)
    def asked(complaint_id: UUID) -> Response:
        reason = request.form.get("reason", "")
        told = gettext("It is asked for. The term stands still until the citizen sends it.")
        return _done(deps, complaint_id, told, lambda uow: ask_citizen(deps, uow, complaint_id, reason=reason))

    @blueprint.post("/complaints/<uuid:complaint_id>/outcome")
    @requires(TREATS)
    def outcome(complaint_id: UUID) -> Response:
        form = request.form
        return _done(
            deps,
            complaint_id,
            gettext("The outcome is noted. The citizen reads it once the answer went out."),
            lambda uow: propose_outcome(
                uow,
                complaint_id,
                outcome=form.get("outcome", ""),
                reason=form.get("reason", ""),
                elsewhere=form.get("elsewhere", ""),
            ),
        )

    @blueprint.post("/complaints/<uuid:complaint_id>/sort")
    @requires(TREATS)
    def sort(complaint_id: UUID) -> Response:
        form, told = request.form, gettext("The complaint is sorted.")
        return _done(deps, complaint_id, told, lambda uow: sort_complaint(uow, complaint_id, posted_sorting(form)))

    @blueprint.post("/complaints/<uuid:complaint_id>/join")
    @requires(TREATS)
    def joined(complaint_id: UUID) -> Response:
        number, kind = request.form.get("number", ""), request.form.get("join_kind", "")
        told = gettext("It is answered with the other complaint. Its citizen is told.")
        return _done(deps, complaint_id, told, lambda uow: join(deps, uow, complaint_id, number=number, join_kind=kind))

    @blueprint.post("/complaints/<uuid:complaint_id>/part")
    @requires(TREATS)
    def parted(complaint_id: UUID) -> Response:
        told = gettext("It is answered by itself again.")
        return _done(deps, complaint_id, told, lambda uow: part(uow, complaint_id))


def add_enclosures(blueprint: Blueprint, deps: Deps) -> None:
    """Add what is enclosed in a complaint: the picture, and the file as it was given."""

    @blueprint.get("/complaints/photos/<uuid:photo_id>.webp")
    @requires("documents.read")
    def photo(photo_id: UUID) -> Response:
        kept = _photo(deps, photo_id)
        if kept.reduced_sha256 is None:
            raise NotFound("photo_unknown")
        return picture(deps, BlobRef(BlobKind.PHOTO, kept.reduced_sha256, kept.reduced_size_bytes))

    @blueprint.get("/complaints/photos/<uuid:photo_id>/original")
    @requires("documents.read")
    def photo_original(photo_id: UUID) -> Response:
        kept = _photo(deps, photo_id)
        ref = BlobRef(BlobKind.ENCLOSURE, kept.original_sha256, kept.original_size_bytes)
        return deliver_blob(deps.blob_store, ref, name=kept.name, media_type=kept.media_type)


def show_complaint(deps: Deps, actor: Actor, document_id: UUID) -> str:
    """Return what the document page says of a complaint to whoever reads it."""
    with deps.transactions.reading() as session:
        complaint = complaint_of_document(session, document_id)
        if complaint is None or not can_see_content(session, actor, document_id):
            return ""
        category = None if complaint.category_id is None else category_with_id(session, complaint.category_id)
        outcomes = outcomes_of(session, complaint.id)
        messages = messages_of(session, complaint.id)
        photos = photos_of(session, complaint.id)
        names = names_shown(session, [one.author_name for one in messages], locale=current_language())
        pause = pause_of(session, complaint.entry_id)
        answered_at = answered_instant(session, complaint)
        numbers = _numbers_of(session, actor, complaint)
        quarter = None if complaint.quarter_id is None else session.get_one(ComplaintQuarter, complaint.quarter_id)
        at = (complaint.latitude, complaint.longitude)
        point = None if at[0] is None or at[1] is None else (at[0], at[1])
        spot = None
        if point is not None and quarter is not None:
            spot = quarter_view(session, quarter, locale=current_language(), point=point)
        units = open_units(session)
        listed = categories(session, active_only=True)
        is_asked = any(
            EFFECTS[Instruction(task.instruction)].is_responsible for task in open_of(session, actor, document_id)
        )
    return render_template(
        "complaints/_complaint.html",
        complaint=complaint,
        category=category,
        quarter=quarter,
        point=point_text(point),
        spot=spot,
        similar=numbers.similar,
        proposed=next((one for one in outcomes if one.answered_at is None), None),
        answered=[one for one in outcomes if one.answered_at is not None],
        answered_at=answered_at,
        messages=messages,
        photos=photos,
        names=names,
        pause=pause,
        language=current_language(),
        kind_labels=KIND_LABELS,
        origin_labels=ORIGIN_LABELS,
        outcome_labels=OUTCOME_LABELS,
        outcome_choices=[(one.value, label) for one, label in OUTCOME_LABELS.items() if one is not Outcome.DUPLICATE],
        may_treat=actor.can(TREATS),
        is_asked=is_asked,
        categories=[(one.id, one.name(current_language())) for one in listed],
        units=list(unit_names(units, locale=current_language()).items()),
        kinds=[(one.value, label) for one, label in KIND_LABELS.items()],
        join_choices=[(one.value, label) for one, label in JOIN_LABELS.items()],
        main=numbers.main,
        joined=numbers.joined,
        message_limit=MESSAGE_LIMIT,
        reason_limit=REASON_LIMIT,
    )


@dataclass(frozen=True, slots=True)
class _Numbers:
    """The complaint that this one is joined to, and those joined to it, each as number and document."""

    main: tuple[str, UUID] | None
    joined: Sequence[tuple[str, UUID]]
    similar: tuple[str, UUID] | None = None


def _numbers_of(session: Session, actor: Actor, complaint: Complaint) -> _Numbers:
    """Return the numbers of what is joined, of those that the reader may know of."""
    around = list(joined_to(session, complaint.id))
    if complaint.main_id is not None:
        around.append(complaint_with_id(session, complaint.main_id))
    if complaint.similar_id is not None and complaint.main_id is None:
        around.append(complaint_with_id(session, complaint.similar_id))
    shown = documents_shown(session, actor, [one.document_id for one in around])
    told = {
        one.id: (shown[one.document_id][0].register_number, one.document_id)
        for one in around
        if one.document_id in shown
    }
    main = None if complaint.main_id is None else told.pop(complaint.main_id, None)
    similar = None if complaint.similar_id is None or complaint.main_id else told.pop(complaint.similar_id, None)
    return _Numbers(main, list(told.values()), similar)


def _done(deps: Deps, complaint_id: UUID, told: str, act: Callable[[UnitOfWork], object]) -> Response:
    """Do something, and show the page of the document again with what was done, or why it was not."""
    with deps.transactions.reading() as session:
        complaint = complaint_with_id(session, complaint_id)
        document_content_for(session, current_actor(), complaint.document_id)
    try:
        with deps.transactions.writing(current_actor()) as uow:
            act(uow)
        flash(told, "ok")
    except (InvalidInput, Conflict) as refusal:
        flash(text_of(refusal), "bad")
    return redirect(url_for("documents.show", document_id=complaint.document_id, _anchor="complaint"), 303)


def _photo(deps: Deps, photo_id: UUID) -> ComplaintPhoto:
    """Return what is enclosed in a complaint that the reader may read; the opening is noted."""
    actor = current_actor()
    with deps.transactions.reading() as session:
        kept = session.get(ComplaintPhoto, photo_id)
        if kept is None or kept.complaint_id is None:
            raise NotFound("photo_unknown")
        document_id = complaint_with_id(session, kept.complaint_id).document_id
        document_content_for(session, actor, document_id)
    deps.access_log.opened(actor, document_id, what="enclosure", at=deps.clock.now())
    return kept
