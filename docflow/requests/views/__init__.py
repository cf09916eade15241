"""The pages of this room: catalogue and deposit for the public; counter, treatment and administration for the staff."""

from __future__ import annotations

from flask import Blueprint

from docflow.requests.deps import Deps
from docflow.requests.views.administration import add_administration
from docflow.requests.views.counter import add_counter
from docflow.requests.views.depositing import add_depositing
from docflow.requests.views.public import add_catalogue, add_information
from docflow.requests.views.treating import add_treating


def make_blueprint(deps: Deps) -> Blueprint:
    """Return the pages of the staff."""
    blueprint = Blueprint("requests", __name__, template_folder="../templates")
    add_treating(blueprint, deps)
    add_counter(blueprint, deps)
    add_administration(blueprint, deps)
    return blueprint


def make_public_blueprint(deps: Deps) -> Blueprint:
    """Return the pages of the public site."""
    blueprint = Blueprint("public_requests", __name__, template_folder="../templates")
    add_catalogue(blueprint, deps)
    add_information(blueprint, deps)
    add_depositing(blueprint, deps)
    return blueprint
