"""What is made anew when a person changes the text of a ready document: fields that were empty, and its copy."""

from __future__ import annotations

from uuid import UUID

from docflow.core.actor import SYSTEM
from docflow.documents.models import Document
from docflow.documents.queries import page_views
from docflow.documents.rereading import fill_empty_fields, replace_searchable
from docflow.documents.rules import DocumentState
from docflow.ingest.pipeline import searchable_or_none
from docflow.ingest.ports import Deps
from docflow.ingest.proposals import as_rows, filled_in
from docflow.ocr.fields import propose_fields


def renew_document(deps: Deps, document_id: UUID, *, is_last_attempt: bool) -> None:
    """Propose fields that had no proposal, then write the searchable copy from the newest texts."""
    with deps.transactions.reading() as session:
        document = session.get(Document, document_id)
        pages = page_views(session, document_id)
    # A document that is still being read is given both at the end of its reading.
    if document is None or document.state != DocumentState.READY:
        return
    proposals = propose_fields(pages)
    with deps.transactions.writing(SYSTEM) as uow:
        fill_empty_fields(uow, document_id, proposals=as_rows(proposals), values=filled_in(proposals))
    searchable = searchable_or_none(deps, pages, is_last_attempt=is_last_attempt)
    if searchable is None:
        return
    with deps.transactions.writing(SYSTEM) as uow:
        replace_searchable(uow, document_id, searchable=searchable, pages_version=document.pages_version)
