"""What form of answer the reader expects."""

from __future__ import annotations

from flask import request


def wants_json() -> bool:
    """Return whether the client asked for JSON rather than for a page."""
    if request.path.startswith("/api/"):
        return True
    best = request.accept_mimetypes.best_match(["text/html", "application/problem+json", "application/json"])
    return bool(best and best != "text/html")


def is_partial() -> bool:
    """Return whether htmx asked for a part of a page (and not for a page taken from history)."""
    return request.headers.get("HX-Request") == "true" and request.headers.get("HX-History-Restore-Request") != "true"
