"""The handler of this package's job."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any, Final

from sqlalchemy import select

from docflow.core.actor import SYSTEM
from docflow.core.capability import JobContext
from docflow.documents.deps import Deps
from docflow.documents.models import Document
from docflow.documents.operations import INDEX_JOB

FIRST_FULL_YEAR: Final = date(100, 1, 1)
CENTURY: Final = 100
DOCUMENTS_AT_ONCE: Final = 200


def complete_years(deps: Deps, _payload: Mapping[str, Any], _context: JobContext) -> None:
    """Give the dates that were stored with a year of two digits the century that was meant.

    Until migration 0074 forms took ``04/12/26`` for the year 26. The century is the one of the deposit, or the one
    before where the letter would be dated more than a year after it. Each document has its line in the journal; a
    second run finds nothing.
    """
    short = select(Document).where(Document.document_date < FIRST_FULL_YEAR).order_by(Document.id)
    while True:
        with deps.transactions.writing(SYSTEM) as uow:
            documents = uow.session.scalars(short.limit(DOCUMENTS_AT_ONCE).with_for_update()).all()
            for document in documents:
                document.document_date = _completed(document)
                document.content_version += 1
                document.version += 1
                uow.record("documents.year_completed", subject_kind="document", subject_id=document.id)
            if documents:
                uow.enqueue(INDEX_JOB)
        if len(documents) < DOCUMENTS_AT_ONCE:
            return


def _completed(document: Document) -> date:
    assert document.document_date is not None  # noqa: S101 - the statement chose by it
    deposit_year = document.deposited_at.year
    year = document.document_date.year + deposit_year - deposit_year % CENTURY
    return document.document_date.replace(year=year if year <= deposit_year + 1 else year - CENTURY)
