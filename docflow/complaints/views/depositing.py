"""The deposit of a complaint by a citizen: one question a page, without an account, with or without scripts."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, BinaryIO, Final, cast
from uuid import UUID

from flask import Blueprint, Response, current_app, redirect, render_template, request, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response as AnyResponse

from docflow.allowances.operations import count_attempt, require_allowance
from docflow.allowances.rules import Purpose
from docflow.complaints.deps import Deps
from docflow.complaints.drafts import answer_question, begin_draft, drop_draft, similar_to_draft
from docflow.complaints.labels import ANSWER_LABELS, KIND_HINTS, KIND_LABELS, QUESTION_LABELS
from docflow.complaints.models import ComplaintCategory, ComplaintDraft
from docflow.complaints.operations import deposit_draft
from docflow.complaints.photos import add_photo, drop_photo
from docflow.complaints.places import QuarterView, district_map, quarter_of, quarter_view
from docflow.complaints.queries import (
    categories,
    category_with_id,
    draft_of,
    is_deposit_open,
    photos_of_draft,
    setup_of,
)
from docflow.complaints.rules import (
    MOST_PHOTOS,
    PHOTO_BYTES,
    TEXT_LIMIT,
    Question,
    first_unanswered,
    next_question,
    point_of,
    question_before,
    questions_for,
)
from docflow.complaints.views.citizen import asking_address, draft_secret, forget_secret, keep_secret, private_page
from docflow.complaints.views.placing import is_placing, placed
from docflow.core.actor import PUBLIC_SITE
from docflow.core.errors import Conflict, DocFlowError, InvalidInput, NotFound
from docflow.web.bodies import takes_up_to
from docflow.web.guards import public
from docflow.web.shell import current_language

FORM_OVERHEAD_BYTES: Final = 1024 * 1024
TYPED: Final = "kind, category, courts, place, text, contact"
"""Questions that are answered by the fields of a form."""
WITH_MAP: Final = frozenset({Question.PLACE, Question.REVIEW})


def add_deposit(blueprint: Blueprint, deps: Deps) -> None:
    """Add the pages of the deposit."""

    @blueprint.get("/complaints")
    @public
    def start() -> Response:
        with deps.transactions.reading() as session:
            draft = draft_of(session, draft_secret(), deps.clock.now())
            is_open = is_deposit_open(session)
        goes_on = draft is not None and draft.complaint_id is None and bool(draft.values)
        return private_page(render_template("complaints/start.html", is_open=is_open, goes_on=goes_on))

    @blueprint.post("/complaints")
    @public
    def begin() -> AnyResponse:
        _count(deps, Purpose.DEPOSIT)
        with deps.transactions.writing(PUBLIC_SITE) as uow:
            secret = begin_draft(uow)
        response = redirect(url_for("complaint_site.ask", question=Question.KIND.value), 303)
        keep_secret(deps, response, secret)
        return response

    @blueprint.get("/complaints/new")
    @public
    def go_on() -> AnyResponse:
        with deps.transactions.reading() as session:
            draft = draft_of(session, draft_secret(), deps.clock.now())
        if draft is None:
            return redirect(url_for("complaint_site.start"))
        return redirect(url_for("complaint_site.ask", question=first_unanswered(draft.values).value))

    @blueprint.get(f"/complaints/new/<any({TYPED}, photos, review):question>")
    @public
    def ask(question: str) -> AnyResponse:
        return _asked(deps, Question(question))

    @blueprint.post(f"/complaints/new/<any({TYPED}):question>")
    @public
    def answer(question: str) -> AnyResponse:
        return _answered(deps, Question(question))

    @blueprint.get("/complaints/new/elsewhere")
    @public
    def elsewhere() -> Response:
        return _elsewhere(deps)

    @blueprint.post("/complaints/new/drop")
    @public
    def drop() -> AnyResponse:
        with deps.transactions.writing(PUBLIC_SITE) as uow:
            drop_draft(uow, draft_secret())
        response = redirect(url_for("complaint_site.start"), 303)
        forget_secret(response)
        return response

    @blueprint.post("/complaints/new/review")
    @public
    def deposit() -> AnyResponse:
        return _deposited(deps)


def add_enclosing(blueprint: Blueprint, deps: Deps) -> None:
    """Add the enclosing of photographs and documents."""

    @blueprint.post("/complaints/new/photos")
    @public
    @takes_up_to(MOST_PHOTOS * PHOTO_BYTES + FORM_OVERHEAD_BYTES)
    def photos() -> AnyResponse:
        return _photos_given(deps)

    @blueprint.post("/complaints/new/photos/<uuid:photo_id>/drop")
    @public
    def photo_dropped(photo_id: UUID) -> AnyResponse:
        drop_photo(deps, draft_secret(), photo_id)
        return redirect(url_for("complaint_site.ask", question=Question.PHOTOS.value, review=_is_review()), 303)


def own_draft(deps: Deps) -> ComplaintDraft:
    """Return the draft of whoever asks.

    Raises:
        NotFound: ``complaint_draft_gone``.
    """
    with deps.transactions.reading() as session:
        draft = draft_of(session, draft_secret(), deps.clock.now())
    if draft is None:
        raise NotFound("complaint_draft_gone")
    return draft


def _asked(deps: Deps, question: Question) -> AnyResponse:
    with deps.transactions.reading() as session:
        draft = draft_of(session, draft_secret(), deps.clock.now())
    if draft is None:
        return redirect(url_for("complaint_site.start"))
    if draft.complaint_id is not None:
        return redirect(url_for("complaint_site.receipt"))
    order, furthest = questions_for(draft.values), first_unanswered(draft.values)
    if question not in order or order.index(question) > order.index(furthest):
        # Nobody comes to a question by its address before those ahead of it are answered.
        return redirect(url_for("complaint_site.ask", question=furthest.value))
    return private_page(_render(deps, draft, question))


def _answered(deps: Deps, question: Question) -> AnyResponse:
    form = {name: request.form.get(name, "") for name in request.form}
    try:
        if question is Question.PLACE and is_placing(form):
            return private_page(_render(deps, own_draft(deps), question, given=placed(deps, form)))
        with deps.transactions.writing(PUBLIC_SITE) as uow:
            draft = answer_question(uow, draft_secret(), question, form)
    except InvalidInput as refusal:
        page = _render(deps, own_draft(deps), question, given=form, refusal=refusal)
        return private_page(page, status=refusal.http_status)
    except Conflict as refusal:
        if refusal.code != "before_the_courts":
            raise
        return private_page(render_template("complaints/courts.html"), status=refusal.http_status)
    category = category_of(deps, draft.values) if question is Question.CATEGORY else None
    if category is not None and category.elsewhere_ar:
        return redirect(url_for("complaint_site.elsewhere", review=_is_review()), 303)
    if question is Question.PLACE:
        with deps.transactions.reading() as session:
            has_similar = bool(similar_to_draft(session, draft, deps.clock.now()))
        if has_similar:
            return redirect(url_for("complaint_site.similar"), 303)
    return _following(draft, question)


def _following(draft: ComplaintDraft, question: Question) -> AnyResponse:
    """Lead to the next question, or back to the review of whoever came from there."""
    following = next_question(question, draft.values)
    if _is_review():
        # Another kind may ask what was not asked before.
        following = first_unanswered(draft.values)
    return redirect(url_for("complaint_site.ask", question=following.value), 303)


def _elsewhere(deps: Deps) -> Response:
    draft = own_draft(deps)
    category = category_of(deps, draft.values)
    if category is None:
        raise NotFound("complaint_category_unknown")
    following = first_unanswered(draft.values)
    page = render_template(
        "complaints/elsewhere.html",
        category=category,
        language=current_language(),
        next_url=url_for("complaint_site.ask", question=following.value),
    )
    return private_page(page)


def _photos_given(deps: Deps) -> AnyResponse:
    """Enclose the files that were chosen; one of the two buttons then goes on to the next question."""
    try:
        for file in request.files.getlist("files"):
            if file.filename:
                _count(deps, Purpose.PHOTO)
                add_photo(deps, draft_secret(), cast("BinaryIO", file.stream), name=file.filename)
        if "goes_on" in request.form:
            with deps.transactions.writing(PUBLIC_SITE) as uow:
                draft = answer_question(uow, draft_secret(), Question.PHOTOS, {})
            return _following(draft, Question.PHOTOS)
    except (InvalidInput, Conflict) as refusal:
        page = _render(deps, own_draft(deps), Question.PHOTOS, refusal=refusal)
        return private_page(page, status=refusal.http_status)
    return redirect(url_for("complaint_site.ask", question=Question.PHOTOS.value, review=_is_review()), 303)


def _deposited(deps: Deps) -> AnyResponse:
    _count(deps, Purpose.DEPOSIT)
    try:
        deposit_draft(deps, draft_secret(), language=current_language())
    except InvalidInput as refusal:
        page = _render(deps, own_draft(deps), Question.REVIEW, refusal=refusal)
        return private_page(page, status=refusal.http_status)
    return redirect(url_for("complaint_site.receipt"), 303)


def _render(
    deps: Deps,
    draft: ComplaintDraft,
    question: Question,
    *,
    given: Mapping[str, str] | None = None,
    refusal: DocFlowError | None = None,
) -> str:
    with deps.transactions.reading() as session:
        photos = photos_of_draft(session, draft.id)
        allows_anonymous = setup_of(session).allows_anonymous
        listed = categories(session, active_only=True) if question is Question.CATEGORY else ()
        chosen = request.args.get("quarter") or (given or {}).get("quarter") or draft.values.get("quarter", "")
        drawn = district_map(session, locale=current_language(), chosen=chosen) if question in WITH_MAP else None
        at = (draft.values if given is None else given).get("point" if given is None else "at", "")
        spot = _spot(session, chosen, at) if question is Question.PLACE else None
    order = questions_for(draft.values)
    back = Question.REVIEW if _is_review() else question_before(question, draft.values)
    return render_template(
        "complaints/question.html",
        question=question.value,
        title=QUESTION_LABELS[question],
        number=order.index(question) + 1,
        count=len(order),
        back_url=url_for("complaint_site.ask", question=back.value) if back else url_for("complaint_site.start"),
        values=draft.values,
        given=given if given is not None else _kept(draft.values, question),
        refusal_text="" if refusal is None else text_of(refusal),
        form_has_errors=refusal is not None,
        is_review=_is_review(),
        photos=photos,
        most_photos=MOST_PHOTOS,
        photo_bytes=PHOTO_BYTES,
        text_limit=TEXT_LIMIT,
        contact_kept_days=deps.settings.contact_kept_days,
        allows_anonymous=allows_anonymous,
        categories=listed,
        map=drawn,
        spot=spot,
        at=at,
        category=category_of(deps, draft.values),
        language=current_language(),
        kind_labels=KIND_LABELS,
        kind_hints=KIND_HINTS,
        answer_labels=[(one, ANSWER_LABELS[one]) for one in order if one in ANSWER_LABELS],
    )


def _spot(session: Session, quarter_id: str, at: str) -> QuarterView | None:
    """Return the chosen quarter alone, with the point that was put on it; none where nothing fitting was chosen."""
    try:
        quarter, point = quarter_of(session, quarter_id), point_of(at)
    except InvalidInput:
        return None
    return None if quarter is None else quarter_view(session, quarter, locale=current_language(), point=point)


def _kept(values: Mapping[str, Any], question: Question) -> Mapping[str, str]:
    """Return the answer that is kept as the fields of its form."""
    answer = values.get(question.value, "")
    return answer if isinstance(answer, dict) else {question.value: str(answer)}


def category_of(deps: Deps, values: Mapping[str, Any]) -> ComplaintCategory | None:
    """Return the category that was answered, or none."""
    try:
        with deps.transactions.reading() as session:
            return category_with_id(session, UUID(str(values.get("category", ""))))
    except (ValueError, NotFound):
        return None


def _count(deps: Deps, purpose: Purpose) -> None:
    """Count what an address does, and refuse the one that did it too often.

    Raises:
        TooManyRequests: ``too_many_checks``.
    """
    require_allowance(deps.transactions, asking_address(), purpose)
    count_attempt(deps.transactions, asking_address(), purpose)


def _is_review() -> str | None:
    """Return a sign that the reader changes an answer from the review, to which they go back."""
    return "1" if request.args.get("review") else None


def text_of(error: DocFlowError) -> str:
    """Return what a refusal says, in the language of the page."""
    return str(current_app.extensions["docflow_error_texts"].text_of(error))
