"""What is known of the backups of this installation."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy import select
from sqlalchemy.orm import Session

from docflow.backups.models import Backup


class BackupState(StrEnum):
    """What is to be said of the last backup."""

    NONE = "none"
    OLD = "old"
    UNSOUND = "unsound"
    """It lacks files, or verifying it found damage."""
    UNVERIFIED = "unverified"
    SOUND = "sound"


@dataclass(frozen=True, slots=True)
class LastBackup:
    """The newest backup, if any, and what is to be said of it."""

    state: BackupState
    made_at: datetime | None = None
    verified_at: datetime | None = None
    target: str = ""
    object_count: int = 0
    size_bytes: int = 0
    lacking: int = 0

    @property
    def is_well(self) -> bool:
        """Whether there is nothing to do."""
        return self.state in {BackupState.SOUND, BackupState.UNVERIFIED}


def last_backup(session: Session, now: datetime, *, max_age_h: int) -> LastBackup:
    """Return the newest backup; it counts as old after so many hours, never with 0."""
    row = session.scalar(select(Backup).order_by(Backup.made_at.desc()).limit(1))
    if row is None:
        return LastBackup(BackupState.NONE)
    state = BackupState.UNVERIFIED if row.is_sound is None else BackupState.SOUND
    if row.lacking or row.is_sound is False:
        state = BackupState.UNSOUND
    elif max_age_h and now - row.made_at > timedelta(hours=max_age_h):
        state = BackupState.OLD
    return LastBackup(state, row.made_at, row.verified_at, row.target, row.object_count, row.size_bytes, row.lacking)
