"""The languages of the interface, and how a reader's choice is kept."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final
from urllib.parse import urlencode

from flask import Response, request
from werkzeug.wrappers import Response as AnyResponse

LOCALES: Final = ("ar", "fr")
"""The default first."""

LANGUAGE_NAMES: Final[Mapping[str, str]] = {"ar": "العربية", "fr": "Français"}
LANGUAGE_COOKIE: Final = "lang"
LANGUAGE_COOKIE_AGE_S: Final = 365 * 24 * 3600
LANGUAGE_PARAMETER: Final = "lang"
"""In an address of the public site it chooses the language, so that each has addresses of its own."""


def asked_language() -> str | None:
    """Return the language that the address names, or None."""
    asked = request.args.get(LANGUAGE_PARAMETER)
    return asked if asked in LOCALES else None


def here_without_language() -> str:
    """Return the address of this page without a language, which would have the last word again."""
    kept = [pair for pair in request.args.items(multi=True) if pair[0] != LANGUAGE_PARAMETER]
    return f"{request.path}?{urlencode(kept)}" if kept else request.path


def keep_asked_language(response: Response) -> Response:
    """Stay in the language in whose address a reader came in."""
    asked = asked_language()
    if asked is not None and asked != request.cookies.get(LANGUAGE_COOKIE) and response.mimetype == "text/html":
        set_language(response, asked)
    return response


def set_language(response: AnyResponse, locale: str) -> None:
    """Remember a language in the reader's browser."""
    response.set_cookie(
        LANGUAGE_COOKIE,
        locale,
        max_age=LANGUAGE_COOKIE_AGE_S,
        httponly=True,
        samesite="Lax",
        secure=request.is_secure,
    )
