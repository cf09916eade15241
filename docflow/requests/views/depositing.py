"""A request on the public site: the form, the receipt at once, what is given afterwards."""

from __future__ import annotations

from flask import Blueprint, redirect, render_template, request, url_for
from sqlalchemy.exc import IntegrityError
from werkzeug.wrappers import Response

from docflow.allowances.operations import count_attempt, require_allowance
from docflow.allowances.rules import Purpose
from docflow.core.capability import Followed
from docflow.core.errors import Conflict, DocFlowError, InvalidInput, NotFound
from docflow.deadlines.labels import counted_term
from docflow.documents.delivery import pdf_response
from docflow.registry.codes import code_path
from docflow.registry.following import followed_matter
from docflow.registry.rules import NUMBER_LIMIT
from docflow.registry.terms import answer_due_of
from docflow.requests.depositing import add_files, deposit_online
from docflow.requests.deps import Deps
from docflow.requests.forms import posted_application, posted_files
from docflow.requests.labels import FORM_LABELS, GROUND_LABELS, OUTCOME_LABELS
from docflow.requests.models import ServiceRequest
from docflow.requests.paper import draw_receipt
from docflow.requests.queries import procedure_named, request_of_document
from docflow.requests.receipts import receipt_of
from docflow.requests.rules import FILE_BYTES, MOST_FILES
from docflow.requests.views.shown import address, form_key, private, shown_procedure, text_of, typed
from docflow.web.bodies import takes_up_to
from docflow.web.guards import public
from docflow.web.posted import posted_id
from docflow.web.shell import current_language

BODY_BYTES = MOST_FILES * FILE_BYTES // 2 + 1024 * 1024


def add_depositing(blueprint: Blueprint, deps: Deps) -> None:
    """Add the form of a request, its receipt, and what is given afterwards."""

    @blueprint.get("/requests/new/<slug>")
    @public
    def form(slug: str) -> str | Response:
        with deps.transactions.reading() as session:
            is_online = procedure_named(session, slug).is_online
        return _render(deps, slug) if is_online else redirect(url_for("public_requests.procedure", slug=slug))

    @blueprint.post("/requests/new/<slug>")
    @public
    @takes_up_to(BODY_BYTES)
    def deposit(slug: str) -> Response:
        require_allowance(deps.transactions, address(), Purpose.DEPOSIT)
        count_attempt(deps.transactions, address(), Purpose.DEPOSIT)
        try:
            made = _deposited(deps, slug)
        except (InvalidInput, Conflict) as refusal:
            return private(_render(deps, slug, refusal=refusal), status=refusal.http_status)
        return private(_render_receipt(deps, made))

    @blueprint.post("/requests/receipt")
    @public
    def receipt() -> Response:
        found = _followed(deps)
        with deps.transactions.reading() as session:
            said = receipt_of(session, deps, found)
        response = pdf_response(draw_receipt(said), name=f"{said.number.replace('/', '-')}.pdf")
        response.headers["X-Robots-Tag"] = "noindex"
        return response

    @blueprint.post("/requests/complete")
    @public
    @takes_up_to(BODY_BYTES)
    def complete() -> Response:
        found = _followed(deps)
        refusal: DocFlowError | None = None
        try:
            add_files(deps, found.id, posted_files(request.files))
        except (InvalidInput, Conflict) as error:
            refusal = error
        page = render_template(
            "requests/completed.html",
            number=request.form.get("number", ""),
            refusal_text="" if refusal is None else text_of(refusal),
            form_has_errors=refusal is not None,
        )
        return private(page, status=200 if refusal is None else refusal.http_status)


def tell_followed(deps: Deps, followed: Followed) -> str:
    """Return what the citizen of a request is told beside its stages: what is missing, what was decided and why."""
    with deps.transactions.reading() as session:
        row = request_of_document(session, followed.document_id)
    if row is None:
        return ""
    return render_template(
        "requests/_followed.html",
        row=row,
        followed=followed,
        today=deps.clock.now().date(),
        outcome_labels=OUTCOME_LABELS,
        ground_labels=GROUND_LABELS,
        language=current_language(),
    )


def _followed(deps: Deps) -> ServiceRequest:
    """Return the request whose number and secret were posted; one that is wrong counts against its address."""
    require_allowance(deps.transactions, address(), Purpose.SECRET)
    number, secret = (request.form.get(name, "")[:NUMBER_LIMIT] for name in ("number", "secret"))
    with deps.transactions.reading() as session:
        matter = followed_matter(session, number, secret)
        row = None if matter is None else request_of_document(session, matter.document_id)
    if row is None:
        count_attempt(deps.transactions, address(), Purpose.SECRET)
        raise NotFound("matter_unknown")
    return row.request


def _deposited(deps: Deps, slug: str) -> ServiceRequest:
    with deps.transactions.reading() as session:
        count = len(procedure_named(session, slug).questions)
    key = posted_id(request.form.get("key", ""))
    language = current_language()
    application = posted_application(request.form, request.files, locale=language, question_count=count)
    try:
        return deposit_online(deps, slug, application, key=key)
    except IntegrityError:
        # The same form came twice at once: the other was deposited, and is found now.
        return deposit_online(deps, slug, application, key=key)


def _render(deps: Deps, slug: str, *, refusal: DocFlowError | None = None) -> str:
    with deps.transactions.reading() as session:
        shown = shown_procedure(session, procedure_named(session, slug))
    given = typed(refusal)
    return render_template(
        "requests/new.html",
        shown=shown,
        given=given,
        key=form_key(given.get("key", "")),
        language=current_language(),
        form_labels=FORM_LABELS,
        most_bytes=FILE_BYTES,
        contact_kept_days=deps.settings.contact_kept_days,
        refusal_text="" if refusal is None else text_of(refusal),
        form_has_errors=refusal is not None,
    )


def _render_receipt(deps: Deps, made: ServiceRequest) -> str:
    with deps.transactions.reading() as session:
        receipt = receipt_of(session, deps, made)
        term = answer_due_of(session, made.entry_id)
    return render_template(
        "requests/receipt.html",
        receipt=receipt,
        code=code_path(receipt.tracking_url),
        term=None if term is None else counted_term(term, language=current_language()),
        language=current_language(),
        form_labels=FORM_LABELS,
    )
