"""Figures of backups."""

from __future__ import annotations

from collections.abc import Sequence

from docflow.backups.deps import Deps
from docflow.backups.queries import BackupState, last_backup
from docflow.core.capability import Measure


def backup_measures(deps: Deps) -> Sequence[Measure]:
    """Return when the last backup was made and read again, 0 for never, and whether it is known to be damaged."""
    with deps.transactions.reading() as session:
        last = last_backup(session, deps.clock.now(), max_age_h=deps.settings.backup_max_age_h)
    made = 0 if last.made_at is None else last.made_at.timestamp()
    read = 0 if last.verified_at is None else last.verified_at.timestamp()
    return [
        Measure("docflow_last_backup_timestamp_seconds", "The instant that the last backup shows.", [({}, made)]),
        Measure("docflow_last_backup_verified_timestamp_seconds", "When one was last read again.", [({}, read)]),
        Measure(
            "docflow_backup_unsound",
            "1 when the last backup lacks files, or reading one again found damage.",
            [({}, float(last.state is BackupState.UNSOUND))],
        ),
    ]
