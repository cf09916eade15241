"""The page on which one sets up one's second factor, makes recovery codes anew, or ends it."""

from __future__ import annotations

import segno
from flask import Blueprint, current_app, flash, g, redirect, render_template, request, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response

from docflow.accounts.directory_rules import Door
from docflow.accounts.factor_rules import address_of_secret, shown_secret
from docflow.accounts.factors import (
    FactorCipher,
    begin_factor,
    confirm_factor,
    count_recovery_codes,
    factor_of,
    remove_own_factor,
    renew_recovery_codes,
)
from docflow.accounts.queries import SignedIn, person_with_id
from docflow.accounts.sign_in import TypedCode, prove_presence, prove_with_code
from docflow.accounts.views.deps import Deps
from docflow.accounts.views.own import own_session_id
from docflow.core.errors import DocFlowError, InvalidInput, NotFound
from docflow.web.guards import signed_in
from docflow.web.identity import current_actor


def add_factor(blueprint: Blueprint, deps: Deps) -> None:
    """Add the page of one's own second factor."""
    cipher = FactorCipher(deps.secret_key)

    @blueprint.route("/account/factor", methods=["GET", "POST"])
    @signed_in
    def factor() -> str | Response | tuple[str, int]:
        if request.method == "GET":
            return _render(deps, cipher)
        try:
            codes = _act(deps, cipher)
        except NotFound:
            raise
        except DocFlowError as refusal:
            return _render(deps, cipher, refusal=refusal), refusal.http_status
        if codes:
            # Shown in the answer itself, once: they are kept nowhere from which a page could show them again.
            return render_template("accounts/recovery_codes.html", codes=codes)
        return redirect(url_for("accounts.factor"), 303)


def _act(deps: Deps, cipher: FactorCipher) -> list[str]:
    """Do what was posted, and return the recovery codes to show, if any were made."""
    actor, action, code = current_actor(), request.form.get("action", ""), request.form.get("code", "")
    address = (request.remote_addr or "")[:64]
    # Whoever finds a session open can neither lock its owner out with a telephone of theirs nor end the factor.
    if action == "begin":
        prove_presence(
            deps.transactions,
            actor,
            session_id=own_session_id(),
            password=request.form.get("current", ""),
            address=address,
        )
    elif action in {"codes", "remove"}:
        prove_with_code(deps.transactions, cipher, actor, TypedCode("", code, address))
    with deps.transactions.writing(actor) as uow:
        if action == "begin":
            begin_factor(uow, cipher)
        elif action == "confirm":
            return confirm_factor(uow, cipher, code=code, session_id=own_session_id())
        elif action == "codes":
            return renew_recovery_codes(uow)
        elif action == "remove":
            remove_own_factor(uow)
            flash(gettext("The second factor is ended."), "ok")
        else:
            raise InvalidInput("choice_unknown")
    return []


def _render(deps: Deps, cipher: FactorCipher, *, refusal: DocFlowError | None = None) -> str:
    actor = current_actor()
    if actor.person_id is None:
        raise NotFound("person_unknown", username=actor.name)
    with deps.transactions.reading() as session:
        person, kept = person_with_id(session, actor.person_id), factor_of(session, actor.person_id)
        left = count_recovery_codes(session, actor.person_id)
    is_begun = kept is not None and kept.confirmed_at is None
    secret = cipher.opened(kept.sealed_secret) if kept is not None and is_begun else ""
    found: SignedIn | None = g.get("signed_in")
    return render_template(
        "accounts/factor.html",
        state="begun" if is_begun else "off" if kept is None else "on",
        since=None if kept is None else kept.confirmed_at,
        left=left,
        must_add=found is not None and found.must_add_factor,
        asks_password=found is None or found.opened_by is Door.PASSWORD,
        secret=shown_secret(secret),
        qr=_qr(secret, username=person.username, issuer=deps.settings.district_name_fr) if secret else "",
        refusal_text="" if refusal is None else str(current_app.extensions["docflow_error_texts"].text_of(refusal)),
        form_has_errors=refusal is not None,
    )


def _qr(secret: str, *, username: str, issuer: str) -> str:
    """Return the picture of the code as the address of an image."""
    code = segno.make(address_of_secret(secret, username=username, issuer=f"DocFlow {issuer}"), error="m", micro=False)
    return code.svg_data_uri(scale=4, border=4, dark="#000", light="#fff")
