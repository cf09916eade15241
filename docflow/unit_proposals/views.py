"""The probable unit on the document page, and its acceptance."""

from __future__ import annotations

from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response

from docflow.accounts.units import open_units
from docflow.core.actor import Actor
from docflow.core.capability import ShownPage
from docflow.core.errors import Conflict, InvalidInput
from docflow.documents.editing import set_unit
from docflow.documents.queries import document_content_for
from docflow.unit_proposals.deps import Deps
from docflow.unit_proposals.queries import unit_proposal_for
from docflow.web.guards import requires
from docflow.web.identity import current_actor
from docflow.web.shell import current_language


def make_blueprint(deps: Deps) -> Blueprint:
    """Return the pages of this room."""
    blueprint = Blueprint("unit_proposals", __name__, template_folder="templates")

    @blueprint.post("/d/<uuid:document_id>/unit")
    @requires("documents.edit")
    def accept(document_id: UUID) -> Response:
        try:
            unit_id, version = UUID(request.form.get("unit", "")), int(request.form.get("version", ""))
        except ValueError as error:
            raise InvalidInput("choice_unknown") from error
        try:
            with deps.transactions.writing(current_actor()) as uow:
                if unit_id not in {unit.id for unit in open_units(uow.session)}:
                    raise InvalidInput("choice_unknown")
                set_unit(uow, document_id, unit_id=unit_id, expected_version=version)
        except Conflict:
            flash(gettext("Somebody changed this document meanwhile. Look at it again, then accept."), "warn")
        else:
            flash(gettext("The unit is kept."), "ok")
        return redirect(url_for("documents.show", document_id=document_id))

    return blueprint


def show_proposal(deps: Deps, actor: Actor, shown: ShownPage) -> str:
    """Return the probable unit of a document that has none, to whoever may accept it."""
    if shown.tab != "details" or not actor.can("documents.edit"):
        return ""
    with deps.transactions.reading() as session:
        document = document_content_for(session, actor, shown.document_id)
        if document.unit_id is not None:
            return ""
        explained = unit_proposal_for(session, actor, document)
        units = {unit.id: unit for unit in open_units(session)}
    unit = None if explained is None else units.get(explained.proposal.unit_id)
    if explained is None or unit is None:
        return ""
    return render_template(
        "unit_proposals/panel.html",
        document=document,
        unit=unit,
        unit_name=unit.name_ar if current_language() == "ar" else unit.name_fr,
        proposal=explained.proposal,
        words=explained.words,
    )
