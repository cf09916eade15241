"""The citizen who gave number and secret once: a signed cookie lets them go on in that browser for half an hour."""

from __future__ import annotations

from typing import Final
from uuid import UUID

from flask import current_app, redirect, request, url_for
from itsdangerous import BadData, URLSafeTimedSerializer
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from docflow.complaints.queries import complaint_of_entry

COOKIE: Final = "docflow_followed"
PATH: Final = "/complaints/followed"
IDLE_S: Final = 30 * 60


def admit(session: Session, entry_id: UUID, *, is_secure: bool) -> Response | None:
    """Return the way to the page of a complaint for whoever gave its secret; none when the entry is none."""
    if complaint_of_entry(session, entry_id) is None:
        return None
    response = redirect(url_for("complaint_site.followed"), 303)
    keep_admitted(response, entry_id, is_secure=is_secure)
    return response


def keep_admitted(response: Response, entry_id: UUID, *, is_secure: bool) -> None:
    """Let the browser go on for another half hour."""
    response.set_cookie(
        COOKIE,
        _signer().dumps(entry_id.hex),
        max_age=IDLE_S,
        path=PATH,
        httponly=True,
        samesite="Lax",
        secure=is_secure,
    )


def forget_admitted(response: Response) -> None:
    """Have the browser forget it."""
    response.delete_cookie(COOKIE, path=PATH)


def admitted_entry() -> UUID | None:
    """Return the entry of the complaint that this browser follows, or none."""
    try:
        return UUID(_signer().loads(request.cookies.get(COOKIE, ""), max_age=IDLE_S))
    except (BadData, ValueError):
        return None


def _signer() -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(str(current_app.secret_key), salt="docflow.complaints.followed")
