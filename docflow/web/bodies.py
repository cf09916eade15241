"""How large a request may be: little by default, more where a view says so."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from flask import Flask, current_app, request

View = TypeVar("View", bound=Callable[..., Any])


def takes_up_to(limit_bytes: int) -> Callable[[View], View]:
    """Let a view receive bodies of up to so many bytes."""

    def mark(view: View) -> View:
        view.max_body_bytes = limit_bytes  # type: ignore[attr-defined]
        return view

    return mark


def install_body_limits(app: Flask) -> None:
    """Apply each view's own limit; call it before anything that reads forms, such as the check of their token."""

    @app.before_request
    def apply_limit() -> None:
        view = current_app.view_functions.get(request.endpoint or "")
        limit_bytes = getattr(view, "max_body_bytes", None)
        if limit_bytes is not None:
            request.max_content_length = limit_bytes
