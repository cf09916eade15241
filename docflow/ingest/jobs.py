"""The handlers of the intake's jobs."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

import structlog

from docflow.core.actor import SYSTEM
from docflow.core.capability import JobContext
from docflow.ingest.operations import settle_abandoned
from docflow.ingest.pipeline import (
    finish_document,
    inspect_document,
    read_document_page,
    read_one_page,
    remake_document,
)
from docflow.ingest.ports import Deps
from docflow.ingest.renewal import renew_document

logger = structlog.get_logger()


def inspect(deps: Deps, payload: Mapping[str, Any], _context: JobContext) -> None:
    """Find out what a deposited file is."""
    inspect_document(deps, UUID(payload["document_id"]))


def read_page(deps: Deps, payload: Mapping[str, Any], context: JobContext) -> None:
    """Read one page."""
    read_document_page(
        deps,
        UUID(payload["document_id"]),
        int(payload["page_index"]),
        is_last_attempt=context.is_last_attempt,
    )


def finish(deps: Deps, payload: Mapping[str, Any], context: JobContext) -> None:
    """Make the document searchable."""
    finish_document(deps, UUID(payload["document_id"]), is_last_attempt=context.is_last_attempt)


def read_again(deps: Deps, payload: Mapping[str, Any], context: JobContext) -> None:
    """Read a page again, wherever it is now."""
    read_one_page(deps, UUID(payload["page_id"]), is_last_attempt=context.is_last_attempt)


def remake(deps: Deps, payload: Mapping[str, Any], context: JobContext) -> None:
    """Make anew what follows from the pages of a document."""
    remake_document(deps, UUID(payload["document_id"]), is_last_attempt=context.is_last_attempt)


def renew(deps: Deps, payload: Mapping[str, Any], context: JobContext) -> None:
    """Bring empty fields and the searchable copy in line with a text that a person changed."""
    renew_document(deps, UUID(payload["document_id"]), is_last_attempt=context.is_last_attempt)


def settle(deps: Deps, _payload: Mapping[str, Any], _context: JobContext) -> None:
    """Give jobs that died without a word their consequence."""
    with deps.transactions.writing(SYSTEM) as uow:
        settled = settle_abandoned(uow)
    if settled:
        logger.warning("abandoned_readings_settled", documents=settled)
