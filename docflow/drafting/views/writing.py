"""The page on which a draft is written: kept every few seconds, never over what somebody else kept."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from uuid import UUID

from flask import Blueprint, Response, flash, make_response, redirect, render_template, request, url_for
from flask_babel import gettext
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response as AnyResponse

from docflow.accounts.queries import names_shown
from docflow.core.actor import Actor
from docflow.core.errors import Conflict, DocFlowError, InvalidInput
from docflow.core.uow import UnitOfWork
from docflow.documents.labels import KIND_LABELS
from docflow.documents.models import Document
from docflow.documents.queries import can_see_content, document_for
from docflow.drafting.acts import preview_file
from docflow.drafting.forms import posted_content, posted_number
from docflow.drafting.labels import LANGUAGE_CHOICES
from docflow.drafting.models import Draft
from docflow.drafting.operations import comment, drop_draft, keep_draft, keep_over, keep_version
from docflow.drafting.ports import Deps
from docflow.drafting.queries import comments_on, draft_for, versions_of
from docflow.drafting.rules import Content
from docflow.drafting.screen import paper_of, text_of, way_of
from docflow.web.confirmation import ask_first, is_confirmed
from docflow.web.formats import isolated
from docflow.web.guards import requires
from docflow.web.identity import current_actor
from docflow.web.negotiation import is_partial
from docflow.web.shell import current_language


@dataclass(frozen=True, slots=True)
class Typed:
    """What is on somebody's page and was refused: the text, and why it was not kept."""

    content: Content
    refusal: DocFlowError


def add_writing(blueprint: Blueprint, deps: Deps) -> None:
    """Add the page of a draft and what is done on it."""

    @blueprint.get("/drafts/<uuid:draft_id>")
    @requires("documents.read")
    def edit(draft_id: UUID) -> str:
        return _render(deps, draft_id)

    @blueprint.post("/drafts/<uuid:draft_id>")
    @requires("drafting.write")
    def keep(draft_id: UUID) -> str | AnyResponse | tuple[str, int]:
        return _keep(deps, draft_id)

    @blueprint.post("/drafts/<uuid:draft_id>/versions")
    @requires("drafting.write")
    def set_aside(draft_id: UUID) -> AnyResponse:
        return _done(deps, draft_id, gettext("This version is kept."), keep_version)

    @blueprint.post("/drafts/<uuid:draft_id>/comments")
    @requires("drafting.write")
    def say(draft_id: UUID) -> AnyResponse:
        text = request.form.get("text", "")
        return _done(
            deps, draft_id, gettext("The comment is added."), lambda uow, one: comment(uow, one, text=text), "comments"
        )

    @blueprint.post("/drafts/<uuid:draft_id>/drop")
    @requires("drafting.write")
    def drop(draft_id: UUID) -> str | AnyResponse:
        if not is_confirmed():
            with deps.transactions.reading() as session:
                subject = Content.from_row(draft_for(session, current_actor(), draft_id).content).subject
            return ask_first(
                gettext("Give up the draft %(subject)s?", subject=isolated(subject or gettext("without a subject"))),
                [gettext("It is no longer written or sent. Its versions and comments stay readable for its unit.")],
                act=gettext("Give up this draft"),
                back_url=url_for("drafting.edit", draft_id=draft_id),
            )
        with deps.transactions.writing(current_actor()) as uow:
            drop_draft(uow, draft_id)
        flash(gettext("The draft is given up."), "ok")
        return redirect(url_for("drafting.drafts"), 303)

    @blueprint.get("/drafts/<uuid:draft_id>/preview.pdf")
    @requires("documents.read")
    def preview(draft_id: UUID) -> Response:
        with deps.transactions.reading() as session:
            draft = draft_for(session, current_actor(), draft_id)
        response = make_response(preview_file(deps, draft))
        response.mimetype = "application/pdf"
        response.headers["Content-Disposition"] = 'inline; filename="draft.pdf"'
        return response


