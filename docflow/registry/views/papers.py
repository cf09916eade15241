"""What the registry prints: receipts of entries."""

from __future__ import annotations

from collections.abc import Callable
from uuid import UUID

from flask import Blueprint, current_app
from werkzeug.wrappers import Response

from docflow.registry.deps import Deps
from docflow.registry.receipt_drawing import draw_acknowledgement, draw_roll
from docflow.registry.receipts import Receipt, receipt_for
from docflow.web.guards import requires
from docflow.web.identity import current_actor


def add_papers(blueprint: Blueprint, deps: Deps) -> None:
    """Add the receipt of an entry, on a roll and on a sheet."""

    @blueprint.get("/d/<uuid:document_id>/print/receipt")
    @requires("registry.read")
    def receipt(document_id: UUID) -> Response:
        return _printed(deps, document_id, draw_roll)

    @blueprint.get("/d/<uuid:document_id>/print/a4")
    @requires("registry.read")
    def acknowledgement(document_id: UUID) -> Response:
        return _printed(deps, document_id, draw_acknowledgement)


def _printed(deps: Deps, document_id: UUID, draw: Callable[[Receipt], bytes]) -> Response:
    actor, now = current_actor(), deps.clock.now()
    with deps.transactions.reading() as session:
        receipt = receipt_for(session, actor, document_id, settings=deps.settings, now=now)
    deps.access_log.opened(actor, document_id, what="receipt", at=now)
    return pdf_response(draw(receipt), name=f"{receipt.number.replace('/', '-')}.pdf")


def pdf_response(content: bytes, *, name: str) -> Response:
    """Return a PDF to be shown; nothing but its reader keeps it."""
    response: Response = current_app.response_class(content, mimetype="application/pdf")
    response.headers["Content-Disposition"] = f'inline; filename="{name}"'
    response.headers["Cache-Control"] = "private, no-store"
    return response
