"""Figures of the journal."""

from __future__ import annotations

from collections.abc import Sequence

from docflow.audit.anchors import Deps
from docflow.audit.queries import head_of, last_anchor, last_instant
from docflow.core.capability import Measure


def journal_measures(deps: Deps) -> Sequence[Measure]:
    """Return how long the journal is, when it was anchored, and by how much the clock is behind it."""
    now = deps.transactions.clock.now()
    with deps.transactions.reading() as session:
        lines, anchor, last = head_of(session)[0], last_anchor(session), last_instant(session)
    made = 0 if anchor is None else anchor.made_at.timestamp()
    behind = 0.0 if last is None else max(0.0, (last - now).total_seconds())
    return [
        Measure("docflow_journal_lines", "Lines of the journal.", [({}, lines)]),
        Measure("docflow_last_anchor_timestamp_seconds", "When the journal was last anchored.", [({}, made)]),
        Measure("docflow_clock_behind_journal_seconds", "By how much the clock was set back.", [({}, behind)]),
    ]
