"""The searchable copy of a document."""

from __future__ import annotations

from docflow.core.uow import UnitOfWork
from docflow.documents.models import Document
from docflow.documents.rules import StoredCopy
from docflow.storage.operations import name_blob


def keep_searchable(uow: UnitOfWork, document: Document, copy: StoredCopy | None) -> None:
    """Note the searchable copy of a document, or that it has none."""
    if copy is None:
        document.searchable_sha256 = document.searchable_size_bytes = None
        document.searchable_conformance, document.searchable_obstacles = "", []
        return
    name_blob(uow, copy.ref, media_type="application/pdf")
    document.searchable_sha256, document.searchable_size_bytes = copy.ref.sha256, copy.ref.size_bytes
    document.searchable_conformance, document.searchable_obstacles = copy.conformance, list(copy.obstacles)
