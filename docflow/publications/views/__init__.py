"""The pages of this room: those of its editors and the administrator, and those that everybody reads."""

from __future__ import annotations

from flask import Blueprint

from docflow.publications.subscribing import Deps
from docflow.publications.views.categories import add_categories
from docflow.publications.views.contributing import add_contributing
from docflow.publications.views.editing import add_editing
from docflow.publications.views.feeds import add_feeds
from docflow.publications.views.files import add_files, add_public_files
from docflow.publications.views.hours import add_hours
from docflow.publications.views.publishing import add_publishing
from docflow.publications.views.reading import add_reading
from docflow.publications.views.redacting import add_redacting
from docflow.publications.views.searching import add_searching
from docflow.publications.views.subscribing import add_subscribing


def make_blueprint(deps: Deps) -> Blueprint:
    """Return the pages of the staff."""
    blueprint = Blueprint("publications", __name__, template_folder="../templates")
    add_editing(blueprint, deps)
    add_publishing(blueprint, deps)
    add_files(blueprint, deps)
    add_redacting(blueprint, deps)
    add_contributing(blueprint, deps)
    add_categories(blueprint, deps)
    add_hours(blueprint, deps)
    return blueprint


def make_public_blueprint(deps: Deps) -> Blueprint:
    """Return the pages of the public site; files have the same endpoints there, so that a post is one template."""
    blueprint = Blueprint("publications", __name__, template_folder="../templates")
    add_reading(blueprint, deps)
    add_searching(blueprint, deps)
    add_feeds(blueprint, deps)
    add_subscribing(blueprint, deps)
    add_public_files(blueprint, deps)
    return blueprint
