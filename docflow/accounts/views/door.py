"""What the pages of signing in share: the page of the door, and letting somebody in."""

from __future__ import annotations

from flask import current_app, flash, redirect, render_template, request, session, url_for
from werkzeug.wrappers import Response

from docflow.accounts.operations import set_locale
from docflow.accounts.queries import SignedIn, signed_in
from docflow.accounts.views.deps import Deps
from docflow.accounts.views.powers import standing_notices
from docflow.core.errors import DocFlowError
from docflow.web.shell import current_language

COOKIE = "docflow_session"
CHOSEN_LANGUAGE = "chosen_language"
"""In the browser's session: what was chosen at the door; the cookie of the language may be of an earlier reader."""


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
    chosen = session.get(CHOSEN_LANGUAGE)
    # A fresh session and a fresh CSRF token: nothing else known before the sign-in is worth anything after it.
    session.clear()
    now = deps.transactions.clock.now()
    with deps.transactions.reading() as db:
        found = signed_in(db, secret, now=now, idle_s=deps.settings.session_idle_s)
    if found is not None:
        if chosen is not None:
            with deps.transactions.writing(found.actor) as uow:
                set_locale(uow, locale=chosen)
        _tell_standing(deps, found)
    elif chosen is not None:
        session[CHOSEN_LANGUAGE] = chosen
    response = redirect(target if found is not None else url_for("accounts.code", next=target))
    response.set_cookie(COOKIE, secret, httponly=True, samesite="Lax", secure=deps.settings.secure_cookies, path="/")
    return response


def address_asking() -> str:
    """Return the network address of the request, as far as it is kept."""
    return (request.remote_addr or "")[:64]


def text_of(error: DocFlowError) -> str:
    """Return what a refusal says to the reader."""
    return str(current_app.extensions["docflow_error_texts"].text_of(error))


def _tell_standing(deps: Deps, found: SignedIn) -> None:
    """Tell whoever just signed in of the powers that they hold or gave."""
    if found.actor.person_id is not None:
        now = deps.transactions.clock.now()
        with deps.transactions.reading() as db:
            for notice in standing_notices(db, found.actor.person_id, now, locale=current_language()):
                flash(notice, "info")
