"""What a document is like: a second scan of the same letter, compared with it, and documents on the same matter."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import Blueprint, render_template

from docflow.core.actor import Actor
from docflow.core.capability import ShownPage
from docflow.core.errors import Unavailable
from docflow.documents.queries import document_content_for, document_for
from docflow.search.duplicates import compared_texts, near_duplicates
from docflow.search.similar import similar_documents
from docflow.search.views.deps import Deps
from docflow.web.guards import requires
from docflow.web.identity import current_actor


def add_likeness(blueprint: Blueprint, deps: Deps) -> None:
    """Add the pages that compare a document with others."""

    @blueprint.get("/d/<uuid:document_id>/similar")
    @requires("documents.read")
    def similar(document_id: UUID) -> str | tuple[str, int]:
        actor = current_actor()
        with deps.transactions.reading() as session:
            document = document_content_for(session, actor, document_id)
        try:
            found = similar_documents(deps, actor, document_id, now=deps.transactions.clock.now())
        except Unavailable:
            return render_template("search/unavailable.html"), 503
        return render_template("search/similar.html", document=document, found=found)

    @blueprint.get("/d/<uuid:document_id>/compare/<uuid:other_id>")
    @requires("documents.read")
    def compare(document_id: UUID, other_id: UUID) -> str:
        actor = current_actor()
        with deps.transactions.reading() as session:
            document = document_content_for(session, actor, document_id)
            other = document_content_for(session, actor, other_id)
            likeness = compared_texts(session, document_id, other_id)
        at = deps.transactions.clock.now()
        for opened in (document_id, other_id):
            deps.access_log.opened(actor, opened, what="page", at=at)
        return render_template("search/compare.html", document=document, other=other, likeness=likeness)


def show_likeness(deps: Any, actor: Actor, shown: ShownPage) -> str:
    """Return, on the page of a document, the same letter scanned before, and the way to what is on the same matter."""
    if shown.tab != "details":
        return ""
    with deps.transactions.reading() as session:
        document = document_for(session, actor, shown.document_id)
        near = near_duplicates(session, actor, document)
    return render_template("search/_likeness.html", document=document, near=near, may_search=actor.can("search.use"))
