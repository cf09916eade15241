"""“My signature”: the key with which a person signs, and its PIN."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response

from docflow.approvals.pins import make_key
from docflow.approvals.ports import Deps
from docflow.approvals.views.queue import text_of
from docflow.core.errors import Conflict, DocFlowError, InvalidInput, NotFound
from docflow.web.guards import requires
from docflow.web.identity import current_actor
from docflow.web.urls import safe_next


def add_signature(blueprint: Blueprint, deps: Deps) -> None:
    """Add the route."""

    @blueprint.route("/approvals/signature", methods=["GET", "POST"])
    @requires("approvals.decide")
    def signature() -> str | Response | tuple[str, int]:
        if request.method == "GET":
            return _render(deps)
        try:
            make_key(deps, current_actor(), pin=request.form.get("pin", ""), again=request.form.get("again", ""))
        except (InvalidInput, Conflict) as refusal:
            return _render(deps, refusal=refusal), refusal.http_status
        flash(gettext("Your key is made. You sign with this PIN from now on."), "ok")
        return redirect(safe_next(request.form.get("next")) or url_for("approvals.signature"), 303)


def _render(deps: Deps, *, refusal: DocFlowError | None = None) -> str:
    actor = current_actor()
    if actor.person_id is None:
        raise NotFound("signature_key_missing")
    return render_template(
        "approvals/signature.html",
        certificate=deps.person_keys.certificate_of(actor.person_id, now=deps.clock.now()),
        following=safe_next(request.values.get("next")) or "",
        refusal=refusal,
        refusal_text="" if refusal is None else text_of(refusal),
        form_has_errors=refusal is not None,
    )
