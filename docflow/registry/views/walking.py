"""From one document that waits for a number to the next, of one batch or of all that wait."""

from __future__ import annotations

from uuid import UUID

from flask import current_app, request, url_for

from docflow.core.errors import DocFlowError
from docflow.documents.queries import document_for
from docflow.registry.deps import Deps
from docflow.registry.screen import Place, place_of
from docflow.web.formats import isolated
from docflow.web.identity import current_actor

ISOLATED = frozenset({"number", "document"})
"""Values of a refusal that stand in a sentence of the other direction."""


def asked_batch() -> UUID | None:
    """Return the batch whose documents are gone through one after the other, or none."""
    try:
        return UUID(request.args.get("batch", ""))
    except ValueError:
        return None


def place_in_list(deps: Deps, document_id: UUID) -> Place:
    """Return where a document stands among those that are gone through."""
    with deps.transactions.reading() as session:
        document = document_for(session, current_actor(), document_id)
        return place_of(session, current_actor(), document, batch_id=asked_batch())


def address_of(document_id: UUID | None) -> str:
    """Return the page that registers a document, or the end of the list where there is none left."""
    if document_id is None:
        return url_for("registry.end", batch=asked_batch())
    return url_for("registry.register", document_id=document_id, batch=asked_batch())


def refusal_text(error: DocFlowError) -> str:
    """Return what a refusal says to the reader."""
    params = {
        name: isolated(value) if name in ISOLATED else value
        for name, value in error.params.items()
        if isinstance(value, str)
    }
    said = type(error)(error.code, **{**error.params, **params})
    return str(current_app.extensions["docflow_error_texts"].text_of(said))
