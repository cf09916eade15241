"""The page of one's own account: where mail reaches one, how often, in which language; one's sessions."""

from __future__ import annotations

from typing import Protocol
from uuid import UUID

from flask import Blueprint, current_app, flash, g, redirect, render_template, request, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response

from docflow.accounts.directory import directory_account_of
from docflow.accounts.factors import has_factor
from docflow.accounts.labels import DIGEST_LABELS, ROLE_LABELS
from docflow.accounts.operations import set_own_mail
from docflow.accounts.queries import SignedIn, memberships_by_person, person_with_id
from docflow.accounts.rules import Digest, is_within
from docflow.accounts.sessions import end_own_session, end_sessions, sessions_of
from docflow.core.errors import DocFlowError, InvalidInput, NotFound
from docflow.core.uow import Transactions
from docflow.settings import Settings
from docflow.web.guards import signed_in
from docflow.web.identity import current_actor
from docflow.web.languages import LANGUAGE_NAMES
from docflow.web.posted import posted_id
from docflow.web.shell import current_language


class Deps(Protocol):
    """The runtime as this page sees it."""

    @property
    def settings(self) -> Settings:
        """Whether mail is sent at all."""
        ...

    @property
    def transactions(self) -> Transactions:
        """Opens units of work."""
        ...


def add_own_account(blueprint: Blueprint, deps: Deps) -> None:
    """Add the page of one's own account."""

    @blueprint.route("/account", methods=["GET", "POST"])
    @signed_in
    def own() -> str | Response | tuple[str, int]:
        if request.method == "GET":
            return _render(deps)
        try:
            with deps.transactions.writing(current_actor()) as uow:
                set_own_mail(
                    uow,
                    email=request.form.get("email", ""),
                    digest=_digest(),
                    locale=request.form.get("locale", ""),
                )
        except InvalidInput as refusal:
            return _render(deps, refusal=refusal), refusal.http_status
        flash(gettext("Your choices are kept."), "ok")
        return redirect(url_for("accounts.own"), 303)

    @blueprint.post("/account/sessions")
    @signed_in
    def sessions() -> Response:
        actor, chosen = current_actor(), request.form.get("session", "")
        if actor.person_id is None:
            raise NotFound("person_unknown", username=actor.name)
        with deps.transactions.writing(actor) as uow:
            if chosen:
                end_own_session(uow, posted_id(chosen))
            else:
                end_sessions(uow, actor.person_id, but=own_session_id())
        flash(gettext("It is ended. Whoever used it must sign in again."), "ok")
        return redirect(url_for("accounts.own") + "#sessions", 303)


def own_session_id() -> UUID | None:
    """Return the session that makes this request."""
    found: SignedIn | None = g.get("signed_in")
    return None if found is None else found.session_id


def _digest() -> Digest:
    try:
        return Digest(request.form.get("digest", ""))
    except ValueError as error:
        raise InvalidInput("choice_unknown") from error


def _render(deps: Deps, *, refusal: DocFlowError | None = None) -> str:
    actor, now, language = current_actor(), deps.transactions.clock.now(), current_language()
    if actor.person_id is None:
        raise NotFound("person_unknown", username=actor.name)
    with deps.transactions.reading() as session:
        person = person_with_id(session, actor.person_id)
        held = [
            (str(ROLE_LABELS[membership.role]), unit.name_ar if language == "ar" else unit.name_fr)
            for membership, unit in memberships_by_person(session).get(person.id, ())
            if is_within(now, membership.valid_from, membership.valid_until)
        ]
        is_factor_set = has_factor(session, person.id)
        is_of_directory = directory_account_of(session, person.id) is not None
        held_sessions = sessions_of(session, person.id, now=now, idle_s=deps.settings.session_idle_s)
    url = deps.settings.smtp_url
    return render_template(
        "accounts/own.html",
        person=person,
        name=person.name(language),
        roles=held,
        has_factor=is_factor_set,
        has_password=bool(person.password_hash) and not (deps.settings.directory_only and is_of_directory),
        sessions=held_sessions,
        own_session_id=own_session_id(),
        is_mail_set_up=url is not None and bool(url.get_secret_value()),
        digest_labels=DIGEST_LABELS,
        language_names=LANGUAGE_NAMES,
        given=request.form if refusal is not None else {},
        refusal_text="" if refusal is None else str(current_app.extensions["docflow_error_texts"].text_of(refusal)),
        form_has_errors=refusal is not None,
    )
