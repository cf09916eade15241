"""What the public pages of this room share."""

from __future__ import annotations

from flask import Response, current_app, request

from docflow.core.errors import DocFlowError

ADDRESS_LIMIT = 64


def address() -> str:
    """Return the network address that asks."""
    return (request.remote_addr or "")[:ADDRESS_LIMIT]


def private(page: str, *, status: int = 200) -> Response:
    """Return a page that no browser keeps and no search engine shows."""
    response = Response(page, status=status, mimetype="text/html")
    response.headers["Cache-Control"] = "private, no-store"
    response.headers["X-Robots-Tag"] = "noindex"
    return response


def text_of(refusal: DocFlowError) -> str:
    """Return what a refusal says in the language of the page."""
    return str(current_app.extensions["docflow_error_texts"].text_of(refusal))
