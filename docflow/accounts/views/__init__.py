"""Signing in and out, one's own account."""

from __future__ import annotations

from flask import Blueprint, flash, g, redirect, render_template, request, session, url_for
from flask_babel import gettext
from sqlalchemy import select
from werkzeug.wrappers import Response

from docflow.accounts.directory_rules import Door
from docflow.accounts.factors import FactorCipher, has_key, has_telephone
from docflow.accounts.models import Person
from docflow.accounts.operations import set_locale, set_password
from docflow.accounts.queries import SignedIn, signed_in
from docflow.accounts.security_keys import KeyAnswer, enter_with_key
from docflow.accounts.sign_in import (
    Credentials,
    TypedCode,
    awaiting_code,
    enter_code,
    prove_with_password,
    sign_in,
    sign_out,
    touch_session,
)
from docflow.accounts.views.deps import Deps
from docflow.accounts.views.door import CHOSEN_LANGUAGE, COOKIE, address_asking, go_on, render_door, text_of
from docflow.accounts.views.factor import add_factor
from docflow.accounts.views.keys import add_keys, place_of_keys
from docflow.accounts.views.own import add_own_account
from docflow.accounts.views.powers import add_powers
from docflow.accounts.views.provider import add_provider
from docflow.core.actor import ANONYMOUS, Actor
from docflow.core.errors import DocFlowError, InvalidInput, NotFound
from docflow.web.guards import public
from docflow.web.guards import signed_in as for_signed_in
from docflow.web.identity import current_actor
from docflow.web.urls import safe_next

LEFT = "provider"
"""In the address of the door: somebody signed out who had come through the provider."""
TOUCH_EVERY_S = 60
OPEN_WHILE_CHANGING = frozenset(
    {
        "accounts.password",
        "accounts.leave",
        "accounts.provider",
        "accounts.provider_back",
        "shell.change_language",
        "shell.asset",
    }
)
OPEN_WHILE_ADDING = OPEN_WHILE_CHANGING | {"accounts.factor", "accounts.key_options"}


def load_actor(deps: Deps) -> Actor:
    """Return who the request's cookie stands for; an unknown or ended session is nobody."""
    secret = request.cookies.get(COOKIE)
    if not secret:
        return ANONYMOUS
    now = deps.transactions.clock.now()
    with deps.transactions.reading() as db:
        found = signed_in(db, secret, now=now, idle_s=deps.settings.session_idle_s)
    if found is None:
        return ANONYMOUS
    g.signed_in = found
    if (now - found.last_seen_at).total_seconds() > TOUCH_EVERY_S:
        touch_session(deps.transactions, found.session_id, now)
    return found.actor


def make_blueprint(deps: Deps) -> Blueprint:
    """Return the pages of this room."""
    blueprint = Blueprint("accounts", __name__, template_folder="../templates")
    add_powers(blueprint, deps)

    add_sign_in(blueprint, deps)
    add_provider(blueprint, deps)
    add_code(blueprint, deps)
    add_password(blueprint, deps)
    add_factor(blueprint, deps)
    add_keys(blueprint, deps)
    add_own_account(blueprint, deps)

    @blueprint.before_app_request
    def ask_for_what_is_missing() -> Response | None:
        """Lead whoever needs a new password, then whoever needs a second factor, to its page and nowhere else."""
        current_actor()
        found: SignedIn | None = g.get("signed_in")
        if found is None:
            return None
        if found.must_change_password:
            is_open, page = request.endpoint in OPEN_WHILE_CHANGING, "accounts.password"
        else:
            is_open, page = not found.must_add_factor or request.endpoint in OPEN_WHILE_ADDING, "accounts.factor"
        return None if is_open else redirect(url_for(page))

    return blueprint


def add_sign_in(blueprint: Blueprint, deps: Deps) -> None:
    """Add the door in, of which the code is a second page where it is asked for, and the door out."""

    @blueprint.route("/sign-in", methods=["GET", "POST"])
    @public
    def enter() -> str | Response | tuple[str, int]:
        target = safe_next(request.values.get("next")) or "/"
        if request.method == "GET":
            if "signed_in" in g:
                return redirect(target)
            if not _has_accounts(deps):
                return redirect(url_for("admin.first_start"))
            return render_door(deps, target, leaving=_leaving(deps))
        username = request.form.get("username", "")
        password = request.form.get("password", "")
        credentials = Credentials(username, password, address_asking(), request.user_agent.string)
        try:
            secret = sign_in(
                deps.transactions,
                credentials,
                directory=deps.directory_server,
                makes_accounts=deps.settings.directory_makes_accounts,
                directory_only=deps.settings.directory_only,
            )
        except DocFlowError as error:
            return render_door(deps, target, username=username, error=error), error.http_status
        return go_on(deps, secret, target)

    @blueprint.post("/sign-out")
    @public
    def leave() -> Response:
        secret = request.cookies.get(COOKIE)
        door = sign_out(deps.transactions, secret) if secret else None
        session.clear()
        response = redirect(url_for("accounts.enter", left=LEFT if door is Door.OIDC else None))
        response.delete_cookie(COOKIE)
        return response


