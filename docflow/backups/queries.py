"""What is known of the backups of this installation."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from docflow.backups.models import Backup

VERIFIED_FOR: Final = timedelta(days=8)
"""A backup is read again each week."""


class BackupState(StrEnum):
    """What is to be said of the last backup."""

    NONE = "none"
    OLD = "old"
    UNSOUND = "unsound"
    """It lacks files, or verifying it found damage."""
    UNVERIFIED = "unverified"
    """None was read again for longer than ``VERIFIED_FOR``."""
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

    @property
    def is_well(self) -> bool:
        """Whether there is nothing to do."""
        return self.state in {BackupState.SOUND, BackupState.UNVERIFIED}


def last_backup(session: Session, now: datetime, *, max_age_h: int) -> LastBackup:
    """Return the newest backup, and when one was last read again; it counts as old after so many hours, never with 0.

    Damage that was found counts until a backup was read again and is sound.
    """
    row = session.scalar(select(Backup).order_by(Backup.made_at.desc()).limit(1))
    if row is None:
        return LastBackup(BackupState.NONE)
    checked = session.scalar(
        select(Backup).where(Backup.verified_at.is_not(None)).order_by(Backup.verified_at.desc()).limit(1)
    )
    verified_at = None if checked is None else checked.verified_at
    if row.lacking or (checked is not None and not checked.is_sound):
        state = BackupState.UNSOUND
    elif max_age_h and now - row.made_at > timedelta(hours=max_age_h):
        state = BackupState.OLD
    elif verified_at is None or now - verified_at > VERIFIED_FOR:
        state = BackupState.UNVERIFIED
    else:
        state = BackupState.SOUND
    return LastBackup(state, row.made_at, verified_at, row.target, row.object_count, row.size_bytes)
