"""The pages of the public site."""

from __future__ import annotations

from flask import Blueprint, render_template

from docflow.web.guards import public


def make_blueprint() -> Blueprint:
    """Return the pages of the public site."""
    blueprint = Blueprint("portal", __name__, template_folder="templates")

    @blueprint.get("/")
    @public
    def home() -> str:
        return render_template("portal/home.html")

    return blueprint
