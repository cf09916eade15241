"""Figures of entries whose seal is not there."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import func, select

from docflow.core.capability import Measure
from docflow.registry.models import Entry
from docflow.registry.rules import EntryState, SealState


def entry_measures(deps: Any) -> Sequence[Measure]:
    """Return how many entries wait for their seal, and how many could not be sealed and why."""
    with deps.transactions.reading() as session:
        unsealed = session.execute(
            select(Entry.seal_state, Entry.seal_error_code, func.count())
            .where(Entry.state == EntryState.REGISTERED, Entry.seal_state != SealState.SEALED)
            .group_by(Entry.seal_state, Entry.seal_error_code)
        ).all()
    return [
        Measure(
            "docflow_unsealed_entries",
            "Registered entries without their seal, by state and cause.",
            [({"state": str(state), "cause": code or ""}, number) for state, code, number in unsealed],
        )
    ]
