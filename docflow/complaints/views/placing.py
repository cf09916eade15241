"""The point that a citizen puts on the drawing of a quarter, with or without scripts."""

from __future__ import annotations

from collections.abc import Mapping
from uuid import UUID

from flask import Blueprint, Response, render_template, request

from docflow.complaints.deps import Deps
from docflow.complaints.places import clicked_point, quarter_of, quarter_view
from docflow.complaints.rules import point_of, point_text
from docflow.core.errors import InvalidInput, NotFound
from docflow.web.guards import public
from docflow.web.shell import current_language

MOST_PIXELS = 5


def add_placing(blueprint: Blueprint, deps: Deps) -> None:
    """Add the drawing of one quarter, which is a button that says where it was clicked."""

    @blueprint.get("/complaints/map/<uuid:quarter_id>.svg")
    @public
    def quarter_map(quarter_id: UUID) -> Response:
        try:
            point = point_of(request.args.get("at", ""))
            with deps.transactions.reading() as session:
                quarter = quarter_of(session, str(quarter_id))
                view = quarter and quarter_view(session, quarter, locale=current_language(), point=point)
        except InvalidInput as error:
            raise NotFound("page_unknown") from error
        if not view:
            raise NotFound("page_unknown")
        response = Response(render_template("complaints/_spot.svg", view=view), mimetype="image/svg+xml")
        response.headers["Cache-Control"] = "private, max-age=300"
        return response


def is_placing(form: Mapping[str, str]) -> bool:
    """Return whether a form says something of the point, and is no answer yet."""
    return bool({"point.x", "no_point", "show"} & set(form))


def placed(deps: Deps, form: Mapping[str, str]) -> dict[str, str]:
    """Return what was typed, with the point where the drawing was clicked, or without one."""
    at = form.get("at", "")
    if "no_point" in form:
        at = ""
    elif "point.x" in form:
        with deps.transactions.reading() as session:
            quarter = quarter_of(session, form.get("quarter", ""))
        clicked = None if quarter is None else clicked_point(quarter, _pixels(form, "x"), _pixels(form, "y"))
        at = point_text(clicked)
    return {**form, "at": at}


def _pixels(form: Mapping[str, str], axis: str) -> int:
    text = form.get(f"point.{axis}", "")
    return int(text) if text.isascii() and text.isdigit() and len(text) <= MOST_PIXELS else 0
