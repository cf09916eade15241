"""What the pages of signing in share: the page of the door, and letting somebody in."""

from __future__ import annotations

from flask import current_app, flash, redirect, render_template, request, session, url_for
from werkzeug.wrappers import Response

from docflow.accounts.queries import signed_in
from docflow.accounts.views.deps import Deps
from docflow.accounts.views.powers import standing_notices
from docflow.core.errors import DocFlowError
from docflow.web.shell import current_language

COOKIE = "docflow_session"


def render_door(
    deps: Deps, target: str, *, username: str = "", error: DocFlowError | None = None, leaving: str = ""
) -> str:
    """Return the page of signing in; ``leaving``: where one signs out of the provider as well."""
    settings = deps.settings
    label = settings.oidc_label_ar if current_language() == "ar" else settings.oidc_label_fr
    return render_template(
        "accounts/sign_in.html",
        next=target,
        username=username,
        error="" if error is None else text_of(error),
        # A service that is away, or an account that is locked, is no field to be corrected.
        error_field="username" if error is not None and error.code == "sign_in_refused" else "",
        form_has_errors=error is not None,
        provider_label=label if deps.identity_provider.is_set_up else "",
        leaving=leaving,
    )


def go_on(deps: Deps, secret: str, target: str) -> Response:
    """Give the browser the secret and lead it to where it wanted to go, or to the page that asks for the code."""
    # A fresh session and a fresh CSRF token: nothing known before the sign-in is worth anything after it.
    session.clear()
    is_in = _tell_standing(deps, secret)
    response = redirect(target if is_in else url_for("accounts.code", next=target))
    response.set_cookie(COOKIE, secret, httponly=True, samesite="Lax", secure=deps.settings.secure_cookies, path="/")
    return response


def address_asking() -> str:
    """Return the network address of the request, as far as it is kept."""
    return (request.remote_addr or "")[:64]


def text_of(error: DocFlowError) -> str:
    """Return what a refusal says to the reader."""
    return str(current_app.extensions["docflow_error_texts"].text_of(error))


def _tell_standing(deps: Deps, secret: str) -> bool:
    """Tell whoever just signed in of the powers that they hold or gave; return whether they are in already."""
    now = deps.transactions.clock.now()
    with deps.transactions.reading() as db:
        found = signed_in(db, secret, now=now, idle_s=deps.settings.session_idle_s)
        if found is not None and found.actor.person_id is not None:
            for notice in standing_notices(db, found.actor.person_id, now, locale=current_language()):
                flash(notice, "info")
    return found is not None
