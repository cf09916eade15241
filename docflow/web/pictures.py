"""Pictures of pages as answers: kept by the browser, and asked for again each time."""

from __future__ import annotations

from collections.abc import Callable
from http import HTTPStatus

from flask import current_app, request
from werkzeug.wrappers import Response


def picture_response(sha256: str, read: Callable[[], bytes]) -> Response:
    """Return a WebP picture named by its hash; it is read only when the browser has it not yet."""
    response = current_app.response_class(mimetype="image/webp")
    response.set_etag(sha256)
    # The browser keeps the picture and asks each time whether it may still show it: a revocation is immediate.
    response.headers["Cache-Control"] = "private, no-cache"
    response.make_conditional(request)
    if response.status_code == HTTPStatus.OK:
        response.set_data(read())
    return response
