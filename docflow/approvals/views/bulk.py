"""Approving several items at once: the page on which they are looked over, and what became of each."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from docflow.approvals.bulk import approve_together, items_together
from docflow.approvals.forms import chosen_asks
from docflow.approvals.labels import STEP_LABELS
from docflow.approvals.ports import Deps
from docflow.approvals.queue import STEAD
from docflow.approvals.views.queue import TABS, text_of
from docflow.core.errors import DocFlowError, InvalidInput, NotFound, TooManyRequests
from docflow.web.guards import requires
from docflow.web.identity import current_actor


def add_bulk(blueprint: Blueprint, deps: Deps) -> None:
    """Add the routes of the review page."""

    @blueprint.get("/approvals/review")
    @requires("approvals.decide")
    def review() -> str | Response:
        try:
            return _render(deps)
        except InvalidInput as refusal:
            flash(text_of(refusal), "warn")
            return redirect(_queue(), 303)

    @blueprint.post("/approvals/review")
    @requires("approvals.decide")
    def approve_all() -> str | tuple[str, int]:
        try:
            outcomes = approve_together(
                deps,
                current_actor(),
                chosen_asks(request.form),
                comment=request.form.get("comment", ""),
                pin=request.form.get("pin", ""),
            )
        except (InvalidInput, TooManyRequests, NotFound) as refusal:
            if refusal.code in {"nothing_selected", "kinds_mixed"}:
                raise
            return _render(deps, refusal=refusal), 422
        return render_template(
            "approvals/outcomes.html",
            outcomes=[(one, "" if one.refusal is None else text_of(one.refusal)) for one in outcomes],
            shelf=_shelf(),
        )


def _render(deps: Deps, *, refusal: DocFlowError | None = None) -> str:
    actor = current_actor()
    items = items_together(deps, actor, chosen_asks(request.values))
    is_signed = any(item.ask.field_name for item in items)
    certificate = (
        None if actor.person_id is None else deps.person_keys.certificate_of(actor.person_id, now=deps.clock.now())
    )
    return render_template(
        "approvals/review.html",
        items=items,
        shelf=_shelf(),
        is_signed=is_signed,
        has_key=certificate is not None or not is_signed,
        step_labels=STEP_LABELS,
        given=request.form if refusal is not None else None,
        refusal_text="" if refusal is None else text_of(refusal),
        form_has_errors=refusal is not None,
    )


def _shelf() -> str | None:
    shelf = request.values.get("shelf", "")
    return shelf if shelf in {*TABS, STEAD} else None


def _queue() -> str:
    return url_for("approvals.queue", shelf=_shelf())
