"""The catalogue of procedures on the public site, and what was answered to requests for information."""

from __future__ import annotations

from flask import Blueprint, render_template

from docflow.core.errors import NotFound
from docflow.requests.deps import Deps
from docflow.requests.labels import FORM_LABELS
from docflow.requests.queries import PUBLISHED_LENGTH, answers_public, catalogue, procedure_named
from docflow.requests.rules import ProcedureKind
from docflow.requests.views.shown import page_number, shown_procedure
from docflow.web.guards import public
from docflow.web.shell import current_language


def add_catalogue(blueprint: Blueprint, deps: Deps) -> None:
    """Add the catalogue and the page of each procedure."""

    @blueprint.get("/procedures")
    @public
    def procedures() -> str:
        return _list(deps, online_only=False)

    @blueprint.get("/procedures/<slug>")
    @public
    def procedure(slug: str) -> str:
        with deps.transactions.reading() as session:
            shown = shown_procedure(session, procedure_named(session, slug))
        return render_template(
            "requests/procedure.html", shown=shown, language=current_language(), form_labels=FORM_LABELS
        )

    @blueprint.get("/requests/new")
    @public
    def choose() -> str:
        return _list(deps, online_only=True)


def add_information(blueprint: Blueprint, deps: Deps) -> None:
    """Add the answers to requests for information that are published."""

    @blueprint.get("/information")
    @public
    def information() -> str:
        page = page_number()
        with deps.transactions.reading() as session:
            answers, count = answers_public(session, page=page)
            asked = [one for one in catalogue(session, active_only=True) if one.kind == ProcedureKind.INFORMATION]
        page_count = -(-count // PUBLISHED_LENGTH)
        if page > max(1, page_count):
            raise NotFound("page_unknown")
        return render_template(
            "requests/information.html",
            answers=answers,
            page=page,
            page_count=page_count,
            slug=asked[0].slug if asked else "",
            language=current_language(),
        )


def _list(deps: Deps, *, online_only: bool) -> str:
    with deps.transactions.reading() as session:
        found = [shown_procedure(session, one) for one in catalogue(session, active_only=True, online_only=online_only)]
    return render_template(
        "requests/procedures.html", procedures=found, is_online=online_only, language=current_language()
    )
