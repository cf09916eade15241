"""The page of one's second factor: the telephone, security keys, recovery codes."""

from __future__ import annotations

import segno
from flask import Blueprint, flash, g, redirect, render_template, request, url_for
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
from docflow.accounts.security_keys import KeyAnswer, add_key, keys_of, prove_with_key, remove_key
from docflow.accounts.sign_in import TypedCode, prove_presence, prove_with_code
from docflow.accounts.views.deps import Deps
from docflow.accounts.views.door import address_asking, text_of
from docflow.accounts.views.keys import own_session_name, place_of_keys
from docflow.accounts.views.own import own_session_id
from docflow.core.actor import Actor
from docflow.core.errors import DocFlowError, InvalidInput, NotFound
from docflow.web.guards import signed_in
from docflow.web.identity import current_actor
from docflow.web.posted import posted_id


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
    actor, action = current_actor(), request.form.get("action", "")
    if action == "add-key":
        given = KeyAnswer(own_session_name(), request.form.get("answer", ""), address_asking())
        codes = add_key(deps.transactions, actor, place_of_keys(deps), given)
        flash(gettext("The security key is added. It is asked for after the password from now on."), "ok")
        return codes
    _prove(deps, cipher, actor, action)
    with deps.transactions.writing(actor) as uow:
        if action == "begin":
            begin_factor(uow, cipher)
        elif action == "confirm":
            codes = confirm_factor(uow, cipher, code=request.form.get("code", ""), session_id=own_session_id())
            flash(gettext("The telephone is set up. Its code is asked for after the password from now on."), "ok")
            return codes
        elif action == "codes":
            return renew_recovery_codes(uow)
        elif action == "remove":
            remove_own_factor(uow)
            flash(gettext("No code of the telephone is asked for any more."), "ok")
        elif action == "remove-key":
            remove_key(uow, posted_id(request.form.get("key", "")))
            flash(gettext("The security key is removed."), "ok")
        else:
            raise InvalidInput("choice_unknown")
    return []


def _prove(deps: Deps, cipher: FactorCipher, actor: Actor, action: str) -> None:
    """Make sure that it is the owner who asks.

    Whoever finds a session open can neither lock its owner out with a telephone of theirs nor end the factor.
    """
    address, answer = address_asking(), request.form.get("answer", "")
    if action in {"begin", "remove-key"}:
        prove_presence(
            deps.transactions,
            actor,
            session_id=own_session_id(),
            password=request.form.get("current", ""),
            address=address,
        )
    elif action in {"codes", "remove"} and answer:
        prove_with_key(deps.transactions, actor, place_of_keys(deps), KeyAnswer(own_session_name(), answer, address))
    elif action in {"codes", "remove"}:
        prove_with_code(deps.transactions, cipher, actor, TypedCode("", request.form.get("code", ""), address))


def _render(deps: Deps, cipher: FactorCipher, *, refusal: DocFlowError | None = None) -> str:
    actor = current_actor()
    if actor.person_id is None:
        raise NotFound("person_unknown", username=actor.name)
    with deps.transactions.reading() as session:
        person, kept = person_with_id(session, actor.person_id), factor_of(session, actor.person_id)
        left, held = count_recovery_codes(session, actor.person_id), keys_of(session, actor.person_id)
    is_begun = kept is not None and kept.confirmed_at is None
    secret = cipher.opened(kept.sealed_secret) if kept is not None and is_begun else ""
    found: SignedIn | None = g.get("signed_in")
    place = place_of_keys(deps)
    return render_template(
        "accounts/factor.html",
        state="begun" if is_begun else "off" if kept is None else "on",
        since=None if kept is None else kept.confirmed_at,
        left=left,
        keys=held,
        key_origin="" if place is None else place.origin,
        must_add=found is not None and found.must_add_factor,
        asks_password=found is None or found.opened_by is Door.PASSWORD,
        secret=shown_secret(secret),
        qr=_qr(secret, username=person.username, issuer=deps.district.name.fr) if secret else "",
        refusal_text="" if refusal is None else text_of(refusal),
        refused_at=_place_of_refusal(asks_password=found is None or found.opened_by is Door.PASSWORD),
        form_has_errors=refusal is not None,
    )


def _place_of_refusal(*, asks_password: bool) -> str:
    """Return the field that what was posted was refused for, if there is one."""
    action, key = request.form.get("action", ""), request.form.get("key", "")
    if action in {"codes", "remove"} and request.form.get("answer"):
        return ""
    fields = {"confirm": "code", "codes": "code-codes", "remove": "code-end"}
    if asks_password:
        fields |= {"begin": "current", "remove-key": f"current-{key}"}
    return fields.get(action, "")


def _qr(secret: str, *, username: str, issuer: str) -> str:
    """Return the picture of the code as the address of an image."""
    code = segno.make(address_of_secret(secret, username=username, issuer=f"DocFlow {issuer}"), error="m", micro=False)
    return code.svg_data_uri(scale=4, border=4, dark="#000", light="#fff")
