"""The pages on which letter templates are edited, with a look at them filled in."""

from __future__ import annotations

from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from docflow.core.actor import Actor
from docflow.core.errors import Conflict, DocFlowError, InvalidInput
from docflow.district.queries import letterhead_of
from docflow.documents.labels import KIND_LABELS
from docflow.documents.models import Document
from docflow.documents.queries import visible_to
from docflow.drafting.filling import EXAMPLE, field_values, filled_content
from docflow.drafting.forms import posted_number, posted_template
from docflow.drafting.labels import FIELD_LABELS, LANGUAGE_CHOICES
from docflow.drafting.models import LetterTemplate
from docflow.drafting.ports import Deps
from docflow.drafting.queries import template_with_id, templates, units_of
from docflow.drafting.rules import Content
from docflow.drafting.screen import text_of
from docflow.drafting.templating import TemplateSetup, change_template, checked_setup, create_template
from docflow.drafting.usual import usual_templates
from docflow.web.guards import requires
from docflow.web.identity import current_actor
from docflow.web.shell import current_language


def add_templates(blueprint: Blueprint, deps: Deps) -> None:
    """Add the pages of letter templates."""

    @blueprint.get("/admin/letter-templates")
    @requires("templates.manage")
    def letter_templates() -> str:
        with deps.transactions.reading() as session:
            found = templates(session, active_only=False)
        return render_template(
            "drafting/templates.html", templates=found, kind_labels=KIND_LABELS, language=current_language(),
            language_labels=LANGUAGE_CHOICES, contents={one.id: Content.from_row(one.content) for one in found},
        )  # fmt: skip

    @blueprint.post("/admin/letter-templates/usual")
    @requires("templates.manage")
    def add_usual() -> Response:
        with deps.transactions.writing(current_actor()) as uow:
            for setup in usual_templates():
                create_template(uow, setup)
        flash(gettext("The usual letters are added."), "ok")
        return redirect(url_for("drafting.letter_templates"), 303)

    @blueprint.route("/admin/letter-templates/new", methods=["GET", "POST"])
    @requires("templates.manage")
    def new_template() -> str | Response | tuple[str, int]:
        return _edit(deps, None)

    @blueprint.route("/admin/letter-templates/<uuid:template_id>", methods=["GET", "POST"])
    @requires("templates.manage")
    def template(template_id: UUID) -> str | Response | tuple[str, int]:
        return _edit(deps, template_id)

    @blueprint.post("/admin/letter-templates/preview")
    @requires("templates.manage")
    def preview_template() -> str:
        setup = posted_template(request.form)
        return render_template("drafting/_template_preview.html", **_look(deps, setup.content))


def _edit(deps: Deps, template_id: UUID | None) -> str | Response | tuple[str, int]:
    if request.method == "GET":
        return _render(deps, template_id)
    setup = posted_template(request.form)
    if request.form.get("action") == "look":
        return _render(deps, template_id, setup=setup)
    try:
        with deps.transactions.writing(current_actor()) as uow:
            if template_id is None:
                kept = create_template(uow, setup)
            else:
                seen = posted_number(request.form, "version")
                kept = change_template(uow, template_id, setup, expected_version=seen)
    except (InvalidInput, Conflict) as refusal:
        return _render(deps, template_id, setup=setup, refusal=refusal), refusal.http_status
    flash(gettext("The template is kept."), "ok")
    return redirect(url_for("drafting.template", template_id=kept.id), 303)


def _render(
    deps: Deps, template_id: UUID | None, *, setup: TemplateSetup | None = None, refusal: DocFlowError | None = None
) -> str:
    with deps.transactions.reading() as session:
        kept = None if template_id is None else template_with_id(session, template_id)
    shown = setup or _setup_of(kept)
    return render_template(
        "drafting/template.html",
        template=kept,
        setup=shown,
        kinds=list(KIND_LABELS.items()),
        language_choices=list(LANGUAGE_CHOICES.items()),
        field_labels=FIELD_LABELS,
        refusal_text=text_of(refusal),
        form_has_errors=refusal is not None,
        **_look(deps, shown.content),
    )


def _setup_of(kept: LetterTemplate | None) -> TemplateSetup:
    if kept is None:
        return TemplateSetup("", "", "letter", Content(languages="ar fr"))
    return TemplateSetup(kept.name_ar, kept.name_fr, kept.kind, Content.from_row(kept.content), kept.is_active)


def _look(deps: Deps, content: Content) -> dict[str, object]:
    """Return a template filled in for the letter that was asked for, or for an example."""
    actor, number = current_actor(), " ".join(request.values.get("letter", "").split())
    problem = ""
    try:
        cleaned = content.cleaned()
        checked_setup(TemplateSetup("–", "–", "letter", cleaned)) if any(part.body for part in cleaned.parts) else None
    except InvalidInput as refusal:
        problem, cleaned = text_of(refusal), Content(languages="ar")
    with deps.transactions.reading() as session:
        letter = _letter(session, actor, number)
        unit_id = next(iter(sorted(units_of(actor, "unit:"))), None) if letter is None else letter.unit_id
        values = (
            EXAMPLE
            if letter is None
            else field_values(session, actor, letter=letter, unit_id=unit_id, now=deps.clock.now())
        )
        letterhead = letterhead_of(session)
    return {
        "paper": {
            "letterhead": letterhead,
            "unit": {language: values[language]["unit"] for language in values},
            "parts": filled_content(cleaned, values).parts,
        },
        "number": number,
        "is_example": letter is None,
        "is_letter_unknown": bool(number) and letter is None,
        "preview_problem": problem,
    }


def _letter(session: Session, actor: Actor, number: str) -> Document | None:
    """Return the letter of a number as far as the reader may read it: a template is no way to another's letter."""
    if not number:
        return None
    return session.scalar(
        select(Document)
        .where(Document.register_number == number, visible_to(actor, content=True))
        .order_by(Document.id)
        .limit(1)
    )
