"""The pages of this room: drafts, their versions, letter templates."""

from __future__ import annotations

from flask import Blueprint

from docflow.drafting.ports import Deps
from docflow.drafting.views.beginning import add_beginning
from docflow.drafting.views.departing import add_departing, add_publishing
from docflow.drafting.views.letter_templates import add_templates
from docflow.drafting.views.posting import add_posting
from docflow.drafting.views.versions import add_versions
from docflow.drafting.views.writing import add_writing


def make_blueprint(deps: Deps) -> Blueprint:
    """Return the pages of this room."""
    blueprint = Blueprint("drafting", __name__, template_folder="../templates")
    add_beginning(blueprint, deps)
    add_writing(blueprint, deps)
    add_versions(blueprint, deps)
    add_departing(blueprint, deps)
    add_publishing(blueprint, deps)
    add_posting(blueprint, deps)
    add_templates(blueprint, deps)
    return blueprint
