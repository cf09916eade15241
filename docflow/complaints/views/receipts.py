"""The receipt of a deposit, at once: on the page, with its code, and as a PDF to be kept or printed."""

from __future__ import annotations

from flask import Blueprint, redirect, render_template, url_for
from werkzeug.wrappers import Response as AnyResponse

from docflow.complaints.deps import Deps
from docflow.complaints.models import Complaint
from docflow.complaints.queries import draft_of
from docflow.complaints.views.citizen import draft_secret, forget_secret, private_page
from docflow.core.errors import NotFound
from docflow.deadlines.labels import counted_term
from docflow.documents.delivery import pdf_response
from docflow.registry.codes import code_path
from docflow.registry.receipt_drawing import draw_acknowledgement
from docflow.registry.receipts import Receipt, receipt_of_entry
from docflow.registry.terms import answer_due_of
from docflow.web.guards import public
from docflow.web.shell import current_language


def add_receipts(blueprint: Blueprint, deps: Deps) -> None:
    """Add the receipt; it is shown to the browser in which the complaint was deposited, for a day."""

    @blueprint.get("/complaints/receipt")
    @public
    def receipt() -> AnyResponse:
        complaint = _deposited(deps)
        if complaint is None:
            return redirect(url_for("complaint_site.start"))
        found = _receipt(deps, complaint)
        with deps.transactions.reading() as session:
            term = answer_due_of(session, complaint.entry_id)
        page = render_template(
            "complaints/receipt.html",
            receipt=found,
            code=code_path(found.tracking_url),
            complaint=complaint,
            term=None if term is None else counted_term(term, language=current_language()),
        )
        return private_page(page)

    @blueprint.get("/complaints/receipt.pdf")
    @public
    def receipt_pdf() -> AnyResponse:
        complaint = _deposited(deps)
        if complaint is None:
            raise NotFound("complaint_draft_gone")
        found = _receipt(deps, complaint)
        return pdf_response(draw_acknowledgement(found), name=f"{found.number.replace('/', '-')}.pdf")

    @blueprint.post("/complaints/receipt/close")
    @public
    def receipt_closed() -> AnyResponse:
        response = redirect(url_for("portal.home"), 303)
        forget_secret(response)
        return response


def _deposited(deps: Deps) -> Complaint | None:
    with deps.transactions.reading() as session:
        draft = draft_of(session, draft_secret(), deps.clock.now())
        if draft is None or draft.complaint_id is None:
            return None
        return session.get(Complaint, draft.complaint_id)


def _receipt(deps: Deps, complaint: Complaint) -> Receipt:
    with deps.transactions.reading() as session:
        return receipt_of_entry(session, complaint.entry_id, settings=deps.settings, now=deps.clock.now())
