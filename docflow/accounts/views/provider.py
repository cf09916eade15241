"""Signing in at an OpenID Connect provider: out to its page, and back."""

from __future__ import annotations

from flask import Blueprint, redirect, request, url_for
from werkzeug.wrappers import Response

from docflow.accounts.awaiting import ANSWER_TIME, await_answer, take_awaited
from docflow.accounts.directory import bring_in
from docflow.accounts.directory_rules import DirectoryPerson
from docflow.accounts.sign_in import Arrival, enter_from_directory
from docflow.accounts.views.deps import Deps
from docflow.accounts.views.door import address_asking, go_on, render_door
from docflow.core.actor import ANONYMOUS
from docflow.core.errors import DocFlowError, NotFound, PermissionDenied
from docflow.web.guards import public
from docflow.web.shell import current_language
from docflow.web.urls import safe_next

COOKIE = "docflow_provider"
PURPOSE = "oidc"
PATH = "/sign-in/provider"
"""Where both addresses lie; the cookie of the way out and back is sent nowhere else."""


def add_provider(blueprint: Blueprint, deps: Deps) -> None:
    """Add the door through the provider."""

    @blueprint.get(PATH)
    @public
    def provider() -> Response | tuple[str, int]:
        if not deps.identity_provider.is_set_up:
            raise NotFound("directory_missing")
        target = safe_next(request.args.get("next")) or "/"
        try:
            begun = deps.identity_provider.begin(_back_to(deps), locale=current_language())
        except DocFlowError as error:
            return render_door(deps, target, error=error), error.http_status
        with deps.transactions.writing(ANONYMOUS) as uow:
            secret = await_answer(uow, PURPOSE, {**begun.kept, "next": target})
        response = redirect(begun.address)
        response.set_cookie(
            COOKIE,
            secret,
            max_age=int(ANSWER_TIME.total_seconds()),
            httponly=True,
            samesite="Lax",
            secure=deps.settings.secure_cookies,
            path=PATH,
        )
        return response

    @blueprint.get(f"{PATH}/back")
    @public
    def provider_back() -> Response | tuple[str, int]:
        if not deps.identity_provider.is_set_up:
            raise NotFound("directory_missing")
        with deps.transactions.writing(ANONYMOUS) as uow:
            kept = take_awaited(uow, PURPOSE, request.cookies.get(COOKIE, ""))
        try:
            if kept is None:
                raise PermissionDenied("directory_too_late")
            found = deps.identity_provider.finish(kept, request.args.to_dict())
            response = _let_in(deps, found, kept["next"])
        except DocFlowError as error:
            target = "/" if kept is None else kept["next"]
            return render_door(deps, target, error=error), error.http_status
        response.delete_cookie(COOKIE, path=PATH)
        return response


def _let_in(deps: Deps, found: DirectoryPerson, target: str) -> Response:
    person_id = bring_in(deps.transactions, found, makes_accounts=deps.settings.directory_makes_accounts)
    arrival = Arrival(found.door, found.did_factor, address_asking(), request.user_agent.string)
    return go_on(deps, enter_from_directory(deps.transactions, person_id, arrival), target)


def _back_to(deps: Deps) -> str:
    """Return the address to come back to, as the provider knows it: never what a request says of its host."""
    return deps.settings.staff_url.rstrip("/") + url_for("accounts.provider_back")
