"""Every route says who may come in; a route that says nothing is refused when the app starts."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final, TypeVar

from flask import Flask, Response, redirect, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from docflow.core.actor import Actor, ActorKind
from docflow.core.errors import PermissionDenied
from docflow.web.negotiation import wants_json
from docflow.web.urls import safe_next

View = TypeVar("View", bound=Callable[..., Any])


@dataclass(frozen=True, slots=True)
class Guard:
    """Who may enter: anybody, anybody signed in, or holders of ``permission``."""

    signed_in: bool
    permission: str | None = None


PUBLIC: Final = Guard(signed_in=False)
SIGNED_IN: Final = Guard(signed_in=True)


class UnguardedRoute(Exception):
    """A route declares no guard; the message names its endpoints."""


def public(view: View) -> View:
    """Let anybody in."""
    return _mark(view, PUBLIC)


def signed_in(view: View) -> View:
    """Let in whoever is signed in."""
    return _mark(view, SIGNED_IN)


def requires(permission: str) -> Callable[[View], View]:
    """Let in whoever is signed in and holds the permission; the operation checks it again."""

    def mark(view: View) -> View:
        return _mark(view, Guard(signed_in=True, permission=permission))

    return mark


def without_form_token(view: View) -> View:
    """Let a view take a ``POST`` that no page of ours sent: its address holds a secret, and that is the right to do it.

    Where the right comes from a cookie, it must never be used.
    """
    view.takes_foreign_forms = True  # type: ignore[attr-defined]
    return view


def exempt_foreign_forms(app: Flask) -> None:
    """Ask no token of the views marked so; call it once all blueprints are registered."""
    for view in app.view_functions.values():
        if getattr(view, "takes_foreign_forms", False):
            app.extensions["csrf"].exempt(view)


def guard_of(view: Callable[..., Any]) -> Guard | None:
    """Return the guard that a view declares, or None."""
    guard = getattr(view, "guard", None)
    return guard if isinstance(guard, Guard) else None


def check_guards(app: Flask) -> None:
    """Refuse an app with a route that declares no guard; call it once all blueprints are registered.

    Raises:
        UnguardedRoute: Some routes declare none.
    """
    unguarded = sorted({rule.endpoint for rule in app.url_map.iter_rules() if not _guard_at(app, rule.endpoint)})
    if unguarded:
        raise UnguardedRoute(f"these endpoints declare no guard: {', '.join(unguarded)}")


def install_guards(app: Flask, *, current_actor: Callable[[], Actor], sign_in_endpoint: str) -> None:
    """Check the guard of each request before its view runs.

    A reader who is not signed in is sent to ``sign_in_endpoint`` with the page to come back to; where that is empty
    (public site), and for JSON clients, the request is refused instead.
    """

    @app.before_request
    def check_guard() -> AnyResponse | None:
        if request.endpoint is None:
            return None
        guard = _guard_at(app, request.endpoint)
        if guard is None:
            raise UnguardedRoute(f"this endpoint declares no guard: {request.endpoint}")
        if not guard.signed_in:
            return None
        actor = current_actor()
        if actor.kind is ActorKind.ANONYMOUS:
            return _send_to_sign_in(sign_in_endpoint)
        if guard.permission and not actor.can(guard.permission):
            raise PermissionDenied("permission_missing", permission=guard.permission)
        return None


def _mark(view: View, guard: Guard) -> View:
    """Write the guard on the view."""
    view.guard = guard  # type: ignore[attr-defined]
    return view


def _guard_at(app: Flask, endpoint: str) -> Guard | None:
    """Return the guard of the view behind an endpoint."""
    view = app.view_functions.get(endpoint)
    return guard_of(view) if view else None


def _send_to_sign_in(sign_in_endpoint: str) -> AnyResponse:
    """Return the way to the sign-in page.

    Raises:
        PermissionDenied: ``sign_in_needed``, when there is no such page for this reader.
    """
    if not sign_in_endpoint or wants_json():
        raise PermissionDenied("sign_in_needed")
    is_partial = "HX-Request" in request.headers
    wanted = request.full_path.rstrip("?") if request.method == "GET" and not is_partial else None
    address = url_for(sign_in_endpoint, next=safe_next(wanted))
    if is_partial:
        return Response(status=401, headers={"HX-Redirect": address})
    return redirect(address, 303)
