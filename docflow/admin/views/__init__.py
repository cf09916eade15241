"""The administrator's pages."""

from __future__ import annotations

from flask import Blueprint

from docflow.admin.views.deps import Deps
from docflow.admin.views.directory import add_directory
from docflow.admin.views.first_start import add_first_start
from docflow.admin.views.importing import add_importing
from docflow.admin.views.people import add_people
from docflow.admin.views.system import add_system
from docflow.admin.views.units import add_units


def make_blueprint(deps: Deps) -> Blueprint:
    """Return the pages of this package."""
    blueprint = Blueprint("admin", __name__, template_folder="../templates", url_prefix="/admin")
    for add in (add_first_start, add_directory, add_importing, add_people, add_units, add_system):
        add(blueprint, deps)
    return blueprint
