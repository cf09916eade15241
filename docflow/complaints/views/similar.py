"""Whether a complaint is one of the open ones nearby, asked of its citizen before it is written down once more."""

from __future__ import annotations

from flask import Blueprint, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from docflow.complaints.deps import Deps
from docflow.complaints.drafts import answer_similar, similar_to_draft
from docflow.complaints.places import quarter_of
from docflow.complaints.rules import first_unanswered
from docflow.complaints.views.citizen import draft_secret, private_page
from docflow.complaints.views.depositing import category_of, own_draft, text_of
from docflow.core.actor import PUBLIC_SITE
from docflow.core.errors import DocFlowError, InvalidInput
from docflow.web.guards import public
from docflow.web.shell import current_language


def add_similar(blueprint: Blueprint, deps: Deps) -> None:
    """Add the page that asks."""

    @blueprint.get("/complaints/new/similar")
    @public
    def similar() -> AnyResponse:
        return _similar(deps)

    @blueprint.post("/complaints/new/similar")
    @public
    def similar_chosen() -> AnyResponse:
        try:
            with deps.transactions.writing(PUBLIC_SITE) as uow:
                draft = answer_similar(uow, draft_secret(), request.form.get("similar", ""))
        except InvalidInput as refusal:
            return _similar(deps, refusal=refusal)
        return redirect(url_for("complaint_site.ask", question=first_unanswered(draft.values).value), 303)


def _similar(deps: Deps, *, refusal: DocFlowError | None = None) -> AnyResponse:
    """Ask whether it is one of the open complaints nearby; of those nothing is told but their subject and day."""
    draft = own_draft(deps)
    with deps.transactions.reading() as session:
        found = similar_to_draft(session, draft, deps.clock.now())
        quarter = quarter_of(session, draft.values.get("quarter", "")) if found else None
    if quarter is None:
        return redirect(url_for("complaint_site.ask", question=first_unanswered(draft.values).value))
    page = render_template(
        "complaints/similar.html",
        found=found,
        quarter=quarter.name(current_language()),
        category=category_of(deps, draft.values),
        language=current_language(),
        chosen=draft.values.get("similar", ""),
        refusal_text="" if refusal is None else text_of(refusal),
        form_has_errors=refusal is not None,
    )
    return private_page(page, status=200 if refusal is None else refusal.http_status)
