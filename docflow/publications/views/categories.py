"""The page on which editors keep the themes."""

from __future__ import annotations

from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response

from docflow.core.errors import Conflict, DocFlowError, InvalidInput
from docflow.publications.forms import posted_category
from docflow.publications.operations import EDITING, keep_category
from docflow.publications.ports import Deps
from docflow.publications.queries import all_categories
from docflow.publications.usual import USUAL_CATEGORIES
from docflow.web.guards import requires
from docflow.web.identity import current_actor
from docflow.web.problem import text_of


def add_categories(blueprint: Blueprint, deps: Deps) -> None:
    """Add the page of themes."""

    @blueprint.get("/site/themes")
    @requires(EDITING)
    def categories() -> str:
        return _render(deps)

    @blueprint.post("/site/themes")
    @requires(EDITING)
    def add_category() -> Response | tuple[str, int]:
        return _keep(deps, None)

    @blueprint.post("/site/themes/<uuid:theme_id>")
    @requires(EDITING)
    def change_category(theme_id: UUID) -> Response | tuple[str, int]:
        return _keep(deps, theme_id)

    @blueprint.post("/site/themes/usual")
    @requires(EDITING)
    def add_usual_categories() -> Response:
        with deps.transactions.writing(current_actor()) as uow:
            for setup in USUAL_CATEGORIES:
                keep_category(uow, None, setup)
        flash(gettext("The usual themes are added."), "ok")
        return redirect(url_for("publications.categories"), 303)


def _keep(deps: Deps, category_id: UUID | None) -> Response | tuple[str, int]:
    try:
        with deps.transactions.writing(current_actor()) as uow:
            keep_category(uow, category_id, posted_category(request.form))
    except (InvalidInput, Conflict) as refusal:
        return _render(deps, refusal=refusal), refusal.http_status
    flash(gettext("The theme is kept."), "ok")
    return redirect(url_for("publications.categories"), 303)


def _render(deps: Deps, *, refusal: DocFlowError | None = None) -> str:
    with deps.transactions.reading() as session:
        found = all_categories(session)
    return render_template(
        "publications/categories.html",
        categories=found,
        given=request.form if refusal is not None else {},
        refusal_text="" if refusal is None else text_of(refusal),
        form_has_errors=refusal is not None,
    )
