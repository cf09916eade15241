"""The queue, the page of one's own signature, the designer of circuits, and the line on the page of a document."""

from __future__ import annotations

from flask import Blueprint

from docflow.approvals.ports import Deps
from docflow.approvals.views.bulk import add_bulk
from docflow.approvals.views.circuits import add_circuits
from docflow.approvals.views.document import add_document
from docflow.approvals.views.queue import add_queue
from docflow.approvals.views.signature import add_signature


def make_blueprint(deps: Deps) -> Blueprint:
    """Return the pages of this room."""
    blueprint = Blueprint("approvals", __name__, template_folder="../templates")
    add_queue(blueprint, deps)
    add_bulk(blueprint, deps)
    add_signature(blueprint, deps)
    add_document(blueprint, deps)
    add_circuits(blueprint, deps)
    return blueprint
