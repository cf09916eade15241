"""A request taken at the counter, with the checklist of what was brought, and its receipt."""

from __future__ import annotations

from uuid import UUID

from flask import Blueprint, redirect, render_template, request, url_for
from sqlalchemy.exc import IntegrityError
from werkzeug.wrappers import Response

from docflow.core.errors import Conflict, DocFlowError, InvalidInput, NotFound
from docflow.documents.delivery import pdf_response
from docflow.registry.queries import keeps_desk
from docflow.requests.depositing import deposit_at_counter
from docflow.requests.deps import Deps
from docflow.requests.forms import posted_application
from docflow.requests.labels import FORM_LABELS
from docflow.requests.models import ServiceRequest
from docflow.requests.paper import draw_receipt
from docflow.requests.queries import can_receive, catalogue, procedure_named, procedure_with_id, register_of
from docflow.requests.receipts import receipt_of
from docflow.requests.rules import FILE_BYTES, Origin
from docflow.requests.views.depositing import BODY_BYTES
from docflow.requests.views.shown import form_key, shown_procedure, text_of, typed
from docflow.web.bodies import takes_up_to
from docflow.web.guards import requires
from docflow.web.identity import current_actor
from docflow.web.posted import posted_id
from docflow.web.shell import current_language


def add_counter(blueprint: Blueprint, deps: Deps) -> None:
    """Add the counter: which procedure, what was brought, the receipt."""

    @blueprint.get("/requests/counter")
    @requires("requests.receive")
    def counter() -> str:
        actor = current_actor()
        with deps.transactions.reading() as session:
            found = [
                shown_procedure(session, one)
                for one in catalogue(session, active_only=True)
                if can_receive(session, actor, one)
            ]
        return render_template("requests/counter.html", procedures=found, language=current_language())

    @blueprint.get("/requests/counter/<slug>")
    @requires("requests.receive")
    def counter_form(slug: str) -> str:
        return _render(deps, slug)

    @blueprint.post("/requests/counter/<slug>")
    @requires("requests.receive")
    @takes_up_to(BODY_BYTES)
    def receive(slug: str) -> Response | tuple[str, int]:
        try:
            made = _received(deps, slug)
        except (InvalidInput, Conflict) as refusal:
            return _render(deps, slug, refusal=refusal), refusal.http_status
        return redirect(url_for("requests.received", request_id=made.id), 303)

    @blueprint.get("/requests/<uuid:request_id>/received")
    @requires("requests.receive")
    def received(request_id: UUID) -> str:
        found = _taken(deps, request_id)
        with deps.transactions.reading() as session:
            receipt = receipt_of(session, deps, found)
        return render_template(
            "requests/received.html",
            receipt=receipt,
            request_id=request_id,
            language=current_language(),
            form_labels=FORM_LABELS,
        )

    @blueprint.get("/requests/<uuid:request_id>/receipt.pdf")
    @requires("requests.receive")
    def counter_receipt(request_id: UUID) -> Response:
        found = _taken(deps, request_id)
        with deps.transactions.reading() as session:
            receipt = receipt_of(session, deps, found)
        return pdf_response(draw_receipt(receipt), name=f"{receipt.number.replace('/', '-')}.pdf")


def _taken(deps: Deps, request_id: UUID) -> ServiceRequest:
    """Return a request whose receipt, which carries its secret, may be printed again.

    Of one taken at the counter it is for whoever takes those of its procedure; of one from the public site it was given
    to its citizen, and is for the desk of the register alone.
    """
    actor = current_actor()
    with deps.transactions.reading() as session:
        found = session.get(ServiceRequest, request_id)
        if found is None:
            raise NotFound("request_unknown")
        procedure = procedure_with_id(session, found.procedure_id)
        if found.origin == Origin.COUNTER:
            is_shown = can_receive(session, actor, procedure)
        else:
            is_shown = actor.can("registry.register") and keeps_desk(actor, register_of(session, procedure.kind))
    if not is_shown:
        raise NotFound("request_unknown")
    return found


def _received(deps: Deps, slug: str) -> ServiceRequest:
    with deps.transactions.reading() as session:
        count = len(procedure_named(session, slug).questions)
    key, actor = posted_id(request.form.get("key", "")), current_actor()
    application = posted_application(request.form, request.files, locale=current_language(), question_count=count)
    try:
        return deposit_at_counter(deps, actor, slug, application, key=key)
    except IntegrityError:
        # The same form came twice at once: the other was deposited, and is found now.
        return deposit_at_counter(deps, actor, slug, application, key=key)


def _render(deps: Deps, slug: str, *, refusal: DocFlowError | None = None) -> str:
    with deps.transactions.reading() as session:
        procedure = procedure_named(session, slug)
        if not can_receive(session, current_actor(), procedure):
            raise NotFound("procedure_unknown")
        shown = shown_procedure(session, procedure)
    given = typed(refusal)
    return render_template(
        "requests/counter_form.html",
        shown=shown,
        given=given,
        brought=given.getlist("given") if refusal is not None else [],
        key=form_key(given.get("key", "")),
        language=current_language(),
        form_labels=FORM_LABELS,
        most_bytes=FILE_BYTES,
        refusal_text="" if refusal is None else text_of(refusal),
        form_has_errors=refusal is not None,
    )
