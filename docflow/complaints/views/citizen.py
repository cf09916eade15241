"""What the pages of citizens share: the cookie of a draft, the address that asks, answers that nobody else keeps."""

from __future__ import annotations

from typing import Final

from flask import Response, request
from werkzeug.wrappers import Response as AnyResponse

from docflow.complaints.deps import Deps
from docflow.complaints.rules import DRAFT_KEPT_FOR

COOKIE: Final = "docflow_complaint"
PATH: Final = "/complaints"


def draft_secret() -> str:
    """Return the secret of the draft that the browser keeps, or nothing."""
    return request.cookies.get(COOKIE, "")[:100]


def keep_secret(deps: Deps, response: AnyResponse, secret: str) -> None:
    """Have the browser keep the secret of a draft for as long as the draft is kept."""
    response.set_cookie(
        COOKIE,
        secret,
        max_age=int(DRAFT_KEPT_FOR.total_seconds()),
        path=PATH,
        httponly=True,
        samesite="Lax",
        secure=deps.settings.secure_cookies,
    )


def forget_secret(response: AnyResponse) -> None:
    """Have the browser forget it."""
    response.delete_cookie(COOKIE, path=PATH)


def asking_address() -> str:
    """Return the network address that asks, as it is counted."""
    return (request.remote_addr or "")[:64]


def private_page(page: str, *, status: int = 200) -> Response:
    """Return a page that is its reader's alone."""
    response = Response(page, status=status, mimetype="text/html")
    response.headers["Cache-Control"] = "private, no-store"
    response.headers["X-Robots-Tag"] = "noindex"
    return response
