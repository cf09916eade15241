"""What a request may hold: little by default, more where a view says so, and text that can be kept."""

from __future__ import annotations

from collections.abc import Callable
from itertools import chain
from typing import Any, TypeVar

from flask import Flask, current_app, request

from docflow.core.errors import InvalidInput

NULL = "\0"
View = TypeVar("View", bound=Callable[..., Any])


def takes_up_to(limit_bytes: int) -> Callable[[View], View]:
    """Let a view receive bodies of up to so many bytes."""

    def mark(view: View) -> View:
        view.max_body_bytes = limit_bytes  # type: ignore[attr-defined]
        return view

    return mark


def install_body_limits(app: Flask) -> None:
    """Apply each view's own limit, and refuse what no database keeps.

    Call it before anything that reads forms, such as the check of their token.
    """

    @app.before_request
    def apply_limit() -> None:
        view = current_app.view_functions.get(request.endpoint or "")
        limit_bytes = getattr(view, "max_body_bytes", None)
        if limit_bytes is not None:
            request.max_content_length = limit_bytes

    @app.before_request
    def refuse_null_characters() -> None:
        """Refuse the one character that PostgreSQL keeps in no text; from what is looked for it is left out.

        Raises:
            InvalidInput: ``text_unprintable``.
        """
        request.query_string = request.query_string.replace(b"%00", b"").replace(b"\0", b"")
        texts = chain([request.path], *([name, *values] for name, values in request.form.lists()))
        if any(NULL in text for text in texts):
            raise InvalidInput("text_unprintable")