def _keep(deps: Deps, draft_id: UUID) -> str | AnyResponse | tuple[str, int]:
    actor = current_actor()
    overwritten = posted_number(request.form, "overwrite")
    with deps.transactions.reading() as session:
        draft = draft_for(session, actor, draft_id)
    content = posted_content(request.form, kept=Content.from_row(draft.content))
    try:
        with deps.transactions.writing(actor) as uow:
            kind = request.form.get("kind", "")
            if overwritten:
                keep_over(uow, draft_id, content, over_version=overwritten, kind=kind)
            else:
                seen = posted_number(request.form, "version")
                keep_draft(uow, draft_id, content, expected_version=seen, kind=kind)
    except (InvalidInput, Conflict) as refusal:
        typed = Typed(content, refusal)
        if is_partial():
            return _render_kept(deps, draft_id, typed=typed), refusal.http_status
        return _render(deps, draft_id, typed=typed), refusal.http_status
    if request.form.get("then") == "send":
        return _go_on(url_for("drafting.send", draft_id=draft_id))
    if is_partial():
        response = make_response(_render_kept(deps, draft_id))
        if content.languages != draft.content["languages"]:
            # Another language has fields of its own.
            response.headers["HX-Refresh"] = "true"
        return response
    flash(gettext("The draft is kept."), "ok")
    return redirect(url_for("drafting.edit", draft_id=draft_id), 303)


def _go_on(address: str) -> AnyResponse:
    """Lead on to another page once the text is kept."""
    if is_partial():
        return Response(status=204, headers={"HX-Redirect": address})
    return redirect(address, 303)


def _done(
    deps: Deps, draft_id: UUID, said: str, do: Callable[[UnitOfWork, UUID], object], anchor: str = ""
) -> AnyResponse:
    try:
        with deps.transactions.writing(current_actor()) as uow:
            do(uow, draft_id)
    except (InvalidInput, Conflict) as refusal:
        flash(text_of(refusal), "bad")
    else:
        flash(said, "ok")
    return redirect(url_for("drafting.edit", draft_id=draft_id, _anchor=anchor or None), 303)


def _render_kept(deps: Deps, draft_id: UUID, *, typed: Typed | None = None) -> str:
    """Return what changes on the page when a text was kept, or was not: a line of state, and the sheet."""
    with deps.transactions.reading() as session:
        draft = draft_for(session, current_actor(), draft_id)
        content = Content.from_row(draft.content) if typed is None else typed.content
        paper = paper_of(session, deps, draft, content)
        who = names_shown(session, [draft.kept_by_name], locale=current_language())
    return render_template(
        "drafting/_kept.html", draft=draft, paper=paper, who=who, refusal=None if typed is None else typed.refusal,
        refusal_text=text_of(None if typed is None else typed.refusal), is_part=True,
    )  # fmt: skip


def _render(deps: Deps, draft_id: UUID, *, typed: Typed | None = None) -> str:
    actor, language = current_actor(), current_language()
    with deps.transactions.reading() as session:
        draft = draft_for(session, actor, draft_id)
        content = Content.from_row(draft.content) if typed is None else typed.content
        letter = _letter(session, actor, draft)
        comments, versions = comments_on(session, draft_id), versions_of(session, draft_id)
        paper = paper_of(session, deps, draft, content)
        way = way_of(session, deps, actor, draft)
        kept = [draft.kept_by_name, *(one.author_name for one in comments), *(one.author_name for one in versions)]
        kept += [one.sent_by_name for one in way["sendings"]]
        who = names_shown(session, kept, locale=language)
    return render_template(
        "drafting/edit.html",
        draft=draft,
        content=content,
        letter=letter,
        comments=comments,
        versions=versions,
        paper=paper,
        who=who,
        may_comment=actor.can("drafting.write"),
        language_choices=list(LANGUAGE_CHOICES.items()),
        kind_labels=KIND_LABELS,
        refusal=None if typed is None else typed.refusal,
        refusal_text=text_of(None if typed is None else typed.refusal),
        form_has_errors=typed is not None,
        language=language,
        **way,
    )


def _letter(session: Session, actor: Actor, draft: Draft) -> Document | None:
    """Return the letter that a draft answers when the reader may know of it."""
    if draft.answers_id is None or not can_see_content(session, actor, draft.answers_id):
        return None
    return document_for(session, actor, draft.answers_id)
