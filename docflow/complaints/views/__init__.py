"""The pages of complaints, for the staff and for citizens."""

from __future__ import annotations

from flask import Blueprint

from docflow.complaints.deps import Deps
from docflow.complaints.views.depositing import add_deposit, add_enclosing
from docflow.complaints.views.following import add_followed_files, add_following
from docflow.complaints.views.listing import add_counter, add_listing
from docflow.complaints.views.placing import add_placing
from docflow.complaints.views.receipts import add_receipts
from docflow.complaints.views.reporting import add_reporting
from docflow.complaints.views.settings import add_categories, add_map, add_settings
from docflow.complaints.views.similar import add_similar
from docflow.complaints.views.treating import add_enclosures, add_treating


def make_blueprint(deps: Deps) -> Blueprint:
    """Return the pages of the staff."""
    blueprint = Blueprint("complaints", __name__, template_folder="../templates")
    add_settings(blueprint, deps)
    add_categories(blueprint, deps)
    add_map(blueprint, deps)
    add_listing(blueprint, deps)
    add_counter(blueprint, deps)
    add_treating(blueprint, deps)
    add_reporting(blueprint, deps)
    add_enclosures(blueprint, deps)
    return blueprint


def make_public_blueprint(deps: Deps) -> Blueprint:
    """Return the pages of citizens."""
    blueprint = Blueprint("complaint_site", __name__, template_folder="../templates")
    add_deposit(blueprint, deps)
    add_enclosing(blueprint, deps)
    add_placing(blueprint, deps)
    add_similar(blueprint, deps)
    add_receipts(blueprint, deps)
    add_following(blueprint, deps)
    add_followed_files(blueprint, deps)
    return blueprint
