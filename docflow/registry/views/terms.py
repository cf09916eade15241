"""The page on which the term of a letter is paused, goes on, or is extended."""

from __future__ import annotations

from uuid import UUID

from flask import Blueprint, current_app, flash, redirect, render_template, request, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response

from docflow.accounts.queries import names_shown
from docflow.core.errors import Conflict, DocFlowError, InvalidInput, NotFound
from docflow.deadlines.labels import counted_term, term_text
from docflow.documents.queries import document_content_for
from docflow.registry.deps import Deps
from docflow.registry.models import Register, TermExtension, TermPause
from docflow.registry.queries import entry_row
from docflow.registry.terms import answer_due, extend_term, pause_term, resume_term
from docflow.web.guards import requires
from docflow.web.identity import current_actor
from docflow.web.shell import current_language


def add_terms(blueprint: Blueprint, deps: Deps) -> None:
    """Add the page of the term of an entry."""

    @blueprint.route("/entries/<uuid:entry_id>/term", methods=["GET", "POST"])
    @requires("routing.send")
    def term(entry_id: UUID) -> str | Response | tuple[str, int]:
        if request.method == "GET":
            return _render(deps, entry_id)
        try:
            said = _change(deps, entry_id)
        except (InvalidInput, Conflict) as refusal:
            return _render(deps, entry_id, refusal=refusal), refusal.http_status
        flash(said, "ok")
        return redirect(url_for("registry.term", entry_id=entry_id), 303)


def _change(deps: Deps, entry_id: UUID) -> str:
    action, reason = request.form.get("action", ""), request.form.get("reason", "")
    with deps.transactions.writing(current_actor()) as uow:
        if action == "pause":
            pause_term(uow, entry_id, reason=reason)
            return str(gettext("The term stands still until you note that it came."))
        if action == "resume":
            resume_term(uow, entry_id)
            return str(gettext("The term goes on."))
        if action == "extend":
            extend_term(uow, entry_id, reason=reason)
            return str(gettext("The term is extended."))
    raise InvalidInput("choice_unknown")


def _render(deps: Deps, entry_id: UUID, *, refusal: DocFlowError | None = None) -> str:
    actor = current_actor()
    with deps.transactions.reading() as session:
        row = entry_row(session, actor, entry_id)
        if row.document is None or row.entry.arrived_at is None:
            raise NotFound("entry_unknown")
        document = document_content_for(session, actor, row.document.id)
        register = session.get_one(Register, row.entry.register_id)
        deadline = answer_due(session, register, row.entry.arrived_at, entry_id=entry_id)
        if deadline is None:
            raise InvalidInput("term_missing")
        pause, extension = session.get(TermPause, entry_id), session.get(TermExtension, entry_id)
        kept = {name for one in (pause,) if one for name in (one.paused_by_name, one.resumed_by_name) if name}
        kept |= {extension.extended_by_name} if extension else set()
        names = names_shown(session, sorted(kept), locale=current_language())
    rule = deadline.rule
    return render_template(
        "registry/term.html",
        entry=row.entry,
        document=document,
        counted=counted_term(deadline, language=current_language()),
        pause=pause,
        extension=extension,
        names=names,
        extension_text=term_text(rule, days=rule.extension_days) if rule.extension_days else "",
        may_extend=actor.can("terms.extend"),
        given=request.form if refusal is not None else None,
        refusal_text="" if refusal is None else str(current_app.extensions["docflow_error_texts"].text_of(refusal)),
        form_has_errors=refusal is not None,
    )
