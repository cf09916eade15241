"""What the page of a document shows of its circuits, and taking an act back from there."""

from __future__ import annotations

from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response

from docflow.accounts.queries import names_shown
from docflow.approvals.labels import RUN_LABELS, STEP_LABELS
from docflow.approvals.operations import withdraw
from docflow.approvals.ports import Deps
from docflow.approvals.queries import RunView, run_with_id, runs_about
from docflow.approvals.queue import asks_among
from docflow.approvals.rules import ENDED, RunState
from docflow.approvals.screen import line_of
from docflow.approvals.settling import settle_due
from docflow.approvals.views.queue import present_reader, text_of
from docflow.core.actor import Actor
from docflow.core.errors import Conflict, InvalidInput, NotFound
from docflow.documents.delivery import deliver_blob
from docflow.documents.queries import can_see_content, document_content_for, document_for
from docflow.stamping.queries import sealed_revision_of
from docflow.web.guards import requires
from docflow.web.identity import current_actor
from docflow.web.shell import current_language


def add_document(blueprint: Blueprint, deps: Deps) -> None:
    """Add the route."""

    @blueprint.post("/approvals/runs/<uuid:run_id>/withdraw")
    @requires("approvals.start")
    def withdraw_run(run_id: UUID) -> Response:
        with deps.transactions.writing(current_actor()) as uow:
            try:
                document_id = withdraw(uow, run_id).document_id
            except Conflict as refusal:
                flash(text_of(refusal), "warn")
                return redirect(url_for("home.start"), 303)
        flash(gettext("It is taken back from its circuit."), "ok")
        return redirect(url_for("documents.show", document_id=document_id), 303)

    @blueprint.get("/approvals/runs/<uuid:run_id>/act.pdf")
    @requires("documents.read")
    def signed_act(run_id: UUID) -> Response:
        actor = current_actor()
        with deps.transactions.reading() as session:
            view = run_with_id(session, run_id)
            if view is None or not view.row.is_act:
                raise NotFound("run_unknown")
            document = document_content_for(session, actor, view.row.document_id)
            sealed = sealed_revision_of(session, document.id)
        if sealed is None:
            raise NotFound("run_unknown")
        deps.access_log.opened(actor, document.id, what="signed act", at=deps.clock.now())
        name = f"{document.register_number or gettext('Act')} v{sealed.revision}.pdf"
        return deliver_blob(deps.blob_store, sealed.blob, name=name, media_type="application/pdf")


def show_runs(deps: Deps, actor: Actor, document_id: UUID) -> str:
    """Return the lines of the circuits of a document, with what the reader may do there."""
    locale = current_language()
    settle_due(deps.transactions, document_id=document_id)
    with deps.transactions.reading() as session:
        document_for(session, actor, document_id)
        views = runs_about(session, document_id)
        if not views:
            return ""
        is_readable = can_see_content(session, actor, document_id)
        waiting = asks_among(session, present_reader(), document_id)
        names = names_shown(session, [view.row.started_by_name for view in views], locale=locale)
    return render_template(
        "approvals/_runs.html",
        runs=[
            (
                view,
                line_of(view, locale=locale, mine=waiting, by=names[view.row.started_by_name]),
                next((one.ask.id for one in view.asks if one.ask.id in waiting), None),
            )
            for view in views
        ],
        errors={view.id: _error(view) for view in views},
        may_withdraw={view.id for view in views if _may_withdraw(view, actor)},
        is_readable=is_readable,
        run_labels=RUN_LABELS,
        step_labels=STEP_LABELS,
    )


def _may_withdraw(view: RunView, actor: Actor) -> bool:
    is_own = view.row.started_by is not None and view.row.started_by == actor.person_id
    return view.row.is_act and is_own and view.state not in {*ENDED, RunState.DEPARTING}


def _error(view: RunView) -> str:
    code = view.row.error_code
    return "" if code is None else text_of(InvalidInput(code, **view.row.error_params))
