"""Figures of seals."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import func, select

from docflow.core.capability import Measure
from docflow.core.errors import DocFlowError
from docflow.stamping.models import SealedRevision
from docflow.stamping.ports import Deps


def seal_measures(deps: Deps) -> Sequence[Measure]:
    """Return how many sealed files have their time from an authority, and until when the key of the seal is valid."""
    with deps.transactions.reading() as session:
        sources = session.execute(
            select(SealedRevision.time_source, func.count()).group_by(SealedRevision.time_source)
        ).all()
    measures = [
        Measure(
            "docflow_seals",
            "Sealed files by the source of their time; local: without time-stamp.",
            [({"time_source": source}, number) for source, number in sources],
        )
    ]
    try:
        until = deps.sealer.key_status(deps.clock.now()).not_after.timestamp()
    except DocFlowError:
        # A key that cannot be used is valid until never: the alert on its end is the one to be given.
        until = 0
    return [
        *measures,
        Measure("docflow_seal_key_valid_until_timestamp_seconds", "End of the seal's certificate.", [({}, until)]),
    ]
