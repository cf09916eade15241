"""The pages of case files."""

from __future__ import annotations

from flask import Blueprint

from docflow.records.ports import Deps
from docflow.records.views.files import add_files
from docflow.records.views.filing import add_filing
from docflow.records.views.found import add_found
from docflow.records.views.printing import add_printing


def make_blueprint(deps: Deps) -> Blueprint:
    """Return the pages of this room."""
    blueprint = Blueprint("records", __name__, template_folder="../templates")
    add_files(blueprint, deps)
    add_filing(blueprint, deps)
    add_found(blueprint, deps)
    add_printing(blueprint, deps)
    return blueprint