def _has_accounts(deps: Deps) -> bool:
    """Return whether anybody can sign in, or gets an account by signing in through the directory."""
    if deps.settings.directory_makes_accounts:
        return True
    with deps.transactions.reading() as db:
        return db.scalar(select(Person.id).limit(1)) is not None


def _leaving(deps: Deps) -> str:
    """Return where whoever just left signs out of the provider too; at a desk of many the next one would be them."""
    if request.args.get("left") != LEFT or not deps.identity_provider.is_set_up:
        return ""
    return deps.identity_provider.leaving_address(deps.settings.staff_url.rstrip("/") + url_for("accounts.enter"))


def add_code(blueprint: Blueprint, deps: Deps) -> None:
    """Add the second page of the door, for whoever has a second factor."""
    cipher = FactorCipher(deps.secret_key)

    @blueprint.route("/sign-in/code", methods=["GET", "POST"])
    @public
    def code() -> str | Response | tuple[str, int]:
        secret, target = request.cookies.get(COOKIE, ""), safe_next(request.values.get("next")) or "/"
        answer = request.form.get("answer", "")
        if request.method == "GET":
            return _render_code(deps, secret, target) or redirect(url_for("accounts.enter", next=target))
        try:
            if answer:
                given = KeyAnswer(secret, answer, address_asking(), request.user_agent.string)
                entered = enter_with_key(deps.transactions, place_of_keys(deps), given)
            else:
                typed = TypedCode(secret, request.form.get("code", ""), address_asking(), request.user_agent.string)
                entered = enter_code(deps.transactions, cipher, typed)
        except NotFound as error:
            flash(text_of(error), "bad")
            return redirect(url_for("accounts.enter", next=target))
        except DocFlowError as error:
            page = _render_code(deps, secret, target, error=text_of(error), is_of_key=bool(answer))
            return (page, error.http_status) if page else redirect(url_for("accounts.enter", next=target))
        return go_on(deps, entered, target)


def _render_code(deps: Deps, secret: str, target: str, *, error: str = "", is_of_key: bool = False) -> str:
    """Return the second page, or nothing where no right password awaits it."""
    with deps.transactions.reading() as db:
        person = awaiting_code(db, secret, deps.transactions.clock.now())
        if person is None:
            return ""
        shows_codes, holds_key = has_telephone(db, person.id), has_key(db, person.id)
    place = place_of_keys(deps)
    return render_template(
        "accounts/code.html",
        next=target,
        by_recovery=bool(request.values.get("recovery")),
        has_telephone=shows_codes,
        has_key=holds_key,
        key_origin="" if place is None else place.origin,
        error=error,
        is_of_key=is_of_key,
        form_has_errors=bool(error),
    )


def add_password(blueprint: Blueprint, deps: Deps) -> None:
    """Add the page on which one changes one's own password."""

    @blueprint.route("/account/password", methods=["GET", "POST"])
    @for_signed_in
    def password() -> str | Response | tuple[str, int]:
        actor = current_actor()
        error = ""
        if request.method == "POST":
            try:
                _change_password(deps, actor)
            except DocFlowError as refusal:
                error = text_of(refusal)
            else:
                flash(gettext("Your password was changed. Sign in with it."), "ok")
                response = redirect(url_for("accounts.enter"))
                response.delete_cookie(COOKIE)
                return response
        page = render_template("accounts/password.html", error=error, form_has_errors=bool(error))
        return (page, 422) if error else page


def remember_locale(deps: Deps, locale: str) -> None:
    """Keep the language that a signed-in person chose, or that whoever is about to sign in chose at the door."""
    actor = current_actor()
    if actor.person_id is None:
        session[CHOSEN_LANGUAGE] = locale
    else:
        with deps.transactions.writing(actor) as uow:
            set_locale(uow, locale=locale)


def _change_password(deps: Deps, actor: Actor) -> None:
    new = request.form.get("new", "")
    if new != request.form.get("again", ""):
        raise InvalidInput("passwords_differ")
    address = address_asking()
    person_id = prove_with_password(deps.transactions, actor, request.form.get("current", ""), address)
    with deps.transactions.writing(actor) as uow:
        set_password(uow, person_id, password=new, must_change=False)
