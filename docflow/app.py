"""The staff site and the public site, from the explicit list of capabilities."""

from __future__ import annotations

import hmac

from flask import Flask, Response, abort, jsonify, request
from flask.typing import ResponseReturnValue
from sqlalchemy import Select
from werkzeug.middleware.proxy_fix import ProxyFix

from docflow.accounts.views import load_actor, remember_locale
from docflow.bootstrap import Runtime
from docflow.core.actor import ANONYMOUS, Actor
from docflow.core.capability import MOST_COUNTED
from docflow.health import OPTIONAL, is_ready, run_checks
from docflow.home.rules import places_of
from docflow.measures import FORM, Watch
from docflow.notifications.queries import counting_unread
from docflow.texts import error_texts
from docflow.web.bodies import install_body_limits
from docflow.web.guards import check_guards, exempt_foreign_forms, public
from docflow.web.identity import current_actor, install_identity
from docflow.web.problem import install_problem_pages
from docflow.web.request_counts import RequestCounts, install_request_counts
from docflow.web.shell import Site, install_shell

FORM_BYTES = 2 * 1024 * 1024
COUNTS = "docflow_request_counts"
"""Under this name an app keeps where its requests are counted, if they are."""


def create_staff_app(runtime: Runtime) -> Flask:
    """Return the site of the staff."""
    app = _new_app(runtime, "staff")
    install_identity(app, lambda: load_actor(runtime))
    app.extensions["docflow_run_checks"] = lambda: run_checks(runtime)
    settings = runtime.settings
    menu = [entry for capability in runtime.capabilities for entry in capability.menu]
    install_shell(
        app,
        menu=menu,
        current_actor=current_actor,
        is_behind_proxy=settings.trusted_proxies > 0,
        deps=runtime,
        preferred_locale=lambda: current_actor().locale if current_actor().person_id else None,
        remember_locale=lambda locale: remember_locale(runtime, locale),
        site=Site(
            brand=lambda: runtime.district.name,
            home_endpoint="home.start",
            more_endpoint="home.more",
            places=lambda actor: places_of(actor.roles),
            search_endpoint="search.page",
            search_permission="search.use",
            suggest_endpoint="search.suggestions",
            sign_in_endpoint="accounts.enter",
            sign_out_endpoint="accounts.leave",
            account_endpoint="accounts.own",
            notifications_endpoint="notifications.notices",
            unread_count=_count_unread,
            session_idle_s=settings.session_idle_s,
        ),
    )
    for capability in runtime.capabilities:
        for make_blueprint in capability.blueprints:
            app.register_blueprint(make_blueprint(runtime))

    token = settings.metrics_token

    @app.get("/metrics")
    @public
    def metrics() -> ResponseReturnValue:
        """Tell Prometheus, which shows the token of the settings, how the installation is."""
        if token is None or not token.get_secret_value():
            return abort(404)
        shown = request.headers.get("Authorization", "").encode()
        if not hmac.compare_digest(shown, f"Bearer {token.get_secret_value()}".encode()):
            return Response(status=401, headers={"WWW-Authenticate": "Bearer"})
        return Response(watch.told(), content_type=FORM)

    watch = Watch(runtime, app.extensions.get(COUNTS))
    return _finished(app, runtime)


def _count_unread(actor: Actor) -> Select[int]:
    return counting_unread(actor, MOST_COUNTED + 1)


def create_public_app(runtime: Runtime) -> Flask:
    """Return the site of the citizens."""
    app = _new_app(runtime, "public")
    install_identity(app, lambda: ANONYMOUS)
    settings = runtime.settings
    install_shell(
        app,
        menu=[],
        current_actor=current_actor,
        is_behind_proxy=settings.trusted_proxies > 0,
        site=Site(
            brand=lambda: runtime.district.name,
            home_endpoint="portal.home",
            takes_language=True,
            links=sorted(
                (link for capability in runtime.capabilities for link in capability.site_links),
                key=lambda link: link.order,
            ),
        ),
    )
    for capability in runtime.capabilities:
        for make_blueprint in capability.public_blueprints:
            app.register_blueprint(make_blueprint(runtime))
    return _finished(app, runtime)


def _new_app(runtime: Runtime, name: str) -> Flask:
    app = Flask(f"docflow.{name}", static_folder=None)
    settings = runtime.settings
    app.config.update(
        SECRET_KEY=f"{name}:{runtime.secret_key}",
        SESSION_COOKIE_NAME=f"docflow_{name}",
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_SECURE=settings.secure_cookies,
        MAX_CONTENT_LENGTH=FORM_BYTES,
        MAX_FORM_MEMORY_SIZE=FORM_BYTES,
    )
    install_body_limits(app)
    if settings.metrics_token is not None and settings.metrics_token.get_secret_value():
        app.extensions[COUNTS] = RequestCounts(settings.home / "metrics")
        install_request_counts(app, app.extensions[COUNTS], site=name)
    if settings.trusted_proxies:
        hops = settings.trusted_proxies
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=hops, x_proto=hops, x_host=hops)  # type: ignore[method-assign]
    return app


def _finished(app: Flask, runtime: Runtime) -> Flask:
    @app.get("/healthz")
    @public
    def healthz() -> Response:
        """Say that the process is up."""
        return jsonify(ok=True)

    @app.get("/readyz")
    @public
    def readyz() -> ResponseReturnValue:
        """Say whether database, storage, index and queue answer."""
        answers = is_ready(runtime)
        ok = all(is_up for name, is_up in answers.items() if name not in OPTIONAL)
        return jsonify(ok=ok, checks=answers), 200 if ok else 503

    install_problem_pages(app, error_texts())
    exempt_foreign_forms(app)
    check_guards(app)
    return app
