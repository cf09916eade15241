"""The pages of the registry: registration, registers, their administration."""

from __future__ import annotations

from flask import Blueprint

from docflow.registry.deps import Deps
from docflow.registry.views.administration import add_administration
from docflow.registry.views.first_routes import add_first_routes
from docflow.registry.views.papers import add_papers, add_prints
from docflow.registry.views.registers import add_entries, add_registers, add_seals
from docflow.registry.views.registration import add_registration
from docflow.registry.views.setting_aside import add_setting_aside
from docflow.registry.views.terms import add_terms
from docflow.registry.views.transmittals import add_transmittals


def make_blueprint(deps: Deps) -> Blueprint:
    """Return the pages of this room."""
    blueprint = Blueprint("registry", __name__, template_folder="../templates")
    add_registration(blueprint, deps)
    add_setting_aside(blueprint, deps)
    add_registers(blueprint, deps)
    add_entries(blueprint, deps)
    add_seals(blueprint, deps)
    add_papers(blueprint, deps)
    add_prints(blueprint, deps)
    add_transmittals(blueprint, deps)
    add_terms(blueprint, deps)
    add_administration(blueprint, deps)
    add_first_routes(blueprint, deps)
    return blueprint
