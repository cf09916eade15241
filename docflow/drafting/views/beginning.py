"""The list of drafts, and how one begins."""

from __future__ import annotations

from uuid import UUID

from flask import Blueprint, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from docflow.accounts.queries import names_shown
from docflow.approvals.labels import RUN_LABELS
from docflow.core.errors import Conflict, DocFlowError, InvalidInput
from docflow.documents.labels import KIND_LABELS
from docflow.documents.queries import document_content_for
from docflow.drafting.forms import posted_new
from docflow.drafting.labels import LANGUAGE_CHOICES
from docflow.drafting.operations import begin_draft
from docflow.drafting.ports import Deps
from docflow.drafting.queries import comment_counts, drafts_of, run_states, templates
from docflow.drafting.rules import Content
from docflow.drafting.screen import own_units, text_of
from docflow.web.guards import requires
from docflow.web.identity import current_actor
from docflow.web.shell import current_language


def add_beginning(blueprint: Blueprint, deps: Deps) -> None:
    """Add the list of drafts, and the pages on which one begins."""

    @blueprint.get("/drafts")
    @requires("drafting.write")
    def drafts() -> str:
        return _render_list(deps)

    @blueprint.route("/drafts/new", methods=["GET", "POST"])
    @requires("drafting.write")
    def begin() -> str | Response | tuple[str, int]:
        return _begin(deps, None)

    @blueprint.route("/d/<uuid:document_id>/answer", methods=["GET", "POST"])
    @requires("drafting.write")
    def answer(document_id: UUID) -> str | Response | tuple[str, int]:
        return _begin(deps, document_id)


def _begin(deps: Deps, answers_id: UUID | None) -> str | Response | tuple[str, int]:
    if request.method == "GET":
        return _render_new(deps, answers_id)
    try:
        with deps.transactions.writing(current_actor()) as uow:
            draft = begin_draft(uow, posted_new(request.form, answers_id=answers_id), settings=deps.settings)
    except (InvalidInput, Conflict) as refusal:
        return _render_new(deps, answers_id, refusal=refusal), refusal.http_status
    return redirect(url_for("drafting.edit", draft_id=draft.id), 303)


def _render_list(deps: Deps) -> str:
    actor, is_own = current_actor(), request.args.get("view") != "unit"
    with deps.transactions.reading() as session:
        listed = drafts_of(session, actor, own=is_own)
        comments = comment_counts(session, [one.draft.id for one in listed])
        states = run_states(session, [one.draft.document_id for one in listed])
        who = names_shown(session, {one.draft.kept_by_name for one in listed}, locale=current_language())
    return render_template(
        "drafting/drafts.html",
        listed=[(one, Content.from_row(one.draft.content)) for one in listed],
        comments=comments,
        who=who,
        is_own=is_own,
        kind_labels=KIND_LABELS,
        states=states,
        run_labels=RUN_LABELS,
    )


def _render_new(deps: Deps, answers_id: UUID | None, *, refusal: DocFlowError | None = None) -> str:
    actor, language = current_actor(), current_language()
    with deps.transactions.reading() as session:
        letter = None if answers_id is None else document_content_for(session, actor, answers_id)
        offered = templates(session, active_only=True)
        units = own_units(session, actor, locale=language)
    preferred = next(
        (unit for unit, _ in units if letter is not None and unit == str(letter.unit_id)),
        units[0][0] if units else "",
    )
    written = language if letter is None or letter.languages not in {"ar", "fr"} else letter.languages
    return render_template(
        "drafting/new.html",
        letter=letter,
        templates=[(str(one.id), one.name(language)) for one in offered],
        units=units,
        given=request.form if refusal is not None else {"unit": preferred, "languages": written, "kind": "letter"},
        language_choices=list(LANGUAGE_CHOICES.items()),
        kinds=list(KIND_LABELS.items()),
        refusal_text=text_of(refusal),
        form_has_errors=refusal is not None,
    )
