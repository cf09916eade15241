"""The pages of subscriptions, and the news for the sites that show them in a frame."""

from __future__ import annotations

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response as AnyResponse

from docflow.allowances.operations import count_attempt, require_allowance
from docflow.allowances.rules import Purpose
from docflow.core.actor import ANONYMOUS
from docflow.core.errors import Conflict, DocFlowError, InvalidInput
from docflow.publications.front import listed
from docflow.publications.labels import POST_KIND_LABELS
from docflow.publications.queries import all_categories, files_of, newest_out
from docflow.publications.rules import Section
from docflow.publications.subscribing import (
    Deps,
    ask_subscription,
    confirm_subscription,
    end_subscription,
    subscription_with,
)
from docflow.web.guards import public, without_form_token
from docflow.web.problem import text_of
from docflow.web.shell import CONTENT_SECURITY_POLICY, FRAMED_BY_NOBODY, current_language

EMBEDDED = 6
EMBEDDED_S = 300
"""How long other sites keep the frame."""


def add_subscribing(blueprint: Blueprint, deps: Deps) -> None:
    """Add the pages of subscriptions."""

    @blueprint.get("/subscriptions")
    @public
    def subscribe() -> str:
        return _render(deps)

    @blueprint.post("/subscriptions")
    @public
    def ask() -> AnyResponse | tuple[str, int]:
        address = (request.remote_addr or "")[:64]
        require_allowance(deps.transactions, address, Purpose.MAIL)
        count_attempt(deps.transactions, address, Purpose.MAIL)
        form = request.form
        try:
            ask_subscription(
                deps, email=form.get("email", ""), language=current_language(), theme_ids=form.getlist("theme")[:50]
            )
        except (InvalidInput, Conflict) as refusal:
            return _render(deps, refusal=refusal), refusal.http_status
        flash(gettext("If the address is not subscribed yet, a mail is on its way to it. Open the link in it."), "ok")
        return redirect(url_for("publications.subscribe"), 303)

    # A program that opens links in mail confirms and ends nothing: each needs a button.
    @blueprint.get("/subscriptions/<token>")
    @public
    def confirm(token: str) -> AnyResponse:
        return _question(deps, token, is_end=False)

    @blueprint.post("/subscriptions/<token>")
    @public
    def confirmed(token: str) -> AnyResponse:
        with deps.transactions.writing(ANONYMOUS) as uow:
            confirm_subscription(uow, token)
        flash(gettext("You will be told by mail of what comes out."), "ok")
        return redirect(url_for("publications.subscribe"), 303)

    @blueprint.get("/subscriptions/<token>/end")
    @public
    def end(token: str) -> AnyResponse:
        return _question(deps, token, is_end=True)

    # A program of mail has no form of ours: whoever knows the link may end the subscription.
    @blueprint.post("/subscriptions/<token>/end")
    @public
    @without_form_token
    def ended(token: str) -> AnyResponse:
        with deps.transactions.writing(ANONYMOUS) as uow:
            end_subscription(uow, token)
        if request.form.get("List-Unsubscribe") == "One-Click":
            # Such a program follows no redirection (RFC 8058, 3.1).
            return Response(gettext("The address is forgotten. Nothing more is sent to it."), mimetype="text/plain")
        flash(gettext("The address is forgotten. Nothing more is sent to it."), "ok")
        return redirect(url_for("publications.subscribe"), 303)

    @blueprint.get("/embed/news")
    @public
    def embed() -> AnyResponse:
        return _embedded(deps)


def _render(deps: Deps, *, refusal: DocFlowError | None = None) -> str:
    with deps.transactions.reading() as session:
        themes = [one for one in all_categories(session) if one.is_active]
    return render_template(
        "publications/subscribe.html",
        themes=themes,
        language=current_language(),
        is_possible=deps.mail_server.is_set_up,
        given=request.form if refusal is not None else {},
        refusal_text="" if refusal is None else text_of(refusal),
        form_has_errors=refusal is not None,
    )


def _question(deps: Deps, token: str, *, is_end: bool) -> AnyResponse:
    with deps.transactions.reading() as session:
        kept = subscription_with(session, token)
    response = Response(render_template("publications/subscription.html", kept=kept, token=token, is_end=is_end))
    response.headers["X-Robots-Tag"] = "noindex"
    response.headers["Referrer-Policy"] = "no-referrer"
    return response


def _embedded(deps: Deps) -> AnyResponse:
    """Return the newest posts as a page for a frame; which sites may show it is a setting."""
    language = current_language()
    with deps.transactions.reading() as session:
        posts = newest_out(session, Section.NEWS, now=deps.clock.now(), most=EMBEDDED)
        files = files_of(session, [post.id for post in posts])
        categories = {one.id: one for one in all_categories(session)}
    shown = render_template(
        "publications/embed.html",
        posts=listed(posts, Section.NEWS, files=files, categories=categories, language=language),
        kind_labels=POST_KIND_LABELS,
        public_url=deps.settings.public_url.rstrip("/"),
    )
    response = Response(shown)
    origins = deps.settings.embed_origins
    if origins:
        # No script runs there and no form is sent: the page is read, and its links lead to the site itself.
        allowed = CONTENT_SECURITY_POLICY.replace(FRAMED_BY_NOBODY, f"frame-ancestors {origins}")
        strict = allowed.replace("script-src 'self'", "script-src 'none'").replace(
            "form-action 'self'", "form-action 'none'"
        )
        response.headers["Content-Security-Policy"] = strict
        response.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
    response.headers["Cache-Control"] = f"public, max-age={EMBEDDED_S}"
    return response
