"""The pages of this room: desks, figures and hours for the staff; booking, following and the display for the public."""

from __future__ import annotations

from flask import Blueprint

from docflow.appointments.deps import Deps
from docflow.appointments.views.booking import add_booking
from docflow.appointments.views.desks import add_desks
from docflow.appointments.views.display import add_display
from docflow.appointments.views.following import add_following
from docflow.appointments.views.offices import add_offices
from docflow.appointments.views.planning import add_planning


def make_blueprint(deps: Deps) -> Blueprint:
    """Return the pages of the staff."""
    blueprint = Blueprint("appointments", __name__, template_folder="../templates")
    add_desks(blueprint, deps)
    add_planning(blueprint, deps)
    add_offices(blueprint, deps)
    return blueprint


def make_public_blueprint(deps: Deps) -> Blueprint:
    """Return the pages of the public site."""
    blueprint = Blueprint("public_appointments", __name__, template_folder="../templates")
    add_booking(blueprint, deps)
    add_following(blueprint, deps)
    add_display(blueprint, deps)
    return blueprint
