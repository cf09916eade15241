"""The draft of a deposit: begun, answered question by question, forgotten after a day."""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from docflow.complaints.models import ComplaintDraft, ComplaintPhoto
from docflow.complaints.photos import forget_photos, locked_draft
from docflow.complaints.places import Similar, point_in, quarter_of, similar_to
from docflow.complaints.queries import category_with_id, is_deposit_open, key_hash, setup_of
from docflow.complaints.rules import (
    DRAFT_KEPT_FOR,
    ComplaintKind,
    Question,
    contact_of,
    kind_of,
    place_of,
    point_of,
    point_text,
    text_of,
)
from docflow.core.actor import SYSTEM
from docflow.core.errors import Conflict, InvalidInput
from docflow.core.uow import Transactions, UnitOfWork

SECRET_BYTES: Final = 24
FORGOTTEN_AT_ONCE: Final = 500


def begin_draft(uow: UnitOfWork) -> str:
    """Begin a draft and return its secret, which only the citizen's browser keeps.

    Raises:
        Conflict: ``complaints_closed``.
    """
    if not is_deposit_open(uow.session):
        raise Conflict("complaints_closed")
    secret = secrets.token_urlsafe(SECRET_BYTES)
    uow.session.add(ComplaintDraft(key_hash=key_hash(secret), values={}, kept_at=uow.now))
    uow.session.flush()
    return secret


def answer_question(uow: UnitOfWork, secret: str, question: Question, form: Mapping[str, str]) -> ComplaintDraft:
    """Keep the answer to a question; a refused one changes nothing.

    Raises:
        NotFound: ``complaint_draft_gone``, ``complaint_category_unknown``.
        InvalidInput: those of the question.
        Conflict: ``before_the_courts``.
    """
    draft = locked_draft(uow, secret)
    answer: Any = "done"
    if question is Question.KIND:
        answer = kind_of(form.get("kind", "")).value
    elif question is Question.CATEGORY:
        answer = _category(uow, form.get("category", ""))
    elif question is Question.COURTS:
        answer = _courts(form.get("courts", ""))
    elif question is Question.PLACE:
        return _place(uow, draft, form)
    elif question is Question.TEXT:
        answer = text_of(form.get("text", ""))
    elif question is Question.CONTACT:
        answer = contact_of(form, allows_anonymous=setup_of(uow.session).allows_anonymous)
    draft.values = {**draft.values, question.value: answer}
    draft.kept_at = uow.now
    return draft


def drop_draft(uow: UnitOfWork, secret: str) -> None:
    """Forget a draft at once, as its citizen asks.

    Raises:
        NotFound: ``complaint_draft_gone``.
    """
    _forget(uow, locked_draft(uow, secret))


def forget_drafts(transactions: Transactions) -> int:
    """Forget the drafts whose day is over, with what was enclosed in them; return how many."""
    with transactions.writing(SYSTEM) as uow:
        over = uow.session.scalars(
            select(ComplaintDraft)
            .where(ComplaintDraft.kept_at <= uow.now - DRAFT_KEPT_FOR)
            .order_by(ComplaintDraft.id)
            .limit(FORGOTTEN_AT_ONCE)
            .with_for_update()
        ).all()
        for draft in over:
            _forget(uow, draft)
        return len(over)


def _forget(uow: UnitOfWork, draft: ComplaintDraft) -> None:
    photos = uow.session.scalars(select(ComplaintPhoto).where(ComplaintPhoto.draft_id == draft.id)).all()
    forget_photos(uow, [photo for photo in photos if photo.complaint_id is None])
    for photo in photos:
        photo.draft_id = None
    uow.session.flush()
    uow.session.delete(draft)


def answer_similar(uow: UnitOfWork, secret: str, chosen: str) -> ComplaintDraft:
    """Keep of which open complaint nearby it is the same matter, or that it is none of them.

    Raises:
        NotFound: ``complaint_draft_gone``.
        InvalidInput: ``choice_missing``.
    """
    draft = locked_draft(uow, secret)
    offered = {str(one.id) for one in similar_to_draft(uow.session, draft, uow.now)}
    if chosen not in offered | {"none"}:
        raise InvalidInput("choice_missing")
    draft.values = {**draft.values, "similar": chosen if chosen in offered else ""}
    draft.kept_at = uow.now
    return draft


def similar_to_draft(session: Session, draft: ComplaintDraft, now: datetime) -> Sequence[Similar]:
    """Return open complaints of the same subject in the quarter that was chosen; of complaints alone."""
    values = draft.values
    if values.get("kind") != ComplaintKind.COMPLAINT.value or not values.get("quarter") or not values.get("category"):
        return ()
    return similar_to(session, category_id=UUID(values["category"]), quarter_id=UUID(values["quarter"]), now=now)


def _place(uow: UnitOfWork, draft: ComplaintDraft, form: Mapping[str, str]) -> ComplaintDraft:
    """Keep where it is: the place in words, and where the district has a map the quarter and a point in it."""
    place, quarter = place_of(form.get("place", "")), quarter_of(uow.session, form.get("quarter", ""))
    chosen = "" if quarter is None else str(quarter.id)
    similar = draft.values.get("similar", "") if draft.values.get("quarter") == chosen else ""
    point = point_in(quarter, point_of(form.get("at", "")))
    kept = {Question.PLACE.value: place, "quarter": chosen, "similar": similar, "point": point_text(point)}
    draft.values = {**draft.values, **kept}
    draft.kept_at = uow.now
    return draft


def _category(uow: UnitOfWork, text: str) -> str:
    try:
        category = category_with_id(uow.session, UUID(text))
    except ValueError as error:
        raise InvalidInput("complaint_category_missing") from error
    if not category.is_active:
        raise InvalidInput("complaint_category_missing")
    return str(category.id)


def _courts(text: str) -> str:
    if text == "yes":
        raise Conflict("before_the_courts")
    if text != "no":
        raise InvalidInput("choice_missing")
    return "no"
