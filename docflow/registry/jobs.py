"""The handlers of the registry's jobs."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

import structlog

from docflow.core.actor import SYSTEM
from docflow.core.capability import JobContext
from docflow.core.errors import Conflict, DocFlowError, ServerAway, Unavailable
from docflow.registry.deps import Deps
from docflow.registry.prints import forget_prints, make_print
from docflow.registry.sealing import due_seal, note_not_sealed, note_sealed, try_seals_again
from docflow.stamping.operations import seal_arrival

logger = structlog.get_logger()


def make(deps: Deps, payload: Mapping[str, Any], context: JobContext) -> None:
    """Make a print of a register."""
    make_print(deps, UUID(payload["print_id"]), is_last_attempt=context.is_last_attempt)


def forget(deps: Deps, _payload: Mapping[str, Any], _context: JobContext) -> None:
    """Drop old prints."""
    forget_prints(deps)


def tend(deps: Deps, _payload: Mapping[str, Any], _context: JobContext) -> None:
    """Try again the seals that failed because something was away."""
    with deps.transactions.writing(SYSTEM) as uow:
        try_seals_again(uow)


def seal(deps: Deps, payload: Mapping[str, Any], context: JobContext) -> None:
    """Stamp and seal the document of an entry; what a new try may mend is tried again, the number stands anyway."""
    entry_id = UUID(payload["entry_id"])
    with deps.transactions.reading() as session:
        due = due_seal(session, entry_id, public_url=deps.settings.public_url)
    if due is None:
        return
    try:
        seal_arrival(deps, document_id=due.document_id, face=due.face)
    except DocFlowError as refusal:
        is_passing = isinstance(refusal, Unavailable | Conflict)
        if isinstance(refusal, ServerAway) or (is_passing and not context.is_last_attempt):
            raise
        logger.warning("entry_not_sealed", entry_id=str(entry_id), error=refusal.code)
        with deps.transactions.writing(SYSTEM) as uow:
            note_not_sealed(uow, entry_id, refusal)
        return
    with deps.transactions.writing(SYSTEM) as uow:
        note_sealed(uow, entry_id)
