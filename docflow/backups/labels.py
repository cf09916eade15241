"""What is said of the last backup."""

from __future__ import annotations

from collections.abc import Mapping

from flask_babel import lazy_gettext

from docflow.backups.queries import BackupState
from docflow.core.capability import LazyText

FOUND_TEXTS: Mapping[BackupState, LazyText] = {
    BackupState.NONE: lazy_gettext("none"),
    BackupState.OLD: lazy_gettext("too old"),
    BackupState.UNSOUND: lazy_gettext("not whole"),
    BackupState.UNVERIFIED: lazy_gettext("none read again this week"),
    BackupState.SOUND: lazy_gettext("read again this week, sound"),
}
"""What the table of checks says of it, beside its time."""

STATE_TEXTS: Mapping[BackupState, LazyText] = {
    BackupState.NONE: lazy_gettext(
        "No backup was ever made. If this machine is lost, every letter in it is lost: connect a disk and make one."
    ),
    BackupState.OLD: lazy_gettext("The last backup is too old. Make one, and see why the nightly one did not run."),
    BackupState.UNSOUND: lazy_gettext(
        "The backup is not whole: files are missing or damaged. Make one anew with --recheck, and verify it."
    ),
    BackupState.UNVERIFIED: lazy_gettext(
        "There is a backup, and none was read again for more than a week. Verify one."
    ),
    BackupState.SOUND: lazy_gettext("There is a backup, and one was read again this week and is sound."),
}
