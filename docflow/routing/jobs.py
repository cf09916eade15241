"""The handler that sends a registered letter on its way."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from docflow.core.actor import SYSTEM
from docflow.core.capability import JobContext
from docflow.documents.models import Document
from docflow.registry.queries import entry_with_id
from docflow.registry.rules import EntryState
from docflow.registry.terms import answer_due
from docflow.routing.operations import send_first, withdraw
from docflow.routing.ports import Deps


def send_entry(deps: Deps, payload: Mapping[str, Any], _context: JobContext) -> None:
    """Ask the unit of a registered letter to answer it, within the term of the law where there is one."""
    with deps.transactions.writing(SYSTEM) as uow:
        found = entry_with_id(uow.session, UUID(payload["entry_id"]))
        if found is None or found[0].state != EntryState.REGISTERED or found[0].arrived_at is None:
            return
        entry, register = found
        document = uow.session.get_one(Document, entry.document_id, with_for_update=True)
        term = answer_due(uow.session, register, found[0].arrived_at)
        send_first(
            uow,
            document,
            due_on=None if term is None else term.due,
            sent_by=entry.registered_by,
            name=entry.registered_by_name,
        )


def withdraw_cancelled(deps: Deps, payload: Mapping[str, Any], _context: JobContext) -> None:
    """Take back what is asked on a document whose number was cancelled."""
    with deps.transactions.writing(SYSTEM) as uow:
        withdraw(uow, UUID(payload["document_id"]))
