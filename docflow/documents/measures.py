"""Figures of documents: what could not be read, and how far the index is behind."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import func, select

from docflow.core.capability import Measure
from docflow.documents.models import Document
from docflow.documents.rules import DocumentState


def index_measures(deps: Any) -> Sequence[Measure]:
    """Return how many documents the index does not show as they are."""
    with deps.transactions.reading() as session:
        lag = session.scalar(select(func.count()).where(Document.indexed_version < Document.content_version))
    return [Measure("docflow_index_lag_documents", "Documents that the index does not show as they are.", [({}, lag)])]


def document_measures(deps: Any) -> Sequence[Measure]:
    """Return how many documents there are in each state, and why some could not be read."""
    with deps.transactions.reading() as session:
        states = session.execute(select(Document.state, func.count()).group_by(Document.state)).all()
        failed = session.execute(
            select(Document.error_code, func.count())
            .where(Document.state == DocumentState.FAILED)
            .group_by(Document.error_code)
        ).all()
    return [
        Measure("docflow_documents", "Documents by state.", [({"state": str(s)}, number) for s, number in states]),
        Measure(
            "docflow_failed_documents",
            "Documents that could not be read, by the code of the cause.",
            [({"cause": code or "unknown"}, number) for code, number in failed],
        ),
    ]
